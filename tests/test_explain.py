"""Why a decision was made: what the numbers mean, and that nobody waits for them."""

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper

import livegenre.explain
from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier, model_path
from livegenre.decision import Decider, Decision, State
from livegenre.errors import ModelError
from livegenre.explain import NOT_YET, Explainer, explain
from livegenre.features import create_extractor
from livegenre.features.filterbanks import mel_edges_hz
from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.screen.controls import Why
from livegenre.sources import ReplayOptions, open_source
from livegenre.stream import classify_stream, windows
from tests.conftest import DEMO
from tests.virtual_microphone import wait_until

RMS = STATISTICS_FEATURES.index("rms_mean")


def window(classifier: Classifier, sound: str, at_seconds: float = 4.0) -> FloatArray:
    """Return the features of the first window of a sound that ends after ``at_seconds``."""
    with open_source(ReplayOptions(spec=sound, speed=math.inf)) as source:
        extractor = create_extractor(classifier.card.features)
        found = windows(source, extractor)
        return next(w.features.copy() for time, w in found if time > at_seconds)


def decision(
    classifier: Classifier, features: FloatArray, state: State = "genre", not_music: float = 0.0
) -> Decision:
    posterior = classifier.judge(features[np.newaxis]).posterior[0]
    named = dict(zip(classifier.card.labels, posterior.tolist(), strict=True))
    label = max(named, key=named.__getitem__) if state == "genre" else None
    return Decision(7.5, state, label, 7.0, named, named, False, -20.0, 0, not_music, {}, 0.01)


def why(classifier: Classifier, features: FloatArray, **options: Any) -> Why:
    found = explain(classifier, features, decision(classifier, features, **options))
    assert isinstance(found, Why)
    return found


@pytest.fixture(scope="module")
def classic() -> Classifier:
    return Classifier.load(model_path("classic"))


@pytest.fixture(scope="module")
def cnn() -> Classifier:
    return Classifier.load(model_path("cnn"))


@pytest.fixture
def tiny(make_model: Callable[..., Path]) -> Classifier:
    """A model that hears the RMS alone; a typical window has one of 0.1."""
    typical = tuple(0.1 if number == RMS else 0.0 for number in range(len(STATISTICS_FEATURES)))
    return Classifier.load(make_model(typical=typical))


def row(rms: float) -> FloatArray:
    features = np.ones(len(STATISTICS_FEATURES), np.float32)
    features[RMS] = rms
    return features


def linear_pushes(features: FloatArray, label: str, rival: str) -> NDArray[np.float64]:
    """Multiply coefficients and scaled features of the classic model, read out of its graph."""
    classifier = Classifier.load(model_path("classic"))
    graph = onnx.load(model_path("classic")).graph
    constant = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    wide = features.astype(np.float64)
    rows = np.where(constant["is_variance"], np.sqrt(np.abs(wide)), wide)
    scaled = (rows - constant["Su_Subcst"]) / constant["Di_Divcst"]
    first, second = (classifier.card.labels.index(name) for name in (label, rival))
    coefficients: NDArray[np.float64] = constant["coef"][:, first] - constant["coef"][:, second]
    return np.asarray(coefficients * scaled / classifier.card.temperature)


class TestFeaturesOfALinearHead:
    @pytest.mark.parametrize("at_seconds", [4.0, 30.0, 60.0])
    def test_pushes_are_coefficient_times_scaled_feature(
        self, classic: Classifier, at_seconds: float
    ) -> None:
        features = window(classic, str(DEMO), at_seconds)
        found = why(classic, features)
        expected = linear_pushes(features, found.label, found.runner_up)
        assert found.method.startswith("exact")
        for name, push in found.features:
            assert push == pytest.approx(expected[STATISTICS_FEATURES.index(name)], abs=1e-3)
        strongest = sorted(np.abs(expected), reverse=True)[: len(found.features)]
        assert [abs(push) for _, push in found.features] == pytest.approx(strongest, abs=1e-3)

    def test_bands_are_what_the_means_of_the_mfccs_pushed(self, classic: Classifier) -> None:
        features = window(classic, str(DEMO))
        found = why(classic, features)
        expected = linear_pushes(features, found.label, found.runner_up)
        of_mfccs = [n.startswith("mfcc") and n.endswith("mean") for n in STATISTICS_FEATURES]
        assert sum(found.bands) == pytest.approx(expected[of_mfccs].sum(), abs=0.01)

    @pytest.mark.parametrize(("rms", "label"), [(0.2, "loud"), (0.0, "quiet")])
    def test_what_tells_is_named_first(self, tiny: Classifier, rms: float, label: str) -> None:
        found = why(tiny, row(rms))
        assert (found.label, found.time) == (label, 7.5)
        (name, push), *others = found.features
        assert name == "rms_mean"
        assert push == pytest.approx(80 * 0.1 / tiny.card.temperature, rel=1e-3)
        assert [push for _, push in others] == pytest.approx([0.0] * len(others), abs=1e-5)

    def test_a_card_without_a_typical_window_cannot_be_explained(
        self, make_model: Callable[..., Path]
    ) -> None:
        classifier = Classifier.load(make_model())
        features = row(0.2)
        said = explain(classifier, features, decision(classifier, features))
        assert said == "model tiny: its card tells no typical window; export it again"

    def test_a_typical_window_of_another_size_is_refused(
        self, make_model: Callable[..., Path]
    ) -> None:
        with pytest.raises(ModelError, match="typical: the card has 3 features"):
            Classifier.load(make_model(typical=(1.0, 2.0, 3.0)))


