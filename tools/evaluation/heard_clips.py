"""Has lists of clips heard for a run, and keeps count of those that cannot be heard."""

from collections.abc import Callable, Sequence

from tools.evaluation.answers import Heard
from tools.evaluation.changes import Change
from tools.evaluation.clips import Clip
from tools.evaluation.hearing import HearAll, Task
from tools.evaluation.subject import Subject


class HeardClips:
    """Has lists of clips heard, naming and counting what cannot be heard."""

    def __init__(
        self,
        subject: Subject,
        hear: HearAll,
        advance: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._subject = subject
        self._hear = hear
        self._advance = advance
        self._say = say
        self._broken: set[Clip] = set()

    @property
    def n_left_out(self) -> int:
        """How many clips could not be heard."""
        return len(self._broken)

    def all(self, clips: Sequence[Clip], condition: str | None = None) -> dict[Clip, Heard]:
        """Hear one clip after the other, but none again that could not be heard."""
        usable = [clip for clip in clips if clip not in self._broken]
        for _ in range(len(clips) - len(usable)):
            self._advance()
        tasks = [Task(clip, self._subject.file_for(clip), condition) for clip in usable]
        found = {}
        for clip, heard in zip(usable, self._hear(tasks), strict=True):
            if isinstance(heard, Heard):
                found[clip] = heard
            else:
                self._broken.add(clip)
                self._say(f"left out: {heard}")
            self._advance()
        return found

    def changes(self, changes: Sequence[Change], n_hoped: int) -> dict[Change, Heard]:
        """Hear one music after another, where so many times were hoped for."""
        for _ in range(n_hoped - len(changes)):
            self._advance()
        tasks = [
            Task(each.clip, self._subject.file_for(each.clip), before=each.before)
            for each in changes
        ]
        found = {}
        for change, heard in zip(changes, self._hear(tasks), strict=True):
            if isinstance(heard, Heard):
                found[change] = heard
            else:
                self._say(f"left out: {heard}")
            self._advance()
        return found
