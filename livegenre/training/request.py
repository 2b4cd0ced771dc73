"""What is asked of ``livegenre train``."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to train on, how, and where to put it."""

    target: Path
    """Folder of genre folders, or a manifest."""
    out: Path
    """Model to write; the folder must be there."""
    replace: bool
    """Whether a file that is there may be replaced."""
    estimator: str
    compare: bool
    """Judge all estimators, and write nothing."""
    cache: Path
    """Folder for what was heard."""
    jobs: int | None
    """Processes; None is one a core."""
    scheduler: str | None
    """Of a Dask cluster: ``local`` or an address."""
    folds: int
    """Most parts that are held out in turn, >= 2."""
    repeats: int
    """How often all of that is done, each time with other parts."""
    seed: int
    precision: float
    """Share of the names given that are to be right, in (0, 1]."""
    licence: str
    """Of the model."""
    description: str
    """Of the music."""
    json: bool
    """One JSON object on stdout in place of a report."""
