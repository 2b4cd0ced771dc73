"""The command ``config``: which settings are in force, and where they are looked for."""

import os
from argparse import Namespace
from collections.abc import Iterable, Iterator

from livegenre.config import Setting, default_path
from livegenre.config.report import table_lines, to_json
from livegenre.errors import LivegenreError


def config(arguments: Namespace) -> None:
    """Print where settings are looked for, or which are in force."""
    if arguments.action == "show":
        in_force = arguments.in_force
        in_force = in_force._replace(settings=list(_completed(in_force.settings)))
        print(*([to_json(in_force)] if arguments.as_json else table_lines(in_force)), sep="\n")
        return
    path = default_path()
    if path is None:
        raise LivegenreError("there is no home folder to look in; name a file by --config FILE")
    print(path)


def _completed(settings: Iterable[Setting]) -> Iterator[Setting]:
    """Say also what is done where a flag is left out, and it is not the parser that knows."""
    values, words = _default_values(), _default_words()
    for setting in settings:
        if setting.value is None:
            key = setting.key
            yield setting._replace(value=values.get(key), means=words.get(key, ""))
        else:
            yield setting


def _default_values() -> dict[str, object]:
    from livegenre.assembly import corrections_path
    from livegenre.decision import SILENCE_DBFS, SMOOTHING_SECONDS
    from livegenre.screen import Wishes
    from livegenre.screen.choice import first_rate, is_light

    rate, _ = first_rate(Wishes(), os.environ)
    return {
        "corrections": corrections_path(None),
        "fps": rate,
        "silence": SILENCE_DBFS,
        "smoothing": SMOOTHING_SECONDS,
        "theme": "light" if is_light(Wishes(), os.environ) else "dark",
    }


def _default_words() -> dict[str, str]:
    from livegenre import decision
    from livegenre.outputs import changes

    label, change = decision.HOLD_SECONDS, changes.HOLD_SECONDS
    return {
        "device": "the system's",
        "hold": f"{label:g} for a label, {change:g} for a change that is told",
        "step": "the model's",
        "unsure": "the model's",
    }
