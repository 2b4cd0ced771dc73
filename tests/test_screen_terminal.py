"""The live screen in real terminals: what stands there, and that they are given back."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
from rich.console import Console

from livegenre.errors import OutputError
from livegenre.screen import LiveOrPlain, Meter, SourceStatus, choose_screen
from livegenre.screen.live import LiveScreen
from livegenre.screen.look import Look
from livegenre.screen.plain import PlainLines
from tests import screen_session
from tests.emulator import Cell, Emulator, cells_of
from tests.screen_controls import NotedControls
from tests.screen_scenes import decide
from tests.screen_still import last_frame
from tests.virtual_microphone import VirtualMicrophone

PATIENCE_SECONDS = 15.0
COMMAND = f"{sys.executable} -m tests.screen_session"
ROOT = Path(__file__).parent.parent


def wait_for(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


class Terminal:
    """A shell in a tmux of its own."""

    def __init__(self, width: int, height: int) -> None:
        self._socket = Path(tempfile.gettempdir()) / f"livegenre-{uuid.uuid4().hex[:8]}"
        self._tmux("-f", os.devnull, "new-session", "-d", *self._size(width, height), "sh")

    def _size(self, width: int, height: int) -> list[str]:
        return ["-x", str(width), "-y", str(height)]

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), *arguments]
        environment = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color"}
        environment["COLORTERM"] = "truecolor"
        environment.pop("NO_COLOR", None)
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", *self._size(width, height))

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def cells(self, width: int, height: int) -> list[list[Cell]]:
        """Return each cell with its colours."""
        emulator = Emulator(width, height)
        rows = self._tmux("capture-pane", "-p", "-e", "-N").splitlines()
        emulator.write("\r\n".join(rows).encode())
        return emulator.rows()

    def state(self) -> str:
        """Whether the alternate screen is on, and whether the cursor shows."""
        return self._tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").strip()

    def shows(self, words: str) -> None:
        wait_for(lambda: words in self.text(), f"{words!r} did not come:\n{self.text()}")

    def hang_up(self) -> None:
        """Close the terminal under whatever runs in it."""
        self._tmux("new-window", "-d", "sh")
        self._tmux("kill-pane")

    def close(self) -> None:
        self._tmux("kill-server")
        self._socket.unlink(missing_ok=True)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("tmux is missing")
        pytest.skip("needs tmux")
    terminal = Terminal(120, 40)
    yield terminal
    terminal.close()


def begin(terminal: Terminal, tmp_path: Path, mode: str = "calm") -> None:
    """Run a session between two looks at the terminal's mode."""
    before, after, pid = (tmp_path / name for name in ("before", "after", "pid"))
    session = f"sh -c 'echo $$ > {pid}; exec {COMMAND} {mode}'"
    terminal.type(f"stty -g > {before}; {session}; echo ended $?; stty -g > {after}", "Enter")
    terminal.shows("model classic")


def assert_given_back(terminal: Terminal, tmp_path: Path) -> None:
    terminal.shows("ended ")
    wait_for((tmp_path / "after").exists, "the shell did not go on")
    assert terminal.state() == "0 1"
    wait_for(lambda: bool((tmp_path / "after").read_text()), "stty said nothing")
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


@pytest.mark.terminal
def test_the_screen_follows_the_terminals_size(terminal: Terminal, tmp_path: Path) -> None:
    begin(terminal, tmp_path)
    terminal.shows("▶ rock")
    assert terminal.state() == "1 0"
    for width, height in ((80, 24), (60, 16), (40, 12), (30, 5), (120, 40)):
        terminal.resize(width, height)
        time.sleep(0.5)
        rows = terminal.text().splitlines()
        assert len(rows) == height
        assert max(map(len, rows)) <= width
        assert terminal.text().count(" quit") == (width >= 60)
    terminal.type("q")
    assert_given_back(terminal, tmp_path)
    assert "ended 0" in terminal.text()
    assert "heard 0:" in terminal.text()


