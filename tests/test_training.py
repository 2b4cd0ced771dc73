"""What a model is made of and measured by: weights, splits, intervals, thresholds, refusal."""

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import librosa
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from scipy.special import log_softmax
from sklearn.pipeline import Pipeline

from livegenre.card import ModelCard
from livegenre.features.statistics import STATISTICS_FEATURES
from livegenre.training.dataset import (
    DataError,
    Dataset,
    Rows,
    Track,
    combine,
    row_weights,
    shorten,
)
from livegenre.training.estimators import fitter, logits, train, with_random_gain
from livegenre.training.graph import build_graph
from livegenre.training.installation import (
    GOLDEN_SIGNALS,
    ExportError,
    golden_features,
    install,
    posteriors,
    prove_pipeline,
)
from livegenre.training.measures import (
    accuracy,
    best_temperature,
    calibration_error,
    unsure_threshold,
    wilson_interval,
)
from livegenre.training.validation import Judged, Plan, Scorer, cross_validate

Fitted: TypeAlias = tuple[Any, Pipeline, ModelCard, Dataset]
N_FEATURES = len(STATISTICS_FEATURES)


def rows(tracks: list[Track], value: float = 1.0) -> Rows:
    return Rows(np.full((len(tracks), N_FEATURES), value, np.float32), tracks)


def tracks_by(artists: dict[str, list[str]]) -> list[Track]:
    """Return a track of each artist of each genre."""
    return [
        Track(f"{genre}/{artist}", genre, artist)
        for genre, names in artists.items()
        for artist in names
    ]


@pytest.fixture
def dataset() -> Dataset:
    """Return 2 genres by 6 artists each, 4 rows a track, some features telling them apart."""
    rng = np.random.default_rng(0)
    tracks = tracks_by({"a": [f"a{n}" for n in range(6)], "b": [f"b{n}" for n in range(6)]})
    repeated = [track for track in tracks for _ in range(4)]
    features = np.abs(rng.standard_normal((len(repeated), N_FEATURES))).astype(np.float32)
    features[[track.genre == "b" for track in repeated], 8:20] += 3
    return combine(Rows(features, repeated), None)


def test_genres_tracks_and_origins_weigh_the_same() -> None:
    long, short, lone = Track("l", "a", ""), Track("s", "a", ""), Track("o", "b", "")
    data = combine(rows([long] * 6 + [short, lone]), rows([long] * 2))
    weights = row_weights(data)
    assert weights.sum() == pytest.approx(3)
    assert weights[:6].sum() == pytest.approx(0.375)  # sound of the long track
    assert weights[8:].sum() == pytest.approx(0.375)  # its table rows
    assert weights[6] == pytest.approx(0.75)
    assert weights[7] == pytest.approx(1.5)


def test_accuracy_is_judged_on_sound_where_there_is_any() -> None:
    one, two = Track("1", "a", "x"), Track("2", "b", "y")
    assert combine(rows([one]), rows([two])).judged.tolist() == [True, False]
    assert combine(None, rows([one, two])).judged.all()


def test_tables_and_sound_share_tracks_and_artists() -> None:
    data = combine(rows([Track("1", "a", "")]), rows([Track("1", "a", "x"), Track("2", "b", "x")]))
    assert data.track.tolist() == [0, 0, 1]
    assert data.artist[0] == data.artist[1]


def test_tracks_without_artist_are_groups_of_their_own() -> None:
    data = combine(rows([Track("1", "a", ""), Track("2", "b", "")]), None)
    assert data.artist[0] != data.artist[1]


@pytest.mark.parametrize("other", [Track("1", "b", "x"), Track("1", "a", "y")])
def test_contradicting_origins_are_refused(other: Track) -> None:
    with pytest.raises(DataError, match="track 1: is"):
        combine(rows([Track("1", "a", "x")]), rows([other]))


def test_table_variances_are_scaled_to_those_of_the_sound() -> None:
    tracks = [Track(str(number), "a", "") for number in range(10)]
    shortened = shorten(rows(tracks, 4.0), rows(tracks, 3.0)).features[0]
    expected = [3.0 if name.endswith("_var") else 4.0 for name in STATISTICS_FEATURES]
    assert shortened.tolist() == pytest.approx(expected)
    few = rows(tracks[:9], 4.0)
    assert shorten(few, rows(tracks[:9], 3.0)) is few


def test_gain_on_features_equals_gain_on_sound() -> None:
    samples = np.random.default_rng(0).standard_normal(22_050).astype(np.float32) * 0.1

    def level_features(sound: NDArray[np.float32]) -> list[float]:
        rms = librosa.feature.rms(y=sound)
        return [rms.mean(), rms.var(), librosa.feature.mfcc(y=sound, n_mfcc=20)[0].mean()]

    names = [STATISTICS_FEATURES.index(name) for name in ("rms_mean", "rms_var", "mfcc1_mean")]
    before = np.zeros((1, N_FEATURES), np.float32)
    before[0, names] = level_features(samples)
    after = with_random_gain(before, np.random.default_rng(5))
    gain = after[0, names[0]] / before[0, names[0]]
    assert abs(20 * np.log10(gain)) > 1
    assert after[0, names] == pytest.approx(level_features(samples * gain), rel=1e-4)
    untouched = np.delete(np.arange(N_FEATURES), names)
    np.testing.assert_array_equal(after[0, untouched], before[0, untouched])


