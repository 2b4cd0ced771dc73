"""Hears everything that a run asks for, and scores it."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from livegenre.errors import UsageError
from livegenre.training.dataset import DataError
from tools.evaluation.changes import draw_changes, score_changes
from tools.evaluation.clips import Clip, draw, genres_of, read_music, read_not_music, split_known
from tools.evaluation.comparing import Comparison, Progress, prepare
from tools.evaluation.conditions import TALK, chosen_conditions
from tools.evaluation.heard_clips import HeardClips
from tools.evaluation.hearing import Setting, hearers
from tools.evaluation.ranking import score_ranking
from tools.evaluation.scores import Json, step_cost_ms
from tools.evaluation.subject import Subject
from tools.evaluation.summary import (
    score_condition,
    score_music,
    score_not_music,
    score_outside,
)
from tools.musicnn.bundle import CheckpointError
from tools.musicnn.wheel import WheelError


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be heard."""

    known: Sequence[Clip]
    """Music of genres that the model can answer."""
    unknown: Sequence[Clip]
    """Other music."""
    others: Sequence[Clip]
    """What is no music."""
    conditions: tuple[str, ...]
    """What ``known`` is degraded by."""
    n_changes: int
    """How often, at most, one clip is to follow another."""
    setting: Setting

    @property
    def n_all(self) -> int:
        """How often a clip is to be heard."""
        n_plain = len(self.known) + len(self.unknown) + len(self.others)
        return n_plain + len(self.known) * len(self.conditions) + self.n_changes


def measure(
    args: Namespace, subject: Subject, say: Callable[[str], None], progress: Progress
) -> Json:
    """Hear everything asked for, and score it.

    Parameters
    ----------
    args : Namespace
        The command line.
    subject : Subject
        What is measured.
    say : callable
        Given a line on whatever is not as it should be.
    progress : callable
        Makes a bar of a name and a total.

    Raises
    ------
    LivegenreError
        If model, manifests or options cannot be used.
    """
    material = gather(args, subject, say)
    if subject.card.multi_label:
        return measure_ranking(args, subject, material, say, progress)
    labels = subject.card.labels
    comparison = compare(args, material.known, subject, say)
    with (
        progress("listening", material.n_all) as advance,
        hearers(material.setting, args.jobs, args.scheduler) as hear,
    ):
        hearing = HeardClips(subject, hear, advance, say)
        inside = hearing.all(material.known)
        if not inside:
            raise DataError(f"none of {len(material.known)} clips could be used")
        outside, others = hearing.all(material.unknown), hearing.all(material.others)
        scores = score_music([*inside.values()], labels)
        under = {
            name: score_condition(
                [*hearing.all(material.known, name).values()], labels, scores["clip"]["macro"]
            )
            for name in material.conditions
        }
        drawn = draw_changes(inside, subject, material.n_changes, args.seed)
        changes = hearing.changes(drawn, material.n_changes)
    return {
        **scores,
        "changes": score_changes(changes) if changes else None,
        "baseline": comparison and comparison.measure([*inside], labels, progress),
        "outside": score_outside([*outside.values()]),
        "not_music": score_not_music([*inside.values(), *outside.values()], [*others.values()]),
        "conditions": under,
        "left_out": hearing.n_left_out,
    }


def measure_ranking(
    args: Namespace,
    subject: Subject,
    material: Material,
    say: Callable[[str], None],
    progress: Progress,
) -> Json:
    """Hear everything, and score how a multi-label model ranks it."""
    labels = subject.card.labels
    with (
        progress("listening", material.n_all) as advance,
        hearers(material.setting, args.jobs, args.scheduler) as hear,
    ):
        hearing = HeardClips(subject, hear, advance, say)
        music = [*hearing.all(material.known).values()]
        others = [*hearing.all(material.others).values()]
        under = {
            name: score_ranking([*hearing.all(material.known, name).values()], labels)
            for name in material.conditions
        }
    return {
        "n_clips": len(music),
        "ranking": score_ranking(music, labels),
        "not_music": score_not_music(music, others),
        "conditions": under,
        "step_cost_ms": step_cost_ms(music),
        "left_out": hearing.n_left_out,
    }


def gather(args: Namespace, subject: Subject, say: Callable[[str], None]) -> Material:
    """Read and check all that is to be heard, and say what is odd about it."""
    names = chosen_conditions(args.conditions)
    music = draw(read_music(args.manifest), args.limit, args.seed)
    known, unknown = (
        (music, []) if subject.card.multi_label else split_known(music, subject.card.labels)
    )
    every = read_not_music(args.notmusic)
    others = draw(every, args.limit, args.seed)
    voices = tuple(clip.path for clip in every if clip.label == "speech")
    if TALK in names and not voices:
        raise UsageError("--conditions talk: needs --notmusic with rows labelled speech")
    if unknown:
        say(
            f"{len(unknown)} clips are of {genres_of(unknown)}, which the model does not know: "
            "no name is right for them"
        )
    if len({clip.label for clip in known}) == 1:
        say(f"{known[0].label} is the only genre here: the mean over genres is of it alone")
    clips = [*known, *unknown, *others]
    subject.check(clips)
    strange = [clip for clip in clips if not subject.is_in_fold(clip)]
    if subject.by_folds and strange:
        say(
            f"{len(strange)} of {len(clips)} clips are in no fold, nor are their artists: "
            f"the first model hears them ({strange[0].set}/{strange[0].id} is one)"
        )
    setting = Setting(args.cache, args.seed, voices)
    return Material(known, unknown, others, names, args.changes, setting)


def compare(
    args: Namespace, clips: Sequence[Clip], subject: Subject, say: Callable[[str], None]
) -> Comparison | None:
    """Make the published recipe ready; where nobody asked for it, it may fail, in a line."""
    try:
        return prepare(
            read_music(args.baseline_train),
            clips,
            subject,
            wheel=args.wheel,
            cache=args.cache / "embedded",
        )
    except (DataError, WheelError, CheckpointError) as error:
        if args.baseline_train or (args.wheel and not isinstance(error, DataError)):
            raise
        say(f"no baseline: {error}")
        return None
