"""Which recordings must not part: by one artist, or the same music twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from livegenre.training.dataset import DataError, Track
from livegenre.training.likeness import Pair

FEWEST_TRACKS = 5
"""Of a genre; with fewer, nothing can be said of it."""
FEW_TRACKS = 20
"""Of a genre; with fewer, what is said of it is vague."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Tracks, with what is told of their groups."""

    tracks: Sequence[Track]
    """Each with the name of its group as its artist."""
    kept: Sequence[int]
    """Which of the tracks given these are."""
    warnings: Sequence[str]


def group(tracks: Sequence[Track], digests: Sequence[str], alike: Iterable[Pair]) -> Grouped:
    """Put together what is by one artist or the same music; of equal files, keep one.

    Parameters
    ----------
    tracks : sequence of Track
    digests : sequence of str
        Of each track's file.
    alike : iterable of Pair
        Tracks that are the same music.
    """
    warnings = []
    first: dict[str, int] = {}
    kept = []
    for number, digest in enumerate(digests):
        if (twin := first.setdefault(digest, number)) == number:
            kept.append(number)
        else:
            warnings.append(_twice(tracks[twin], tracks[number], "is the same file as", "left out"))
    groups = _Groups(len(tracks))
    artists: dict[str, int] = {}
    for number in kept:
        if tracks[number].artist:
            groups.join(artists.setdefault(tracks[number].artist, number), number)
    for pair in alike:
        if digests[pair.first] != digests[pair.second]:
            groups.join(pair.first, pair.second)
            what = f"sounds the same ({pair.likeness:.2f}) as"
            warnings.append(_twice(tracks[pair.first], tracks[pair.second], what, "kept together"))
    grouped = [replace(tracks[n], artist=_name(tracks[groups.of(n)])) for n in kept]
    return Grouped(grouped, kept, warnings)


def _twice(first: Track, second: Track, what: str, done: str) -> str:
    conflict = ""
    if first.genre != second.genre:
        conflict = f"; but one is {first.genre} and the other {second.genre}: which is right?"
    return f"{second.id} {what} {first.id}: {done}{conflict}"


def _name(track: Track) -> str:
    return track.artist or f"track {track.id}"


def check_counts(tracks: Sequence[Track]) -> list[str]:
    """Return warnings of genres with few tracks.

    Raises
    ------
    DataError
        If a genre has too few tracks, or all of them are by one artist.
    """
    usable = [track for track in tracks if not track.is_test]
    counts = Counter(track.genre for track in usable)
    makers: defaultdict[str, set[str]] = defaultdict(set)
    for track in usable:
        makers[track.genre].add(track.artist)
    for genre, n in sorted(counts.items()):
        if n < FEWEST_TRACKS:
            raise DataError(
                f"genre {genre}: {n} usable tracks are too few; {FEWEST_TRACKS} are the least, "
                f"{FEW_TRACKS} or more are better"
            )
        if len(makers[genre]) < 2:
            raise DataError(
                f"genre {genre}: all its {n} tracks are by one artist ({min(makers[genre])}), so "
                "no other is left to judge by; add music by somebody else"
            )
    few = sorted((n, genre) for genre, n in counts.items() if n < FEW_TRACKS)
    return [f"genre {genre}: only {n} tracks; {FEW_TRACKS} or more are better" for n, genre in few]


def n_folds(tracks: Sequence[Track], most: int) -> int:
    """Return in how many parts tracks can be split: as many as a genre has tracks, at most."""
    usable = [track for track in tracks if not track.is_test]
    fewest = min(Counter(track.genre for track in usable).values())
    return max(2, min(most, fewest, len({track.artist for track in usable})))


class _Groups:
    """Numbers that were joined, directly or by way of others."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def of(self, number: int) -> int:
        """Return the number that stands for a group."""
        while self._parent[number] != number:
            number = self._parent[number]
        return number

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.of(first), self.of(second)))
        self._parent[high] = low