class TestBandsOfPatches:
    def test_a_tone_pushes_nowhere_but_where_it_is(self, cnn: Classifier) -> None:
        found = why(cnn, window(cnn, "tone:1000"))
        near = [low / 1.3 < 1000 < high * 1.3 for low, high in edges(found)]
        bands = np.abs(found.bands)
        assert bands[near].max() > 0.05
        assert bands[~np.array(near)].max() < 0.01

    @pytest.mark.parametrize("sound", [str(DEMO), "noise:pink"])
    def test_softer_bands_that_pushed_cost_the_label_more_than_those_that_pulled(
        self, cnn: Classifier, sound: str
    ) -> None:
        patch = window(cnn, sound)
        found = why(cnn, patch)
        order = np.argsort(found.bands)
        lost = [
            odds(cnn, patch, found) - odds(cnn, softened(cnn, patch, found, group), found)
            for group in (order[-4:], order[:4])
        ]
        assert lost[0] > 0.5
        assert lost[0] > lost[1] + 1.0

    def test_edges_rise_to_half_the_rate_and_bands_to_one_for_each(self, cnn: Classifier) -> None:
        found = why(cnn, window(cnn, "noise:white"))
        assert len(found.bands_hz) == len(found.bands) + 1
        assert (np.diff(found.bands_hz) > 0).all()
        assert found.bands_hz[-1] == 8_000
        assert found.features == ()

    def test_what_is_no_music_is_explained_against_music(self, cnn: Classifier) -> None:
        found = why(cnn, window(cnn, "noise:white"), state="not_music", not_music=0.9)
        assert (found.label, found.runner_up) == ("not music", "music")
        assert found.margin == pytest.approx(0.8)
        assert max(found.bands, key=abs) != 0

    def test_tags_are_explained_too(self) -> None:
        tags = Classifier.load(model_path("tags"))
        found = why(tags, window(tags, str(DEMO)))
        assert found.label in tags.card.labels
        assert max(np.abs(found.bands)) > 0.1


def edges(found: Why) -> Iterator[tuple[float, float]]:
    return zip(found.bands_hz[:-1], found.bands_hz[1:], strict=True)


def odds(classifier: Classifier, patch: FloatArray, found: Why) -> float:
    logits = classifier.run(patch[np.newaxis])["logits"][0]
    first, second = (classifier.card.labels.index(n) for n in (found.label, found.runner_up))
    return float(logits[first] - logits[second])


def softened(
    classifier: Classifier, patch: FloatArray, found: Why, groups: NDArray[np.int64]
) -> FloatArray:
    """Make some bands of a patch 6 dB softer, by their edges in Hz."""
    spec = classifier.card.features
    centres_hz = mel_edges_hz(spec.sample_rate, spec.n_mels)[1:-1]
    changed = patch.copy()
    for group in groups:
        low, high = found.bands_hz[group], found.bands_hz[group + 1]
        inside = (centres_hz >= low) & (centres_hz < high)
        changed[:, inside] = np.log10(1 + (10 ** patch[:, inside] - 1) * 10**-0.6)
    return changed


