"""Every key, pressed in a real terminal while a real replay runs, and what is seen of it."""

import json
import re
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from livegenre.classifier import Classifier, model_path
from livegenre.corrections import Correction, read_corrections
from livegenre.screen.keymap import COMMANDS
from tests.test_screen_terminal import Terminal, logged, terminal, wait_for
from tests.virtual_microphone import VirtualMicrophone

__all__ = ["terminal"]

pytestmark = pytest.mark.terminal
TMUX_NAMES = {"space": "Space", "left": "Left", "right": "Right", "home": "Home", "end": "End"}
TMUX_NAMES |= {"esc": "Escape", "-": "-", "\N{MINUS SIGN}": "\N{MINUS SIGN}"}


class Replay:
    """The demo, replayed in a terminal."""

    def __init__(self, terminal: Terminal, folder: Path, *words: str) -> None:
        self.terminal = terminal
        self.log = folder / "log.jsonl"
        self.corrections = folder / "corrections.jsonl"
        command = f"{sys.executable} -m livegenre replay --jsonl {self.log}"
        command += f" --corrections {self.corrections}"
        terminal.type(" ".join([command, *words]), "Enter")
        wait_for(lambda: terminal.state() == "1 0", "the screen did not come")
        wait_for(lambda: len(logged(self.log)) >= 4, "no decision came")

    def press(self, key: str, *, shows: str = "") -> None:
        self.terminal.type("-l", key) if len(key) == 1 else self.terminal.type(TMUX_NAMES[key])
        if key == "esc":
            time.sleep(0.1)  # what follows sooner is Alt with a key
        if shows:
            self.terminal.shows(shows)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in logged(self.log) if line["type"] == kind]

    def position(self) -> float:
        found = re.search(r"(\d+):(\d\d) / \d+:\d\d", self.terminal.text())
        assert found
        return 60 * int(found[1]) + int(found[2])

    def end(self) -> None:
        self.press("q")
        wait_for(lambda: self.terminal.state() == "0 1", "q did not end it")


def test_every_key_of_the_look_is_seen(terminal: Terminal, tmp_path: Path) -> None:
    replay = Replay(terminal, tmp_path)
    for key, shows in (
        ("p", "palette tide"),
        ("p", "palette bone"),
        ("w", "spectrum alone"),
        ("w", "waterfall alone"),
        ("w", "waterfall and spectrum"),
        ("+", "floor \N{MINUS SIGN}75 dBFS"),
        ("=", "floor \N{MINUS SIGN}70 dBFS"),
        ("-", "floor \N{MINUS SIGN}75 dBFS"),
        ("t", "a column is 1 s"),
        ("s", "bars by probability"),
        ("r", "begin anew"),
        ("l", "marked at 0:"),
        ("d", "replay: no device"),
        ("?", "any key closes"),
    ):
        replay.press(key, shows=shows)
    replay.press("z")
    wait_for(lambda: "any key closes" not in terminal.text(), "help stayed")
    terminal.shows("▼")
    terminal.shows("all ten, sorted")
    assert len(replay.events("mark")) == 1
    replay.end()


def test_picture_stands_still_and_is_scrolled_while_the_log_goes_on(
    terminal: Terminal, tmp_path: Path
) -> None:
    replay = Replay(terminal, tmp_path, "--start 10")
    replay.press("space", shows="FROZEN")
    n_lines = len(logged(replay.log))
    replay.press("left", shows="frozen at 0:0")
    replay.press("home", shows="the oldest that is kept")
    replay.press(".", shows="frozen at 0:0")
    replay.press("end", shows="frozen at 0:0")
    wait_for(lambda: len(logged(replay.log)) > n_lines + 2, "the log stood still too")
    assert replay.events("seek") == []
    replay.press("space", shows="the picture moves again")
    wait_for(lambda: "FROZEN" not in terminal.text(), "it stayed frozen")
    replay.end()


def test_replay_is_moved_about_in_and_its_speed_changed(terminal: Terminal, tmp_path: Path) -> None:
    replay = Replay(terminal, tmp_path)
    before = replay.position()
    replay.press("right", shows="now at 0:")
    replay.press(".")
    wait_for(lambda: replay.position() >= before + 10, "it did not move on")
    replay.press("left")
    wait_for(lambda: len(replay.events("seek")) == 3, "it did not move back")
    replay.press(">", shows="speed 2")
    terminal.shows("REPLAY 2.0\N{MULTIPLICATION SIGN}")
    replay.press("<", shows="speed 1")
    replay.press("<", shows="REPLAY 0.5\N{MULTIPLICATION SIGN}")
    assert [event["speed"] for event in replay.events("speed")] == [2.0, 1.0, 0.5]
    for seek, by in zip(replay.events("seek"), (5.0, 5.0, -5.0), strict=True):
        assert seek["position"] - seek["before"] == pytest.approx(by, abs=1e-4)
    replay.end()
    times = [line["time"] for line in logged(replay.log) if line["type"] == "decision"]
    assert times == sorted(set(times))


