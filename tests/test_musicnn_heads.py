"""The heads: what they learn, what counts how much, and what other music does to a posterior."""

import numpy as np
import pytest

from livegenre.training.corrections import may_teach
from livegenre.training.dataset import Rows, Track
from livegenre.training.validation import Plan
from tools.musicnn.heads import (
    MADE_MUSIC,
    MADE_OTHER,
    fit_heads,
    genre_weights,
    noise_weights,
    spread_other,
)
from tools.musicnn.judging import HeldOut, best_temperature, clips_right, judge
from tools.musicnn.material import Kind, Material, gather, taught
from tools.musicnn.moved import Moved, directions

CENTRES = {"rock": (2, 0, 0), "jazz": (-2, 0, 0), "folk": (0, 2, 0), "speech": (0, 0, 3)}


def rows_of(genre: str, n_clips: int, group: str = "set", n_by_artist: int = 2) -> Rows:
    """Three rows a clip, around a mean of the genre."""
    rng = np.random.default_rng(sorted(CENTRES).index(genre))
    features = rng.normal(CENTRES[genre], 0.7, (3 * n_clips, 3)).astype(np.float32)
    tracks = [
        Track(f"{group}/{genre} {n // 3}", genre, f"{group}/{genre} by {n // 3 // n_by_artist}")
        for n in range(3 * n_clips)
    ]
    return Rows(features, tracks)


@pytest.fixture(scope="module")
def material() -> Material:
    return gather(
        [
            (Kind.GENRE, rows_of("rock", 12)),
            (Kind.GENRE, rows_of("jazz", 8)),
            (Kind.OUTSIDE, rows_of("folk", 6, "else")),
            (Kind.NOT_MUSIC, rows_of("speech", 6, "noise")),
        ],
        tags=(),
        first_tags=(),
    )


def everything(material: Material) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(material.tracks), np.bool_)


def moved_along(material: Material, axis: int, genre: str) -> list[Moved]:
    """Move every clip of music of a genre by one along one feature."""
    parts = []
    for number, track in enumerate(material.tracks):
        clean = material.features[material.clip == number]
        shift = np.eye(3, dtype=np.float32)[axis] * (track.genre == genre)
        if material.is_music[number]:
            parts.append(Moved("room", clean, clean + 3 * shift, track.id))
    return parts


def test_heads_tell_genres_other_music_and_noise_apart(material: Material) -> None:
    heads = fit_heads(material, everything(material), ())
    found = heads.genres(material.features).argmax(axis=1)
    music = material.is_music[material.clip]
    assert (found == material.genre[material.clip])[music].mean() > 0.95
    assert ((heads.not_music(material.features)[:, 0] > 0) == ~music).mean() > 0.95


def test_what_noise_moves_is_hardly_looked_at(material: Material) -> None:
    plain = fit_heads(material, everything(material), ()).genres.weights
    moved = moved_along(material, 0, "rock")
    wary = fit_heads(material, everything(material), moved).genres.weights
    assert np.abs(wary[0]).max() < 0.8 * np.abs(plain[0]).max()


def test_moves_of_clips_that_may_not_be_heard_are_not_learnt_from(material: Material) -> None:
    moved = moved_along(material, 0, "rock")
    scale = np.ones(3)
    np.testing.assert_array_equal(directions(moved, scale, {}), np.eye(3))
    assert directions(moved, scale, {"set/rock 0": 1.0})[0, 0] > 1
    assert directions(moved, scale, {"set/jazz 0": 1.0})[0, 0] == 1


def test_genres_weigh_the_same_and_artists_by_the_root_of_their_clips(material: Material) -> None:
    weights = genre_weights(material, everything(material))
    np.testing.assert_allclose(np.bincount(material.genre, weights), 1)
    clips = np.array([track.artist != "set/rock by 0" for track in material.tracks])
    assert genre_weights(material, clips)[0] == 0
    two_by_one = gather(
        [
            (Kind.GENRE, rows_of("rock", 4, n_by_artist=4)),
            (Kind.GENRE, rows_of("jazz", 2)),
            (Kind.GENRE, rows_of("rock", 1, "else")),
        ],
        tags=(),
        first_tags=(),
    )
    found = genre_weights(two_by_one, everything(two_by_one))
    assert found[6] / found[0] == pytest.approx(np.sqrt(4))


def test_made_music_has_its_share_of_other_music_and_little_weight_as_music() -> None:
    material = gather(
        [
            (Kind.GENRE, rows_of("rock", 4)),
            (Kind.GENRE, rows_of("jazz", 4)),
            (Kind.OUTSIDE, rows_of("folk", 2, "else")),
            (Kind.MADE_MUSIC, rows_of("folk", 6, "piece")),
            (Kind.NOT_MUSIC, rows_of("speech", 2, "noise")),
        ],
        tags=(),
        first_tags=(),
    )
    every, made = everything(material), material.kind == Kind.MADE_MUSIC
    found = genre_weights(material, every)
    assert found[made].sum() == pytest.approx(MADE_OTHER)
    np.testing.assert_allclose(np.bincount(material.genre, found), 1)
    assert genre_weights(material, every & ~made)[material.kind == Kind.OUTSIDE].sum() == 1
    as_music = noise_weights(material, every)
    assert as_music[made][0] / as_music[0] == pytest.approx(MADE_MUSIC)


