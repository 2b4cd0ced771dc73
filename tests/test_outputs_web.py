"""The web sink on real sockets: what it serves, to whom not, and that nobody can hold it up."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from livegenre.errors import OutputError, UsageError
from livegenre.outputs.base import DeviceChange, End, Event
from livegenre.outputs.web.address import Address
from livegenre.outputs.web.files import PAGE
from livegenre.outputs.web.room import MOST_CONNECTIONS
from livegenre.outputs.web.sink import Web
from livegenre.screen import Meter, palette
from tests.test_outputs_jsonl import HEADER
from tests.web_session import COLOURS, END, PATIENCE_SECONDS, Session, get, session, wait_for

STREAM_HEADERS: dict[str, str | None] = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.fixture
def shown() -> Iterator[Session]:
    with session() as shown:
        yield shown


def watch(
    port: int, *, origin: str | None = None, max_size: int | None = 1 << 20
) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{port}/live",
        proxy=None,
        compression=None,
        origin=None if origin is None else Origin(origin),
        max_size=max_size,
    )


def lines(viewer: ClientConnection) -> Iterator[dict[str, Any]]:
    """Yield what a viewer is told, line by line."""
    while True:
        for line in str(viewer.recv(PATIENCE_SECONDS)).splitlines():
            yield json.loads(line)


def next_of(kind: str, viewer: ClientConnection) -> dict[str, Any]:
    return next(line for line in lines(viewer) if line["type"] == kind)


def test_state_is_json(shown: Session) -> None:
    shown.decide("a", 0.75)
    wait_for(lambda: json.loads(get(shown.port, "/api/state").text)["decision"], "no decision")
    state = json.loads(get(shown.port, "/api/state").text)
    assert state["decision"]["label"] == "a"
    assert state["decision"]["posterior"] == {"a": 0.75, "b": 0.01}
    assert state["header"]["model"] == "tiny"
    assert state["viewers"] == 0


def test_metrics_are_plain_text(shown: Session) -> None:
    reply = get(shown.port, "/metrics")
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\nlivegenre_decisions_total 0\n" in reply.text


def test_page_and_its_parts_are_served(shown: Session) -> None:
    kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/"}
    for path in PAGE.iterdir():
        name = "" if path.name == "index.html" else path.name
        reply = get(shown.port, f"/{name}?theme=minimal")
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith(kinds[path.suffix])
        assert reply.text == path.read_text()


def test_page_has_the_colours_of_the_screen(shown: Session) -> None:
    style = get(shown.port, "/colours.css").text
    assert f"--ground:{COLOURS.of_page['ground']};" in style
    assert f"--not-music:{COLOURS.of_page['not_music']};" in style


@pytest.mark.parametrize("path", ["/nothing", "/page.py", "/../sink.py", "/%2e%2e/sink.py", "//"])
def test_nothing_else_is_served(shown: Session, path: str) -> None:
    assert get(shown.port, path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "head", "OPTIONS"])
def test_nothing_can_be_changed(shown: Session, method: str) -> None:
    reply = get(shown.port, "/api/state", method=method)
    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, HEAD"


def raw_head(port: int, path: str, host: str) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of the answer to HEAD, a body that clients would not read."""
    request = f"HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as one:
        one.sendall(request.encode())
        head, _, body = one.makefile("rb").read().partition(b"\r\n\r\n")
    status, *fields = head.decode().splitlines()
    return int(status.split()[1]), dict(field.split(": ", 1) for field in fields), body


@pytest.mark.parametrize("path", ["/", "/page.js", "/api/state", "/nothing", "/?token=sesam"])
def test_head_is_answered_as_get_is_without_the_content(path: str) -> None:
    with session(token="sesame") as shown:
        place = path if "token" in path else f"{path}?token=sesame"
        reply = get(shown.port, place)
        status, headers, body = raw_head(shown.port, place, f"127.0.0.1:{shown.port}")
    assert (status, headers) == (reply.status, reply.headers)
    assert int(headers["Content-Length"]) == len(reply.text.encode()) > 0
    assert body == b""


def test_no_refusal_of_head_has_content(shown: Session) -> None:
    here = f"127.0.0.1:{shown.port}"
    for path, host, expected in (("/", "evil.example", 403), ("/live", here, 405)):
        status, _, body = raw_head(shown.port, path, host)
        assert (status, body) == (expected, b"")


