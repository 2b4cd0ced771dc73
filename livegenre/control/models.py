"""Which models can take turns while a session runs, loaded behind the scenes."""

from collections.abc import Callable, Sequence

from livegenre.control.errand import Errand
from livegenre.session import Ears


class Models:
    """Models in a round, of which the next can be had; used on the reader's thread.

    Parameters
    ----------
    names : sequence of str
        As ``model_path`` takes them; the first is the one in use.
    load : callable
        Loads a model by its name, fresh; called on a thread of its own.
    """

    def __init__(self, names: Sequence[str], load: Callable[[str], Ears]) -> None:
        self._names = tuple(names)
        self._load = load
        self._place = 0
        self._errand: Errand[Ears] | None = None

    def begin_next(self) -> str:
        """Begin to load the next model, unless one is on its way; return what to say about it."""
        if len(self._names) == 1:
            return "there is no other model"
        if self._errand is None:
            self._place = (self._place + 1) % len(self._names)
            name = self._names[self._place]
            self._errand = Errand("load-model", lambda: self._load(name))
        return f"loading {self._names[self._place]} ..."

    def fetch(self) -> Ears | None:
        """Return the model that was asked for, once, when it is there.

        Raises
        ------
        LivegenreError
            Once, if it cannot be used.
        """
        if self._errand is None or not self._errand.is_done:
            return None
        errand, self._errand = self._errand, None
        return errand.result()

    def close(self) -> None:
        """Wait for a model that is on its way."""
        if self._errand is not None:
            self._errand.wait()