@pytest.mark.terminal
@pytest.mark.parametrize("options", ["", "--no-scroll-ops"])
def test_the_terminal_shows_the_very_frame_at_every_size(terminal: Terminal, options: str) -> None:
    terminal.type(f"{sys.executable} -m tests.screen_still {options}", "Enter")
    terminal.shows("model classic")
    sizes = ((100, 30), (119, 37), (80, 24), (60, 16), (41, 13), (30, 5), (200, 60), (120, 40))
    for width, height in sizes:
        terminal.resize(width, height)
        wanted = cells_of(last_frame((width, height), Look()).rows)

        def differing(
            wanted: list[list[Cell]] = wanted, size: tuple[int, int] = (width, height)
        ) -> int:
            pairs = zip(terminal.cells(*size), wanted, strict=True)
            return sum(
                one != other for row, rows in pairs for one, other in zip(row, rows, strict=True)
            )

        wait_for(lambda: not differing(), f"at {width}x{height} it shows\n{terminal.text()}")
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")


@pytest.mark.terminal
def test_ctrl_c_gives_the_terminal_back(terminal: Terminal, tmp_path: Path) -> None:
    begin(terminal, tmp_path)
    terminal.type("C-c")
    assert_given_back(terminal, tmp_path)


@pytest.mark.terminal
def test_sigterm_gives_the_terminal_back(terminal: Terminal, tmp_path: Path) -> None:
    begin(terminal, tmp_path)
    os.kill(int((tmp_path / "pid").read_text()), 15)
    assert_given_back(terminal, tmp_path)
    assert "ended 143" in terminal.text()


@pytest.mark.terminal
def test_an_error_gives_the_terminal_back_and_is_told_there(
    terminal: Terminal, tmp_path: Path
) -> None:
    begin(terminal, tmp_path, "raise")
    assert_given_back(terminal, tmp_path)
    assert "ValueError: broken on purpose" in terminal.text()


@pytest.mark.terminal
def test_what_c_libraries_write_comes_after_the_screen(terminal: Terminal, tmp_path: Path) -> None:
    begin(terminal, tmp_path, "noisy")
    terminal.shows("▶ rock")
    assert "ALSA" not in terminal.text()
    terminal.type("q")
    assert_given_back(terminal, tmp_path)
    assert "ALSA lib is noisy" in terminal.text()


@pytest.mark.terminal
def test_ctrl_z_gives_the_terminal_back_until_fg(terminal: Terminal) -> None:
    terminal.type("set -m", "Enter")
    terminal.type(f"{COMMAND} calm", "Enter")
    terminal.shows("▶ rock")
    terminal.type("C-z")
    wait_for(lambda: terminal.state() == "0 1", "the alternate screen stayed")
    terminal.type("echo back in the shell", "Enter")
    terminal.shows("\nback in the shell")
    terminal.type("fg", "Enter")
    wait_for(lambda: terminal.state() == "1 0", "the screen did not come back")
    terminal.shows("model classic")
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")


REPLAY = f"{sys.executable} -m livegenre replay --model classic"


def settings(terminal: Terminal, path: Path) -> str:
    """Have the shell in the terminal tell the terminal's settings."""
    terminal.type(f"stty -g > {path}", "Enter")
    wait_for(lambda: path.exists() and path.read_text().endswith("\n"), "stty said nothing")
    return path.read_text()


@pytest.mark.terminal
@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("q", 0),
        ("C-c", 130),
        (signal.SIGTERM, 130),
        (signal.SIGHUP, 130),
    ],
)
def test_however_replay_ends_the_terminal_is_as_before(
    terminal: Terminal, tmp_path: Path, way: str | signal.Signals, code: int
) -> None:
    before = settings(terminal, tmp_path / "before")
    terminal.type(f"sh -c 'echo $$ > {tmp_path}/pid; exec {REPLAY}'; echo ended $?", "Enter")
    terminal.shows("model classic  ")
    if isinstance(way, str):
        terminal.type(way)
    else:
        os.kill(int((tmp_path / "pid").read_text()), way)
    terminal.shows(f"ended {code}")
    assert "no sample lost" in terminal.text()
    assert terminal.state() == "0 1"
    assert settings(terminal, tmp_path / "after") == before


