"""Train a genre classifier and export it as one ONNX file that describes itself.

Shows progress, prints and exits; how a model is made and judged is in ``livegenre.training``.
"""

import argparse
import sys
from importlib.metadata import version

import numpy as np
from rich.progress import track
from rich.table import Table
from sklearn.pipeline import Pipeline

from livegenre.arrays import FloatArray
from livegenre.card import Accuracy, ModelCard
from livegenre.errors import LivegenreError
from livegenre.features.base import FeatureSpec
from livegenre.training.comparing import in_brief
from livegenre.training.console import answers, messages, progress, report_corrections, warn
from livegenre.training.corrections import claimed, correction_rows, usable_corrections
from livegenre.training.dataset import DataError, Dataset, Rows, combine, shorten, taught
from livegenre.training.estimators import ESTIMATORS, fitter, logits, train, typical
from livegenre.training.graph import build_graph
from livegenre.training.installation import (
    GOLDEN_SIGNALS,
    golden_features,
    install,
    posteriors,
    prove_pipeline,
)
from livegenre.training.measures import (
    Threshold,
    accuracy,
    best_temperature,
    calibration_error,
    recalls,
    unsure_threshold,
)
from livegenre.training.recordings import Recording, WindowReader, extract_all, read_manifest, stack
from livegenre.training.tables import read_table
from livegenre.training.validation import Judged, Plan, cross_validate
from livegenre.training.worth import said
from tools.training.arguments import parse

LIBRARIES = ("livegenre", "scikit-learn", "skl2onnx", "onnx", "numpy")


