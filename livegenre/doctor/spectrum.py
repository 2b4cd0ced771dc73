"""What can be told of sound by its spectrum: mains hum, band limit, long-term bands.

Pure functions of mono samples, NumPy alone.
"""

from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.doctor.level import decibels

MAINS_HZ = (50, 60)
_HUM_SECONDS = 1.0
_N_LINES = 6
_LINE_HZ = 1.0
_NEIGHBOUR_HZ = (4.0, 15.0)
_OUTSTANDING = 6.0
_FEWEST_LINES = 2
_FAINTEST = 1e-11

_BAND_SECONDS = 0.064
_CLIFF_DB = 25.0
_LOWEST_LIMIT_HZ = 2_000.0
_N_LIMITS = 100
_TINY = 1e-20

_BAND_RANGE_DB = 80.0
N_BANDS = 24
HIGHEST_HZ = 8_000.0
"""Half the rate of the sound that the networks hear."""


def power_spectra(samples: FloatArray, length: int) -> Iterator[NDArray[np.float64]]:
    """Yield the power spectra of tapered frames that overlap by half.

    Parameters
    ----------
    samples : ndarray [shape=(n,)], float32
        Shorter sound than a frame is filled up with zeros.
    length : int > 1
        Samples in a frame.

    Yields
    ------
    ndarray [shape=(length // 2 + 1,)], float64, >= 0
        A full-scale square wave has 1 in all its bins together, whatever the length.
    """
    padded = np.pad(samples, (0, max(0, length - len(samples))))
    taper = np.hanning(length)
    for start in range(0, len(padded) - length + 1, length // 2):
        power = np.abs(np.fft.rfft(padded[start : start + length] * taper)) ** 2
        power[1 : (length + 1) // 2] *= 2
        yield power / (length * float(taper @ taper))


def mean_spectrum(samples: FloatArray, length: int) -> NDArray[np.float64]:
    """Return the mean of ``power_spectra``, held one at a time: sound may be long."""
    total, n_frames = np.zeros(length // 2 + 1), 0
    for power in power_spectra(samples, length):
        total += power
        n_frames += 1
    return total / n_frames


def hum(samples: FloatArray, sample_rate: int) -> tuple[int, float] | None:
    """Find the hum of the mains: lines at a multiple of 50 or 60 Hz that never cease.

    Notes come and go, so that in each bin the quietest frame counts; a line must have six times
    the power of its neighbourhood there, and two of the first six lines must.

    Returns
    -------
    (int, float) or None
        Frequency of the mains in Hz, and level of all lines together in dBFS.
    """
    length = round(_HUM_SECONDS * sample_rate)
    if len(samples) < length:
        return None
    steady = reduce(np.minimum, power_spectra(samples, length))
    found = {mains: _lines(steady, sample_rate / length, mains) for mains in MAINS_HZ}
    mains = max(found, key=lambda mains: sum(found[mains]))
    lines = found[mains]
    return (mains, decibels(sum(lines))) if len(lines) >= _FEWEST_LINES else None


def _lines(power: NDArray[np.float64], bin_hz: float, mains: int) -> list[float]:
    """Return the power of those of the first lines that stand out."""
    hz = np.arange(len(power)) * bin_hz
    lines = []
    for line_hz in mains * np.arange(1, _N_LINES + 1):
        distance = np.abs(hz - line_hz)
        line = power[distance <= _LINE_HZ]
        near = power[(distance >= _NEIGHBOUR_HZ[0]) & (distance <= _NEIGHBOUR_HZ[1])]
        if len(line) and line.mean() > _OUTSTANDING * near.mean() + _FAINTEST:
            lines.append(float(line.sum()))
    return lines


def band_limit_hz(samples: FloatArray, sample_rate: int) -> float:
    """Return up to where there is sound: a cliff of 25 dB, which spectra of music do not have.

    Returns
    -------
    float [Hz]
        Half the sample rate where there is no cliff above 2 kHz.
    """
    length = round(_BAND_SECONDS * sample_rate)
    power = mean_spectrum(samples, length) + _TINY
    hz = np.arange(len(power)) * sample_rate / length
    nyquist = sample_rate / 2
    for limit in np.geomspace(_LOWEST_LIMIT_HZ, 0.95 * nyquist, _N_LIMITS):
        below = power[(hz > 0.75 * limit) & (hz < 0.9 * limit)]
        above = power[hz > limit]
        if np.median(below) > 10 ** (_CLIFF_DB / 10) * above.mean():
            return float(limit)
    return nyquist


def band_edges_hz() -> NDArray[np.float64]:
    """Return the edges of 24 bands, equally wide on the mel scale, from 0 to 8 kHz.

    The scale is 2595 log10(1 + f / 700) (D. O'Shaughnessy, Speech Communication, 1987).
    """
    highest = np.log10(1 + HIGHEST_HZ / 700)
    edges: NDArray[np.float64] = 700 * (10 ** np.linspace(0, highest, N_BANDS + 1) - 1)
    return edges


def long_term_bands_db(samples: FloatArray, sample_rate: int) -> NDArray[np.float64]:
    """Return the power in the mel bands over all the sound, their mean taken away.

    Returns
    -------
    ndarray [shape=(24,)], float64 [dB]
        None is more than 80 below the strongest; NaN for bands above half the sample rate.
    """
    length = round(_BAND_SECONDS * sample_rate)
    power = mean_spectrum(samples, length)
    hz = np.fft.rfftfreq(length, 1 / sample_rate)
    edges = band_edges_hz()
    below = np.concatenate(([0.0], np.cumsum(power)))[np.searchsorted(hz, edges)]
    sums = np.diff(below)
    least = _TINY + 10 ** (-_BAND_RANGE_DB / 10) * sums.max()
    bands = 10 * np.log10(np.maximum(sums, least))
    bands[edges[1:] > sample_rate / 2 + 1] = np.nan
    levelled: NDArray[np.float64] = bands - np.nanmean(bands)
    return levelled
