"""Numbers and names as people read them, for the live screen and the plain lines alike."""

from livegenre.decision import Decision
from livegenre.screen.facts import Facts
from livegenre.screen.view import SourceStatus

NO_NUMBER = "\N{EN DASH}"
STATE_WORDS = {"unsure": "unsure", "not_music": "not music", "silence": "silence"}
MINUS = "\N{MINUS SIGN}"


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
    return f"{sample_rate / 1000:g} kHz"


def printable(text: str) -> str:
    """Return a name with control characters and broken encoding made visible as ``?``."""
    return "".join(char if char.isprintable() else "?" for char in text)