@pytest.mark.parametrize("by_artist", [True, False])
def test_no_track_and_no_artist_is_on_both_sides(dataset: Dataset, by_artist: bool) -> None:
    leaked_artists = 0

    def spy(others: Dataset, seed: int) -> Scorer:
        nonlocal leaked_artists
        heard = np.unique(others.track)
        left = np.setdiff1d(np.arange(len(dataset.genre)), heard)
        leaked_artists += len(np.intersect1d(doubled.artist[heard], doubled.artist[left]))
        return fitter("logreg")(others, seed)

    doubled = replace(dataset, artist=dataset.artist // 2)
    cross_validate(spy, doubled, Plan(3, 2, 0, by_artist=by_artist))
    assert (leaked_artists == 0) is by_artist


def test_cross_validation_finds_what_can_be_learnt(dataset: Dataset) -> None:
    measured = accuracy(cross_validate(fitter("logreg"), dataset, Plan(3, 2, 0)), "test")
    assert (measured.value, measured.macro, measured.n) == (1.0, 1.0, 12)


def test_wilson_interval_is_that_of_the_books() -> None:
    assert wilson_interval(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson_interval(1.0, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


def overconfident(n: int = 4000, factor: float = 3.0) -> Judged:
    """Return rows whose logits are a factor too large, one row a clip."""
    rng = np.random.default_rng(0)
    truth = log_softmax(rng.standard_normal((n, 2)) * 2, axis=1)
    genres = (rng.random(n) > np.exp(truth[:, 0])).astype(np.int64)
    tracks = [Track(str(number), "ab"[genre], "") for number, genre in enumerate(genres)]
    return Judged((truth * factor)[np.newaxis], combine(rows(tracks), None))


def test_temperature_undoes_overconfidence() -> None:
    judged = overconfident(factor=3.0)
    temperature = best_temperature(judged)
    assert temperature == pytest.approx(3.0, rel=0.1)
    assert calibration_error(judged, temperature) < 0.02 < calibration_error(judged, 1.0)


def test_threshold_is_the_least_that_gives_the_wanted_precision() -> None:
    judged = overconfident(factor=1.0)
    threshold = unsure_threshold(judged, 1.0, 0.9)
    top = judged.clip_posteriors(1.0).max(axis=2)[0]
    right = judged.clip_posteriors(1.0).argmax(axis=2)[0] == judged.clip_genres
    named = top >= threshold.value
    assert threshold.precision == pytest.approx(right[named].mean())
    assert threshold.precision >= 0.9 > right.mean()
    assert threshold.coverage == pytest.approx(named.mean())


def test_unreachable_precision_gives_the_best_there_is() -> None:
    judged = overconfident(factor=1.0)
    threshold = unsure_threshold(judged, 1.0, 1.0, min_coverage=0.5)
    assert threshold.precision < 1
    assert threshold.coverage >= 0.5


@pytest.fixture
def fitted(dataset: Dataset, card: ModelCard) -> Fitted:
    pipeline = train("logreg", dataset, 0)
    golden = posteriors(pipeline, golden_features(card.features), 2, card.temperature)
    full = replace(
        card,
        labels=("a", "b"),
        golden=dict(zip(GOLDEN_SIGNALS, map(tuple, golden.tolist()), strict=True)),
    )
    return build_graph(pipeline, full), pipeline, full, dataset


def test_onnx_logits_are_log_probabilities(fitted: Fitted, tmp_path: Path) -> None:
    model, pipeline, _, dataset = fitted
    path = tmp_path / "model.onnx"
    install(model, path, lambda found: prove_pipeline(found, pipeline, dataset.features))
    session = onnxruntime.InferenceSession(str(path))
    (found,) = session.run(["logits"], {"features": dataset.features})
    expected = logits(pipeline, dataset.features, 2)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert [output.name for output in model.graph.output] == ["logits"]


def test_graph_that_disagrees_is_not_installed(fitted: Fitted, tmp_path: Path) -> None:
    model, pipeline, _, dataset = fitted
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the model before")
    (mask,) = (node for node in model.graph.initializer if node.name == "is_variance")
    nothing_is = np.zeros(N_FEATURES, bool)
    mask.CopyFrom(numpy_helper.from_array(nothing_is, "is_variance"))
    with pytest.raises(ExportError, match=r"training rows: .* differ by"):
        install(model, path, lambda found: prove_pipeline(found, pipeline, dataset.features))
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    assert path.read_bytes() == b"the model before"


def test_model_that_fails_its_golden_signals_is_not_installed(
    fitted: Fitted, tmp_path: Path
) -> None:
    _, pipeline, card, dataset = fitted
    golden = {**card.golden, "sweep": (0.123, 0.877)}
    model = build_graph(pipeline, replace(card, golden=golden))
    with pytest.raises(ExportError, match="golden signals"):
        install(
            model,
            tmp_path / "model.onnx",
            lambda found: prove_pipeline(found, pipeline, dataset.features),
        )
    assert not list(tmp_path.iterdir())
