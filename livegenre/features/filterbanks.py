"""Fixed linear maps of the features: taper, mel bank, chroma bank and cosine basis.

Computed from the published formulas in plain NumPy, equal to librosa 0.11's defaults; every
array is cached and read-only. Nothing here sees sound.
"""

from functools import lru_cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray

Scalar = TypeVar("Scalar", bound=np.generic)

SplitBank: TypeAlias = tuple[tuple[slice, FloatArray], ...]
"""Groups of neighbouring filters: the bins they hear, and weights [shape=(n_heard, n_filters)]."""

N_CHROMA = 12

MEL_HZ_STEP = 200.0 / 3.0
MEL_BREAK_HZ = 1000.0
MEL_LOG_STEP = np.log(6.4) / 27.0

CHROMA_CENTRE_OCTAVE = 5.0
CHROMA_OCTAVE_WIDTH = 2.0


@lru_cache(maxsize=8)
def hann_taper(n_fft: int) -> NDArray[np.float64]:
    """Return the periodic Hann taper.

    Returns
    -------
    ndarray [shape=(n_fft,)], float64, in [0, 1]
    """
    return _frozen(0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, n_fft + 1)[:-1]))


@lru_cache(maxsize=8)
def mel_bank(sample_rate: int, n_fft: int, n_mels: int) -> FloatArray:
    """Return triangular filters on Slaney's mel scale, each of unit area in Hz.

    The scale is linear up to 1 kHz and logarithmic above (M. Slaney, Auditory Toolbox, 1998).

    Parameters
    ----------
    sample_rate : int > 0 [Hz]
        The filters reach from 0 to half of it.
    n_fft : int > 0
        Samples in a frame.
    n_mels : int > 0
        Filters.

    Returns
    -------
    ndarray [shape=(n_mels, n_fft // 2 + 1)], float32, >= 0

    Raises
    ------
    ValueError
        If a filter falls between two bins and would never hear anything.
    """
    edges = mel_edges_hz(sample_rate, n_mels)
    widths = np.diff(edges)[:, np.newaxis]
    ramps = np.subtract.outer(edges, np.fft.rfftfreq(n_fft, 1.0 / sample_rate))
    rising, falling = -ramps[:-2] / widths[:-1], ramps[2:] / widths[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    if not triangles.any(axis=1).all():
        raise ValueError(f"n_mels: {n_mels} bands are too many for frames of {n_fft} samples")
    areas = (edges[2:] - edges[:-2])[:, np.newaxis] / 2.0
    return _frozen((triangles / areas).astype(np.float32))


def mel_edges_hz(sample_rate: int, n_mels: int) -> NDArray[np.float64]:
    """Return where the filters of ``mel_bank`` begin, peak and end, each in its neighbours' terms.

    Returns
    -------
    ndarray [shape=(n_mels + 2,)], float64 [Hz]
        Filter ``k`` rises from edge ``k``, peaks at ``k + 1`` and has fallen at ``k + 2``.
    """
    return _mel_to_hz(np.linspace(0.0, _hz_to_mel(sample_rate / 2), n_mels + 2))


def split_bank(bank: FloatArray, n_groups: int) -> SplitBank:
    """Cut a bank into groups of filters, so that few of the products with it are with zero."""
    groups = []
    for filters in np.array_split(bank, n_groups):
        heard = np.flatnonzero(filters.any(axis=0))
        bins = slice(int(heard[0]), int(heard[-1]) + 1)
        groups.append((bins, np.ascontiguousarray(filters[:, bins].T)))
    return tuple(groups)


@lru_cache(maxsize=64)  # 49 kB each, of at most 100 tunings
def chroma_bank(sample_rate: int, n_fft: int, tuning: float) -> FloatArray:
    """Return the map from power spectrum to pitch classes, C first.

    Each bin spreads over the classes as a Gaussian about its own pitch, and bins weigh by a
    Gaussian about the fifth octave (D. Ellis, Chroma feature analysis and synthesis, 2007).

    Parameters
    ----------
    sample_rate : int > 0 [Hz]
        Of the sound.
    n_fft : int > 0
        Samples in a frame.
    tuning : float in [-0.5, 0.5)
        Deviation from A = 440 Hz in semitones.

    Returns
    -------
    ndarray [shape=(12, n_fft // 2 + 1)], float32, >= 0
    """
    a_hz = 440.0 * 2.0 ** (tuning / N_CHROMA)
    bins_hz = np.arange(1, n_fft // 2 + 2) * (sample_rate / n_fft)
    pitches = N_CHROMA * np.log2(bins_hz / (a_hz / 16.0))
    # The bin at 0 Hz has no pitch: it is taken as 1.5 octaves below the first.
    pitches = np.concatenate(([pitches[0] - 1.5 * N_CHROMA], pitches))
    widths = np.maximum(np.diff(pitches), 1.0)
    pitches = pitches[:-1]

    half = N_CHROMA / 2
    classes = np.arange(N_CHROMA)[:, np.newaxis]
    distances = np.remainder(pitches - classes + half, N_CHROMA) - half
    bumps = np.exp(-0.5 * (2.0 * distances / widths) ** 2)
    bumps /= np.sqrt(np.sum(bumps**2, axis=0))
    octaves = (pitches / N_CHROMA - CHROMA_CENTRE_OCTAVE) / CHROMA_OCTAVE_WIDTH
    bumps *= np.exp(-0.5 * octaves**2)
    # Pitch is counted from A; the first row is C.
    return _frozen(np.roll(bumps, -3, axis=0).astype(np.float32))


@lru_cache(maxsize=8)
def cosine_basis(n_mfcc: int, n_mels: int) -> FloatArray:
    """Return the first rows of the orthonormal type-II discrete cosine transform.

    Returns
    -------
    ndarray [shape=(n_mfcc, n_mels)], float32
    """
    angles = np.outer(np.arange(n_mfcc), np.arange(n_mels) + 0.5) * (np.pi / n_mels)
    basis = np.sqrt(2.0 / n_mels) * np.cos(angles)
    basis[0] /= np.sqrt(2.0)
    return _frozen(basis.astype(np.float32))


def _hz_to_mel(hz: float) -> float:
    if hz < MEL_BREAK_HZ:
        return hz / MEL_HZ_STEP
    return float(MEL_BREAK_HZ / MEL_HZ_STEP + np.log(hz / MEL_BREAK_HZ) / MEL_LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    log_part = MEL_BREAK_HZ * np.exp(MEL_LOG_STEP * (mel - MEL_BREAK_HZ / MEL_HZ_STEP))
    linear_part = mel * MEL_HZ_STEP
    return np.where(linear_part < MEL_BREAK_HZ, linear_part, log_part)


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array.flags.writeable = False
    return array
