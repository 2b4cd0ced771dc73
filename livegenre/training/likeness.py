"""Finds recordings that are the same music: encoded anew, louder, or cut.

How the strength of the pitch classes changes in time tells a recording from all others. On clips of
GTZAN, copies by MP3 at 64 to 96 kbit/s, 7 to 12 dB lower, low-passed and cut by 1 to 3 s are 0.83
alike or more (94 copies), and different songs 0.47 or less (9,870 pairs, 305 by one artist).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.features.filterbanks import chroma_bank, hann_taper

SAMPLE_RATE = 16_000
N_FFT, HOP_LENGTH = 16_384, 4_000
"""Frames of 1.02 s, four a second: a cut lies an eighth of a frame from one of them, at most."""
HIGHEST_HZ = 2_500
MOST_FRAMES = 512
"""Two minutes of the beginning."""
ALIKE = 0.7
LEAST_FRAMES = 20
"""Five seconds: shorter ones are told by their digest alone."""
ABOUT_FRAMES = 20
"""What is usual is the mean of five seconds before and after."""
LEAST_ENERGY = 0.1
"""Share of its usual energy below which a stretch hardly moves, and anything is like it."""
BLOCK = 16
"""Prints that are compared at once."""
FLAT = 0.01
"""Spread of the pitch classes below which nothing happens to tell a recording by."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings that are the same music, by their numbers."""

    first: int
    second: int
    likeness: float
    """Correlation where they lie over each other best, up to 1."""


def take_print(samples: FloatArray) -> FloatArray:
    """Return how strong each pitch class is, the strongest of a frame 1, less what is usual then.

    Parameters
    ----------
    samples : ndarray [shape=(n_samples,)], float32
        At ``SAMPLE_RATE``.

    Returns
    -------
    ndarray [shape=(n_frames, 12)], float32
        Without frames where it is too short, or too much the same, to be told.
    """
    nothing = np.empty((0, 12), np.float32)
    if len(samples) < N_FFT + (LEAST_FRAMES - 1) * HOP_LENGTH:
        return nothing
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT)[::HOP_LENGTH][:MOST_FRAMES]
    taper = hann_taper(N_FFT).astype(np.float32)
    n_bins = HIGHEST_HZ * N_FFT // SAMPLE_RATE
    bank = chroma_bank(SAMPLE_RATE, N_FFT, 0.0)[:, :n_bins].T
    # Frame by frame, since all spectra of a long recording would take much memory.
    chroma = np.stack([np.abs(np.fft.rfft(frame * taper)[:n_bins]) @ bank for frame in frames])
    chroma /= np.maximum(chroma.max(axis=1, keepdims=True), 1e-6)
    chroma -= _smoothed(chroma)
    return chroma.astype(np.float32) if chroma.std() >= FLAT else nothing


def _smoothed(chroma: FloatArray) -> FloatArray:
    """Return the mean of what lies about each frame; of fewer frames near the ends."""
    sums = np.concatenate((np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype="f8")))
    frames = np.arange(len(chroma))
    begin = np.maximum(frames - ABOUT_FRAMES, 0)
    end = np.minimum(frames + ABOUT_FRAMES + 1, len(chroma))
    means: FloatArray = (sums[end] - sums[begin]) / (end - begin)[:, np.newaxis]
    return means


def same_music(
    prints: Sequence[FloatArray], on_print: Callable[[], None] = lambda: None
) -> list[Pair]:
    """Return the pairs that are alike, whichever part of each is missing in the other.

    Parameters
    ----------
    prints : sequence of ndarray
        Of ``take_print``.
    on_print : callable
        Called after each, to show progress.
    """
    lengths = np.array([len(each) for each in prints])
    n_fft = 1 << (2 * int(lengths.max(initial=1)) - 1).bit_length()
    spectra = np.empty((len(prints), 12, n_fft // 2 + 1), np.complex64)
    for number, each in enumerate(prints):
        spectra[number] = np.fft.rfft(each.T, n_fft)
    energies = [np.concatenate(([0], np.cumsum(np.square(each).sum(axis=1)))) for each in prints]
    pairs = []
    for first in range(len(prints)):
        on_print()
        if not lengths[first]:
            continue
        for second, products in _products(spectra, first, lengths):
            likeness = _likeness(products, energies[first], energies[second])
            if likeness >= ALIKE:
                pairs.append(Pair(second, first, likeness))
    return pairs


def _products(
    spectra: NDArray[np.complex64], first: int, lengths: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield the products with each print before ``first`` at every lag."""
    for begin in range(0, first, BLOCK):
        block = slice(begin, min(first, begin + BLOCK))
        joint = np.einsum("cf,bcf->bf", spectra[first], np.conj(spectra[block]))
        for second, row in enumerate(np.fft.irfft(joint), start=begin):
            if lengths[second]:
                yield second, row


def _likeness(
    products: NDArray[np.float32], first: NDArray[np.float64], second: NDArray[np.float64]
) -> float:
    """Return the greatest correlation over the lags at which half of the shorter one is covered.

    Parameters
    ----------
    products : ndarray [shape=(n_fft,)]
        At each lag of the second print, negative ones at the end.
    first, second : ndarray [shape=(n_frames + 1,)]
        Energy up to each frame.
    """
    n_first, n_second = len(first) - 1, len(second) - 1
    least = max(LEAST_FRAMES, min(n_first, n_second) // 2)
    lags = np.arange(least - n_second, n_first - least + 1)
    begin, end = np.maximum(lags, 0), np.minimum(n_first, lags + n_second)
    usual = first[-1] / n_first * (second[-1] / n_second) * (end - begin) ** 2
    # Few lags come into question, and what is costly is done for them alone.
    hopeful = products[lags] >= ALIKE * np.sqrt(LEAST_ENERGY * usual)
    lags, begin, end, usual = lags[hopeful], begin[hopeful], end[hopeful], usual[hopeful]
    covered = (first[end] - first[begin]) * (second[end - lags] - second[begin - lags])
    moves = covered > LEAST_ENERGY * usual
    return float((products[lags[moves]] / np.sqrt(covered[moves])).max(initial=0.0))