@pytest.mark.parametrize("path", ["/", "/page.js", "/api/state", "/metrics", "/nothing", "/live"])
def test_browsers_are_told_to_be_careful(shown: Session, path: str) -> None:
    headers = get(shown.port, path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert f"ws://127.0.0.1:{shown.port}" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_viewer_is_told_what_was_what_is_and_how_it_ended() -> None:
    with session() as shown:
        shown.decide("a")
        with watch(shown.port) as viewer:
            told = lines(viewer)
            assert [next(told)["type"] for _ in range(4)] == [
                "header",
                "answers",
                "colours",
                "decision",
            ]
            shown.decide("b")
            shown.hear()
            assert next(line for line in told if line["type"] == "decision")["label"] == "b"
            assert len(next(line for line in told if line["type"] == "bands")["bands"]) == 64
            shown.web.device(DeviceChange(1.0, "stalled", "", "mic", 0, 0))
            assert next(line for line in told if line["type"] == "device")["state"] == "stalled"
            shown.web.end(END)
            assert next(line for line in told if line["type"] == "end")["reason"] == "end"
            with pytest.raises(ConnectionClosedOK):
                next(told)


def test_viewer_is_told_of_another_model_and_its_colours(shown: Session) -> None:
    values = {"model": "tags", "labels": ("folk",), "multi_label": True}
    with watch(shown.port) as viewer:
        assert "folk" not in next_of("colours", viewer)["labels"]
        shown.web.event(Event("model", 1.0, values))
        told = lines(viewer)
        assert next(line for line in told if line["type"] == "model")["labels"] == ["folk"]
        assert "folk" in next(line for line in told if line["type"] == "colours")["labels"]


def test_viewers_are_told_each_thing_once_whenever_they_come(shown: Session) -> None:
    with ExitStack() as stack:
        viewers = []
        for _ in range(5):
            shown.decide("a")
            viewers.append(stack.enter_context(watch(shown.port)))
        shown.web.device(DeviceChange(9.0, "stalled", "", "mic", 0, 0))
        for viewer in viewers:
            told = list(takewhile(lambda line: line["type"] != "device", lines(viewer)))
            (answers,) = (line["answers"] for line in told if line["type"] == "answers")
            before = [time for time, _, _ in answers]
            decided = [line["time"] for line in told if line["type"] == "decision"]
            after = decided[1:] if before else decided  # the first is the newest of those before
            assert before + after == [0.5, 1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": None},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/page.js", "/api/state", "/metrics", "/live"])
def test_pages_of_strangers_get_nothing(
    shown: Session, path: str, headers: dict[str, str | None]
) -> None:
    stream = STREAM_HEADERS if path == "/live" else {}
    reply = get(shown.port, path, stream | headers)
    assert reply.status == 403
    assert "tiny" not in reply.text


def test_own_page_may_watch(shown: Session) -> None:
    origin = f"http://127.0.0.1:{shown.port}"
    with watch(shown.port, origin=origin) as viewer:
        assert next_of("header", viewer)["model"] == "tiny"


@pytest.mark.parametrize("path", ["/", "/api/state", "/metrics", "/live", "/nothing"])
def test_without_the_token_nothing_is_told(path: str) -> None:
    with session(where="0.0.0.0:0", token="sesame") as shown:
        for query, headers in (
            ("", {}),
            ("?token=", {}),
            ("?token=sesam", {}),
            ("", {"Authorization": "Bearer wrong"}),
        ):
            reply = get(shown.port, path + query, headers)
            assert reply.status == 401
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_with_the_token_everything_is() -> None:
    with session(where="0.0.0.0:0", token="sesame") as shown:
        bearer = {"Authorization": "Bearer sesame"}
        for path in ("/", "/api/state", "/metrics"):
            assert get(shown.port, f"{path}?token=sesame").status == 200
            assert get(shown.port, path, bearer).status == 200
        url = f"ws://127.0.0.1:{shown.port}/live"
        with connect(f"{url}?token=sesame", proxy=None) as viewer:
            assert next_of("header", viewer)
        with connect(url, proxy=None, additional_headers=bearer) as viewer:
            assert next_of("header", viewer)
        with pytest.raises(InvalidStatus, match="401"):
            connect(url, proxy=None)


