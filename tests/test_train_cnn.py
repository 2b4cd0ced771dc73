"""The convolutional model: one level for all sound, and heads on embeddings in one graph."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from scipy.special import softmax

from livegenre.arrays import FloatArray
from livegenre.card import ModelCard
from livegenre.classifier import Classifier
from tests.conftest import CARD
from tests.musicnn_reference import random_tensors
from tools.musicnn.data import gather, named_apart, read_not_music, split_by_genre
from tools.musicnn.embedder import Embedder
from tools.musicnn.graph import build_model
from tools.musicnn.heads import Sounds, emphasise, fit_not_music, genre_fitter, judge_not_music
from tools.musicnn.level import LEVEL, MOST_GAIN, build_leveller
from tools.musicnn.model import Linear, build_cnn
from tools.musicnn.weights import fold
from tools.train_cnn import SPEC, main
from tools.training.dataset import Rows, Track, combine

N_ROW = 500


def log_mel(power: FloatArray) -> FloatArray:
    result: FloatArray = np.log10(1 + 1e4 * power).astype(np.float32)
    return result


def power(log_mel: FloatArray) -> FloatArray:
    return ((10 ** log_mel.astype(np.float64) - 1) / 1e4).astype(np.float32)


@pytest.fixture(scope="module")
def mel_power() -> FloatArray:
    return np.random.default_rng(0).exponential(0.1, (2, 70, 96)).astype(np.float32)


def levelled(patch: FloatArray) -> FloatArray:
    session = onnxruntime.InferenceSession(build_leveller().SerializeToString())
    result: FloatArray = session.run(None, {"sound": patch})[0]
    return result


@pytest.mark.parametrize("gain_db", [-20.0, 0.0, 20.0])
def test_every_patch_is_brought_to_one_level(mel_power: FloatArray, gain_db: float) -> None:
    found = levelled(log_mel(mel_power * np.float32(10 ** (gain_db / 10))))
    np.testing.assert_allclose(power(found).sum(2).mean(1), LEVEL, rtol=1e-3)
    np.testing.assert_allclose(found, levelled(log_mel(mel_power)), atol=2e-3)


def test_what_is_nearly_silent_is_raised_no_more_than_40_db(mel_power: FloatArray) -> None:
    faint = mel_power * np.float32(1e-6)
    found = power(levelled(log_mel(faint)))
    np.testing.assert_allclose(found.mean(), faint.mean() * MOST_GAIN, rtol=0.01)
    assert np.isfinite(levelled(np.zeros((1, 70, 96), np.float32))).all()


@pytest.fixture(scope="module")
def backbones() -> onnx.ModelProto:
    weights = fold(random_tensors(seed=1))
    model = build_model({"msd": weights, "mtt": weights})
    onnx.helper.set_model_props(model, {"licence": "a notice"})
    return model


@pytest.fixture(scope="module")
def heads() -> tuple[Linear, Linear]:
    rng = np.random.default_rng(1)
    return (
        Linear(rng.normal(0, 0.05, (N_ROW, 2)), np.zeros(2)),
        Linear(rng.normal(0, 0.05, (N_ROW, 1)), np.ones(1)),
    )


@pytest.fixture
def cnn_card() -> ModelCard:
    tags = tuple(f"tag {number}" for number in range(50))
    return replace(CARD, features=SPEC, temperature=1.5, not_music_threshold=0.5, tags=tags)


@pytest.mark.parametrize("n_frames", [SPEC.min_frames, SPEC.window_frames])
def test_model_answers_as_its_parts_do(
    backbones: onnx.ModelProto,
    heads: tuple[Linear, Linear],
    cnn_card: ModelCard,
    tmp_path: Path,
    n_frames: int,
) -> None:
    model = build_cnn(backbones, *heads, cnn_card)
    onnx.save(model, tmp_path / "cnn.onnx")
    patch = np.random.default_rng(2).uniform(0, 4, (n_frames, 96)).astype(np.float32)
    row = Embedder(backbones)(patch)[np.newaxis]
    judged = Classifier.load(tmp_path / "cnn.onnx").judge(patch[np.newaxis])
    np.testing.assert_allclose(judged.posterior, softmax(heads[0](row) / 1.5, axis=1), atol=1e-5)
    np.testing.assert_allclose(judged.not_music, 1 / (1 + np.exp(-heads[1](row)[0])), atol=1e-5)
    np.testing.assert_allclose(judged.tags[0], 1 / (1 + np.exp(-row[0, 200:250])), atol=1e-5)


def test_model_carries_the_notice_of_the_networks(
    backbones: onnx.ModelProto, heads: tuple[Linear, Linear], cnn_card: ModelCard
) -> None:
    metadata = {p.key: p.value for p in build_cnn(backbones, *heads, cnn_card).metadata_props}
    assert metadata["musicnn_licence"] == "a notice"


def rows_of(n_tracks: int, offset: float, genre: str, seed: int) -> Rows:
    """Three rows a track around a mean of its genre."""
    rng = np.random.default_rng(seed)
    features = rng.normal(offset, 1.0, (3 * n_tracks, 20)).astype(np.float32)
    tracks = [
        Track(f"{genre} {n // 3}", genre, f"{genre} artist {n // 6}") for n in range(3 * n_tracks)
    ]
    return Rows(features, tracks)


def joined(*parts: Rows) -> Rows:
    features = np.concatenate([part.features for part in parts])
    return Rows(features, [track for part in parts for track in part.tracks])


def test_genre_head_learns_what_can_be_learnt() -> None:
    dataset = combine(joined(rows_of(8, -1, "a", 0), rows_of(8, 1, "b", 1)), None)
    head = genre_fitter(1.0, np.ones(16))(dataset, 0)
    assert (head(dataset.features).argmax(axis=1) == dataset.row_genre).mean() > 0.95


def test_many_tracks_of_an_artist_count_less_and_other_sets_more() -> None:
    tracks = [Track(f"{n}", "a", artist) for n, artist in enumerate("xxxxyz")]
    dataset = combine(
        joined(Rows(np.zeros((6, 20), np.float32), tracks), rows_of(1, 0, "b", 0)), None
    )
    is_first = np.array([True] * 5 + [False] + [True] * 3)
    emphasis = emphasise(dataset, is_first, 2.0)
    np.testing.assert_allclose(emphasis, [0.5] * 4 + [1, 2, 1])


def sounds() -> Sounds:
    music = joined(rows_of(12, -0.7, "rock", 2), rows_of(12, -0.7, "jazz", 3))
    return gather([music], rows_of(6, 0.7, "speech", 4))


def test_not_music_is_told_on_sources_never_heard() -> None:
    heard = sounds()
    probability = judge_not_music(heard, 1.0, n_folds=3, seed=0)
    assert (probability[heard.is_music] < 0.5).mean() > 0.9
    assert (probability[~heard.is_music] > 0.5).mean() > 0.9


def test_music_and_the_rest_weigh_the_same_however_many_clips() -> None:
    heard = sounds()
    logit = fit_not_music(heard, 1.0)(np.zeros((1, 20), np.float32))
    assert abs(float(logit[0, 0])) < 2


def test_sets_are_kept_apart_and_other_genres_are_only_music(tmp_path: Path) -> None:
    for name, genre in (("one", "rock"), ("two", "folk")):
        (tmp_path / name).mkdir()
        text = f"path,genre,artist\nx.wav,{genre},7\ny.wav,rock,\n"
        (tmp_path / name / "manifest.csv").write_text(text)
    manifests = [named_apart(tmp_path / name / "manifest.csv") for name in ("one", "two")]
    genres, others = split_by_genre(manifests)
    assert [recording.track.id for recording in genres] == ["one/x.wav", "one/y.wav", "two/y.wav"]
    assert [recording.track.artist for recording in others] == ["two/7"]
    assert genres[1].track.artist == ""


def test_source_of_what_is_not_music_is_its_group(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label,source\na.wav,speech,Anna\n")
    (recording,) = read_not_music(tmp_path / "manifest.csv")
    assert (recording.track.genre, recording.track.artist) == ("speech", "Anna")


def test_missing_manifest_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "none.csv")
    wheel = ["--wheel", str(tmp_path / "none.whl"), "--out", str(tmp_path / "x.onnx")]
    assert main(["--manifest", missing, "--not-music", missing, *wheel]) == 1
    assert capsys.readouterr().err.startswith("train_cnn: ")
    assert not (tmp_path / "x.onnx").exists()
