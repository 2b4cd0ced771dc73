import os
import signal
import subprocess
import sys
import time

import pytest

from livegenre.errors import OutputError
from livegenre.interruption import GRACE_SECONDS, Terminated, heed, signals_raised

SIGNALS = [
    (signal.SIGINT, KeyboardInterrupt),
    (signal.SIGTERM, Terminated),
    (signal.SIGHUP, Terminated),
]


@pytest.mark.parametrize(("number", "raised"), SIGNALS)
def test_signal_is_raised_where_it_is_heeded_and_handled_as_before_outside(
    number: signal.Signals, raised: type[KeyboardInterrupt]
) -> None:
    known = signal.getsignal(number)
    with signals_raised() as interruption:
        interruption.heed()
        os.kill(os.getpid(), number)
        with pytest.raises(raised):
            interruption.heed()
        interruption.heed()
    assert signal.getsignal(number) is known


@pytest.mark.parametrize(("number", "raised"), SIGNALS)
def test_what_hangs_is_broken_into(number: signal.Signals, raised: type[KeyboardInterrupt]) -> None:
    def hang() -> None:
        with signals_raised():
            os.kill(os.getpid(), number)
            time.sleep(30)

    began = time.monotonic()
    with pytest.raises(raised):
        hang()
    assert time.monotonic() - began < 10


def send(*numbers: signal.Signals) -> None:
    """Send this process a signal, and others while the first is being heeded."""
    first, *others = numbers
    with signals_raised() as interruption:
        os.kill(os.getpid(), first)
        try:
            interruption.heed()
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


def fail_after(number: signal.Signals) -> None:
    with signals_raised():
        os.kill(os.getpid(), number)
        raise OutputError("output: Broken pipe")


def test_what_a_signal_breaks_is_no_error() -> None:
    with pytest.raises(KeyboardInterrupt):
        fail_after(signal.SIGINT)


def test_no_signal_comes_late() -> None:
    with signals_raised():
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(2 * GRACE_SECONDS)


def test_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_raised():
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


def test_long_work_heeds_a_signal_between_two_of_its_pieces() -> None:
    heed()
    with signals_raised():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Terminated):
            heed()
    heed()
