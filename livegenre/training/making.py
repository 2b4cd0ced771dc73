"""Makes a model of one's own genres: hears, judges, trains, writes what is proven."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

import numpy as np
from scipy.special import softmax

from livegenre.card import ModelCard
from livegenre.errors import OutputError
from livegenre.features.base import FeatureSpec
from livegenre.training.console import answers, both, progress
from livegenre.training.dataset import Dataset
from livegenre.training.gathering import Gathered, gather
from livegenre.training.grouping import n_folds
from livegenre.training.installation import GOLDEN_SIGNALS, golden_features, install
from livegenre.training.kinds import KINDS
from livegenre.training.report import print_worth
from livegenre.training.request import Request
from livegenre.training.validation import Plan, cross_validate
from livegenre.training.worth import Worth, said

LIBRARIES = ("livegenre", "onnx", "onnxruntime", "scikit-learn", "numpy")


def make(request: Request, heed: Callable[[], None]) -> None:
    """Train, and print what the model is worth.

    Parameters
    ----------
    request : Request
    heed : callable
        Called again and again; raises to end all.

    Raises
    ------
    LivegenreError
        If the music cannot be trained on, or the model not be written.
    """
    _check_place(request)
    gathered = gather(request, heed)
    kind = KINDS[request.estimator]
    dataset = gathered.dataset(kind.rows)
    plan = Plan(n_folds(gathered.tracks, request.folds), request.repeats, request.seed)
    with progress("judging", plan.n_folds * plan.n_repeats) as advance:
        judged = cross_validate(kind.fit, dataset, plan, both(advance, heed))
    worth = Worth.of(judged, plan, request.precision)
    fitted = kind.fit(dataset.of_tracks(~dataset.is_test), request.seed)
    heed()
    card = fitted.complete(_card(request, dataset, kind.spec(), worth))
    logits = fitted.of_windows(golden_features(card.features))
    golden = softmax(logits / card.temperature, axis=1)
    told = dict(zip(GOLDEN_SIGNALS, map(tuple, golden.tolist()), strict=True))
    try:
        install(fitted.build(replace(card, golden=told)), request.out)
    except OSError as error:
        raise OutputError(
            f"{request.out}: {error.strerror}; choose another place by --out"
        ) from error
    _tell(request, gathered, worth)


def _check_place(request: Request) -> None:
    """See that the model can be written before anything is heard."""
    out = request.out
    if out.suffix != ".onnx":
        raise OutputError(f"--out {out}: the name must end in .onnx")
    if not out.parent.is_dir():
        raise OutputError(f"--out {out}: there is no folder {out.parent}")
    if out.exists() and not request.replace:
        raise OutputError(f"{out}: is there already; --replace it, or choose another --out")


def _card(request: Request, dataset: Dataset, spec: FeatureSpec, worth: Worth) -> ModelCard:
    """Return the card, but for the golden signals."""
    n_artists = len(np.unique(dataset.artist))
    about = f"{request.description}: {len(dataset.genre)} tracks by {n_artists} artists"
    return ModelCard(
        name=request.out.stem,
        version="1",
        labels=dataset.labels,
        features=spec,
        temperature=worth.temperature,
        unsure_threshold=worth.threshold.value,
        accuracy=worth.accuracy,
        training_data=f"{about}; {said(worth.threshold)}",
        licence=request.licence,
        library_versions={name: version(name) for name in LIBRARIES},
        golden={},
    )


def _tell(request: Request, gathered: Gathered, worth: Worth) -> None:
    size = request.out.stat().st_size
    if request.json:
        told = {"model": str(request.out), "bytes": size, "warnings": list(gathered.warnings)}
        print(json.dumps(told | worth.to_json()))
        return
    print_worth(worth)
    answers.print(f"wrote {request.out} ({size:,} bytes); hear it:", markup=False)
    answers.print(f"  livegenre listen --model {request.out}", markup=False)
