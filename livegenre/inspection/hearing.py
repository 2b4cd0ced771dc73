"""Hears a sound once: its samples are kept, and what livegenre answers to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.errors import SourceError
from livegenre.resample import Resampler
from livegenre.session import Ears
from livegenre.stream import FAST_BLOCK_SECONDS, classify_stream
from livegenre.tap import Tap

MOST_SAMPLES = 160_000_000
"""Of one inspection: an hour at 44.1 kHz, 640 MB."""
USUAL_SECONDS = 600.0
"""What is inspected of a file, unless more is asked for."""
SIGNAL_SECONDS = 10.0
"""The same of a test signal, which has no end."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What livegenre answers to the sound, and who answers."""

    decisions: Sequence[Decision]
    """Empty where the sound is too short for one; times count from the first sample."""
    labels: tuple[str, ...]
    model: str
    accuracy: str
    """A sentence on how often the model is right; empty if that was not measured."""
    multi_label: bool
    """Posteriors need not sum to 1."""
    window_seconds: float
    step_seconds: float

    def shares(self) -> Mapping[str, float]:
        """Return label, or state where none is named, -> its share of decisions, largest first."""
        names = [decision.label or decision.state for decision in self.decisions]
        shares = {name: names.count(name) / len(names) for name in dict.fromkeys(names)}
        return dict(sorted(shares.items(), key=lambda item: -item[1]))


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound, held whole, and the answers to it."""

    name: str
    samples: FloatArray
    """[shape=(n,)], mono"""
    sample_rate: int
    """Of the samples, in Hz."""
    own_rate: int
    """Of the sound before it was converted, in Hz."""
    start_seconds: float
    """Place of the first sample in the sound."""
    is_whole: bool
    """Nothing of the sound was left out."""
    cut: bool
    """The sound goes on after the last sample, although no length was asked for."""
    channels: str
    """Which of how many are heard, in words."""
    sample_format: str
    n_clipped: int
    """Frames with a channel at full scale."""
    answers: Answers

    @property
    def seconds(self) -> float:
        """Length of what was heard."""
        return len(self.samples) / self.sample_rate

    @property
    def end_seconds(self) -> float:
        """Place of the last sample in the sound."""
        return self.start_seconds + self.seconds


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a sound is inspected, and how it is described."""

    start_seconds: float
    asked_seconds: float | None
    """Length that was asked for; then there is nothing to say where the sound goes on."""
    sample_rate: int | None
    """Rate to convert to, in Hz; its own without it."""
    channels: str
    sample_format: str
    total_seconds: float | None
    """Length of the sound from ``start_seconds`` on, where known."""


def limit_seconds(asked_seconds: float | None, own_rate: int) -> float:
    """Return how much is inspected at most, in seconds: as much as memory is to be had for."""
    return min(asked_seconds or USUAL_SECONDS, MOST_SAMPLES / own_rate)


def hear(tap: Tap, ears: Ears, part: Part) -> Heard:
    """Read a sound to its end, or to the tap's limit.

    Parameters
    ----------
    tap : Tap
        Opened, not read from yet.
    ears : Ears
        Fresh.
    part : Part
        What is known of it.

    Raises
    ------
    SourceError
        If the sound breaks off, or there is none.
    """
    resampler = Resampler(tap.sample_rate, part.sample_rate or tap.sample_rate)
    blocks: list[FloatArray] = []
    tap.listen(lambda block: blocks.append(resampler.push(block)))
    decisions = list(
        classify_stream(
            tap, ears.extractor, ears.classifier, ears.decider, block_seconds=FAST_BLOCK_SECONDS
        )
    )
    samples = np.concatenate([*blocks, resampler.flush()])
    if not len(samples):
        raise SourceError(f"{tap.name}: no sound in it")
    cut = _is_cut(tap, part)
    return Heard(
        name=tap.name,
        samples=samples,
        sample_rate=part.sample_rate or tap.sample_rate,
        own_rate=tap.sample_rate,
        start_seconds=part.start_seconds,
        is_whole=not (part.start_seconds or cut or _is_as_asked(tap, part)),
        cut=cut,
        channels=part.channels,
        sample_format=part.sample_format,
        n_clipped=tap.clipping.samples,
        answers=_answers(decisions, ears),
    )


def _is_as_asked(tap: Tap, part: Part) -> bool:
    asked = part.asked_seconds
    return asked is not None and tap.received >= round(asked * tap.sample_rate)


def _is_cut(tap: Tap, part: Part) -> bool:
    if _is_as_asked(tap, part):
        return False
    limit = limit_seconds(part.asked_seconds, tap.sample_rate)
    goes_on = part.total_seconds is None or part.total_seconds > tap.seconds
    return tap.seconds >= limit and goes_on


def _answers(decisions: Sequence[Decision], ears: Ears) -> Answers:
    card, spec = ears.classifier.card, ears.extractor.spec
    return Answers(
        decisions=decisions,
        labels=card.labels,
        model=card.name,
        accuracy="" if card.accuracy is None else str(card.accuracy),
        multi_label=card.multi_label,
        window_seconds=spec.window_seconds,
        step_seconds=spec.step_frames * spec.hop_length / spec.sample_rate,
    )
