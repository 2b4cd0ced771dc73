"""The live screen on pseudo-terminals that are slow, blocked, tiny or gone."""

import fcntl
import os
import re
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, cast

import numpy as np
import pytest
from rich.console import Console

from livegenre.screen import Wishes, choose_screen
from livegenre.screen.live import LiveScreen
from livegenre.screen.meter import Meter
from livegenre.screen.pace import Pace
from livegenre.screen.view import SourceStatus
from tests.emulator import Emulator
from tests.screen_controls import NotedControls
from tests.screen_scenes import decide
from tests.screen_session import FACTS
from tests.test_screen_terminal import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
XTERM = {"TERM": "xterm-256color"}


@dataclass
class Pty:
    """A terminal whose other end the test holds."""

    controller: int
    terminal: int
    controls: NotedControls = field(default_factory=NotedControls)
    files: ExitStack = field(default_factory=ExitStack)

    def resize(self, width: int, height: int) -> None:
        termios.tcsetwinsize(self.terminal, (height, width))

    def mode(self) -> list[Any]:
        return termios.tcgetattr(self.terminal)

    def open(self, mode: str) -> TextIO:
        file = os.fdopen(os.dup(self.terminal), mode, encoding="utf-8")
        return cast(TextIO, self.files.enter_context(file))

    def screen(self, **options: Any) -> LiveScreen:
        """A screen whose picture is never the same twice."""
        meter, noise = Meter(44_100), np.random.default_rng(0)

        def status() -> SourceStatus:
            meter.push(noise.uniform(0, 0.5) * noise.standard_normal(4410).astype(np.float32))
            return SourceStatus(seconds=float(noise.integers(0, 100)))

        return LiveScreen(
            FACTS,
            meter,
            console=Console(file=self.open("w"), force_terminal=True, _environ=XTERM),
            keys_from=self.open("r"),
            source_status=status,
            controls=self.controls,
            **options,
        )

    def read(self, seconds: float) -> bytes:
        """Return what arrives within a time."""
        os.set_blocking(self.controller, False)
        end, arrived = time.monotonic() + seconds, b""
        while time.monotonic() < end:
            try:
                arrived += os.read(self.controller, 65536)
            except BlockingIOError:
                time.sleep(0.005)
        return arrived

    def fill(self) -> None:
        """Have the terminal take no more."""
        os.set_blocking(self.terminal, False)
        while True:
            try:
                os.write(self.terminal, b"x" * 4096)
            except BlockingIOError:
                break
        os.set_blocking(self.terminal, True)


@pytest.fixture
def pty() -> Iterator[Pty]:
    pty = Pty(*os.openpty())
    pty.resize(120, 40)
    yield pty
    pty.files.close()
    for fd in (pty.controller, pty.terminal):
        os.close(fd)


def test_a_terminal_that_nobody_reads_delays_no_step_and_not_the_end(pty: Pty) -> None:
    before = pty.mode()
    pty.fill()
    screen = pty.screen()
    with screen:
        slowest = 0.0
        for step in range(100):
            began = time.monotonic()
            screen.show(decide(time=0.5 * step))
            screen.watch()
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.01)
        ending = time.monotonic()
    assert time.monotonic() - ending < 2.0
    assert slowest < 0.05
    assert isinstance(screen.error, TimeoutError)
    assert pty.mode() == before


def test_q_ends_it_though_the_terminal_is_blocked(pty: Pty) -> None:
    before = pty.mode()
    pty.fill()
    with pty.screen():
        wait_for(lambda: pty.mode() != before, "keys were not asked for")
        os.write(pty.controller, b"q")
        pressed = time.monotonic()
        wait_for(lambda: pty.controls.asked == ["quit"], "q was not heeded")
        assert time.monotonic() - pressed < 0.5
    assert time.monotonic() - pressed < 2.0
    assert pty.mode() == before


def test_ctrl_s_does_not_keep_the_screen_from_ending(pty: Pty) -> None:
    before = pty.mode()
    screen = pty.screen()
    with screen:
        assert b"livegenre" in pty.read(0.5)
        os.write(pty.controller, b"\x13")
        wait_for(lambda: not screen.is_fluent, "Ctrl-S did not stop it")
    assert b"\x1b[?1049l" in pty.read(0.2)
    assert screen.error is None
    assert pty.mode() == before


def test_what_was_held_up_arrives_whole_and_the_picture_goes_on(pty: Pty) -> None:
    emulator = Emulator(120, 40)
    pty.fill()
    with pty.screen() as screen:
        screen.show(decide())
        time.sleep(0.5)
        arrived = pty.read(1.0)
        emulator.write(arrived[arrived.index(b"\x1b[?1049h") :])
        shown = ["".join(cell[0] for cell in row) for row in emulator.rows()]
    assert any("model classic" in row for row in shown)
    assert any("▶ metal" in row for row in shown)


def test_the_last_words_stand_on_the_normal_screen_with_a_ribbon(pty: Pty) -> None:
    with pty.screen() as screen:
        for step in range(1, 30):
            screen.show(decide(time=0.5 * step))
        pty.read(0.3)
    _, _, last = pty.read(0.3).partition(b"\x1b[?1049l")
    emulator = Emulator(120, 40)
    emulator.write(last)
    rows = ["".join(cell[0] for cell in row) for row in emulator.rows()]
    assert rows[0].startswith("heard 0:14: metal 100 %; no change")
    assert "metal" in rows[1]
    assert emulator.rows()[1][119][2] == "ff005f"
    assert rows[2].endswith("0:14")


