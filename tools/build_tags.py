"""Lift the tag model out of the convolutional one, find its thresholds and judge it.

Reads the command line, prints and exits; how it is done is in ``tools.musicnn.tags``.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.card import CARD_KEY, Accuracy, ModelCard
from livegenre.classifier import Classifier
from livegenre.errors import LivegenreError
from livegenre.training.console import answers, messages
from livegenre.training.dataset import DataError, Rows
from livegenre.training.installation import GOLDEN_SIGNALS, golden_features, require_equal
from livegenre.training.recordings import Recording, WindowReader, read_manifest
from tools.build_backbone import CACHE
from tools.export_onnx import read_sound
from tools.musicnn.tags import (
    LEAST_THRESHOLD,
    Clips,
    auc_interval,
    best_threshold,
    clips_of,
    genre_aucs,
    lift_tags,
    mean_auc,
    tags_of_genres,
    window_weights,
)

LIBRARIES = ("onnx", "onnxruntime", "scikit-learn", "numpy")
MODELS = CACHE.parent / "models"
N_DRAWS = 1000
TRAINING_DATA = "songs of the Million Song Dataset and their Last.fm tags, by Jordi Pons"
EXAMPLES = """\
example:
  python tools/build_tags.py --manifest gtzan/manifest.csv --manifest elsewhere/manifest.csv \\
      --out models/tags.onnx

Manifests of music have the columns path and genre, and better also artist. Thresholds are found
without the genres; only the tags that are genres are judged.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or model refused, 130 stopped."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"build_tags: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print("interrupted; what was heard is kept")
        return 130
    return 0


def run(args: argparse.Namespace) -> None:
    """Hear the music, make the card, write the model."""
    cnn = Classifier.load(args.cnn)
    recordings = [recording for path in args.manifest for recording in _named_apart(path)]
    genres = {recording.track.genre for recording in recordings}
    if len(genres) < 2 or not tags_of_genres(genres, cnn.card.tags):
        raise DataError(f"{args.manifest[0]}: needs two genres, one of them a tag of {args.cnn}")
    rows = read_sound(recordings, _reader(args.cnn, cnn, args.cache))
    card = make_card(cnn.card, rows, args)
    golden = cnn.judge(golden_features(card.features)).tags
    card = replace(card, golden=dict(zip(GOLDEN_SIGNALS, map(tuple, golden.tolist()), strict=True)))
    install(args.cnn, card, golden, args.out)
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)


def _named_apart(path: Path) -> list[Recording]:
    """Read a manifest; no track or artist of it is taken for one of another's."""
    folder = path.parent.name
    return [
        replace(
            recording,
            track=replace(
                recording.track,
                id=f"{folder}/{recording.track.id}",
                artist=recording.track.artist and f"{folder}/{recording.track.artist}",
            ),
        )
        for recording in read_manifest(path)
    ]


def _reader(path: Path, cnn: Classifier, cache: Path) -> WindowReader:
    def tags_of(patch: FloatArray) -> FloatArray:
        (row,) = cnn.judge(patch[np.newaxis]).tags
        return np.asarray(row)

    key = hashlib.sha256(path.read_bytes()).digest()
    return WindowReader(cnn.card.features, cache, further=tags_of, key=key)


def make_card(cnn: ModelCard, rows: Rows, args: argparse.Namespace) -> ModelCard:
    """Find the thresholds and judge the tags; return the card, golden yet to come."""
    posterior, weights = rows.features.astype("f8"), window_weights(rows)
    thresholds = {
        tag: best_threshold(column, weights)
        for tag, column in zip(cnn.tags, posterior.T, strict=True)
    }
    report(thresholds, posterior, weights)
    return ModelCard(
        name=args.out.stem,
        version=args.version,
        labels=cnn.tags,
        features=cnn.features,
        temperature=1.0,
        unsure_threshold=LEAST_THRESHOLD,
        accuracy=judge(clips_of(rows), cnn.tags, args.seed),
        training_data=f"{TRAINING_DATA}; not_music: as in {cnn.name} {cnn.version}",
        licence=cnn.licence,
        library_versions={name: version(name) for name in LIBRARIES},
        golden={},
        not_music_threshold=cnn.not_music_threshold,
        multi_label=True,
        thresholds=thresholds,
    )


def report(
    thresholds: Mapping[str, float], posterior: NDArray[np.float64], weights: NDArray[np.float64]
) -> None:
    """Print each tag's threshold, and how much of the music it names."""
    for (tag, threshold), column in zip(thresholds.items(), posterior.T, strict=True):
        named = np.average(column >= threshold, weights=weights)
        answers.print(f"{tag:<18}threshold {threshold:.3f}, names {100 * named:4.1f} %")


def judge(clips: Clips, tags: Sequence[str], seed: int) -> Accuracy:
    """Measure the tags that are genres, and print each."""
    aucs = genre_aucs(clips, tags)
    for tag, auc in aucs.items():
        answers.print(f"{tag:<18}ROC AUC {auc:.3f}")
    value = mean_auc(clips, tags)
    low, high = auc_interval(clips, tags, N_DRAWS, seed)
    accuracy = Accuracy(
        value=value,
        low=low,
        high=high,
        n=len(clips.genre),
        unit="clips",
        macro=value,
        protocol=f"mean of {len(aucs)} tags that are genres; the network never met labels of these",
        measure="ROC AUC",
    )
    answers.print(str(accuracy), markup=False)
    return accuracy


def install(cnn: Path, card: ModelCard, golden: FloatArray, path: Path) -> None:
    """Write the model, reload it, and move it to its place if it answers as the other did.

    Raises
    ------
    ExportError
        If it does not.
    ModelError
        If it cannot be loaded.
    """
    whole = onnx.load(cnn)
    metadata = {prop.key: prop.value for prop in whole.metadata_props}
    model = lift_tags(whole)
    onnx.helper.set_model_props(model, metadata | {CARD_KEY: card.to_json()})
    unproven = path.with_suffix(".unproven.onnx")
    try:
        onnx.save(model, unproven)
        found = Classifier.load(unproven).judge(golden_features(card.features)).posterior
        require_equal(found, golden, "golden signals")
        unproven.replace(path)
    finally:
        unproven.unlink(missing_ok=True)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="build_tags",
        description="Lift the tag model out of the convolutional one.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--manifest", type=Path, action="append", required=True, metavar="CSV", help="music")
    add("--cnn", type=Path, default=MODELS / "cnn.onnx", metavar="ONNX", help="(%(default)s)")
    add("--out", type=Path, required=True, metavar="ONNX", help="file to write")
    add("--cache", type=Path, default=CACHE / "tags", metavar="DIR")
    add("--seed", type=int, default=0, metavar="N", help="of the interval (%(default)s)")
    add("--version", default="1", help="in the card")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
