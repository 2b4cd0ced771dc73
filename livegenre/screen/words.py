"""Numbers and names as people read them, for the live screen and the plain lines alike."""

import unicodedata
from functools import lru_cache

from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.glyphs import EN_DASH, MINUS
from livegenre.screen.view import SourceStatus

NO_NUMBER = EN_DASH
STATE_WORDS = {"unsure": "unsure", "not_music": "not music", "silence": "silence"}
RIGHT_TO_LEFT = ("R", "AL", "AN")
SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def answer(decision: Decision) -> str:
    """Return the label, or the state in words where none is named."""
    return printable(decision.label) if decision.label else STATE_WORDS[decision.state]


def state_words(source: SourceStatus) -> str:
    """Return a source's state, but of zeros what they mean, where that is not mute."""
    return source.trouble if source.state == "muted" and source.trouble else source.state


def source_words(source: SourceStatus) -> str:
    """Return a source's state, and how long it has lasted where that is worth telling."""
    if source.state in ("live", "ended"):
        return source.state
    return f"{state_words(source)} {duration(source.state_seconds)}"


def ranking(decision: Decision) -> list[tuple[str, float]]:
    """Return labels and smoothed posteriors, largest first; empty in silence."""
    return sorted(decision.posterior.items(), key=lambda item: -item[1])


def others(decision: Decision, facts: Facts) -> tuple[str, list[tuple[str, float]]]:
    """Return what else is worth telling beside the label that is named, and a word before it.

    That is the next in rank; of a multi-label model, all that reach their threshold too, if any.
    """
    rest = [item for item in ranking(decision) if item[0] != decision.label]
    also = [(label, share) for label, share in rest if share >= facts.thresholds[label]]
    return ("also", also) if facts.multi_label and also else ("next", rest[:1])


def clock(seconds: float) -> str:
    """Return a time as ``m:ss``, from one hour on as ``h:mm:ss``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def clock_tenths(seconds: float) -> str:
    """Return a time with tenths, as in ``0:41.5``."""
    tenths = round(seconds * 10)
    return f"{clock(tenths // 10)}.{tenths % 10}"


def duration(seconds: float) -> str:
    """Return a length of time: ``18.1 s`` below a minute, then ``1:23``."""
    return f"{seconds:.1f} s" if seconds < 59.95 else clock(seconds)


def counted(n: int, thing: str) -> str:
    """Return a number of things, as in ``1 gap`` and ``2 gaps``."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def decibels(value: float) -> str:
    """Return a level with one decimal and a true minus sign, five cells wide."""
    return f"{value:5.1f}".replace("-", MINUS)


def whole(value: float) -> str:
    """Return a whole number with a true minus sign."""
    return f"{value:.0f}".replace("-", MINUS)


def percent(share: float) -> str:
    """Return a whole percentage that is never a false 0 or 100."""
    if 0 < share < 0.005:
        return "<1"
    return ">99" if share > 0.995 else f"{100 * share:.0f}"


def rate(sample_rate: int) -> str:
    """Return a sample rate in kHz, as in ``44.1 kHz``."""
    kilohertz = f"{sample_rate / 1000:.3f}".rstrip("0")
    return f"{kilohertz}0 kHz" if kilohertz.endswith(".") else f"{kilohertz} kHz"


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Return a name as a row of cells can hold it.

    Control characters, broken encoding and what has no certain width become ``?``. Letters of
    scripts that run from right to left become Latin ones, named after them: a terminal that knows
    these scripts would turn round whatever stands beside them.
    """
    return "".join(map(_printable, unicodedata.normalize("NFC", text)))


def _printable(char: str) -> str:
    if "\N{VARIATION SELECTOR-1}" <= char <= "\N{VARIATION SELECTOR-16}":
        return ""
    if not char.isprintable() or "\U0001f1e6" <= char <= "\U0001f1ff" or char in SKIN_TONES:
        return "?"
    return _latin(char) if unicodedata.bidirectional(char) in RIGHT_TO_LEFT else char


def _latin(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    _, _, letter = unicodedata.name(char, "").partition(" LETTER ")
    return letter.removeprefix("FINAL ")[:1].lower() or "?"
