"""What somebody taught is kept: in full, in order, whatever happens to the file."""

import json
from pathlib import Path

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from livegenre.card import ModelCard
from livegenre.corrections import Correction, Corrections, read_corrections
from livegenre.decision import Decision
from livegenre.errors import OutputError
from tests.conftest import N_FEATURES


def decision(label: str | None = "quiet", time: float = 4.5) -> Decision:
    state = "unsure" if label is None else "genre"
    return Decision(time, state, label, 1.0, {}, {}, False, -20.0, 0, 0.0, {}, 0.01)  # type: ignore[arg-type]


@pytest.fixture
def features() -> FloatArray:
    return np.random.default_rng(0).normal(size=N_FEATURES).astype(np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "livegenre" / "corrections.jsonl"


def read(path: Path) -> list[Correction]:
    found = list(read_corrections(path))
    assert not [line for line in found if isinstance(line, str)]
    return [line for line in found if isinstance(line, Correction)]


def test_a_correction_is_kept_with_all_that_training_needs(
    card: ModelCard, features: FloatArray, path: Path
) -> None:
    corrections = Corrections(path)
    assert not path.parent.exists()
    assert corrections.keep(card, features, decision(), "loud") == "kept as loud, 1 in this session"
    (kept,) = read(path)
    np.testing.assert_array_equal(kept.features, features)
    assert (kept.model, kept.answered, kept.label, kept.time) == ("tiny", "quiet", "loud", 4.5)
    assert kept.spec == card.features
    assert kept.session <= kept.made_at


def test_patches_keep_their_shape_and_many_corrections_their_order(
    card: ModelCard, path: Path
) -> None:
    patch = np.arange(62 * 96, dtype=np.float32).reshape(62, 96)
    patch.flags.writeable = False
    for _ in range(2):
        corrections = Corrections(path)
        for label in ("loud", "quiet"):
            corrections.keep(card, patch, decision(None), label)
    kept = read(path)
    assert [correction.label for correction in kept] == ["loud", "quiet"] * 2
    assert [correction.answered for correction in kept] == [None] * 4
    np.testing.assert_array_equal(kept[3].features, patch)


def test_features_are_a_third_larger_than_they_must_be(card: ModelCard, path: Path) -> None:
    patch = np.zeros((187, 96), np.float32)
    Corrections(path).keep(card, patch, decision(), "loud")
    assert path.stat().st_size < 1.35 * patch.nbytes + 1_000


@pytest.mark.parametrize("n_left", [1, 40, 300])
def test_a_line_that_was_cut_off_is_named_and_harms_no_other(
    card: ModelCard, features: FloatArray, path: Path, n_left: int
) -> None:
    corrections = Corrections(path)
    for label in ("loud", "quiet"):
        corrections.keep(card, features, decision(), label)
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:n_left])
    corrections.keep(card, features, decision(), "loud")
    one, half, other = read_corrections(path)
    assert isinstance(one, Correction)
    assert isinstance(other, Correction)
    assert half == f"{path}: line 2 is left out: it was cut off, or is no JSON"


def changed(line: str, **values: object) -> str:
    return json.dumps({**json.loads(line), **values})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"format": 2}, "not of format 1"),
        ({"label": None}, "'?label'? is missing"),
        ({"time": "soon"}, "could not convert"),
        ({"spec": {"extractor": "statistics"}}, "missing hop_length"),
        ({"spec": None}, "is missing or no value"),
        ({"shape": [53]}, "not of its shape"),
        ({"shape": [-52]}, "not of its shape"),
        ({"features": "no base64!"}, "damaged"),
        ({"features": 7}, "is missing or no value"),
    ],
)
def test_what_cannot_be_used_is_named(
    card: ModelCard, features: FloatArray, path: Path, values: dict[str, object], reason: str
) -> None:
    Corrections(path).keep(card, features, decision(), "loud")
    good = path.read_text()
    path.write_text(changed(good, **values) + "\n" + good)
    bad, usable = read_corrections(path)
    assert isinstance(usable, Correction)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(bad)


def test_features_that_are_no_numbers_are_left_out(
    card: ModelCard, features: FloatArray, path: Path
) -> None:
    features[3] = np.nan
    Corrections(path).keep(card, features, decision(), "loud")
    assert list(read_corrections(path)) == [
        f"{path}: line 1 is left out: its features are no numbers"
    ]


def test_other_things_in_the_file_are_named(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"[]\n\xff\xfe\n\n")
    assert [isinstance(line, str) for line in read_corrections(path)] == [True] * 3


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A folder in place of the file, a file in place of its folder, and a full disk."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    return tmp_path / "folder", tmp_path / "file" / "c.jsonl", Path("/dev/full")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_place_that_takes_nothing_is_one_clear_line(
    card: ModelCard, features: FloatArray, places: tuple[Path, Path, Path], number: int
) -> None:
    place = places[number]
    with pytest.raises(OutputError) as raised:
        Corrections(place).keep(card, features, decision(), "loud")
    assert str(raised.value).startswith(f"{place}: ")
    assert str(raised.value).endswith("; give --corrections another place")


def test_who_has_no_place_for_it_is_told_when_it_is_needed(
    card: ModelCard, features: FloatArray
) -> None:
    with pytest.raises(OutputError, match="give --corrections a place"):
        Corrections(None).keep(card, features, decision(), "loud")


def test_a_file_that_is_not_there_is_one_clear_line(path: Path) -> None:
    with pytest.raises(OutputError, match=r"No such file .*; check the path"):
        list(read_corrections(path))
