"""What numbers may be: a domain that says its name, for words of flags and for numbers alike."""

import argparse
import math
from collections.abc import Callable
from numbers import Real

from livegenre.errors import UsageError


class Domain:
    """Numbers that make sense somewhere; called with text, as parsers do, it returns the number.

    Parameters
    ----------
    words : str
        Which those are, to complete "it is not ...".
    holds : callable
        Tells whether a number is one of them.
    """

    def __init__(self, words: str, holds: Callable[[float], bool]) -> None:
        self._words = words
        self._holds = holds

    def __call__(self, text: str) -> float:
        """Return the number that a text means.

        Raises
        ------
        ArgumentTypeError
            If it means none of these.
        """
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not self._holds(value):
            raise argparse.ArgumentTypeError(f"{text} is not {self._words}")
        return value

    def check(self, name: str, value: float | None, *, needed: bool = False) -> None:
        """See that a number, where there is one, or one is needed, is of this domain.

        Raises
        ------
        UsageError
            If it is not; calls it by ``name``.
        """
        if value is None and not needed:
            return
        if not (isinstance(value, Real) and self._holds(value)):  # callers may know no types
            raise UsageError(f"{name}: {value!r} is not {self._words}")


number = Domain("finite", math.isfinite)
positive = Domain("greater than 0, up to a million", lambda value: 0 < value <= 1e6)
not_negative = Domain("from 0 to a million", lambda value: 0 <= value <= 1e6)
some_minutes = Domain("from 1 to 600", lambda value: 1 <= value <= 600)
frame_rate = Domain("from 1 to 30", lambda value: 1 <= value <= 30)
gain = Domain("from -60 to 60", lambda value: -60 <= value <= 60)
megabytes = Domain("from 0.1 to a million", lambda value: 0.1 <= value <= 1e6)
some_share = Domain("above 0 and up to 1", lambda value: 0 < value <= 1)
one_hour = Domain("greater than 0, up to 3,600", lambda value: 0 < value <= 3600)
share = Domain("from 0 to 1", lambda value: 0 <= value <= 1)


def speed(text: str) -> float:
    """Return how many times faster than real time; infinite for ``max``."""
    return math.inf if text == "max" else positive(text)


def whole(lowest: int, highest: int = 1_000_000) -> Callable[[str], int]:
    """Return what reads a whole number within limits, which both count."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and lowest <= int(text) <= highest):
            raise argparse.ArgumentTypeError(
                f"{text!r} is no whole number from {lowest} to {highest}"
            )
        return int(text)

    return read


def sample_rate(text: str) -> int:
    """Return a rate in Hz that sound may have."""
    return int(_rates(text))


_rates = Domain(
    "a whole number from 4,000 to 384,000",
    lambda value: 4_000 <= value <= 384_000 and value == int(value),
)
