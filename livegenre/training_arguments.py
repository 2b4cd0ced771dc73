"""The flags of ``train``."""

import argparse

from livegenre.argument_types import some_share, whole

ESTIMATORS = ("backbone", "logreg", "svm", "mlp", "ann", "knn", "forest", "small-cnn")
"""A head on the bundled networks; others on the classic features; a network of one's own."""
TRAIN = """\
Train a model on your own genres: a folder of genre folders, or a manifest. Some minutes for a
thousand tracks; what was heard is kept, and the same command goes on where it was interrupted.

  livegenre train ~/Music/genres                         writes genres.onnx here
  livegenre train ~/Music/genres --out mine.onnx && livegenre listen --model mine.onnx
  livegenre train music.csv --description "my records" --licence CC-BY-4.0
  livegenre train ~/Music/genres --compare               what would other estimators be worth?

Tracks by one artist never part: the accuracy told is on artists that the model never heard. Who
made a track is known from its tags (pip install 'livegenre[collections]'), else from folders as in
Genre/Artist/, or from the manifest: a CSV file with the columns path and genre and, where known,
artist. Twenty tracks a genre by several artists are a beginning.
"""


def add_train(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``train``."""
    add = parser.add_argument
    add("music", metavar="DIR", help="folder of genre folders, or a manifest (.csv)")
    add("--out", metavar="FILE", help="model to write (default: the folder's name, .onnx, here)")
    add("--replace", action="store_true", help="replace a model that is there")
    add("--licence", default="not stated", metavar="TEXT", help="of the model, in its card")
    add("--description", default="own music", metavar="TEXT", help="of the music, in the card")
    add("--json", action="store_true", help="one JSON object in place of the report")
    _add_estimators(parser.add_argument_group("estimators"))
    judging = parser.add_argument_group("judging").add_argument
    judging("--folds", type=whole(2), default=5, metavar="N", help="parts held out (default 5)")
    judging("--repeats", type=whole(1), default=1, metavar="N", help="of all that (default 1)")
    judging("--seed", type=whole(0), default=0, metavar="N", help="of how it is split (default 0)")
    judging(
        "--precision",
        type=some_share,
        default=0.9,
        metavar="SHARE",
        help="name a genre where that share of the names is right, else be unsure (default 0.9)",
    )
    work = parser.add_argument_group("work").add_argument
    work("--jobs", type=whole(1, 1024), metavar="N", help="processes (default: one a core)")
    work("--scheduler", metavar="WHERE", help="a Dask cluster: local, or tcp://HOST:PORT")
    work("--cache", metavar="FOLDER", help="where to keep what was heard")


def _add_estimators(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--estimator",
        choices=ESTIMATORS,
        default=ESTIMATORS[0],
        metavar="NAME",
        help=f"what to train: {', '.join(ESTIMATORS)} (default {ESTIMATORS[0]})",
    )
    group.add_argument(
        "--compare",
        action="store_true",
        help="write no model, but judge all estimators by splits at random, as in tutorials, and "
        "by artist",
    )
