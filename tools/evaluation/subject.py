"""What is measured: one model, or the models of held-out folds, each for what it never heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livegenre.card import ModelCard
from livegenre.classifier import Classifier, model_path
from livegenre.errors import ModelError
from livegenre.training.dataset import DataError
from livegenre.training.tables import read_csv
from tools.evaluation.clips import Artist, Clip

FOLDS = "folds.csv"


@dataclass(frozen=True, slots=True)
class Subject:
    """One model, or one for each fold."""

    files: tuple[Path, ...]
    card: ModelCard
    """Of the first file; the labels of all are the same."""
    fold: dict[tuple[str, str], int]
    """Set and id of a clip -> number of the only file that never heard it; empty: one model."""
    artists: frozenset[Artist]
    """Those with a clip in a fold."""

    @property
    def by_folds(self) -> bool:
        """Whether each clip is heard by the model that never heard it."""
        return bool(self.fold)

    def is_in_fold(self, clip: Clip) -> bool:
        """Tell whether a clip was trained on by other folds' models."""
        return (clip.set, clip.id) in self.fold

    def number_for(self, clip: Clip) -> int:
        """Return which file is to hear a clip: that which never heard it, or else the first."""
        return self.fold.get((clip.set, clip.id), 0)

    def file_for(self, clip: Clip) -> Path:
        """Return the file that is to hear a clip."""
        return self.files[self.number_for(clip)]

    def check(self, clips: Sequence[Clip]) -> None:
        """See that no clip is heard by a model that may have heard its artist.

        Raises
        ------
        DataError
            If a clip is in no fold though its artist is.
        """
        for clip in clips:
            if clip.artist in self.artists and not self.is_in_fold(clip):
                raise DataError(
                    f"{clip.path}: is in no fold of {FOLDS}, but others by {clip.by} are: "
                    "a model may have heard them; take it from the manifest, or train anew"
                )


def one_model(name: str) -> Subject:
    """Return a bundled model by name, any other by the path of its file.

    Raises
    ------
    ModelError
        If it cannot be used.
    """
    path = model_path(name)
    return Subject((path,), _read_card(path), {}, frozenset())


def fold_models(folder: Path) -> Subject:
    """Return the models ``fold-0.onnx``, ... of a folder with its ``folds.csv``.

    That has the columns ``fold``, ``set``, ``id`` and ``artist``: a line for each clip that the
    model of the fold has not heard.

    Raises
    ------
    DataError
        If the table is not of that form, or has an artist in more than one fold.
    ModelError
        If a model is missing, cannot be used, or its labels are not those of the others.
    """
    rows = read_csv(folder / FOLDS, ("fold", "set", "id"))
    clips = [
        Clip(folder, "", row["set"].strip(), row["id"].strip(), row.get("artist", "").strip())
        for row in rows
    ]
    numbers = [_number(row, folder) for row in rows]
    artists: dict[Artist, int] = {}
    for clip, number in zip(clips, numbers, strict=True):
        if artists.setdefault(clip.artist, number) != number:
            raise DataError(f"{folder / FOLDS}: {clip.by or clip.id} is in more than one fold")
    fold = {(clip.set, clip.id): number for clip, number in zip(clips, numbers, strict=True)}
    files = tuple(folder / f"fold-{number}.onnx" for number in range(max(numbers) + 1))
    cards = [_read_card(model_path(str(file))) for file in files]
    for file, card in zip(files, cards, strict=True):
        if card.labels != cards[0].labels:
            raise ModelError(f"model {file}: its labels are not those of {files[0].name}")
    return Subject(files, cards[0], fold, frozenset(artists))


def _read_card(path: Path) -> ModelCard:
    return Classifier.load(path).card


def _number(row: dict[str, str], folder: Path) -> int:
    if not row["fold"].strip().isdigit():
        raise DataError(f"{folder / FOLDS}: fold {row['fold']!r} is no number")
    return int(row["fold"])
