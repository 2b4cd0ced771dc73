"""What the keyboard can ask of a session: noted on the screen's thread, heeded between two reads.

Neither thread waits for the other: requests and answers pass through queues without locks.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Self

from livegenre.arrays import FloatArray
from livegenre.control.errand import Errand
from livegenre.control.inputs import Inputs
from livegenre.control.insight import Insight
from livegenre.control.models import Models
from livegenre.control.moving import Moving
from livegenre.control.report import Report
from livegenre.corrections import Corrections
from livegenre.decision import Decision
from livegenre.errors import LivegenreError
from livegenre.outputs.base import Sink
from livegenre.screen.controls import Choice, Why
from livegenre.screen.words import clock_tenths
from livegenre.session import Ears
from livegenre.sources.microphone import Microphone
from livegenre.sources.replay import Replay
from livegenre.tap import Tap

NO_REPLAY = "only a replay can do that"


class Control:
    """The ``Controls`` of a session and its ``Conductor``; a context manager.

    Parameters
    ----------
    tap : Tap
        Around the source; attended to from now on.
    source : Replay or Microphone
        What can be moved about in, or exchanged.
    ears : Ears
        Who listens at first.
    models : Models
        Who else can.
    inputs : Inputs
        What else can be heard.
    corrections : Corrections
        Where windows are kept that are put right.
    sinks : sequence of Sink
        Told what a person did.
    """

    def __init__(
        self,
        tap: Tap,
        source: Replay | Microphone,
        ears: Ears,
        *,
        models: Models,
        inputs: Inputs,
        corrections: Corrections,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self._tap = tap
        self._report = Report(tap, sinks)
        self._moving = Moving(source, self._report) if isinstance(source, Replay) else None
        self._microphone = source if isinstance(source, Microphone) else None
        self._ears = ears
        self._next_ears: Ears | None = None
        self._insight = Insight(ears.classifier, corrections, self._report)
        self._leaving: list[Errand[None]] = []
        self._corrections = corrections
        self._models = models
        self._inputs = inputs
        self._heard_name = tap.name
        self._requests: deque[Callable[[], None]] = deque()
        self._inform: Callable[[Ears], None] = lambda ears: None
        tap.attend(self._attend)

    def on_change(self, inform: Callable[[Ears], None]) -> None:
        """Have ``inform`` told, on the reader's thread, of who listens, or to what, from now on."""
        self._inform = inform

    def tell(self, line: str) -> None:
        """Have a line shown that nobody asked for; called on any thread."""
        self._report.say(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """End what goes on behind the scenes."""
        self._insight.close()
        self._models.close()
        for errand in self._leaving:
            errand.wait()

    # Controls, for the screen's thread.

    def answer(self) -> str:
        """Return what has come of an earlier request, once; empty if there is no news."""
        return self._report.next_said()

    def quit(self) -> None:
        """End the session at the next read."""
        self._tap.stop()

    def devices(self) -> Sequence[Choice] | str:
        """Return the inputs there are, or why none can be chosen (yet)."""
        if self._microphone is None:
            return "replay: no device"
        return self._inputs.choices(self._microphone.device)

    def open_device(self, name: str) -> str:
        """Go on with another input, by the name of its choice."""
        microphone, device = self._microphone, self._inputs.device(name)
        if microphone is None or device is None:
            return f"there is no input {name}"
        self._requests.append(lambda: microphone.change_device(device))
        return f"opening {name} ..."

    def next_model(self) -> str:
        """Go on with the next model, once it is loaded."""
        self._requests.append(lambda: self._report.say(self._models.begin_next()))
        return ""

    def seek(self, seconds: float) -> str:
        """Move in a replay by so much."""
        moving = self._moving
        if moving is None:
            return NO_REPLAY
        self._requests.append(lambda: moving.move(seconds))
        return ""

    def change_speed(self, faster: bool) -> str:
        """Replay at the next faster or slower speed."""
        moving = self._moving
        if moving is None:
            return NO_REPLAY
        self._requests.append(lambda: moving.change_speed(faster))
        return ""

    def mark(self, time: float) -> str:
        """Log a mark at a time of the session, in seconds."""
        self._requests.append(lambda: self._report.tell("mark", time=time))
        return f"marked at {clock_tenths(time)}"

    def correct(self, label: str) -> str:
        """Keep the newest window's features with the label that is right."""
        self._requests.append(lambda: self._insight.correct(label))
        return ""

    def why(self) -> Why | str:
        """Return why the newest decision was made, or why that is not known (yet)."""
        return self._insight.why()

    # Conductor, for the reader's thread.

    def witness(self, features: FloatArray, decision: Decision) -> None:
        """Take the features of the newest window, and what was decided on it."""
        self._insight.witness(features, decision)

    def go_on(self) -> Ears:
        """Do what the sound was cut for, and return who listens from here on."""
        if self._moving is not None:
            self._moving.go_on()
        if self._next_ears is not None:
            self._change_ears(self._next_ears)
            self._next_ears = None
        return self._ears

    def _change_ears(self, ears: Ears) -> None:
        self._ears = ears
        self._leaving = [errand for errand in self._leaving if not errand.is_done]
        self._leaving.append(Errand("end-explaining", self._insight.close))
        self._insight = Insight(ears.classifier, self._corrections, self._report)
        self._inform(ears)
        card, spec = ears.classifier.card, ears.extractor.spec
        self._report.tell(
            "model",
            model=card.name,
            labels=card.labels,
            multi_label=card.multi_label,
            window_seconds=spec.window_seconds,
            step_seconds=spec.step_seconds,
        )
        self._report.say(f"model {card.name}")

    def _attend(self) -> None:
        """Heed what was asked since the last read; called before each."""
        while self._requests:
            self._requests.popleft()()
        try:
            self._next_ears = self._models.fetch() or self._next_ears
        except LivegenreError as error:
            self._report.say(str(error))
        if self._next_ears is not None or (self._moving is not None and self._moving.wants_cut()):
            self._tap.cut()
        if self._tap.name != self._heard_name:
            self._heard_name = self._tap.name
            self._inform(self._ears)
