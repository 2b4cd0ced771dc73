"""What the doctor says of one thing."""

from dataclasses import dataclass
from typing import Literal

from livegenre.errors import LivegenreError

State = Literal["ok", "warning", "bad"]
"""Nothing to do; worth doing something; livegenre cannot listen like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    name: str
    """What was looked at, in a word or two."""
    state: State
    value: float | str | None
    """What was found; None is nothing."""
    unit: str = ""
    """Of a number."""
    meaning: str
    """One sentence."""
    cure: str = ""
    """What to click or type, wherever the state is not ``ok``."""

    def __post_init__(self) -> None:
        if bool(self.cure) == (self.state == "ok"):
            raise ValueError(f"{self.name}: a cure is for what is not ok, and only for that")

    @property
    def text(self) -> str:
        """The value and its unit."""
        if self.value is None:
            return "none"
        value = self.value if isinstance(self.value, str) else f"{self.value:.10g}"
        return f"{value} {self.unit}".rstrip()


def judged(
    name: str,
    is_wrong: bool,
    *,
    value: float | str | None,
    unit: str = "",
    meaning: str,
    cure: str,
    state: State = "warning",
) -> Finding:
    """Make a finding that is ``ok``, or of that state and with that cure if something is wrong."""
    return Finding(
        name=name,
        state=state if is_wrong else "ok",
        value=value,
        unit=unit,
        meaning=meaning,
        cure=cure if is_wrong else "",
    )


def failure(name: str, error: LivegenreError, cure: str) -> Finding:
    """Make a bad finding of an error; its own cure goes before the general one."""
    meaning, _, own_cure = str(error).partition("; ")
    return Finding(name=name, state="bad", value=None, meaning=f"{meaning}.", cure=own_cure or cure)
