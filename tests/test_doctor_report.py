import io
import json

import pytest

from livegenre.doctor.findings import Finding, failure
from livegenre.doctor.report import is_fit, print_table, to_json
from livegenre.errors import DeviceError

OK = Finding(name="level", state="ok", value=-20.0, unit="dBFS", meaning="Loud enough.")
WARNING = Finding(
    name="mains hum",
    state="warning",
    value=-40.25,
    unit="dBFS",
    meaning="Lines at multiples of 50 Hz, 3 dB below the level, and a sentence that goes on.",
    cure="keep the cable from mains leads; run the laptop on its battery and see",
)
BAD = Finding(name="input", state="bad", value=None, meaning="It is gone.", cure="connect it again")


def table(*findings: Finding) -> str:
    stream = io.StringIO()
    print_table(findings, stream)
    return stream.getvalue()


def test_table_is_plain_text_of_80_columns_without_a_terminal() -> None:
    text = table(OK, WARNING, BAD)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_table_says_everything() -> None:
    words = " ".join(table(OK, WARNING, BAD).split())
    assert "ok level -20 dBFS Loud enough." in words
    assert "warning mains hum -40.25 dBFS Lines" in words
    assert "Cure: keep the cable" in words
    assert "bad input none It is gone. Cure: connect it again" in words


def test_only_what_is_bad_makes_it_unfit() -> None:
    assert is_fit([OK, WARNING])
    assert not is_fit([OK, WARNING, BAD])


def test_json_is_one_object_in_one_line() -> None:
    text = to_json([OK, BAD])
    assert "\n" not in text
    values = json.loads(text)
    assert values["fit"] is False
    assert values["findings"][0] == {
        "name": "level",
        "state": "ok",
        "value": -20.0,
        "unit": "dBFS",
        "meaning": "Loud enough.",
        "cure": "",
    }
    assert values["findings"][1]["value"] is None


def test_square_brackets_in_a_name_are_no_markup() -> None:
    device = Finding(name="input", state="ok", value="Speakers [Loopback]", meaning="[bold]Heard.")
    assert "[Loopback]" in table(device)
    assert "[bold]Heard." in table(device)


def test_a_cure_is_for_what_is_not_ok() -> None:
    with pytest.raises(ValueError, match="cure"):
        Finding(name="level", state="warning", value=1, meaning="Faint.")
    with pytest.raises(ValueError, match="cure"):
        Finding(name="level", state="ok", value=1, meaning="Loud.", cure="less")


def test_the_cure_of_an_error_goes_before_the_general_one() -> None:
    own = failure("input", DeviceError("input 'x' is gone; connect it again"), "look")
    assert (own.meaning, own.cure) == ("input 'x' is gone.", "connect it again")
    assert failure("input", DeviceError("no answer"), "look").cure == "look"
