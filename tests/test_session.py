import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import SourceError
from livegenre.features import create_extractor
from livegenre.interruption import Terminated, signals_raised
from livegenre.outputs.base import Change, DeviceChange, End, Event, Header, Sink
from livegenre.session import Ears, run_session
from livegenre.tap import Tap
from livegenre.verify import Recording
from tests.conftest import CARD, CLASSIC_SPEC
from tests.rows import KeptRows
from tests.test_tap import Read, Troubled

RATE = CLASSIC_SPEC.sample_rate


def recording(seconds: float) -> Recording:
    return Recording(np.full(round(seconds * RATE), 0.1, np.float32), RATE, "hum")


def run(tap: Tap, model: Path, *sinks: Sink) -> End:
    decider = Decider(CARD.labels, unsure_threshold=0.6)
    ears = Ears(create_extractor(CLASSIC_SPEC), Classifier.load(model), decider)
    return run_session(tap, ears, sinks=sinks)


class Log(KeptRows):
    """Rows in memory, with something done at the third decision."""

    def __init__(self, at_third: Any = lambda: None) -> None:
        self._at_third = at_third
        self._count = 0
        super().__init__()

    def show(self, decision: Decision) -> None:
        super().show(decision)
        self._count += 1
        if self._count == 3:
            self._at_third()


def test_session_runs_to_the_end_of_the_sound(tiny_model: Path) -> None:
    log = Log()
    assert run(Tap(recording(5)), tiny_model, log) == End("end", 5.0, 0)
    kinds = [line["type"] for line in log.lines]
    assert kinds.count("change") == 1  # the first answer, once it has stood for 2 s
    kinds.remove("change")
    assert kinds == ["header", *["decision"] * (len(kinds) - 2), "end"]
    assert log.lines[0]["labels"] == list(CARD.labels)
    assert log.lines[-1]["reason"] == "end"


def test_stop_ends_the_session_as_quit(tiny_model: Path) -> None:
    tap = Tap(recording(60))
    log = Log(at_third=tap.stop)
    assert run(tap, tiny_model, log).reason == "quit"
    assert len(log.lines) == 1 + 3 + 1


def test_limit_ends_the_session(tiny_model: Path) -> None:
    end = run(Tap(recording(60), limit_seconds=4.0), tiny_model)
    assert end.reason == "end"
    assert end.seconds == pytest.approx(4.0, abs=0.06)


def test_gap_is_told_where_it_was_noticed_and_where_it_ended(tiny_model: Path) -> None:
    block = RATE // 20
    log = Log()
    heard: list[Read] = [(block, 0, "live")] * 30
    gap: list[Read] = [(0, 0, "stalled"), (0, 0, "reconnecting")]
    again: list[Read] = [(block, 2 * RATE, "live")] * 30
    end = run(Tap(Troubled([*heard, *gap, *again], rate=RATE)), tiny_model, log)
    kinds = "".join(line["type"][0] + str(line.get("state", ""))[:1] for line in log.lines)
    assert re.fullmatch(r"h(d[us])+dsdrdl(d[us]|c[us])+e", kinds), kinds
    changes = [line for line in log.lines if line["type"] == "device"]
    assert [line["time"] for line in changes] == pytest.approx([1.5, 1.5, 3.5], abs=0.01)
    assert (end.interruptions, end.missing_seconds, end.lost) == (1, 2.0, 2 * RATE)
    assert log.lines[-1]["interruptions"] == 1


def test_too_short_sound_is_an_error_and_says_how_much_is_needed(tiny_model: Path) -> None:
    log = Log()
    with pytest.raises(SourceError, match=r"hum: 0\.50 s of sound is too short.*1\.00 s"):
        run(Tap(recording(0.5)), tiny_model, log)
    assert [line["type"] for line in log.lines] == ["header", "end"]
    assert log.lines[-1]["reason"] == "error"


@pytest.mark.parametrize(
    ("number", "raised", "reason"),
    [
        (signal.SIGINT, KeyboardInterrupt, "interrupted"),
        (signal.SIGTERM, Terminated, "terminated"),
        (signal.SIGHUP, Terminated, "terminated"),
    ],
)
def test_signals_end_the_session_and_the_log_stays_whole(
    tiny_model: Path, number: signal.Signals, raised: type[KeyboardInterrupt], reason: str
) -> None:
    log = Log(at_third=lambda: os.kill(os.getpid(), number))
    tap = Tap(recording(60))
    with ExitStack() as stack:
        tap.heed(stack.enter_context(signals_raised()).heed)
        with pytest.raises(raised):
            run(tap, tiny_model, log)
    assert log.lines[-1]["reason"] == reason


def test_what_a_signal_breaks_is_told_as_the_signal(tiny_model: Path) -> None:
    def close_terminal() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        raise OSError("the terminal is gone")

    log = Log(at_third=close_terminal)
    tap = Tap(recording(60))
    with ExitStack() as stack:
        tap.heed(stack.enter_context(signals_raised()).heed)
        with pytest.raises(Terminated):
            run(tap, tiny_model, log)
    assert log.lines[-1]["reason"] == "terminated"


def test_one_sink_that_fails_keeps_no_other_from_its_end(tiny_model: Path) -> None:
    class Failing:
        def start(self, header: Header) -> None: ...

        def show(self, decision: Decision) -> None:
            raise SourceError("broken")

        def change(self, change: Change) -> None: ...

        def device(self, change: DeviceChange) -> None: ...

        def event(self, event: Event) -> None: ...

        def end(self, end: End) -> None:
            raise SourceError("still broken")

    log = Log()
    with pytest.raises(SourceError, match="broken"):
        run(Tap(recording(5)), tiny_model, log, Failing())
    assert log.lines[-1]["reason"] == "error"


def test_first_sink_is_told_of_the_end_first(tiny_model: Path) -> None:
    ended: list[Log] = []

    class Ending(Log):
        def end(self, end: End) -> None:
            ended.append(self)

    sinks = [Ending(), Ending()]
    run(Tap(recording(5)), tiny_model, *sinks)
    assert ended == sinks
