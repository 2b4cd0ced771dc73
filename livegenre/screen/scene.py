"""What is to be seen of a session: gathered on the reader's thread, looked at on the screen's."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from livegenre.decision import Decision
from livegenre.screen.controls import Choice, Why
from livegenre.screen.facts import Facts
from livegenre.screen.history import N_BANDS, History
from livegenre.screen.layout import n_bands, plan
from livegenre.screen.look import Look
from livegenre.screen.meter import Meter
from livegenre.screen.motion import Motion
from livegenre.screen.panel import page_size
from livegenre.screen.situation import Situation
from livegenre.screen.variant import Variant
from livegenre.screen.view import Health, SourceStatus, View
from livegenre.screen.vitals import Vitals

HEALTH_SECONDS = 1.0
"""Figures that change more often cannot be read."""


class Scene:
    """Keeps what one frame or the next needs to know.

    Parameters
    ----------
    facts : Facts
    meter : Meter
        Filled by the reader's thread.
    source_status : callable
        Returns how the source fares; called on the screen's thread.
    variant : Variant
        What the terminal can show.
    """

    def __init__(
        self,
        facts: Facts,
        meter: Meter,
        source_status: Callable[[], SourceStatus],
        variant: Variant,
    ) -> None:
        self._known: tuple[Facts, Decision | None] = facts, None
        self._meter = meter
        self._source_status = source_status
        self._variant = variant
        self._history = History(facts.step_seconds)
        self._motion = Motion()
        self._peaks_from, self._clips_before = 0.0, 0
        self._vitals = Vitals()
        self._health, self._health_at = Health(), -math.inf

    def add(self, decision: Decision) -> None:
        """Take the newest decision; called on the reader's thread, never waits for long."""
        self._history.add(decision, self._meter.step_bands(N_BANDS))
        self._vitals.add(decision)
        self._known = self._known[0], decision

    def inform(self, facts: Facts) -> None:
        """Take what the session is about from here on; called on the reader's thread.

        A decision of another model has nothing to do with it.
        """
        before, decision = self._known
        if (facts.model, facts.labels) != (before.model, before.labels):
            decision = None
            self._history.begin_model(facts.step_seconds)
        self._known = facts, decision

    def mark(self) -> float | None:
        """Mark the newest column; return its time, None if there is none yet."""
        return self._history.mark()

    def view(
        self,
        look: Look,
        size: tuple[int, int],
        now: float,
        *,
        quit_key: str = "q",
        choices: Sequence[Choice] | str = (),
        why: Why | str = "",
    ) -> View:
        """Take a snapshot for a frame of a size; called on the screen's thread.

        Parameters
        ----------
        look : Look
        size : (int, int)
            Width and height in cells.
        now : float
            In seconds; never falls. What moves on the screen moves by it.
        quit_key, choices, why
            As in ``View``.
        """
        source = self._since_reset(self._source_status(), look)
        facts, decision = self._known
        levels, spectrum, hold = self._motion.follow(
            self._meter, n_bands(*size, look), now, hearing=source.hearing
        )
        return View(
            facts=facts,
            decision=decision,
            levels=levels,
            spectrum_dbfs=spectrum,
            hold_dbfs=hold,
            source=source,
            quit_key=quit_key,
            look=look,
            columns=self._history.columns(),
            peaks=self._history.peaks(self._peaks_from),
            choices=choices,
            why=why,
            variant=self._variant,
            health=self._health_of(source, now),
        )

    def situation(
        self, look: Look, choices: Sequence[Choice] | str, size: tuple[int, int]
    ) -> Situation:
        """Return what the meaning of a key depends on now, on a screen of this size."""
        columns, facts, place = self._history.columns(), self._known[0], plan(*size, look)
        column_seconds = look.column_seconds or place.column_seconds
        n_shown = place.picture_width * max(1, round(column_seconds / facts.step_seconds))
        return Situation(
            replay=facts.replay,
            labels=facts.labels,
            step_seconds=facts.step_seconds,
            column_seconds=column_seconds,
            oldest=columns[min(n_shown, len(columns)) - 1].time if columns else None,
            newest=columns[-1].time if columns else None,
            choices=choices,
            page_size=page_size(look.overlay, *size),
        )

    def _since_reset(self, source: SourceStatus, look: Look) -> SourceStatus:
        """Forget what is held if a key said so, and count clips from there on."""
        if look.peaks_from != self._peaks_from:
            self._peaks_from, self._clips_before = look.peaks_from, source.clips
            self._motion.reset()
        return replace(source, clips=source.clips - self._clips_before)

    def _health_of(self, source: SourceStatus, now: float) -> Health:
        if now >= self._health_at:
            self._health_at = now + HEALTH_SECONDS
            self._health = self._vitals.health(source.seconds, time.process_time())
        return self._health
