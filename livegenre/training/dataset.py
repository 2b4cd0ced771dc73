"""What a classifier is trained on: rows of features, each of a track, each by an artist.

Knows nothing of files, estimators or splits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import LivegenreError
from livegenre.features.statistics import STATISTICS_FEATURES

IS_VARIANCE: NDArray[np.bool_] = np.array([name.endswith("_var") for name in STATISTICS_FEATURES])
"""Which features are variances [shape=(n_features,)]."""

_MIN_SHARED_TRACKS = 10


class DataError(LivegenreError):
    """The data given cannot be trained on."""


@dataclass(frozen=True, slots=True)
class Track:
    """One piece of music, in however many rows, files and tables."""

    id: str
    genre: str
    artist: str
    """Empty: unknown, and then no other track counts as by the same artist."""
    is_test: bool = False
    """Kept out of training and cross-validation, to be judged by the finished model."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of features from one origin."""

    features: FloatArray
    """[shape=(n_rows, n_features)]"""
    tracks: Sequence[Track]
    """The track of each row."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of all origins in arrays; genres and artists are numbered."""

    labels: tuple[str, ...]
    features: FloatArray
    """[shape=(n_rows, n_features)]"""
    track: NDArray[np.int64]
    """Number of each row's track [shape=(n_rows,)]."""
    judged: NDArray[np.bool_]
    """Rows on which accuracy is measured: windows of sound where there are any."""
    genre: NDArray[np.int64]
    """Index into ``labels`` for each track [shape=(n_tracks,)]."""
    artist: NDArray[np.int64]
    """Number of each track's artist [shape=(n_tracks,)]."""
    is_test: NDArray[np.bool_]
    """Tracks for the finished model to be judged on [shape=(n_tracks,)]."""
    artists: Mapping[str, int] = field(default_factory=dict)
    """Number of each artist by name, or by the track where the artist is not known."""

    @property
    def row_genre(self) -> NDArray[np.int64]:
        """Genre of each row [shape=(n_rows,)]."""
        return self.genre[self.track]

    def of_tracks(self, wanted: NDArray[np.bool_]) -> "Dataset":
        """Keep the rows of some tracks [shape=(n_tracks,)]; tracks keep their numbers."""
        return self.of_rows(wanted[self.track])

    def of_rows(self, kept: NDArray[np.bool_]) -> "Dataset":
        """Keep some rows [shape=(n_rows,)]; tracks keep their numbers."""
        return replace(
            self,
            features=self.features[kept],
            track=self.track[kept],
            judged=self.judged[kept],
        )


def taught(dataset: Dataset, corrections: Rows) -> Dataset:
    """Add rows to train on, never to judge by, behind all others; their genres must be known.

    A track whose artist is in the dataset, or who is a track there, counts as by that one.
    """
    known = dataset.artists
    names = dict.fromkeys(track.artist for track in corrections.tracks)
    number = {name: known.get(name, len(known) + n) for n, name in enumerate(names)}
    tracks = {track.id: track for track in corrections.tracks}
    place = {identity: len(dataset.genre) + n for n, identity in enumerate(tracks)}
    artist = np.array([number[track.artist] for track in tracks.values()])
    return replace(
        dataset,
        features=np.concatenate([dataset.features, corrections.features]),
        track=np.append(dataset.track, [place[track.id] for track in corrections.tracks]),
        judged=np.append(dataset.judged, np.zeros(len(corrections.tracks), np.bool_)),
        genre=np.append(dataset.genre, [dataset.labels.index(t.genre) for t in tracks.values()]),
        artist=np.append(dataset.artist, artist),
        is_test=np.append(dataset.is_test, np.isin(artist, dataset.artist[dataset.is_test])),
    )


def combine(sound: Rows | None, table: Rows | None) -> Dataset:
    """Give genres, tracks and artists of both origins numbers.

    Raises
    ------
    DataError
        If they contradict each other, or there is only one genre.
    """
    parts = [part for part in (sound, table) if part is not None]
    tracks = _unique(track for part in parts for track in part.tracks)
    labels = tuple(sorted({track.genre for track in tracks.values()}))
    if len(labels) < 2:
        raise DataError(f"only one genre, {labels[0]!r}: there is nothing to tell apart")
    number = {identity: index for index, identity in enumerate(tracks)}
    artists = {
        key: index for index, key in enumerate(dict.fromkeys(map(_artist_key, tracks.values())))
    }
    return Dataset(
        labels=labels,
        features=np.concatenate([part.features for part in parts]),
        track=np.array([number[track.id] for part in parts for track in part.tracks]),
        judged=np.concatenate([np.full(len(part.tracks), part is parts[0]) for part in parts]),
        genre=np.array([labels.index(track.genre) for track in tracks.values()]),
        artist=np.array([artists[_artist_key(track)] for track in tracks.values()]),
        is_test=np.array([track.is_test for track in tracks.values()]),
        artists={name: number for (_, name), number in artists.items()},
    )


def _artist_key(track: Track) -> tuple[str, str]:
    return ("artist", track.artist) if track.artist else ("track", track.id)


def _unique(tracks: Iterable[Track]) -> dict[str, Track]:
    """Merge what is said of each track; the first origin says whether it is for testing."""
    found: dict[str, Track] = {}
    for track in tracks:
        known = found.setdefault(track.id, track)
        if known.genre != track.genre:
            raise DataError(f"track {track.id}: is both {known.genre} and {track.genre}")
        if known.artist and track.artist and known.artist != track.artist:
            raise DataError(f"track {track.id}: is by both {known.artist} and {track.artist}")
        if track.artist and not known.artist:
            found[track.id] = replace(known, artist=track.artist)
    return found


def row_weights(dataset: Dataset) -> NDArray[np.float64]:
    """Weigh every genre the same, in it every track, and in that sound and table.

    Returns
    -------
    ndarray [shape=(n_rows,)], float64
        Sums to the number of tracks, so that more rows of the same music count for no more.
    """
    n_tracks = len(np.unique(dataset.track))
    origin = 2 * dataset.track + dataset.judged
    weights = 1 / np.bincount(origin)[origin]
    for group in (dataset.track, dataset.row_genre):
        weights /= np.bincount(group, weights)[group]
    normalised: NDArray[np.float64] = weights * (n_tracks / weights.sum())
    return normalised


def shorten(table: Rows, sound: Rows) -> Rows:
    """Scale a table's variances to those of the sound's shorter windows.

    The variance of 10 s is greater than that of 3 s of the same music. The factor of each feature
    is the median over the tracks that both have; with fewer than ten of them it stays 1.
    """
    variances = (_mean_by_track(sound), _mean_by_track(table))
    shared = sorted(variances[0].keys() & variances[1].keys())
    if len(shared) < _MIN_SHARED_TRACKS:
        return table
    short, long = (np.array([means[identity] for identity in shared]) for means in variances)
    factors = np.ones(len(IS_VARIANCE))
    factors[IS_VARIANCE] = np.median(short / long, axis=0)
    return replace(table, features=(table.features * factors).astype(np.float32))


def _mean_by_track(rows: Rows) -> dict[str, NDArray[np.float64]]:
    identities = np.array([track.id for track in rows.tracks])
    variances = rows.features[:, IS_VARIANCE].astype(np.float64)
    return {
        str(identity): variances[identities == identity].mean(axis=0)
        for identity in np.unique(identities)
    }
