"""Work and what came of it as bytes, which pass through any pipe, scheduler and library as is."""

import pickle
import traceback
from collections.abc import Callable
from typing import Any

from livegenre.errors import WorkError
from livegenre.work.base import try_it


def pack(function: Callable[[Any], Any], item: object) -> bytes:
    """Return a function and an item for ``perform``."""
    return pickle.dumps((function, item))


def perform(parcel: bytes) -> bytes:
    """Do the work and return what came of it for ``unpack``; called in the worker."""
    try:
        return pickle.dumps((*_do(parcel), None))
    except Exception as error:  # whatever it is, it is raised again where the work was given out
        return pickle.dumps((None, None, _portable(error)))


def unpack(reply: bytes) -> tuple[Any, str | None]:
    """Return result and error, or raise what the function raised and should not have."""
    result, error, bug = pickle.loads(reply)
    if bug is not None:
        raise bug
    return result, error


def _do(parcel: bytes) -> tuple[Any, str | None]:
    try:
        function, item = pickle.loads(parcel)
    except ImportError as error:
        raise WorkError(
            f"a worker has no module {error.name}; install there what is installed here"
        ) from error
    return try_it(function, item)


def _portable(error: Exception) -> Exception:
    """Return an exception that can be sent, with a note of where it was raised."""
    if isinstance(error, WorkError):
        return WorkError(str(error))
    error.add_note("In a worker:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # of any kind: exceptions may refuse in any way
        return RuntimeError("\n".join([str(error), *error.__notes__]))
    return error
