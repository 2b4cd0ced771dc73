"""Hears all recordings, and puts together what must not part."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.training.console import both, progress, warn
from livegenre.training.dataset import DataError, Dataset, Rows, Track, combine
from livegenre.training.finding import Found, find_recordings
from livegenre.training.grouping import check_counts, group
from livegenre.training.hearing import Heard, Job, about, hear
from livegenre.training.kinds import OWN
from livegenre.training.libraries import has
from livegenre.training.likeness import same_music
from livegenre.training.request import Request
from livegenre.training.tags import read_maker
from livegenre.work import open_workers


@dataclass(frozen=True, slots=True)
class Gathered:
    """Music that can be trained on."""

    tracks: Sequence[Track]
    """Each with the name of its group as its artist."""
    heard: Sequence[Heard]
    """Of each track."""
    warnings: Sequence[str]
    """All that was said of them."""

    def dataset(self, what: Callable[[Heard], FloatArray]) -> Dataset:
        """Return rows to train on.

        Parameters
        ----------
        what : callable
            Rows of a track [shape=(n_rows, ...)].
        """
        rows = [what(heard) for heard in self.heard]
        tracks = [track for track, part in zip(self.tracks, rows, strict=True) for _ in part]
        return combine(Rows(np.concatenate(rows), tracks), None)


def gather(request: Request, heed: Callable[[], None]) -> Gathered:
    """Find, hear and group what is to be trained on, and say what is doubtful about it.

    Parameters
    ----------
    request : Request
    heed : callable
        Called again and again; raises to end all.

    Raises
    ------
    DataError
        If it is too little, or cannot be told apart.
    """
    warnings: list[str] = []

    def say(text: str) -> None:
        warnings.append(text)
        warn(text)

    found = find_recordings(request.target, say)
    heard = _hear_all(found, request, say, heed)
    if not heard:
        raise DataError(f"none of {len(found.recordings)} recordings could be used")
    tracks = _with_makers(found, sorted(heard), say)
    ordered = [heard[number] for number in sorted(heard)]
    with progress("comparing with each other", len(ordered)) as advance:
        pairs = same_music([each.print for each in ordered], both(advance, heed))
    grouped = group(tracks, [each.digest for each in ordered], pairs)
    for warning in (*grouped.warnings, *check_counts(grouped.tracks)):
        say(warning)
    return Gathered(grouped.tracks, [ordered[n] for n in grouped.kept], warnings)


def _hear_all(
    found: Found, request: Request, say: Callable[[str], None], heed: Callable[[], None]
) -> dict[int, Heard]:
    """Return what was heard by the number of the recording; name those that are left out."""
    numbers = {recording.path: n for n, recording in enumerate(found.recordings)}
    wants_more = request.compare or request.estimator != OWN
    jobs = [Job(path, request.cache, wants_more) for path in numbers]
    heard: dict[int, Heard] = {}
    began = time.monotonic()
    with (
        open_workers(jobs=request.jobs, scheduler=request.scheduler) as workers,
        progress("listening", len(jobs)) as advance,
    ):
        for done in workers.run(hear, jobs):
            heed()
            advance()
            if done.result is None:
                say(f"left out: {about(done.item.path, str(done.error))}")
                continue
            heard[numbers[done.item.path]] = done.result
    seconds = time.monotonic() - began
    _tell_pace(list(heard.values()), seconds)
    if troubles := sorted({each.trouble for each in heard.values()} - {""}):
        say(f"what was heard is not kept for another time: {troubles[0]}")
    return heard


def _tell_pace(heard: Sequence[Heard], seconds: float) -> None:
    n_new = sum(each.is_new for each in heard)
    pace = f", {60 * n_new / seconds:.0f} a minute" if n_new else ""
    known = f"; {len(heard) - n_new} were known" if n_new < len(heard) else ""
    warn(f"heard {n_new} recordings in {seconds:.0f} s{pace}{known}")


def _with_makers(found: Found, numbers: Iterable[int], say: Callable[[str], None]) -> list[Track]:
    """Return tracks with whom they are by: of the manifest, else of tags, else of folders."""
    can_read = has("mutagen")
    tracks = []
    for number in numbers:
        recording, folder = found.recordings[number], found.folders[number]
        tag = read_maker(recording.path) if can_read and not recording.track.artist else ""
        maker = recording.track.artist or tag or folder.casefold()
        tracks.append(replace(recording.track, artist=maker))
    if n_unknown := sum(not track.artist for track in tracks):
        cure = "name artists in tags, folders (Genre/Artist/) or a manifest"
        if not can_read:
            cure = "tags are read with pip install 'livegenre[collections]'"
        say(
            f"of {n_unknown} of {len(tracks)} tracks nobody knows the artist: each counts as by "
            f"another one, and accuracy is flattered where that is wrong; {cure}"
        )
    return tracks