class TestDecisions:
    def test_the_label_named_is_explained_though_another_leads(self, tiny: Classifier) -> None:
        told = replace(decision(tiny, row(0.2)), label="quiet")
        found = explain(tiny, row(0.2), told)
        assert isinstance(found, Why)
        assert (found.label, found.runner_up) == ("quiet", "loud")
        assert found.margin < 0
        assert found.features[0][1] < 0

    def test_unsure_is_explained_by_what_leads(self, tiny: Classifier) -> None:
        found = why(tiny, row(0.2), state="unsure")
        assert (found.label, found.runner_up) == ("loud", "quiet")
        assert found.margin > 0

    def test_silence_has_no_reason(self, tiny: Classifier) -> None:
        silence = replace(decision(tiny, row(0.0)), state="silence", label=None, posterior={})
        assert explain(tiny, row(0.0), silence) == "silence: the model did not run"


class TestExplainer:
    def test_nothing_runs_before_somebody_asks(self, tiny: Classifier) -> None:
        before = threading.active_count()
        explainer = Explainer(tiny)
        assert threading.active_count() == before
        assert explainer.newest == NOT_YET
        explainer.close()

    def test_who_asks_is_answered(self, tiny: Classifier) -> None:
        explainer = Explainer(tiny)
        explainer.request(row(0.2), decision(tiny, row(0.2)))
        wait_until(lambda: isinstance(explainer.newest, Why))
        explainer.close()

    def test_the_latest_request_wins_and_2_s_pass_between(
        self, tiny: Classifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun: list[tuple[float, float]] = []

        def counted(*arguments: Any, **options: Any) -> Why | str:
            begun.append((time.monotonic(), arguments[2].time))
            return explain(*arguments, **options)

        monkeypatch.setattr(livegenre.explain, "explain", counted)
        explainer = Explainer(tiny)
        asked = 0
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            explainer.request(row(0.2), replace(decision(tiny, row(0.2)), time=float(asked)))
            asked += 1
            time.sleep(0.05)
        explainer.close()
        assert begun[0][1] == 0
        assert len(begun) == 2
        assert begun[1][0] - begun[0][0] >= 2.0
        assert begun[1][1] > 20

    def test_it_gives_way_to_all_other_threads(self, tiny: Classifier) -> None:
        explainer = Explainer(tiny)
        explainer.request(row(0.2), decision(tiny, row(0.2)))
        wait_until(lambda: isinstance(explainer.newest, Why))
        if sys.platform == "linux":
            (thread,) = (t for t in threading.enumerate() if t.name == "explain")
            assert os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) == 19
            assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19
        explainer.close()

    def test_closing_ends_an_explanation_under_way(self, cnn: Classifier) -> None:
        patch = window(cnn, "noise:pink")
        explainer = Explainer(cnn)
        explainer.request(patch, decision(cnn, patch))
        time.sleep(0.05)
        began = time.monotonic()
        explainer.close()
        assert time.monotonic() - began < 0.4
        assert not any(thread.name == "explain" for thread in threading.enumerate())
        explainer.request(patch, decision(cnn, patch))
        assert not any(thread.name == "explain" for thread in threading.enumerate())

    def test_an_error_is_told_and_the_next_request_answered(
        self, tiny: Classifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(livegenre.explain, "INTERVAL_SECONDS", 0.01)
        explainer = Explainer(tiny)
        explainer.request(row(0.2)[:3], decision(tiny, row(0.2)))
        wait_until(lambda: str(explainer.newest).startswith("no explanation: "))
        explainer.request(row(0.2), decision(tiny, row(0.2)))
        wait_until(lambda: isinstance(explainer.newest, Why))
        explainer.close()

    @pytest.mark.slow
    def test_steps_cost_the_same_while_somebody_asks_on(self, cnn: Classifier) -> None:
        apart, beside = step_seconds(cnn, asking=False), step_seconds(cnn, asking=True)
        assert beside < 1.5 * apart


def step_seconds(classifier: Classifier, *, asking: bool) -> float:
    """Return the median CPU time of a step of the demo, twice as fast as it is."""
    explainer = Explainer(classifier)
    card = classifier.card
    decider = Decider(card.labels, unsure_threshold=0.6)
    costs = []
    options = ReplayOptions(spec=str(DEMO), speed=2.0, duration_seconds=16.0)
    patch = window(classifier, str(DEMO))
    with open_source(options) as source:
        extractor = create_extractor(card.features)
        for found in classify_stream(source, extractor, classifier, decider):
            costs.append(found.compute_seconds)
            if asking:
                explainer.request(patch, found)
    assert isinstance(explainer.newest, Why) == asking
    explainer.close()
    return float(np.median(costs))