@pytest.mark.terminal
def test_between_ctrl_z_and_fg_and_after_it_the_terminal_is_as_before(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.type("set -m", "Enter")
    before = settings(terminal, tmp_path / "before")
    terminal.type(REPLAY, "Enter")
    for turn in range(2):
        terminal.shows("model classic  ")
        terminal.type("C-z")
        wait_for(lambda: terminal.state() == "0 1", "the alternate screen stayed")
        assert settings(terminal, tmp_path / f"stopped-{turn}") == before
        terminal.type("fg", "Enter")
        wait_for(lambda: terminal.state() == "1 0", "the screen did not come back")
    terminal.shows("model classic  ")
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")
    assert settings(terminal, tmp_path / "after") == before


@pytest.mark.terminal
def test_after_a_stop_that_it_could_not_foresee_all_is_painted_anew(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.type("set -m", "Enter")
    terminal.type(f"sh -c 'echo $$ > {tmp_path}/pid; exec {COMMAND} calm'", "Enter")
    terminal.shows("▶ rock")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGSTOP)
    terminal.type("stty cooked echo; clear; echo shell $((6 * 7))", "Enter")
    terminal.shows("shell 42")
    terminal.type("fg", "Enter")
    terminal.shows("model classic")
    assert "shell 42" not in terminal.text()
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")


def listen_in(terminal: Terminal, folder: Path, *words: str) -> Path:
    """Start ``listen`` under a shell with job control; return its log, of three lines at least."""
    log = folder / "log.jsonl"
    terminal.type("set -m", "Enter")
    command = f"{sys.executable} -m livegenre listen --device pulse --jsonl {log}"
    terminal.type(" ".join([command, *words]), "Enter")
    wait_for(lambda: len(logged(log)) >= 3, "listen did not begin")
    return log


def logged(log: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a log."""
    text = log.read_text() if log.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.terminal
@pytest.mark.device
def test_listen_goes_on_with_fg_and_its_sound_starts_anew(
    virtual_microphone: VirtualMicrophone, terminal: Terminal, tmp_path: Path
) -> None:
    log = listen_in(terminal, tmp_path)
    assert terminal.state() == "1 0"
    terminal.type("C-z")
    wait_for(lambda: terminal.state() == "0 1", "the alternate screen stayed")
    n_before = len(logged(log))
    time.sleep(1.5)
    assert len(logged(log)) == n_before
    terminal.type("fg", "Enter")
    wait_for(lambda: terminal.state() == "1 0", "the screen did not come back")
    terminal.shows("window 3.0 + step 0.5")

    def after() -> list[dict[str, Any]]:
        lines = logged(log)[n_before:]
        return [line for line in lines if line["type"] == "decision" and line["lost"]]

    wait_for(lambda: bool(after()), "no gap was noticed")
    assert after()[0]["early"]
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")
    terminal.shows(" s of sound lost")
    assert logged(log)[-1]["reason"] == "quit"


@pytest.mark.terminal
@pytest.mark.device
def test_a_sound_system_that_hangs_holds_up_neither_screen_nor_keys(
    virtual_microphone: VirtualMicrophone, terminal: Terminal, tmp_path: Path
) -> None:
    log = listen_in(terminal, tmp_path)
    with virtual_microphone.hung():
        terminal.shows("the sound system does not answer")
        for seconds in ("no audio for 2.", "no audio for 3."):
            terminal.shows(seconds)
        quit_at = time.monotonic()
        terminal.type("q")
        wait_for(lambda: terminal.state() == "0 1", "q did not end it")
        assert time.monotonic() - quit_at < 2.0
        terminal.shows("stalled at the end (the sound system does not answer)")
    assert logged(log)[-1]["reason"] == "quit"


@pytest.mark.terminal
@pytest.mark.device
def test_closed_terminal_leaves_whole_files(
    virtual_microphone: VirtualMicrophone, terminal: Terminal, tmp_path: Path
) -> None:
    recording = tmp_path / "heard.flac"
    log = listen_in(terminal, tmp_path, f"--record {recording}")
    terminal.shows("● REC")
    terminal.hang_up()
    wait_for(lambda: logged(log)[-1]["type"] == "end", "it went on without a terminal")
    assert logged(log)[-1]["reason"] == "terminated"
    wait_for(lambda: sf.info(recording).frames < 2**31, "the recording was not finished")
    assert sf.info(recording).duration == pytest.approx(logged(log)[-1]["seconds"], abs=0.2)


@pytest.mark.terminal
def test_in_the_background_it_writes_lines_and_is_not_stopped(terminal: Terminal) -> None:
    terminal.type("set -m", "Enter")
    terminal.type(f"{COMMAND} calm 2.5 &", "Enter")
    terminal.shows("rock 0.70")
    assert terminal.state() == "0 1"
    terminal.shows("heard 0:")


def choose(stream: object) -> LiveOrPlain:
    return choose_screen(
        screen_session.FACTS,
        Meter(44_100),
        stream=stream,  # type: ignore[arg-type]
        source_status=SourceStatus,
        controls=NotedControls(),
    )


def test_without_a_terminal_there_are_lines(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as stream, choose(stream) as screen:
        assert isinstance(screen, PlainLines)
        screen.show(decide())
    assert "metal 0.85" in (tmp_path / "out").read_text(encoding="utf-8")
    assert isinstance(choose(StringIO()), PlainLines)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("name", "value", "live"),
    [("TERM", "dumb", False), ("TERM", "vt100", True), ("NO_COLOR", "1", True)],
)
def test_the_environment_can_ask_for_lines(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, live: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(name, value)
    controller, terminal = os.openpty()
    with os.fdopen(terminal, "w", encoding="utf-8") as stream:
        assert isinstance(choose(stream), LiveScreen) == live
    os.close(controller)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_that_vanishes_ends_the_drawing_and_is_told() -> None:
    controller, terminal = os.openpty()
    stream = os.fdopen(terminal, "w", encoding="utf-8")
    screen = LiveScreen(
        screen_session.FACTS,
        Meter(44_100),
        console=Console(file=stream, force_terminal=True),
        source_status=SourceStatus,
        controls=NotedControls(),
    )
    with screen:
        screen.show(decide())
        assert os.read(controller, 16)
        assert screen.error is None
        os.close(controller)
        wait_for(lambda: screen.error is not None, "the error was not told")
        with pytest.raises(OutputError, match="the screen ended: OSError"):
            screen.watch()
    assert isinstance(screen.error, OSError)
    stream.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_fault_in_the_drawing_is_told_and_the_terminal_given_back() -> None:
    calls = count()

    def broken_status() -> SourceStatus:
        if next(calls) == 2:
            raise LookupError("no such state")
        return SourceStatus()

    controller, terminal = os.openpty()
    with os.fdopen(terminal, "w", encoding="utf-8") as stream:
        screen = LiveScreen(
            screen_session.FACTS,
            Meter(44_100),
            console=Console(file=stream, force_terminal=True),
            source_status=broken_status,
            controls=NotedControls(),
        )
        with screen:
            wait_for(lambda: screen.error is not None, "the error was not told")
        assert isinstance(screen.error, LookupError)
        written = b""
        while b"\x1b[?1049l" not in written:
            assert select.select([controller], [], [], PATIENCE_SECONDS)[0], written
            written += os.read(controller, 4096)
    assert b"\x1b[?1049h" in written
    os.close(controller)
