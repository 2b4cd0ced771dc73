from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.decision import Decider, Decision
from livegenre.errors import ModelError
from livegenre.features import create_extractor
from livegenre.stream import classify_stream, windows
from livegenre.verify import Recording, largest_difference
from tests.conftest import CARD, CLASSIC_SPEC

RATE = CLASSIC_SPEC.sample_rate
HOP = CLASSIC_SPEC.hop_length


class Gappy(Recording):
    """A recording that loses samples before some of its blocks."""

    def __init__(self, samples: FloatArray, gaps: dict[int, int]) -> None:
        super().__init__(samples, RATE, "gappy")
        self._gaps = gaps

    def read(self, n: int) -> FloatArray | None:
        self.lost += self._gaps.pop(self._position, 0)
        nearest = min((at for at in self._gaps if at > self._position), default=1 << 60)
        return super().read(min(n, nearest - self._position))


def new_decider(**options: Any) -> Decider:
    return Decider(CARD.labels, unsure_threshold=CARD.unsure_threshold, **options)


def classify(source: Recording, model: Path, **options: float) -> list[Decision]:
    classifier = Classifier.load(model)
    extractor = create_extractor(CLASSIC_SPEC)
    return list(classify_stream(source, extractor, classifier, new_decider(**options)))


def noise(seconds: float, rate: int = RATE) -> FloatArray:
    samples = np.random.default_rng(1).standard_normal(round(seconds * rate)) * 0.1
    return samples.astype(np.float32)


def ends(source: Recording) -> list[float]:
    return [end for end, _ in windows(source, create_extractor(CLASSIC_SPEC))]


def test_first_window_is_early_and_windows_come_at_every_step() -> None:
    times = ends(Recording(noise(5), RATE, "noise"))
    assert times[0] == pytest.approx(CLASSIC_SPEC.min_seconds)
    np.testing.assert_allclose(np.diff(times), CLASSIC_SPEC.step_seconds)
    assert times[-1] > 5 - CLASSIC_SPEC.step_seconds


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_time_is_the_sources_whatever_its_rate(rate: int) -> None:
    times = ends(Recording(noise(5, rate), rate, "noise"))
    np.testing.assert_allclose(times, ends(Recording(noise(5), RATE, "noise")))


def test_sound_shorter_than_the_shortest_window_gives_no_window() -> None:
    n = (CLASSIC_SPEC.min_frames - 1) * HOP
    assert ends(Recording(noise(5)[: n - 1], RATE, "noise")) == []
    assert len(ends(Recording(noise(5)[:n], RATE, "noise"))) == 1


def test_window_starts_anew_after_a_gap_and_time_goes_on_over_it() -> None:
    gap, before = RATE, 4 * RATE
    source = Gappy(noise(8), {before: gap})
    found = list(windows(source, create_extractor(CLASSIC_SPEC)))
    after = [(end, window) for end, window in found if end > before / RATE]
    end, window = after[0]
    assert end == pytest.approx((before + gap) / RATE + CLASSIC_SPEC.min_seconds)
    assert window.n_frames == CLASSIC_SPEC.min_frames


def test_window_after_a_gap_holds_nothing_from_before_it() -> None:
    samples = noise(8)
    whole = [w for _, w in windows(Gappy(samples, {4 * RATE: 100}), create_extractor(CLASSIC_SPEC))]
    fresh = Recording(samples[4 * RATE :], RATE, "rest")
    rest = [w for _, w in windows(fresh, create_extractor(CLASSIC_SPEC))]
    for one, other in zip(whole[-len(rest) :], rest, strict=True):
        np.testing.assert_array_equal(one.features, other.features)


def test_lost_samples_are_in_the_decisions(tiny_model: Path) -> None:
    decisions = classify(Gappy(noise(8), {4 * RATE: 700}), tiny_model)
    assert {d.lost for d in decisions if d.time < 4} == {0}
    assert {d.lost for d in decisions if d.time > 4.1} == {700}


def test_decision_follows_the_sound(tiny_model: Path, loud_noise: FloatArray) -> None:
    decisions = classify(Recording(loud_noise, RATE, "noise"), tiny_model)
    assert decisions[0].label == "quiet"
    assert decisions[-1].label == "loud"
    assert decisions[-1].since > 3.0
    assert all(sum(d.posterior.values()) == pytest.approx(1, abs=1e-5) for d in decisions)


def test_early_windows_are_marked(tiny_model: Path) -> None:
    decisions = classify(Recording(noise(5), RATE, "noise"), tiny_model)
    assert [d.early for d in decisions if d.time < CLASSIC_SPEC.window_seconds] == [True] * 4
    assert not any(d.early for d in decisions if d.time >= CLASSIC_SPEC.window_seconds)


def test_silence_is_not_classified(tiny_model: Path) -> None:
    decisions = classify(Recording(noise(5) * np.float32(1e-4), RATE, "hush"), tiny_model)
    assert {d.state for d in decisions} == {"silence"}
    assert all(d.posterior == {} == d.raw_posterior for d in decisions)
    gate_lower = classify(
        Recording(noise(5) * np.float32(1e-4), RATE, "hush"), tiny_model, silence_dbfs=-110.0
    )
    assert "silence" not in {d.state for d in gate_lower}


def test_strongest_tags_come_with_every_decision(make_model: Callable[..., Path]) -> None:
    tags = ("folk", "house", "ambient", "opera")
    model = make_model(tags=tags, others={"tags": [0.0, 2.0, -2.0, 1.0]})
    last = classify(Recording(noise(3), RATE, "noise"), model)[-1]
    assert list(last.tags) == ["house", "opera", "folk"]
    assert last.tags["folk"] == pytest.approx(0.5)


def test_strongest_labels_of_a_multi_label_model_are_its_tags(
    make_model: Callable[..., Path],
) -> None:
    decisions = classify(Recording(noise(3), RATE, "noise"), make_model(multi_label=True))
    assert sum(decisions[-1].posterior.values()) == pytest.approx(1, abs=1e-3)
    for decision in decisions:
        strongest = sorted(decision.posterior.items(), key=lambda item: -item[1])
        assert list(decision.tags.items()) == strongest
    assert (
        classify(Recording(noise(3) * 0, RATE, "hush"), make_model(multi_label=True))[-1].tags == {}
    )


def test_extractor_and_graph_must_agree(make_model: Callable[..., Path]) -> None:
    with pytest.raises(ModelError, match=r"features: .*'statistics' makes \(52,\).*takes \(40,\)"):
        classify(Recording(noise(2), RATE, "noise"), make_model(n_features=40))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    block_seconds=st.floats(1e-4, 3.0),
    seed=st.none() | st.integers(0, 99),
    rate=st.sampled_from([RATE, 44_100]),
)
def test_stream_equals_batch_at_any_block_size(
    tiny_model: Path, block_seconds: float, seed: int | None, rate: int
) -> None:
    samples = noise(4, rate)

    def run(block_seconds: float, seed: int | None = None) -> Sequence[Decision]:
        return list(
            classify_stream(
                Recording(samples, rate, "noise", seed=seed),
                create_extractor(CLASSIC_SPEC),
                Classifier.load(tiny_model),
                new_decider(),
                block_seconds=block_seconds,
            )
        )

    assert largest_difference(list(run(5.0)), list(run(block_seconds, seed))) < 1e-6
