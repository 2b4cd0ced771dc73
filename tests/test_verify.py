import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import SourceError
from livegenre.features import create_extractor
from livegenre.verify import TOLERANCE, Recording, largest_difference, verify
from tests.conftest import CARD, CLASSIC_SPEC

ONE = Decision(
    time=1.0,
    state="genre",
    label="a",
    since=1.0,
    posterior={"a": 0.9, "b": 0.1},
    raw_posterior={"a": 0.8, "b": 0.2},
    early=True,
    level_dbfs=-20.0,
    lost=0,
    not_music=0.0,
    tags={},
    compute_seconds=0.0,
)


def run(seconds: float, model: Path) -> list[tuple[str, float]]:
    samples = np.random.default_rng(2).standard_normal(round(seconds * 44_100)) * 0.1
    source = Recording(samples.astype(np.float32), 44_100, "noise")
    extractor = create_extractor(CLASSIC_SPEC)
    return list(
        verify(
            source,
            extractor,
            Classifier.load(model),
            lambda: Decider(CARD.labels, unsure_threshold=0.6),
        )
    )


def test_stream_and_batch_agree_at_every_block_length(tiny_model: Path) -> None:
    found = run(4.0, tiny_model)
    assert len(found) == 10
    assert max(difference for _, difference in found) < TOLERANCE


def test_too_short_sound_proves_nothing(tiny_model: Path) -> None:
    with pytest.raises(SourceError, match=r"0\.50 s is too short"):
        run(0.5, tiny_model)


def test_largest_difference_sees_either_posterior() -> None:
    assert largest_difference([ONE], [ONE]) == 0
    smoothed = replace(ONE, posterior={"a": 0.8, "b": 0.2})
    assert largest_difference([ONE], [smoothed]) == pytest.approx(0.1)
    raw = replace(ONE, raw_posterior={"a": 0.5, "b": 0.5})
    assert largest_difference([ONE], [raw]) == pytest.approx(0.3)


def test_what_is_no_number_is_infinitely_different() -> None:
    unclear = replace(ONE, posterior={"a": math.nan, "b": 0.1})
    assert largest_difference([unclear], [unclear]) == math.inf


def test_another_time_or_answer_is_infinitely_different() -> None:
    for other in ([], [replace(ONE, time=1.1)], [replace(ONE, label="b")]):
        assert largest_difference([ONE], other) == math.inf
