"""Whatever takes no more bytes, nobody waits for it, and nothing is lost or torn on the way."""

import os
import sys
import termios
import time
from collections.abc import Iterator
from typing import TextIO

import pytest

from livegenre.screen.outlet import Outlet

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
LOTS = b"0123456789" * 50_000


@pytest.fixture(params=["terminal", "pipe"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[int, TextIO]]:
    """A reader's descriptor and a stream to write to."""
    reader, writer = os.openpty() if request.param == "terminal" else os.pipe()
    stream = os.fdopen(writer, "w", encoding="utf-8")
    yield reader, stream
    stream.close()
    os.close(reader)


def test_what_nobody_reads_delays_nobody(ends: tuple[int, TextIO]) -> None:
    outlet = Outlet(ends[1])
    began = time.monotonic()
    outlet.send(LOTS)
    assert not outlet.push()
    assert time.monotonic() - began < 0.5
    assert not outlet.drain(0.1)
    assert time.monotonic() - began < 0.8
    assert os.get_blocking(ends[1].fileno()), "the shell shares this setting"


def test_all_arrives_in_order_as_soon_as_somebody_reads(ends: tuple[int, TextIO]) -> None:
    outlet = Outlet(ends[1])
    outlet.send(LOTS)
    outlet.send(b"end")
    arrived = b""
    while not arrived.endswith(b"end"):
        arrived += os.read(ends[0], 65536)
        outlet.push()
    assert arrived == LOTS + b"end"
    assert outlet.n_waiting == 0


def test_what_is_dropped_never_arrives(ends: tuple[int, TextIO]) -> None:
    outlet = Outlet(ends[1])
    outlet.send(LOTS)
    outlet.drop()
    assert outlet.drain(0.0)
    outlet.close()


def test_a_reader_that_has_gone_is_an_error() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        outlet = Outlet(stream)
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            outlet.send(b"x")
        assert outlet.n_waiting == 0


def test_ctrl_s_can_be_lifted_and_the_terminals_settings_stay() -> None:
    controller, terminal = os.openpty()
    before = termios.tcgetattr(terminal)
    with os.fdopen(terminal, "w") as stream:
        os.write(controller, b"\x13")
        outlet = Outlet(stream)
        outlet.send(b"halted")
        while outlet.drain(0.05):  # the kernel heeds the key a little later
            outlet.send(b"halted")
        outlet.restart()
        assert outlet.drain(1.0)
        assert termios.tcgetattr(terminal) == before
        assert b"halted" in os.read(controller, 100)
        outlet.close()
    os.close(controller)
