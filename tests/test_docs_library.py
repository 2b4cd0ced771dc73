"""What the library's page shows runs, and its example serves decisions to a real WebSocket."""

import asyncio
import json
import re
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

import livegenre
from livegenre.arrays import FloatArray
from tests.conftest import ROOT
from tests.virtual_microphone import PATIENCE_SECONDS

PAGE = (ROOT / "docs" / "LIBRARY.md").read_text()
SERVER = ROOT / "docs" / "examples" / "websocket_server.py"
OWN_PAGE = "http://localhost:8000"
SHOWN = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def song(tmp_path: Path, loud_noise: FloatArray) -> Path:
    sf.write(tmp_path / "song.wav", np.tile(loud_noise, 20), 22_050)
    return tmp_path / "song.wav"


@pytest.fixture
def server(song: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The example, replaying a song in real time, and its port."""
    command = [sys.executable, str(SERVER), str(song), "--port", "0", "--origin", OWN_PAGE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, int(process.stdout.readline().split()[-1])
        process.kill()


@pytest.mark.parametrize("code", SHOWN)
def test_what_the_page_shows_runs(code: str) -> None:
    exec(compile(code, "LIBRARY.md", "exec"), {})


def test_the_page_shows_several_things() -> None:
    assert len(SHOWN) == 3


def test_every_keyword_and_field_is_on_the_page() -> None:
    keywords = {*livegenre.listen.__annotations__, *livegenre.replay.__annotations__} - {"return"}
    for name in {*keywords, *livegenre.Decision.__annotations__}:
        assert re.search(rf"\b{name}\b", PAGE), name


async def first_messages(port: int, n: int, page: str | None = None) -> list[dict[str, Any]]:
    origin = None if page is None else Origin(page)
    address = f"ws://127.0.0.1:{port}"
    async with asyncio.timeout(PATIENCE_SECONDS), connect(address, origin=origin) as client:
        return [json.loads(await client.recv()) for _ in range(n)]


def test_a_websocket_is_sent_decisions(server: tuple[subprocess.Popen[str], int]) -> None:
    _, port = server
    first, second = asyncio.run(first_messages(port, 2))
    assert first["state"] in ("genre", "unsure", "not_music", "silence")
    assert second["time"] - first["time"] == pytest.approx(0.496, abs=0.02)


def test_pages_of_strangers_get_nothing(server: tuple[subprocess.Popen[str], int]) -> None:
    _, port = server
    for page in ("http://evil.example", "http://localhost:8001", "null"):
        with pytest.raises(InvalidStatus, match="HTTP 403"):
            asyncio.run(first_messages(port, 1, page))


def test_page_that_is_named_is_sent_decisions(server: tuple[subprocess.Popen[str], int]) -> None:
    assert asyncio.run(first_messages(server[1], 1, OWN_PAGE))


async def sent_to_both(port: int) -> bool:
    """Tell whether what a second client is sent first comes to the first one too."""
    address = f"ws://127.0.0.1:{port}"
    async with asyncio.timeout(PATIENCE_SECONDS), connect(address) as one, connect(address) as two:
        message = await two.recv()
        while await one.recv() != message:
            pass
    return True


def test_all_are_sent_the_same(server: tuple[subprocess.Popen[str], int]) -> None:
    assert asyncio.run(sent_to_both(server[1]))


class WatchedServer:
    """In place of the server: notes on which threads it is asked for its connections."""

    def __init__(self) -> None:
        self.sockets = [socket.socket()]
        self.threads: list[threading.Thread] = []

    async def __aenter__(self) -> "WatchedServer":
        return self

    async def __aexit__(self, *error: object) -> None:
        self.sockets[0].close()

    @property
    def connections(self) -> list[object]:
        self.threads.append(threading.current_thread())
        return []


def test_connections_are_touched_on_the_loops_thread_alone(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = runpy.run_path(str(SERVER))
    watched = WatchedServer()
    monkeypatch.setitem(example["main"].__globals__, "serve", lambda *_, **__: watched)
    monkeypatch.setitem(
        example["main"].__globals__, "hear", lambda file, stop: livegenre.replay(file, stop=stop)
    )
    asyncio.run(example["main"](str(song), 0, []))
    assert set(watched.threads) == {threading.main_thread()}


def test_the_server_ends_at_ctrl_c(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    process, _ = server
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["missing.wav", "--port", "0"], "missing.wav"),
        (["song.wav", "--port", "{used}"], "address already in use"),
        (["song.wav", "--port", "70000"], "port must be 0-65535"),
    ],
)
def test_the_server_says_in_one_line_what_is_wrong(
    song: Path, words: list[str], complaint: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        used = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(SERVER), *(word.format(used=used) for word in words)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            cwd=song.parent,
        )
    assert done.returncode == 1
    assert re.fullmatch(rf"[^\n]*{complaint}[^\n]*\n", done.stderr)