def main(argv: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 done, 1 data or model refused, 130 stopped."""
    args, spec = parse(argv)
    try:
        dataset, with_corrections = load(args, spec)
        if args.compare:
            compare(dataset, with_corrections, args)
        else:
            export(dataset, with_corrections, spec, args)
    except (LivegenreError, OSError) as error:
        messages.print(f"export_onnx: {error}", style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def load(args: argparse.Namespace, spec: FeatureSpec) -> tuple[Dataset, Dataset]:
    """Read recordings and table, whichever are given; return them without and with corrections."""
    sound = None
    if args.manifest is not None:
        sound = read_sound(read_manifest(args.manifest), WindowReader(spec, args.cache))
    table = None if args.table is None else read_table(args.table)
    if sound is not None and table is not None:
        table = shorten(table, sound)
    dataset = combine(sound, table)
    for part in (sound, table):
        if part is not None and not any(track.artist for track in part.tracks):
            messages.print("no artists are known: accuracy is overstated where tracks share one")
    if args.add_corrections is None:
        return dataset, dataset
    corrections = usable_corrections(args.add_corrections, spec, dataset.labels, warn)
    rows = correction_rows(corrections, np.stack([each.features for each in corrections]))
    return dataset, taught(dataset, rows if sound is None else claimed(rows, sound))


def read_sound(recordings: list[Recording], reader: WindowReader) -> Rows:
    """Extract all recordings, naming those that are left out."""
    good: list[tuple[Recording, FloatArray]] = []
    extracted = extract_all(recordings, reader)
    for recording, rows in track(
        extracted, "extracting features", len(recordings), console=messages, transient=True
    ):
        if isinstance(rows, LivegenreError):
            messages.print(f"left out: {rows}", markup=False)
        else:
            good.append((recording, rows))
    if not good:
        raise DataError(f"none of {len(recordings)} recordings could be used")
    if len(good) < len(recordings):
        messages.print(f"left out {len(recordings) - len(good)} of {len(recordings)} recordings")
    return stack(good)


def compare(dataset: Dataset, with_corrections: Dataset, args: argparse.Namespace) -> None:
    """Judge every estimator by two protocols and print them side by side."""
    by_track, by_artist = (
        Plan(args.folds, args.repeats, args.seed, by_artist=flag) for flag in (False, True)
    )
    table = Table(title="share of clips right [95 % Wilson interval], mean over genres")
    for heading in (
        "estimator",
        "random split by track\n(tutorials; artists leak)",
        "artist-grouped\n(what counts)",
    ):
        table.add_column(heading)
    with progress("judging", len(ESTIMATORS) * 2 * args.folds * args.repeats) as advance:
        for name in ESTIMATORS:
            measured = [
                accuracy(
                    cross_validate(fitter(name), dataset, plan, advance, taught=with_corrections),
                    str(plan),
                )
                for plan in (by_track, by_artist)
            ]
            table.add_row(name, *map(in_brief, measured))
    answers.print(table)
    answers.print(f"{measured[0].n} clips; {by_track}; {by_artist}")


def export(
    dataset: Dataset, with_corrections: Dataset, spec: FeatureSpec, args: argparse.Namespace
) -> None:
    """Judge an estimator, train it on everything, write it and print what it is worth."""
    plan = Plan(args.folds, args.repeats, args.seed)
    judged = judge(dataset, with_corrections, plan, args.estimator)
    if with_corrections is not dataset:
        before = judge(dataset, dataset, plan, args.estimator)
        report_corrections(
            len(with_corrections.track) - len(dataset.track),
            accuracy(before, str(plan)),
            accuracy(judged, str(plan)),
        )
    temperature = best_temperature(judged)
    threshold = unsure_threshold(judged, temperature, args.precision)
    trained_on = with_corrections.of_tracks(~with_corrections.is_test)
    pipeline = train(args.estimator, trained_on, args.seed)
    tested = judge_test_tracks(pipeline, dataset)
    result = accuracy(judged, str(plan)) if tested is None else accuracy(tested, "test split")
    golden = posteriors(pipeline, golden_features(spec), len(dataset.labels), temperature)
    card = ModelCard(
        name=args.name or args.out.stem,
        version=args.version,
        labels=dataset.labels,
        features=spec,
        temperature=temperature,
        unsure_threshold=threshold.value,
        accuracy=result,
        training_data=describe(trained_on, threshold, args.description),
        licence=args.licence,
        library_versions={name: version(name) for name in LIBRARIES},
        golden=dict(zip(GOLDEN_SIGNALS, map(tuple, golden.tolist()), strict=True)),
        typical=tuple(typical(pipeline)),
    )
    model, rows = build_graph(pipeline, card), trained_on.features
    install(model, args.out, lambda classifier: prove_pipeline(classifier, pipeline, rows))
    report(judged, result, card, threshold)
    answers.print(f"wrote {args.out} ({args.out.stat().st_size:,} bytes)", markup=False)


def judge(dataset: Dataset, with_corrections: Dataset, plan: Plan, estimator: str) -> Judged:
    """Judge an estimator that learns from corrections too."""
    with progress("judging", plan.n_folds * plan.n_repeats) as advance:
        return cross_validate(fitter(estimator), dataset, plan, advance, taught=with_corrections)


def judge_test_tracks(pipeline: Pipeline, dataset: Dataset) -> Judged | None:
    """Judge the tracks kept for testing, if there are any."""
    rows = dataset.of_rows(dataset.judged & dataset.is_test[dataset.track])
    if not len(rows.track):
        return None
    return Judged(logits(pipeline, rows.features, len(rows.labels))[np.newaxis], rows)


def describe(trained_on: Dataset, threshold: Threshold, text: str) -> str:
    """Say in a line what the model was trained on and what its threshold is worth."""
    n_tracks = len(np.unique(trained_on.track))
    n_artists = len(np.unique(trained_on.artist[np.unique(trained_on.track)]))
    about = f"{text}: " if text else ""
    return (
        f"{about}{len(trained_on.track)} rows of {n_tracks} tracks by {n_artists} artists; "
        f"{said(threshold)}"
    )


def report(judged: Judged, result: Accuracy, card: ModelCard, threshold: Threshold) -> None:
    """Print what a model is worth."""
    answers.print(f"{result}; mean over genres {100 * result.macro:.1f} %", markup=False)
    for label, recall in zip(card.labels, recalls(judged), strict=True):
        answers.print(f"  {label:<12}{100 * recall:5.1f} %", markup=False)
    error = calibration_error(judged, card.temperature)
    answers.print(f"temperature {card.temperature:.3f}, calibration error {100 * error:.1f} points")
    answers.print(said(threshold))


if __name__ == "__main__":
    sys.exit(main())
