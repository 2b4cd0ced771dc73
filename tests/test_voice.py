import pytest

from livegenre.outputs.base import DeviceChange
from livegenre.voice import Voice


def test_line_is_written_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[str] = []
    voice = Voice()
    voice.say("early")
    voice.show_on(shown.append)
    voice.say("late\x1b[2J")
    assert shown == ["early", "late\x1b[2J"]
    assert capsys.readouterr().err == "livegenre: early\nlivegenre: late?[2J\n"


def change(state: str, trouble: str = "") -> DeviceChange:
    return DeviceChange(1.0, state, trouble, "mic", 0, 0)


def test_trouble_of_the_input_is_said_once_until_it_is_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    voice = Voice()
    voice.tell_input(change("live"))
    voice.tell_input(change("muted", "nothing is playing"))
    for _ in range(3):
        voice.tell_input(change("reconnecting", "no input"))
        voice.tell_input(change("stalled"))
    voice.tell_input(change("live"))
    voice.tell_input(change("stalled"))
    assert capsys.readouterr().err.splitlines() == [
        "livegenre: input: reconnecting (no input)",
        "livegenre: input: stalled",
        "livegenre: input: live",
        "livegenre: input: stalled",
    ]
