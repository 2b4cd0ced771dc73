"""The command that trains: ``train``."""

from argparse import Namespace
from pathlib import Path

from livegenre.errors import LivegenreError


def train(arguments: Namespace) -> None:
    """Train a model on one's own genres."""
    from livegenre.training.libraries import check_libraries

    check_libraries()
    from livegenre.interruption import signals_raised
    from livegenre.training.comparing import compare
    from livegenre.training.console import warn
    from livegenre.training.making import make
    from livegenre.training.request import Request

    music = Path(arguments.music)
    request = Request(
        target=music,
        out=Path(arguments.out or f"{music.absolute().name.removesuffix('.csv')}.onnx"),
        replace=arguments.replace,
        estimator=arguments.estimator,
        compare=arguments.compare,
        cache=Path(arguments.cache) if arguments.cache else _cache(),
        jobs=arguments.jobs,
        scheduler=arguments.scheduler,
        folds=arguments.folds,
        repeats=arguments.repeats,
        seed=arguments.seed,
        precision=arguments.precision,
        licence=arguments.licence,
        description=arguments.description,
        json=arguments.json,
    )
    try:
        with signals_raised() as interruption:
            (compare if request.compare else make)(request, interruption.heed)
    except KeyboardInterrupt:
        warn("interrupted; what was heard is kept, the same command goes on from there")
        raise


def _cache() -> Path:
    from livegenre.data_folder import cache_folder

    folder = cache_folder()
    if folder is None:
        raise LivegenreError("there is no home folder to keep what is heard in; name one: --cache")
    return folder / "heard"
