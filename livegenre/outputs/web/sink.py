"""The web sink: takes what a session tells, and hands it to the server's thread without a wait."""

import socket
from collections.abc import Callable
from dataclasses import replace

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.errors import UsageError
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header
from livegenre.outputs.web.address import OWN_HOST, Address
from livegenre.outputs.web.answers import Answers
from livegenre.outputs.web.audience import Audience
from livegenre.outputs.web.bands import Bands, MakeMeter
from livegenre.outputs.web.files import Files
from livegenre.outputs.web.gate import Gate
from livegenre.outputs.web.picture import Colours, Picture
from livegenre.outputs.web.server import WebServer

SEND_BUFFER_BYTES = 1 << 17
"""What the system keeps for a page that does not read, of which there may be many."""


class Web:
    """Shows a session to browsers.

    Its address is taken at once, so that trouble with it is told before there is sound; pages
    that come early wait for the session's start. To be closed, also after its end.

    Parameters
    ----------
    address : Address
    token : str, optional
        What a browser must know to see anything.
    colours : Colours
    make_meter : callable
        Makes what measures the sound.
    say : callable
        Given a line on trouble, on the server's thread.

    Raises
    ------
    UsageError
        If others than this computer's users could watch without a token.
    OutputError
        If nothing can be served there.
    """

    def __init__(
        self,
        address: Address,
        token: str | None,
        *,
        colours: Colours,
        make_meter: MakeMeter,
        say: Callable[[str], None],
    ) -> None:
        _check(address, token)
        self._listening = address.listen()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._address = replace(address, port=self._listening.getsockname()[1])
        self._token = token
        self._colours = colours
        self._make_meter = make_meter
        self._say = say
        self._bands: Bands | None = None
        self._server: WebServer | None = None

    @property
    def url(self) -> str:
        """The page's address, for people; the token, if there is one, is left out."""
        return self._address.url + ("" if self._token is None else "?token=...")

    def hear(self, block: FloatArray) -> None:
        """Copy the next samples, for the spectrum; called on the reader's thread.

        Parameters
        ----------
        block : ndarray [shape=(n,)], float32
            At the source's own rate.
        """
        if self._bands is not None:
            self._bands.hear(block)

    def start(self, header: Header) -> None:
        """Begin to serve."""
        self._bands = Bands(header.sample_rate, self._make_meter)
        audience, picture = Audience(), Picture(header, self._colours)
        gate, files = Gate(self._address, self._token), Files(self._colours.of_page)
        self._server = WebServer(
            self._listening,
            picture=picture,
            audience=audience,
            bands=self._bands,
            answers=Answers(gate, files, picture, audience),
            say=self._say,
        )
        self._server.start()

    def show(self, decision: Decision) -> None:
        """Hand on a decision."""
        self._tell(decision)

    def change(self, change: Change) -> None:
        """Hand on a change of the answer."""
        self._tell(change)

    def device(self, change: DeviceChange) -> None:
        """Hand on a change of the device."""
        self._tell(change)

    def event(self, event: Event) -> None:
        """Hand on what a person did."""
        self._tell(event)

    def end(self, end: End) -> None:
        """Tell all pages that it ends, and close within a short time."""
        self._tell(end)
        self.close()

    def close(self) -> None:
        """Let go of everything, however far it had come."""
        if self._server is not None:
            self._server.finish()
            self._server = None
        self._listening.close()

    def _tell(self, told: Decision | Change | DeviceChange | Event | End) -> None:
        if self._server is not None:
            self._server.tell(told)


def _check(address: Address, token: str | None) -> None:
    """See that nobody is let in by accident."""
    if token == "":
        raise UsageError("--web-token: it is empty; give some letters that others cannot guess")
    if token is None and not address.ip.is_loopback:
        raise UsageError(
            f"--web {address}: others could watch; add --web-token TOKEN,"
            f" or take {OWN_HOST}:{address.port}"
        )