def test_music_and_all_else_weigh_the_same(material: Material) -> None:
    weights = noise_weights(material, everything(material))
    assert weights[material.is_music].sum() == pytest.approx(1)
    assert weights[~material.is_music].sum() == pytest.approx(1)


def test_other_music_makes_the_genres_alike() -> None:
    sure = np.exp(spread_other(np.array([9.0, 0.0, 0.0]), 1.0))
    other = np.exp(spread_other(np.array([1.0, 0.0, 9.0]), 1.0))
    assert sure[0] > 0.99
    np.testing.assert_allclose(other, 0.5, atol=0.01)
    assert other[0] > other[1]
    np.testing.assert_allclose([sure.sum(), other.sum()], 1)


def test_held_out_clips_are_judged_and_calibrated(material: Material) -> None:
    plan = Plan(n_folds=3, n_repeats=2, seed=0)
    held_out = judge(material, moved_along(material, 1, "rock"), plan)
    genre = material.genre[material.clip]
    right = held_out.logits[..., :2].argmax(axis=2) == genre
    assert right[:, genre < 2].mean() > 0.9
    assert held_out.fold.shape == (2, len(material.tracks))
    assert held_out.moved_right[..., 0].mean() >= held_out.moved_right[..., 1].mean()


@pytest.mark.parametrize("scale", [0.5, 4.0])
def test_temperature_makes_posteriors_as_sure_as_they_are_right(
    material: Material, scale: float
) -> None:
    n_rows = len(material.clip)
    right = np.arange(n_rows) % 10 != 0
    answer = np.where(right, 0, 1) ^ (material.genre[material.clip] % 2)
    logits = np.full((1, n_rows, 3), np.log(0.1))
    logits[0, np.arange(n_rows), answer] = np.log(0.9)
    logits[..., 2] = -40.0
    held_out = HeldOut(
        fold=np.zeros((1, len(material.tracks)), np.int64),
        logits=scale * logits,
        not_music=np.zeros((1, n_rows)),
        moved_right=np.zeros((1, 0, 2), np.bool_),
    )
    found = best_temperature(material, held_out, everything(material))
    assert found == pytest.approx(scale, rel=0.15)


def corrected(centre: tuple[int, int, int], label: str, artist: str = "corrections/monday") -> Rows:
    """Three corrected windows of one piece."""
    features = np.random.default_rng(9).normal(centre, 0.3, (3, 3)).astype(np.float32)
    return Rows(features, [Track("corrections/monday/4.00", label, artist)] * 3)


def test_corrections_teach_both_heads(material: Material) -> None:
    rows = corrected((0, -4, 3), "rock")
    lesson = taught(material, rows)
    assert lesson.genre[-1] == lesson.labels.index("rock")
    assert lesson.is_music[-1]
    heads = fit_heads(lesson, may_teach(lesson.source, everything(material)), ())
    before = fit_heads(material, everything(material), ())
    jazz, rock, _ = (heads.genres(rows.features) - before.genres(rows.features)).T
    assert (rock - jazz).min() > 0.05
    assert (heads.not_music(rows.features) - before.not_music(rows.features)).max() < -0.1


def test_corrections_are_not_judged_and_leave_the_folds_as_they_are(material: Material) -> None:
    plan = Plan(3, 2, 0)
    lesson = taught(material, corrected((0, -4, 3), "rock"))
    before, after = (
        judge(material, (), plan, with_corrections=part) for part in (material, lesson)
    )
    np.testing.assert_array_equal(before.fold, after.fold)
    assert before.logits.shape == after.logits.shape
    assert np.abs(before.logits - after.logits).max() > 1e-3
    assert clips_right(material, after, plan).n == clips_right(material, before, plan).n == 20


def test_corrections_of_a_clip_do_not_teach_those_that_are_judged_by_it(material: Material) -> None:
    """A clip that is corrected to something absurd is judged as if it had not been."""
    plan = Plan(3, 1, 0)
    owner = material.tracks[0].artist
    lesson = taught(material, corrected((9, 9, 9), "jazz", artist=owner))
    before, after = (
        judge(material, (), plan, with_corrections=part) for part in (material, lesson)
    )
    own = (before.fold[0] == before.fold[0, 0])[material.clip]
    np.testing.assert_array_equal(before.logits[:, own], after.logits[:, own])
    assert np.abs(before.logits - after.logits)[:, ~own].max() > 1e-3
