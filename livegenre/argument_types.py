"""What values of flags may be: text becomes a number of a domain, or a complaint that names it."""

import argparse
import math
from collections.abc import Callable


def number(text: str) -> float:
    """Return any finite number."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _in(domain: str, holds: Callable[[float], bool]) -> Callable[[str], float]:
    def convert(text: str) -> float:
        try:
            value = number(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not holds(value):
            raise argparse.ArgumentTypeError(f"{text} is not {domain}")
        return value

    return convert


positive = _in("greater than 0, up to a million", lambda value: 0 < value <= 1e6)
not_negative = _in("from 0 to a million", lambda value: 0 <= value <= 1e6)
some_minutes = _in("from 1 to 600", lambda value: 1 <= value <= 600)
frame_rate = _in("from 1 to 30", lambda value: 1 <= value <= 30)
gain = _in("from -60 to 60", lambda value: -60 <= value <= 60)
megabytes = _in("from 0.1 to a million", lambda value: 0.1 <= value <= 1e6)
share = _in("from 0 to 1", lambda value: 0 <= value <= 1)


def speed(text: str) -> float:
    """Return how many times faster than real time; infinite for ``max``."""
    return math.inf if text == "max" else positive(text)
