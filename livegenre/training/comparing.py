"""Judges all kinds of estimators by three ways to split: what tutorials tell, and what counts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import numpy as np
from rich.table import Table

from livegenre.card import Accuracy
from livegenre.training.console import answers, progress, warn
from livegenre.training.dataset import Dataset
from livegenre.training.gathering import gather
from livegenre.training.grouping import n_folds
from livegenre.training.kinds import KINDS, NETWORK, Kind
from livegenre.training.libraries import has
from livegenre.training.measures import accuracy
from livegenre.training.request import Request
from livegenre.training.validation import Plan, cross_validate

SPLITS = {
    "windows": "windows at random\n(tutorials on tables of\n3 s: a track is on both sides)",
    "tracks": "tracks at random\n(artists are on both sides)",
    "artists": "by artist\n(what counts)",
}


def compare(request: Request, heed: Callable[[], None]) -> None:
    """Judge, and print it side by side.

    Parameters
    ----------
    request : Request
    heed : callable
        Called again and again; raises to end all.

    Raises
    ------
    LivegenreError
        If the music cannot be trained on.
    """
    gathered = gather(request, heed)
    kinds = dict(KINDS)
    if not has("torch"):
        warn(f"{NETWORK} is left out: it needs PyTorch; pip install torch")
        del kinds[NETWORK]
    plan = Plan(n_folds(gathered.tracks, request.folds), request.repeats, request.seed)
    judged: dict[str, dict[str, Accuracy]] = {}
    n_fits = len(kinds) * len(SPLITS) * plan.n_folds * plan.n_repeats
    with progress("judging", n_fits) as advance:

        def on_fold() -> None:
            advance()
            heed()

        for name, kind in kinds.items():
            judged[name] = dict(_judge(kind, gathered.dataset(kind.rows), plan, on_fold))
    if request.json:
        told = {
            name: {split: asdict(a) for split, a in row.items()} for name, row in judged.items()
        }
        print(json.dumps({"warnings": list(gathered.warnings), "estimators": told}))
    else:
        answers.print(_table(judged))
        tracks = judged[next(iter(judged))]["artists"]
        answers.print(f"{tracks.n} tracks, {plan.n_folds} folds x {plan.n_repeats}")


def _judge(
    kind: Kind, dataset: Dataset, plan: Plan, on_fold: Callable[[], None]
) -> Iterator[tuple[str, Accuracy]]:
    at_random = replace(plan, by_artist=False)
    windows = by_window(dataset)
    measured = accuracy(cross_validate(kind.fit, windows, at_random, on_fold), str(at_random))
    yield "windows", replace(measured, unit="windows")
    for split, each in (("tracks", at_random), ("artists", plan)):
        yield split, accuracy(cross_validate(kind.fit, dataset, each, on_fold), str(each))


def by_window(dataset: Dataset) -> Dataset:
    """Take every window for a track by an artist of its own, as if none had others beside it."""
    numbers = np.arange(len(dataset.track))
    return replace(
        dataset,
        track=numbers,
        genre=dataset.row_genre,
        artist=numbers,
        is_test=dataset.is_test[dataset.track],
    )


def _table(judged: dict[str, dict[str, Accuracy]]) -> Table:
    table = Table("estimator", title="per cent right [95 % Wilson interval], mean over genres")
    for heading in SPLITS.values():
        table.add_column(heading)
    for name, row in judged.items():
        table.add_row(name, *(in_brief(row[split]) for split in SPLITS))
    return table


def in_brief(measured: Accuracy) -> str:
    """Return an accuracy in the fewest characters."""
    value, low, high, macro = (
        f"{100 * share:.1f}"
        for share in (measured.value, measured.low, measured.high, measured.macro)
    )
    return f"{value} \\[{low}-{high}], {macro}"
