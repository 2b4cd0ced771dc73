"""What pushed a window's log odds: features against typical ones, or bands made softer.

Knows nothing of models: it is given a function to ask. Every call takes many runs of a model.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec
from livegenre.features.filterbanks import cosine_basis, mel_edges_hz
from livegenre.features.statistics import N_MFCC, STATISTICS_FEATURES

LOWEST_HZ = 50.0
N_GROUPS = 20
"""Groups of mel bands, evenly on a logarithmic axis; where bands are wider, there are fewer."""
SOFTER_DB = 6.0
"""How much softer a band is made to see what the model would say without so much of it."""
EXACT = 0.01
"""Largest contradiction, in log odds, between contributions that are exact."""
MFCC_MEANS = [STATISTICS_FEATURES.index(f"mfcc{n}_mean") for n in range(1, N_MFCC + 1)]

LogOdds: TypeAlias = Callable[[FloatArray], float]
"""Features of a window -> how far it speaks for a label against another."""
Values: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pushes:
    """By how much each part of a window raised the log odds."""

    bands: Values
    """Of each group of ``band_groups``."""
    features: Values
    """Of each feature; empty where the bands are all there is."""
    method: str
    """How it was found, in a few words."""


def by_feature(
    features: FloatArray, typical: FloatArray, spec: FeatureSpec, log_odds: LogOdds
) -> Pushes:
    """Compare a row of statistics with the typical one, by exact differences.

    A feature's push is the mean of two differences of log odds: its own value put into the typical
    row, and the typical value put into this row. Where the head is linear both are the coefficient
    times the feature's distance from typical, behind root and scaler, and all pushes together are
    the difference of the two rows: then they are exact, and said to be. The graph need not be taken
    apart for that, and a head that is not linear is told all the same, feature by feature.

    The means of the MFCCs are a cosine transform of the mean mel spectrum in dB. Turned back, their
    pushes say what each mel band did, and their sum stays the same.

    Parameters
    ----------
    features : ndarray [shape=(n_features,)], float32
        Of ``STATISTICS_FEATURES``.
    typical : ndarray [shape=(n_features,)], float32
        Those of the average window of training.
    spec : FeatureSpec
    log_odds : callable
    """
    here, there = log_odds(features), log_odds(typical)
    added = np.array([log_odds(row) for row in _exchanged(typical, features)]) - there
    removed = here - np.array([log_odds(row) for row in _exchanged(features, typical)])
    pushes = (added + removed) / 2
    is_exact = np.abs(added - removed).max() < EXACT
    distances = (features - typical)[MFCC_MEANS].astype(np.float64)
    method = "exact" if is_exact else "one by one"
    bands = _mfcc_bands(pushes[MFCC_MEANS], distances, spec)
    return Pushes(bands, pushes, f"{method}; bands: the MFCC means'")


def _exchanged(row: FloatArray, other: FloatArray) -> Iterator[FloatArray]:
    """Yield a row with one value after the other taken from another row."""
    for number, value in enumerate(other):
        changed = row.copy()
        changed[number] = value
        yield changed


def _mfcc_bands(pushes: Values, distances: Values, spec: FeatureSpec) -> Values:
    slopes = np.divide(pushes, distances, out=np.zeros(N_MFCC), where=np.abs(distances) > 1e-6)
    basis = cosine_basis(N_MFCC, spec.n_mels).astype(np.float64)
    by_mel = (slopes @ basis) * (distances @ basis)
    return np.array([by_mel[group].sum() for group in band_groups(spec)[1]])


def by_band(patch: FloatArray, typical: FloatArray, spec: FeatureSpec, log_odds: LogOdds) -> Pushes:
    """Make group after group of mel bands 6 dB softer; what the label loses is their push.

    Bands are not taken away, as occlusion would: a network has never heard sound with a hole in it,
    and what it says then of single bands foretells little of what several do together (on the demo,
    other songs and noise, correlation 0.3 and twice the size; where a band is its mean over time,
    0.7; 6 dB softer, 0.85).

    Parameters
    ----------
    patch : ndarray [shape=(n_frames, n_mels)], float32
        log10(1 + c power) for some c.
    typical : ndarray
        Not needed.
    spec : FeatureSpec
    log_odds : callable
    """
    whole = log_odds(patch)
    share = np.float32(10 ** (-SOFTER_DB / 10))
    softer = np.log10(1 + share * (np.float32(10) ** patch - 1))
    pushes = []
    for group in band_groups(spec)[1]:
        changed = patch.copy()
        changed[:, group] = softer[:, group]
        pushes.append(whole - log_odds(changed))
    return Pushes(np.array(pushes), np.empty(0), f"each band {SOFTER_DB:g} dB softer")


@cache
def band_groups(spec: FeatureSpec) -> tuple[tuple[float, ...], tuple[slice, ...]]:
    """Group mel bands evenly on a logarithmic axis of frequency.

    Returns
    -------
    tuple of float [Hz]
        Edges of the groups, rising, one more than there are groups.
    tuple of slice
        The mel bands of each group.
    """
    edges_hz = mel_edges_hz(spec.sample_rate, spec.n_mels)
    centres_hz = edges_hz[1:-1]
    wanted = np.geomspace(LOWEST_HZ, spec.sample_rate / 2, N_GROUPS + 1)[1:-1]
    starts = np.unique([0, *np.searchsorted(centres_hz, wanted)])
    starts = starts[starts < spec.n_mels]
    between = (centres_hz[starts[1:] - 1] + centres_hz[starts[1:]]) / 2
    groups = tuple(slice(a, b) for a, b in zip(starts, [*starts[1:], spec.n_mels], strict=True))
    return (0.0, *between.tolist(), spec.sample_rate / 2), groups


ATTRIBUTIONS: Mapping[str, Callable[[FloatArray, FloatArray, FeatureSpec, LogOdds], Pushes]] = (
    MappingProxyType({"statistics": by_feature, "logmel": by_band})
)
"""How the features of each extractor are explained."""
