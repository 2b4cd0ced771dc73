import os
import signal
import subprocess
import sys

import pytest

from livegenre.interruption import Terminated, signals_raised


@pytest.mark.parametrize(
    ("number", "raised"),
    [
        (signal.SIGINT, KeyboardInterrupt),
        (signal.SIGTERM, Terminated),
        (signal.SIGHUP, Terminated),
    ],
)
def test_signal_is_raised_inside_and_handled_as_before_outside(
    number: signal.Signals, raised: type[KeyboardInterrupt]
) -> None:
    known = signal.getsignal(number)
    told: list[bool] = []
    with pytest.raises(raised), signals_raised(lambda: told.append(True)):
        os.kill(os.getpid(), number)
    assert told == [True]
    assert signal.getsignal(number) is known


def send(*numbers: signal.Signals) -> None:
    """Send this process a signal, and others while the first is being heeded."""
    first, *others = numbers
    with signals_raised(lambda: None):
        try:
            os.kill(os.getpid(), first)
        finally:
            for number in others:
                os.kill(os.getpid(), number)


def test_terminal_that_hangs_up_twice_cuts_nothing_short() -> None:
    with pytest.raises(Terminated) as ended:
        send(signal.SIGHUP, signal.SIGHUP, signal.SIGTERM)
    assert ended.value.__context__ is None


def test_ctrl_c_is_heeded_however_often() -> None:
    with pytest.raises(KeyboardInterrupt) as ended:
        send(signal.SIGTERM, signal.SIGINT)
    assert isinstance(ended.value.__context__, Terminated)


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_raised(lambda: None):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_start_up_ends_at_once_and_without_a_word(name: str) -> None:
    code = (
        "import os, signal\n"
        "from livegenre.interruption import exit_on_signals\n"
        f"with exit_on_signals(): os.kill(os.getpid(), signal.{name})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
