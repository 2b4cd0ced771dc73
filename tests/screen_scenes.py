"""A made-up evening: blues, talk, silence, metal; and the views a frame can be drawn from."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from livegenre.decision import Decision, State
from livegenre.screen.facts import Facts
from livegenre.screen.history import N_BANDS, Column
from livegenre.screen.layout import n_bands
from livegenre.screen.look import Look
from livegenre.screen.meter import Levels
from livegenre.screen.variant import Variant
from livegenre.screen.view import Health, SourceStatus, View
from tests.screen_session import FACTS as REPLAY_FACTS

STEP = 0.5
REPLAY = replace(
    REPLAY_FACTS,
    source="evening-set.wav",
    duration_seconds=207.0,
    channels="stereo→mono",
    sample_format="16-bit",
    log="/tmp/set.jsonl",
)
LISTEN = replace(
    REPLAY,
    source="Scarlett 2i2 USB",
    sample_rate=48_000,
    duration_seconds=None,
    replay=False,
    channels="ch 1 of 2",
    sample_format="float32",
    log="rec.jsonl",
    began="20:41:07",
)
LIVE = SourceStatus(seconds=59.8, state_seconds=59.8, clipped=2)
LEVELS = Levels(-14.2, -1.8)
HEALTH = Health(compute_seconds=0.001, cpu=0.0021)
TRUECOLOR, INDEXED, MONO = Variant(), Variant("256"), Variant("none")
ASCII, LIGHT = Variant("none", ascii=True), Variant(light=True)
VARIANTS = {
    "truecolor": TRUECOLOR,
    "256": INDEXED,
    "mono": MONO,
    "ascii": ASCII,
    "light": LIGHT,
    "light256": Variant("256", light=True),
}
SIZES = ((120, 40), (100, 30), (80, 24), (60, 16), (40, 12), (30, 5))
ODD_SIZES = (
    *((0, 0), (1, 1), (3, 2), (41, 13), (79, 24), (119, 37), (200, 60), (300, 12), (20, 60)),
    *((0, 5), (5, 0), (120, 24), (80, 38), (99, 100), (60, 200), (1, 40), (2, 1)),
)

EVENING: tuple[tuple[float, State, str | None], ...] = (
    (3.0, "unsure", None),
    (26.0, "genre", "blues"),
    (27.5, "unsure", None),
    (38.0, "not_music", None),
    (39.0, "silence", None),
    (41.5, "unsure", None),
    (1e9, "genre", "metal"),
)
"""Until when which answer held."""


def answer_at(time: float) -> tuple[State, str | None]:
    return next((state, label) for end, state, label in EVENING if time <= end)


def bands_at(time: float) -> NDArray[np.int8]:
    """Sound that looks like what it is: a bass line, harmonics, syllables, hiss."""
    state, label = answer_at(time)
    rng = np.random.default_rng(round(2 * time))
    axis = np.linspace(0, 1, N_BANDS)
    if state == "silence":
        return np.full(N_BANDS, -110, np.int8)
    tilt = {"metal": -22 - 30 * axis, "blues": -20 - 45 * axis}.get(label or "", -55 - 20 * axis)
    beat = 6 * np.cos(np.pi * (2 * time % 4) / 2) * (axis > 0.5)
    note = int(2 * time // 9) % 3
    lines = sum(
        12 * np.exp(-(((axis - 0.12 * k - 0.02 * note) / 0.012) ** 2)) for k in (1, 2, 3, 4)
    )
    if state == "not_music":
        lines = 20 * (rng.random(N_BANDS) > 0.5) * ((axis > 0.15) & (axis < 0.75))
    noise = rng.normal(0, 3.5, N_BANDS)
    levels: NDArray[np.int8] = np.clip(tilt + beat + lines + noise, -120, 0).astype(np.int8)
    return levels


def columns_until(time: float, marked: float = 52.0) -> tuple[Column, ...]:
    columns = []
    for number in range(round((time - 1.0) / STEP) + 1):
        at = 1.0 + number * STEP
        state, label = answer_at(at)
        share = 0.0 if state == "silence" else 0.45 if label is None else 0.85 - 0.5 / (at % 20 + 2)
        columns.append(
            Column(at, state, label, share, at < 3.0, bands_at(at), at == marked, number)
        )
    return tuple(columns)


COLUMNS = columns_until(59.5)
METAL = dict.fromkeys(REPLAY.labels, 0.01) | {"metal": 0.85, "rock": 0.07}
TORN = dict.fromkeys(REPLAY.labels, 0.02) | {"blues": 0.33, "rock": 0.41}
PEAKS = METAL | {"metal": 0.87, "rock": 0.14, "hiphop": 0.31}


def decide(state: State = "genre", **changes: object) -> Decision:
    """A decision for METAL by default."""
    posterior = {"genre": METAL, "unsure": TORN, "not_music": TORN, "silence": {}}[state]
    decision = Decision(
        time=59.6,
        state=state,
        label="metal" if state == "genre" else None,
        since=41.5 if state == "genre" else 55.5,
        posterior=posterior,
        raw_posterior=posterior,
        early=False,
        level_dbfs=-71.3 if state == "silence" else -14.2,
        lost=0,
        not_music=0.83 if state == "not_music" else 0.0,
        tags={},
        compute_seconds=0.004,
    )
    return replace(decision, **changes)  # type: ignore[arg-type]


def facts_of(labels: tuple[str, ...], **changes: object) -> Facts:
    thresholds = dict.fromkeys(labels, 0.6)
    return replace(LISTEN, labels=labels, thresholds=thresholds, **changes)  # type: ignore[arg-type]


TAGS = (*(f"tag {number}" for number in range(48)), "folk", "female vocalists")
TAG_FACTS = replace(
    facts_of(TAGS), multi_label=True, thresholds=dict.fromkeys(TAGS, 0.3) | {"folk": 0.25}
)
SHARES = {tag: 0.2 - 0.001 * number for number, tag in enumerate(TAGS)}
SHARES |= {"tag 40": 0.9, "folk": 0.27, "female vocalists": 0.28}


def hear_tags(label: str | None = "tag 40", **changes: object) -> Decision:
    return decide("unsure" if label is None else "genre", label=label, posterior=SHARES, **changes)


def view_of(
    size: tuple[int, int],
    decision: Decision | None = None,
    *,
    facts: Facts = REPLAY,
    source: SourceStatus = LIVE,
    look: Look | None = None,
    variant: Variant = TRUECOLOR,
    columns: tuple[Column, ...] = COLUMNS,
    **changes: object,
) -> View:
    """What a frame of this size is drawn from, a minute into the evening."""
    look = look or Look()
    n = n_bands(*size, look)
    shape = np.interp(np.linspace(0, N_BANDS - 1, n), np.arange(N_BANDS), bands_at(59.5))
    spectrum = shape.astype(np.float32)
    hold = np.minimum(spectrum + 6, 0).astype(np.float32)
    view = View(
        facts=facts,
        decision=decision,
        levels=LEVELS,
        spectrum_dbfs=spectrum,
        source=source,
        quit_key="q",
        look=look,
        columns=columns,
        variant=variant,
        hold_dbfs=hold,
        peaks=PEAKS if decision else {},
        health=HEALTH,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def gap(state: str, seconds: float) -> SourceStatus:
    return replace(
        LIVE,
        seconds=59.5 + seconds,
        state=state,
        state_seconds=seconds,
        missing_seconds=seconds,
        interruptions=1,
    )


STATES: dict[str, dict[str, object]] = {
    "waiting": {"decision": None, "columns": (), "source": replace(LIVE, seconds=0.4)},
    "genre": {"decision": decide(), "source": replace(LIVE, seconds_since_clip=1.0, clips=2)},
    "early": {
        "decision": decide(early=True, time=1.5, since=1.0),
        "columns": tuple(replace(column, early=True) for column in columns_until(1.5)),
        "source": replace(LIVE, seconds=1.7),
    },
    "unsure": {"decision": decide("unsure")},
    "not_music": {"decision": decide("not_music")},
    "silence": {"decision": decide("silence"), "facts": LISTEN},
    "muted": {
        "decision": decide("silence"),
        "facts": LISTEN,
        "source": replace(LIVE, state="muted", state_seconds=3.2),
    },
    "stalled": {"decision": decide(), "facts": LISTEN, "source": gap("stalled", 0.7)},
    "reconnecting": {
        "decision": decide(),
        "facts": LISTEN,
        "source": replace(gap("reconnecting", 3.2), attempt=4, attempt_seconds=0.8),
    },
    "ended": {"decision": decide(), "source": replace(LIVE, state="ended")},
    "frozen": {"decision": decide(), "facts": LISTEN, "look": Look(frozen_seconds=47.8)},
    "tags": {"decision": decide(tags={"electronic": 0.62, "House": 0.4}), "facts": LISTEN},
}


def view_in(state: str, size: tuple[int, int], variant: Variant = TRUECOLOR) -> View:
    """The view of a state by its name."""
    return view_of(size, variant=variant, **STATES[state])  # type: ignore[arg-type]