def test_slow_writes_lower_the_rate(pty: Pty) -> None:
    pty.fill()
    done = threading.Event()

    def read_slowly() -> None:
        while not done.is_set():
            os.read(pty.controller, 200)
            time.sleep(0.05)

    reader = threading.Thread(target=read_slowly)
    reader.start()
    with pty.screen() as screen:
        assert screen.frames_per_second == 10
        try:
            wait_for(lambda: screen.frames_per_second == 2, "the rate stayed high")
        finally:
            done.set()
            reader.join()


def test_frames_come_ten_times_a_second(pty: Pty) -> None:
    with pty.screen():
        pty.read(0.5)
        arrived = pty.read(2.0)
    assert 17 <= arrived.count(b"\x1b[?2026h") <= 21


@pytest.mark.parametrize(("width", "height"), [(0, 0), (1, 1), (2, 1), (1, 40), (300, 2), (120, 1)])
def test_any_size_is_drawn_and_followed_at_once(pty: Pty, width: int, height: int) -> None:
    with pty.screen() as screen:
        screen.show(decide())
        pty.read(0.3)
        pty.resize(width, height)
        arrived = pty.read(0.4)
        assert b"\x1b[2J" in arrived
        assert screen.error is None


def test_a_resize_is_followed_at_once_however_low_the_rate(pty: Pty) -> None:
    with pty.screen(pace=Pace(time.monotonic(), 1.0)):
        pty.read(0.5)
        pty.resize(80, 24)
        assert b"\x1b[2J" in pty.read(0.3)


def test_plain_lines_that_nobody_reads_delay_no_step_and_not_the_end(pty: Pty) -> None:
    pty.fill()
    began = time.monotonic()
    lines = choose_screen(
        FACTS,
        Meter(44_100),
        stream=pty.open("w"),
        wishes=Wishes(plain=True),
        source_status=SourceStatus,
        controls=pty.controls,
    )
    with lines:
        for step in range(100):
            lines.show(decide(time=10.0 * step))
            lines.watch()
        assert time.monotonic() - began < 0.5
    assert time.monotonic() - began < 2.0


def test_plain_lines_that_were_held_up_arrive_whole(pty: Pty) -> None:
    pty.fill()
    stream = pty.open("w")
    with choose_screen(
        FACTS,
        Meter(44_100),
        stream=stream,
        wishes=Wishes(plain=True),
        source_status=SourceStatus,
        controls=pty.controls,
    ) as lines:
        lines.show(decide())
        arrived = pty.read(0.2)
        lines.watch()
        arrived += pty.read(0.2)
    told = arrived.decode().lstrip("x").splitlines()
    assert told[0] == "livegenre: evening set.wav, 44.1 kHz"
    assert told[2].startswith("0:59.6 metal 0.85")


def test_stdin_that_is_no_terminal_gives_no_keys_and_no_trouble(pty: Pty) -> None:
    with open(os.devnull) as nothing:
        screen = LiveScreen(
            FACTS,
            Meter(44_100),
            console=Console(file=pty.open("w"), force_terminal=True),
            keys_from=nothing,
            source_status=SourceStatus,
            controls=pty.controls,
        )
        with screen:
            assert b"Ctrl-C" in pty.read(0.5)
    assert screen.error is None


def shown(pty: Pty, encoding: str, seconds: float = 0.6) -> bytes:
    """Return what a screen that was chosen for the terminal writes at first."""
    stream = os.fdopen(os.dup(pty.terminal), "w", encoding=encoding, errors="replace")
    with pty.files.enter_context(stream):
        screen = choose_screen(
            FACTS,
            Meter(44_100),
            stream=cast(TextIO, stream),
            source_status=SourceStatus,
            controls=pty.controls,
        )
        with screen:
            screen.show(decide())
            return pty.read(seconds)


COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)(?:;\d+)*m")


def test_no_color_is_a_screen_without_a_single_colour(
    pty: Pty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert COLOUR.search(shown(pty, "utf-8"))
    pty.read(0.2)
    monkeypatch.setenv("NO_COLOR", "1")
    written = shown(pty, "utf-8")
    assert b"\x1b[?1049h" in written
    assert b"metal" in written
    assert not COLOUR.search(written)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_an_encoding_without_blocks_is_a_screen_in_ascii(
    pty: Pty, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    written = shown(pty, encoding)
    assert b"\x1b[?1049h" in written
    assert b"M E T A L" in written
    assert written.isascii()


def test_replay_on_a_terminal_that_nobody_reads_decides_in_time_and_ends_at_once(
    pty: Pty, tmp_path: Path
) -> None:
    pty.fill()
    log = tmp_path / "log.jsonl"
    words = ["-m", "livegenre", "replay", "--model", "classic", "--jsonl", str(log)]
    replay = subprocess.Popen(
        [sys.executable, *words],
        stdin=pty.terminal,
        stdout=pty.terminal,
        stderr=pty.terminal,
        start_new_session=True,
    )

    def n_decisions() -> int:
        return log.read_text().count('"decision"') if log.exists() else 0

    wait_for(lambda: n_decisions() >= 2, "it did not begin")
    before, began = n_decisions(), time.monotonic()
    time.sleep(3.0)
    steps = (time.monotonic() - began) / 0.511
    assert n_decisions() - before == pytest.approx(steps, abs=1.5)
    replay.terminate()
    ended = time.monotonic()
    replay.wait(10)
    assert time.monotonic() - ended < 2.0
    assert '"reason": "terminated"' in log.read_text()


def test_the_streams_flags_stay_as_they_are(pty: Pty) -> None:
    with pty.screen():
        pty.read(0.3)
        assert not fcntl.fcntl(pty.terminal, fcntl.F_GETFL) & os.O_NONBLOCK
