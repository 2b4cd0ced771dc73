"""The pipeline: sound -> windows -> decisions, two generators on the caller's thread.

It alone keeps the clock: samples become seconds here, gaps included.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision, Verdict
from livegenre.errors import ModelError
from livegenre.features.base import Extractor, Window
from livegenre.judge import Judge
from livegenre.resample import Resampler
from livegenre.sources.base import Source

BLOCK_SECONDS = 0.05
"""How much is read at once: small beside a step and beside a frame of the screen."""
FAST_BLOCK_SECONDS = 0.5
"""The same for sound that does not come in real time."""

N_TAGS = 3
"""How many of the strongest tags come with a decision."""


def windows(
    source: Source,
    extractor: Extractor,
    *,
    block_seconds: float = BLOCK_SECONDS,
    before: int = 0,
) -> Iterator[tuple[float, Window]]:
    """Read a source to its end and yield its windows.

    After lost sound the window starts anew: none holds sound from both sides of a gap.

    Parameters
    ----------
    source : Source
        Opened; read at its own rate and converted.
    extractor : Extractor
        Fresh, or reset.
    block_seconds : float > 0
        How much sound to ask for at once; changes no window.
    before : int >= 0
        Samples that were read from the source already, by somebody else.

    Yields
    ------
    (float, Window)
        End of the window in seconds since the first sample, lost sound included; the window.
    """
    rate = extractor.spec.sample_rate
    resampler = Resampler(source.sample_rate, rate)
    block_length = max(1, round(block_seconds * source.sample_rate))
    received, lost = before, source.lost
    start = (received + lost) / source.sample_rate
    while (block := source.read(block_length)) is not None:
        if source.lost != lost:
            lost = source.lost
            start = (received + lost) / source.sample_rate
            resampler.reset()
            extractor.reset()
        received += len(block)
        for window in extractor.push(resampler.push(block)):
            yield start + window.end / rate, window
    for window in extractor.push(resampler.flush()):
        yield start + window.end / rate, window


def classify_stream(
    source: Source,
    extractor: Extractor,
    classifier: Classifier,
    decider: Decider,
    *,
    block_seconds: float = BLOCK_SECONDS,
    before: int = 0,
    witness: Callable[[FloatArray, Decision], None] | None = None,
) -> Iterator[Decision]:
    """Read a source to its end and yield a decision at every step.

    Parameters
    ----------
    source, extractor, block_seconds, before
        As in ``windows``.
    classifier : Classifier
        Judges each window that is not silent.
    decider : Decider
        Fresh; turns posteriors into states and labels.
    witness : callable, optional
        Given the features of each window, not to be changed, with what was decided on it.

    Raises
    ------
    ModelError
        If the extractor's features are not what the classifier's graph takes.
    SourceError
        If the sound ends in an error.
    """
    check_fit(extractor, classifier)
    judge = Judge(classifier)
    lost = source.lost
    began = time.thread_time()
    for end, window in windows(source, extractor, block_seconds=block_seconds, before=before):
        if source.lost != lost:
            lost = source.lost
            decider.restart()
            judge.forget()
        raw, verdict = _decide(decider, judge, end, window)
        decision = Decision(
            time=end,
            state=verdict.state,
            label=verdict.label,
            since=verdict.since,
            posterior=_named(decider.labels, verdict.posterior),
            raw_posterior=_named(decider.labels, raw),
            early=window.n_frames < extractor.spec.window_frames,
            level_dbfs=window.level_dbfs,
            lost=lost,
            not_music=verdict.not_music,
            tags=_strongest_tags(classifier, verdict),
            compute_seconds=time.thread_time() - began,
        )
        if witness is not None:
            witness(window.features, decision)
        yield decision
        began = time.thread_time()


def _decide(
    decider: Decider, judge: Judge, end: float, window: Window
) -> tuple[FloatArray | None, Verdict]:
    """Return the posterior of a window alone, None of a silent one, and what is decided on it."""
    if decider.is_silent(window.level_dbfs):
        return None, decider.decide(end, None)
    judged = judge.judge(window)
    raw = judged.posterior[0]
    not_music, tags = float(judged.not_music[0]), judged.tags[0]
    return raw, decider.decide(end, raw, not_music=not_music, tags=tags)


def check_fit(extractor: Extractor, classifier: Classifier) -> None:
    """See that a classifier takes what an extractor makes.

    Raises
    ------
    ModelError
        If it does not.
    """
    made, taken = extractor.feature_shape, classifier.feature_shape
    if made != taken:
        raise ModelError(
            f"model {classifier.card.name}: features: the card's extractor "
            f"{extractor.spec.extractor!r} makes {made}, the graph takes {taken}"
        )


def _named(labels: tuple[str, ...], posterior: FloatArray | None) -> dict[str, float]:
    return {} if posterior is None else dict(zip(labels, posterior.tolist(), strict=True))


def _strongest_tags(classifier: Classifier, verdict: Verdict) -> dict[str, float]:
    card = classifier.card
    tags, probabilities = card.tags, verdict.tags
    if card.multi_label and verdict.posterior is not None:
        tags, probabilities = card.labels, verdict.posterior
    order = np.argsort(-probabilities)[:N_TAGS]
    return {tags[index]: float(probabilities[index]) for index in order}
