"""The web server: one daemon thread with an event loop, from a session's start to its end.

What is told waits in a queue that nobody waits for; ten times a second the loop empties it, looks
at the sound, and tells every page.
"""

import asyncio
import json
import logging
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from websockets.asyncio.server import Server, ServerConnection, serve

from livegenre.outputs.base import Event
from livegenre.outputs.jsonl import Told, line
from livegenre.outputs.web.answers import Answers
from livegenre.outputs.web.audience import Audience
from livegenre.outputs.web.bands import Bands
from livegenre.outputs.web.picture import Picture
from livegenre.outputs.web.room import Room

TICK_SECONDS = 0.1
N_WAITING = 4_096
"""Messages that may wait; of more, the oldest are lost."""
OPEN_SECONDS = 5.0
"""How long a connection may take to say what it wants."""
CLOSE_SECONDS = 1.0
"""How long pages get to say goodbye."""
PATIENCE_SECONDS = 2.0
LARGEST_MESSAGE_BYTES = 1_024
"""Of a page, which has nothing to say."""


class WebServer:
    """Serves a session's page on a thread of its own.

    Parameters
    ----------
    listening : socket
        Takes connections already; closed at the end.
    picture, audience, bands, answers
        Touched by that thread alone from the start on, save for the sound that ``bands`` hears.
    say : callable
        Given a line on trouble, on that thread, each once.
    """

    def __init__(
        self,
        listening: socket.socket,
        *,
        picture: Picture,
        audience: Audience,
        bands: Bands,
        answers: Answers,
        say: Callable[[str], None],
    ) -> None:
        self._listening = listening
        self._picture = picture
        self._audience = audience
        self._bands = bands
        self._answers = answers
        self._say = say
        self._said: set[str] = set()
        self._news: deque[Told] = deque(maxlen=N_WAITING)
        self._room = Room()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def tell(self, told: Told) -> None:
        """Have all pages told; called on any thread, does not wait."""
        self._news.append(told)

    def finish(self) -> None:
        """Tell what is left, and close everything within a short time."""
        self._is_over = True
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._complain(f"{error.strerror}; the page is not served any more")

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: self._complain(_in_a_line(**context)))
        server = await serve(
            self._attend,
            sock=self._listening,
            process_request=self._answers.answer,
            process_response=self._answers.complete,
            create_connection=cast(type[ServerConnection], self._room.admit),
            compression=None,  # it would cost more than it saves on small messages
            server_header=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS / 2,
            max_size=LARGEST_MESSAGE_BYTES,
            logger=_logger(self._complain),
        )
        is_over = False
        while not is_over:
            await asyncio.sleep(TICK_SECONDS)
            is_over = self._is_over  # first this: what was told before it is then told to pages
            self._tell_on()
        await self._close(server)

    def _tell_on(self) -> None:
        """Take what is new, and tell all pages; without news that the session goes on."""
        lines = []
        while self._news:
            told = self._news.popleft()
            self._picture.take(told)
            lines.append(line(told))
            if isinstance(told, Event) and told.kind == "model":
                lines.append(self._picture.colours_line())
        if self._audience:
            bands = self._bands.newest()
            if bands is not None:
                lines.append(json.dumps({"type": "bands", "bands": bands}))
            self._audience.tell("\n".join(lines))

    async def _attend(self, viewer: ServerConnection) -> None:
        self._tell_on()  # to the others, so that nothing is told twice to this one
        await self._audience.attend(viewer, "\n".join(self._picture.lines()))

    async def _close(self, server: Server) -> None:
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await server.wait_closed()
        self._room.clear()
        await asyncio.sleep(0)  # for the sockets to be closed

    def _complain(self, trouble: str) -> None:
        if trouble not in self._said:
            self._said.add(trouble)
            self._say(f"web: {trouble}")


class _Complaints(logging.Handler):
    """Passes on what went wrong, in one line."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        super().__init__()
        self._complain = complain

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._complain(_in_a_line(record.getMessage(), error))


def _in_a_line(message: str, exception: BaseException | None = None, **others: object) -> str:
    return message if exception is None else f"{message}: {exception!r}"


def _logger(complain: Callable[[str], None]) -> logging.Logger:
    """Make a logger that stands alone: nothing of it reaches the program's."""
    logger = logging.Logger("livegenre.web", logging.ERROR)
    logger.addHandler(_Complaints(complain))
    return logger
