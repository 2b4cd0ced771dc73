"""The newest window: why it was so decided, and what a person says that it is."""

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier
from livegenre.control.report import Report
from livegenre.corrections import Corrections
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.explain import NOT_YET, Explainer
from livegenre.screen.controls import Why


class Insight:
    """Knows the newest window of a model, and has it explained to those who ask.

    Parameters
    ----------
    classifier : Classifier
        Whose windows these are.
    corrections : Corrections
        Where windows are kept that are put right.
    report : Report
    """

    def __init__(self, classifier: Classifier, corrections: Corrections, report: Report) -> None:
        self._card = classifier.card
        self._corrections = corrections
        self._explainer = Explainer(classifier)
        self._report = report
        self._newest: tuple[FloatArray, Decision] | None = None

    def witness(self, features: FloatArray, decision: Decision) -> None:
        """Take the newest window and what was decided on it; on the reader's thread."""
        self._newest = features, decision

    def why(self) -> Why | str:
        """Return why the newest decision was made that has been explained, or why none has.

        On the screen's thread; never waits, but has the newest one explained in its turn.
        """
        newest = self._newest
        if newest is None:
            return NOT_YET
        self._explainer.request(*newest)
        return self._explainer.newest

    def correct(self, label: str) -> None:
        """Keep the newest window with the label that is right; on the reader's thread."""
        if self._newest is None:
            self._report.say("nothing to correct yet")
            return
        features, decision = self._newest
        if not decision.posterior:
            self._report.say("silence: nothing to correct")
            return
        try:
            self._report.say(self._corrections.keep(self._card, features, decision, label))
        except OutputError as error:
            self._report.say(str(error))
            return
        self._report.tell("correction", time=decision.time, label=label)

    def close(self) -> None:
        """End what goes on behind the scenes."""
        self._explainer.close()
