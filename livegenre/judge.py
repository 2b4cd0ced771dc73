"""Judges one stream window by window; the only home of what is kept from window to window."""

from livegenre.arrays import FloatArray
from livegenre.classifier import Classifier, Judgement
from livegenre.features.base import Window


class Judge:
    """A classifier for the windows of one stream, in their order; on one thread.

    Answers as the classifier does for each window alone, but a model that can goes on from the
    window before, which takes less time.

    Parameters
    ----------
    classifier : Classifier
        May be shared with others.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._hop_length = classifier.card.features.hop_length
        self.forget()

    def forget(self) -> None:
        """Begin anew: the next window follows none."""
        self._kept: dict[str, FloatArray] = {}
        self._start = 0

    def judge(self, window: Window) -> Judgement:
        """Judge the next window; others before it may have been left out.

        Parameters
        ----------
        window : Window
            From an extractor that was not reset since the window before, or see ``forget``.
        """
        features = window.features[None]
        if not self._classifier.goes_on:
            return self._classifier.judge(features)
        start = window.end // self._hop_length - window.n_frames
        judgement, self._kept = self._classifier.go_on(features, self._kept, start - self._start)
        self._start = start
        return judgement