def test_page_parts_that_are_the_same_for_all_need_no_token() -> None:
    with session(token="sesame") as shown:
        assert get(shown.port, "/page.js").status == 200
        assert get(shown.port, "/").status == 401


def test_token_is_not_in_the_address_that_is_printed() -> None:
    with session(token="sesame") as shown:
        assert shown.web.url == f"http://127.0.0.1:{shown.port}/?token=..."


def test_others_may_not_watch_without_a_token() -> None:
    with pytest.raises(UsageError, match="others could watch; add --web-token TOKEN"):
        Web(Address.parse("0.0.0.0:0"), None, colours=COLOURS, make_meter=Meter, say=print)


def test_empty_token_is_none() -> None:
    with pytest.raises(UsageError, match="--web-token: it is empty"):
        Web(Address.parse("127.0.0.1:0"), "", colours=COLOURS, make_meter=Meter, say=print)


@pytest.mark.parametrize("talk", [b"x" * 10_000_000, "hello", b""])
def test_viewer_that_talks_is_dropped_and_no_other(shown: Session, talk: bytes | str) -> None:
    with watch(shown.port) as listener, watch(shown.port) as talker:
        with pytest.raises((ConnectionClosedError, OSError)):  # noqa: PT012 any of the two calls
            talker.send(talk)
            for _ in lines(talker):
                pass
        shown.decide("b")
        assert next_of("decision", listener)["label"] == "b"
        wait_for(lambda: "viewers_dropped_total 1" in get(shown.port, "/metrics").text, "not told")
        assert "\nlivegenre_viewers 1\n" in get(shown.port, "/metrics").text


