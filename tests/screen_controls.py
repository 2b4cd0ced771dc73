"""A session's controls that only note what they were asked."""

from collections.abc import Sequence

from livegenre.screen.controls import Choice, Why


class NotedControls:
    """Answers every request with what it was, as ``seek -5.0``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.news: list[str] = []
        self.choices: Sequence[Choice] | str = ()

    def _note(self, *words: object) -> str:
        self.asked.append(" ".join(map(str, words)))
        return self.asked[-1]

    def answer(self) -> str:
        return self.news.pop(0) if self.news else ""

    def quit(self) -> None:
        self._note("quit")

    def devices(self) -> Sequence[Choice] | str:
        return self.choices

    def open_device(self, name: str) -> str:
        return self._note("open", name)

    def next_model(self) -> str:
        return self._note("next model")

    def seek(self, seconds: float) -> str:
        return self._note("seek", seconds)

    def change_speed(self, faster: bool) -> str:
        return self._note("faster" if faster else "slower")

    def mark(self, time: float) -> str:
        return self._note("mark", time)

    def correct(self, label: str) -> str:
        return self._note("correct", label)

    def why(self) -> Why | str:
        return "not known yet"
