"""A session with made-up decisions on a real web server, and what asks that server."""

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

import numpy as np

from livegenre.decision import Decision
from livegenre.outputs.base import End, Header
from livegenre.outputs.web.address import Address
from livegenre.outputs.web.picture import Colours
from livegenre.outputs.web.sink import Web
from livegenre.screen import Meter, palette
from tests.test_outputs_jsonl import DECISION, HEADER

PATIENCE_SECONDS = 20.0
END = End("end", 1.0, 0)
COLOURS = Colours(
    of_labels=palette.label_colours,
    of_levels=palette.ramp("ember", indexed=False),
    of_page=asdict(palette.ON_DARK),
)


@dataclass
class Session:
    """A session that is shown by a web server."""

    web: Web
    header: Header
    said: list[str] = field(default_factory=list)
    time: float = 0.0

    @property
    def port(self) -> int:
        """Where it is served on this computer."""
        return urlsplit(self.web.url).port or 0

    def decide(self, label: str, posterior: float = 0.8, **changes: object) -> Decision:
        """Decide on a label, half a second after the decision before."""
        self.time += 0.5
        decision = replace(
            DECISION,
            time=self.time,
            since=0.0,
            label=label,
            posterior=dict.fromkeys(self.header.labels, 0.01) | {label: posterior},
            **changes,  # type: ignore[arg-type]
        )
        self.web.show(decision)
        return decision

    def hear(self, seconds: float = 0.1, hz: float = 1_000.0) -> None:
        """Hear a tone of full scale."""
        rate = self.header.sample_rate
        phase = 2 * np.pi * hz * np.arange(round(seconds * rate)) / rate
        self.web.hear(np.sin(phase).astype(np.float32))


@contextmanager
def session(
    *, header: Header = HEADER, where: str = "127.0.0.1:0", token: str | None = None
) -> Iterator[Session]:
    """Serve a session on a free port, to its end."""
    said: list[str] = []
    web = Web(Address.parse(where), token, colours=COLOURS, make_meter=Meter, say=said.append)
    try:
        web.start(header)
        yield Session(web, header, said)
        web.end(END)
    finally:
        web.close()
    assert said == []


@dataclass(frozen=True)
class Reply:
    """What a request got."""

    status: int
    headers: Mapping[str, str]
    text: str


def get(
    port: int,
    path: str,
    headers: Mapping[str, str | None] = MappingProxyType({}),
    *,
    method: str = "GET",
) -> Reply:
    """Ask for a path; of the headers, None leaves out ``Host``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders()
        reply = connection.getresponse()
        text = reply.read().decode()
        return Reply(reply.status, dict(reply.getheaders()), text)
    finally:
        connection.close()


def wait_for(true: Callable[[], bool], what: str) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)