def test_models_take_turns(terminal: Terminal, tmp_path: Path) -> None:
    replay = Replay(terminal, tmp_path, "--speed 2")
    for name in ("tags", "classic", "cnn"):
        replay.press("m", shows=f"model {name}")
        worth = str(Classifier.load(model_path(name)).card.accuracy)
        terminal.shows(worth.partition(" [")[0])
        n_lines = len(logged(replay.log))
        wait_for(partial(has_grown, replay, n_lines + 2), "no decision came")
    assert [event["model"] for event in replay.events("model")] == ["tags", "classic", "cnn"]
    assert len(replay.events("model")[0]["labels"]) == 50
    replay.end()
    assert logged(replay.log)[-1]["reason"] == "quit"


def test_label_is_put_right_by_digit_and_by_list(terminal: Terminal, tmp_path: Path) -> None:
    replay = Replay(terminal, tmp_path)
    replay.press("6", shows="kept as jazz, 1 in this session")
    replay.press("c", shows="which is right?")
    terminal.shows(" 0 rock")
    replay.press("0", shows="kept as rock, 2 in this session")
    replay.press("c", shows="which is right?")
    replay.press("esc")
    wait_for(lambda: "which is right?" not in terminal.text(), "esc did not leave the list")
    replay.press("m", shows="model tags")
    replay.press("c", shows=" N happy")
    wait_for(lambda: bool(decided(replay)), "no decision came")
    replay.press("N", shows="kept as happy, 3 in this session")
    kept = list(read_corrections(replay.corrections))
    assert [one.label for one in kept if isinstance(one, Correction)] == ["jazz", "rock", "happy"]
    assert [event["label"] for event in replay.events("correction")] == ["jazz", "rock", "happy"]
    replay.end()


def has_grown(replay: Replay, n_lines: int) -> bool:
    return len(logged(replay.log)) > n_lines


def decided(replay: Replay) -> list[dict[str, Any]]:
    """Return what the last model has decided."""
    lines = logged(replay.log)
    last = max((n for n, line in enumerate(lines) if line["type"] == "model"), default=0)
    return [line for line in lines[last:] if line["type"] == "decision"]


def test_why_is_shown_and_goes_again(terminal: Terminal, tmp_path: Path) -> None:
    replay = Replay(terminal, tmp_path, "--model classic")
    replay.press("e", shows="metal over ")
    terminal.shows("exact; bands")
    replay.press("e")
    wait_for(lambda: "exact; bands" not in terminal.text(), "the reasons stayed")
    replay.end()


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (40, 12), (30, 5), (1, 1)], ids=str)
def test_all_keys_at_once_do_no_harm(
    terminal: Terminal, tmp_path: Path, size: tuple[int, int]
) -> None:
    replay = Replay(terminal, tmp_path, "--speed 4", "--loop")
    terminal.resize(*size)
    keys = [key for key in COMMANDS if key != "q"]
    for key in [*keys, *reversed(keys), "esc", "z", "esc"]:
        replay.press(key)
    time.sleep(0.5)
    assert terminal.state() == "1 0"
    terminal.resize(120, 40)
    terminal.shows("livegenre")
    replay.press("esc")
    replay.end()
    assert json.loads(replay.log.read_text().splitlines()[-1])["reason"] == "quit"


def test_pipe_cannot_be_moved_about_in_and_has_no_keys(terminal: Terminal, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    terminal.type(
        f"head -c 9999999 /dev/zero | {sys.executable} -m livegenre replay -"
        f" --raw 44100,1,s16le --jsonl {log}",
        "Enter",
    )
    terminal.shows("Ctrl-C quit")
    terminal.type("Right")
    wait_for(lambda: len(logged(log)) >= 6, "no decision came")
    assert {line["type"] for line in logged(log)} <= {"header", "decision", "change"}
    terminal.type("C-c")
    wait_for(lambda: terminal.state() == "0 1", "Ctrl-C did not end it")


def changes(log: Path) -> list[tuple[str, str]]:
    return [(line["state"], line["device"]) for line in logged(log) if line["type"] == "device"]


@pytest.mark.device
def test_input_is_chosen_by_a_digit(
    virtual_microphone: VirtualMicrophone, terminal: Terminal, tmp_path: Path
) -> None:
    virtual_microphone.add_source("stage")
    log = tmp_path / "log.jsonl"
    command = f"{sys.executable} -m livegenre listen --device pulse --jsonl {log}"
    terminal.type(command, "Enter")
    terminal.shows("model cnn")
    terminal.type("d")
    terminal.shows("─ inputs ─")
    terminal.shows(" stage ")
    row = next(row for row in terminal.text().splitlines() if " stage " in row)
    digit = re.search(r"(\d) [▶ ] stage", row)
    assert digit
    terminal.type(digit[1])
    terminal.shows("LIVE  stage")
    wait_for(lambda: ("live", "stage") in changes(log), "the log does not tell of it")
    terminal.type("d")
    terminal.shows("▶ stage")
    terminal.type("Escape")
    wait_for(lambda: "─ inputs ─" not in terminal.text(), "esc did not leave the list")
    terminal.type("q")
    wait_for(lambda: terminal.state() == "0 1", "q did not end it")
