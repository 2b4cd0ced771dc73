"""Convolutions over all bands at once, by way of their spectra over frequency.

A filter of 7 frames and 38 bands takes 266 multiplications for each of its 59 positions. Where the
bands' spectra are multiplied instead, the frames are summed before the way back, which takes 98 a
position, and 49 since positions that mirror each other share them: with even and odd parts e and o,
they are e + o and e - o, and the greater one is e + abs(o).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.musicnn.nodes import TO_THE_END, Nodes

N_BANDS = 96
N_BINS = N_BANDS // 2 + 1


@dataclass(frozen=True, slots=True)
class Spectral:
    """Filters, ready to be multiplied with the spectra of frames."""

    weights: NDArray[np.float64]
    """Real and imaginary parts; one after the other those of each frame
    [shape=(2, N_BINS, 2 * n_taps, n_filters)]."""
    back: NDArray[np.float64]
    """To even and odd parts of the positions [shape=(2, n_positions, N_BINS)]."""


def spectral(filters: FloatArray) -> Spectral:
    """Transform filters of shape (n_filters, 1, n_taps, n_bands)."""
    n_positions = N_BANDS + 1 - filters.shape[3]
    bins = np.arange(N_BINS)
    # Positions are counted from their middle; all bins but the first and last stand for two.
    middle = np.exp(2j * np.pi * bins * (n_positions - 1) / 2 / N_BANDS)
    share = np.where(bins % (N_BINS - 1), 2, 1) / N_BANDS
    transformed = np.conj(np.fft.rfft(filters[:, 0].astype("f8"), N_BANDS, axis=2))
    turned = (transformed * middle * share).transpose(2, 1, 0)
    real, imaginary = (
        np.stack(parts, axis=2).reshape(N_BINS, -1, len(filters))
        for parts in ((turned.real, -turned.imag), (turned.imag, turned.real))
    )
    positions = np.arange((n_positions + 1) // 2) + (0 if n_positions % 2 else 0.5)
    angles = 2 * np.pi / N_BANDS * np.outer(positions, bins)
    return Spectral(np.stack((real, imaginary)), np.stack((np.cos(angles), -np.sin(angles))))


def add_spectra(nodes: Nodes, image: str, n_taps: int) -> str:
    """Transform each frame, and put the spectra of neighbours side by side.

    Parameters
    ----------
    image : str
        [shape=(batch, n_frames, N_BANDS)]

    Returns
    -------
    str
        [shape=(1, N_BINS, batch * (n_frames - n_taps + 1), 2 * n_taps)]
    """
    waves = np.exp(-2j * np.pi / N_BANDS * np.outer(np.arange(N_BINS), np.arange(N_BANDS)))
    forth = nodes.constant(np.stack((waves.real, waves.imag), axis=1).reshape(-1, N_BANDS))
    by_band = nodes.add("Transpose", image, perm=[2, 0, 1])
    spectra = nodes.add("MatMul", forth, nodes.add("Reshape", by_band, nodes.index(N_BANDS, -1)))
    frames = nodes.add("Shape", image, end=2)
    shape = nodes.add("Concat", nodes.index(N_BINS, 2), frames, axis=0)
    parts = nodes.add("Reshape", spectra, shape)
    taps = [nodes.cut(parts, 3, tap, tap - n_taps + 1 or TO_THE_END) for tap in range(n_taps)]
    beside = nodes.add("Concat", *taps, axis=1)
    flat = nodes.add("Reshape", beside, nodes.index(N_BINS, 2 * n_taps, -1))
    return nodes.add("Unsqueeze", nodes.add("Transpose", flat, perm=[0, 2, 1]), nodes.index(0))


def add_maxima(nodes: Nodes, spectra: str, batch: str, filters: FloatArray) -> str:
    """Convolve, and take the maxima over all positions.

    Parameters
    ----------
    spectra : str
        Of neighbours side by side.
    batch : str
        How many patches they are of [shape=(1,)].
    filters : ndarray [shape=(n_filters, 1, n_taps, n_bands)], float32

    Returns
    -------
    str
        [shape=(batch, n_filters, n_frames - n_taps + 1)]
    """
    found = spectral(filters)
    products = nodes.add("MatMul", spectra, nodes.constant(found.weights))
    flat = nodes.add("Reshape", products, nodes.index(2, N_BINS, -1))
    even, odd = nodes.split(nodes.add("MatMul", nodes.constant(found.back), flat), 0, (1, 1))
    positions = nodes.add("Add", even, nodes.add("Abs", odd))
    maxima = nodes.add("ReduceMax", positions, axes=[0, 1], keepdims=0)
    shape = nodes.add("Concat", batch, nodes.index(-1, len(filters)), axis=0)
    return nodes.add("Transpose", nodes.add("Reshape", maxima, shape), perm=[0, 2, 1])
