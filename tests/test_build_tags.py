"""The tag model: lifted out of the other, with thresholds and a worth of its own."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
from sklearn.metrics import roc_auc_score

from livegenre.classifier import Classifier, model_path
from livegenre.contract import KEEP
from livegenre.training.dataset import Rows, Track
from tools.build_tags import main
from tools.musicnn.tags import (
    LEAST_THRESHOLD,
    Clips,
    auc_interval,
    best_threshold,
    clips_of,
    genre_aucs,
    lift_tags,
    mean_auc,
    roc_auc,
    tags_of_genres,
    window_weights,
)

CNN = model_path("cnn")
TAGS = ("rock", "Hip-Hop", "sad")


def test_tags_become_the_logits_and_the_genres_go() -> None:
    model = lift_tags(onnx.load(CNN))
    names = [value.name for value in model.graph.output]
    assert [name for name in names if not name.startswith(KEEP)] == ["logits", "not_music"]
    assert model.graph.output[0].type.tensor_type.shape.dim[1].dim_value == 50
    assert "tags" not in {name for node in model.graph.node for name in node.output}


def expected_f1(posterior: np.ndarray[tuple[int], np.dtype[np.float64]], at: float) -> float:
    named = posterior >= at
    return float(2 * posterior[named].sum() / (named.sum() + posterior.sum()))


def test_threshold_has_the_greatest_expected_f1() -> None:
    posterior = np.random.default_rng(0).beta(0.5, 2, 400)
    found = best_threshold(posterior, np.ones(400))
    best = max(expected_f1(posterior, at) for at in posterior)
    assert expected_f1(posterior, found) == pytest.approx(best)
    assert found == pytest.approx(best / 2, abs=0.01)


def test_weights_count_as_repetitions_do() -> None:
    posterior = np.random.default_rng(1).beta(0.5, 2, 50)
    weights = np.arange(50) % 3 + 1
    repeated = posterior.repeat(weights)
    assert best_threshold(posterior, weights.astype("f8")) == best_threshold(
        repeated, np.ones(len(repeated))
    )


def test_tag_that_is_never_heard_is_not_always_named() -> None:
    assert best_threshold(np.full(9, 0.01), np.ones(9)) == LEAST_THRESHOLD


def test_genres_are_found_among_the_tags_however_spelt() -> None:
    genres = ("hiphop", "rock", "polka", "rock")
    assert tags_of_genres(genres, TAGS) == {"hiphop": "Hip-Hop", "rock": "rock"}


def rows() -> Rows:
    features = np.array([[0.9, 0.1, 0], [0.7, 0.3, 0], [0.5, 0.5, 0], [0.6, 0.8, 0]], np.float32)
    clips = [Track("one", "rock", "a"), Track("two", "hiphop", ""), Track("three", "polka", "b")]
    return Rows(features, [clips[0], clips[0], clips[1], clips[2]])


def test_clips_weigh_the_same_however_many_windows() -> None:
    np.testing.assert_allclose(window_weights(rows()), [0.5, 0.5, 1, 1])
    clips = clips_of(rows())
    np.testing.assert_allclose(clips.posterior[0], [0.8, 0.2, 0], rtol=1e-6)
    assert list(clips.genre) == ["rock", "hiphop", "polka"]
    assert list(clips.artist) == ["a", "two", "b"]


def test_only_tags_that_are_genres_are_judged() -> None:
    assert genre_aucs(clips_of(rows()), TAGS) == {"Hip-Hop": 0.5, "rock": 1.0}
    assert mean_auc(clips_of(rows()), TAGS) == 0.75


def test_roc_auc_is_scikit_learns_ties_included() -> None:
    rng = np.random.default_rng(2)
    is_positive, posterior = rng.random(200) < 0.3, rng.integers(0, 20, 200) / 20
    assert roc_auc(is_positive, posterior) == pytest.approx(roc_auc_score(is_positive, posterior))


def clips_by(n_artists: int) -> Clips:
    rng = np.random.default_rng(3)
    genre = np.array(["rock", "hiphop"]).repeat(60)
    of_artist = rng.normal(0, 0.8, (2, n_artists, 3))[:, np.arange(60) % n_artists]
    posterior = rng.normal(0, 0.2, (120, 3)) + of_artist.reshape(120, 3)
    posterior[:60, 0] += 1
    posterior[60:, 1] += 1
    artist = np.array([f"{g} {n % n_artists}" for n, g in enumerate(genre)])
    return Clips(posterior, genre, artist)


def test_interval_holds_the_value_and_is_wider_with_fewer_artists() -> None:
    widths = []
    for n_artists in (3, 60):
        clips = clips_by(n_artists)
        low, high = auc_interval(clips, TAGS, 200, seed=0)
        assert low < mean_auc(clips, TAGS) < high
        widths.append(high - low)
    assert widths[0] > 1.5 * widths[1]


def write_music(folder: Path, genres: str) -> Path:
    rng = np.random.default_rng(4)
    lines = ["path,genre"]
    for number, genre in enumerate(genres.split()):
        name = f"{number}.wav"
        soundfile.write(folder / name, rng.normal(0, 0.1, 40_000), 16_000)
        lines.append(f"{name},{genre}")
    (folder / "manifest.csv").write_text("\n".join(lines))
    return folder / "manifest.csv"


def test_model_is_written_with_its_card_and_the_notice(tmp_path: Path) -> None:
    manifest = write_music(tmp_path, "rock jazz rock")
    out = tmp_path / "mine.onnx"
    cache = str(tmp_path / "cache")
    assert main(["--manifest", str(manifest), "--out", str(out), "--cache", cache]) == 0
    card = Classifier.load(out).card
    assert (card.name, card.multi_label, len(card.labels)) == ("mine", True, 50)
    assert set(card.thresholds) == set(card.labels)
    assert card.accuracy is not None
    assert (card.accuracy.measure, card.accuracy.n) == ("ROC AUC", 3)
    metadata = {prop.key: prop.value for prop in onnx.load(out).metadata_props}
    assert (
        "ISC" in metadata["musicnn_licence"] or "Permission to use" in metadata["musicnn_licence"]
    )


def test_music_of_no_tags_genre_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for genres in ("polka fado", "rock rock"):
        manifest = write_music(tmp_path, genres)
        assert main(["--manifest", str(manifest), "--out", str(tmp_path / "x.onnx")]) == 1
        assert "needs two genres, one of them a tag" in capsys.readouterr().err
    assert not (tmp_path / "x.onnx").exists()


def test_model_without_tags_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_music(tmp_path, "rock jazz")
    classic = ["--cnn", str(model_path("classic")), "--out", str(tmp_path / "x.onnx")]
    assert main(["--manifest", str(manifest), *classic]) == 1
    assert capsys.readouterr().err.startswith("build_tags: ")