@pytest.mark.parametrize(
    "noise",
    [b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9\r\n\r\n", b"GET /" + b"a" * 100_000, b"\r\n"],
)
def test_noise_harms_nobody(shown: Session, noise: bytes) -> None:
    with socket.create_connection(("127.0.0.1", shown.port)) as stranger:
        stranger.sendall(noise)
        assert get(shown.port, "/").status == 200


def test_slow_viewer_is_dropped_and_no_other() -> None:
    labels = tuple(f"{number}{'x' * 200}" for number in range(50))
    with (
        session(header=replace(HEADER, labels=labels)) as shown,
        watch(shown.port, max_size=None) as reader,
        socket.socket() as sleeper,
    ):
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        sleeper.connect(("127.0.0.1", shown.port))
        stream = "".join(f"{name}: {value}\r\n" for name, value in STREAM_HEADERS.items())
        request = f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{shown.port}\r\n{stream}\r\n"
        sleeper.sendall(request.encode())
        end = time.monotonic() + PATIENCE_SECONDS
        while "viewers_dropped_total 0" in get(shown.port, "/metrics").text:
            assert time.monotonic() < end
            time_told = shown.decide(labels[0]).time
            told = next(line for line in lines(reader) if line.get("time") == time_told)
            assert told["label"] == labels[0]
        assert "\nlivegenre_viewers 1\n" in get(shown.port, "/metrics").text


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
def test_of_a_thousand_connections_the_surplus_is_closed(shown: Session, many_files: None) -> None:
    with ExitStack() as stack:
        viewer = stack.enter_context(watch(shown.port))
        sockets = []
        for _ in range(1_000):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", shown.port)))
            one.settimeout(PATIENCE_SECONDS)
            sockets.append(one)
        shown.decide("b")
        assert next_of("decision", viewer)["label"] == "b"
        surplus = sockets[MOST_CONNECTIONS:]
        assert {_first_line(one) for one in surplus} <= {b"HTTP/1.1 503 Service Unavailable", b""}
    wait_for(lambda: _status(shown.port) == 200, "no room again")


def _first_line(one: socket.socket) -> bytes:
    """Return the first line of an answer, empty if the connection was closed without."""
    try:
        return one.recv(1_000).partition(b"\r\n")[0]
    except ConnectionError:
        return b""


def _status(port: int) -> int:
    try:
        return get(port, "/").status
    except ConnectionError:
        return 503


def test_fifty_viewers_see_the_same(shown: Session) -> None:
    with ExitStack() as stack:
        viewers = [stack.enter_context(watch(shown.port)) for _ in range(50)]
        wait_for(lambda: "livegenre_viewers 50" in get(shown.port, "/metrics").text, "not all")
        shown.decide("b")
        shown.hear()
        assert {next_of("decision", viewer)["label"] for viewer in viewers} == {"b"}


FIFTY_VIEWERS = """
import asyncio, sys
from websockets.asyncio.client import connect

async def watch():
    async with connect(sys.argv[1], compression=None, proxy=None) as viewer:
        async for message in viewer:
            pass

async def main():
    await asyncio.gather(*(watch() for _ in range(50)))

asyncio.run(main())
"""


@pytest.mark.slow
def test_cost_of_fifty_viewers(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints which share of a core serving takes; how fast it is depends on the computer."""
    genres = replace(HEADER, labels=tuple(palette.GENRES))
    block = np.zeros(4_410, np.float32)

    def share_of_a_core(shown: Session) -> float:
        began, cpu = time.monotonic(), time.process_time()
        for tick in range(100):
            shown.web.hear(block)
            if tick % 5 == 0:
                shown.decide("rock")
            time.sleep(max(0.0, began + 0.1 * (tick + 1) - time.monotonic()))
        return (time.process_time() - cpu) / (time.monotonic() - began)

    with session(header=genres) as shown:
        alone = share_of_a_core(shown)
        url = f"ws://127.0.0.1:{shown.port}/live"
        with subprocess.Popen([sys.executable, "-c", FIFTY_VIEWERS, url]) as viewers:
            try:
                wait_for(lambda: "livegenre_viewers 50" in get(shown.port, "/metrics").text, "few")
                watched = share_of_a_core(shown)
            finally:
                viewers.kill()
    with capsys.disabled():
        print(f"\nweb: {alone:.2%} of a core without viewers, {watched:.2%} with 50")


def test_nothing_is_left_over() -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    n_files, n_threads = open_files(), threading.active_count()
    with session() as shown:
        port = shown.port
        stack = ExitStack()
        for _ in range(3):
            stack.enter_context(watch(port))
        hung = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        wait_for(lambda: "livegenre_viewers 3" in get(port, "/metrics").text, "not all")
        began = time.monotonic()
        shown.web.end(END)
        assert time.monotonic() - began < PATIENCE_SECONDS
        assert hung.recv(100) == b""
    stack.close()
    wait_for(lambda: open_files() <= n_files, "a file is left open")
    wait_for(lambda: threading.active_count() <= n_threads, "a thread is left")
    with session(where=f"127.0.0.1:{port}") as again:
        assert get(again.port, "/").status == 200


def test_end_may_come_before_the_start_and_twice() -> None:
    web = Web(Address.parse("127.0.0.1:0"), None, colours=COLOURS, make_meter=Meter, say=print)
    web.end(End("error", 0.0, 0))
    web.close()


def test_port_in_use_is_told_at_once(shown: Session) -> None:
    with pytest.raises(OutputError, match="something is served there already"):
        Web(
            Address.parse(f"127.0.0.1:{shown.port}"),
            None,
            colours=COLOURS,
            make_meter=Meter,
            say=print,
        )


LIVEGENRE = [sys.executable, "-m", "livegenre", "replay", "noise:pink", "--duration", "3"]


def livegenre(*words: str) -> subprocess.CompletedProcess[str]:
    command = [*LIVEGENRE, "--speed", "max", "--headless", "--jsonl", "-", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_command_says_where_the_page_is_once() -> None:
    done = livegenre("--web", "127.0.0.1:0")
    assert done.returncode == 0
    assert done.stderr.startswith("livegenre: web: http://127.0.0.1:")
    assert done.stderr.count("\n") == 1


def test_command_with_a_port_in_use_ends_before_there_is_sound(shown: Session) -> None:
    done = livegenre("--web", f"127.0.0.1:{shown.port}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"livegenre: --web 127.0.0.1:{shown.port}: something is served")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--web", "0.0.0.0:0"], "others could watch"),
        (["--web", "song.mp3"], "not HOST:PORT"),
        (["--web-token", "sesame"], "add --web"),
        (["--web", "--verify"], "leave out"),
    ],
)
def test_command_refuses_what_makes_no_sense(words: list[str], complaint: str) -> None:
    done = livegenre(*words)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_command_without_the_library_names_what_to_install() -> None:
    program = (
        "import sys; sys.modules['websockets'] = None; from livegenre.cli import main;"
        " sys.exit(main(['replay', '--headless', '--web']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    cure = "install it: pip install 'livegenre[web]'"
    assert done.stderr == f"livegenre: --web: needs websockets; {cure}\n"
