"""What can be told of sound sample by sample: level, noise floor, clipping, offset, silence.

Pure functions of mono samples, NumPy alone.
"""

import numpy as np

from livegenre.arrays import FloatArray

FLOOR_DBFS = -120.0
FULL_SCALE = 0.999
"""From here on a sample counts as clipped: converters do not all reach 1."""
FRAME_SECONDS = 0.05
_QUIET_PERCENTILE = 10
_TOP = 0.01
"""How thin a slice at the end of the range is looked at for flat tops, as a share of it."""
_PILE = 5.0
"""Samples in the last slice for one in the last but one; a sine has 2.4, clipped music 10."""
_STEPS_A_SLICE = 4
_FEWEST = 10


def level_dbfs(samples: FloatArray) -> float:
    """Return the RMS in dB below full scale (a full-scale square wave is 0), at least -120."""
    return decibels(float(np.mean(np.square(samples, dtype=np.float64))))


def peak_dbfs(samples: FloatArray) -> float:
    """Return the largest magnitude in dB below full scale, at least -120."""
    return decibels(float(np.abs(samples).max()) ** 2)


def noise_floor_dbfs(samples: FloatArray, sample_rate: int) -> float:
    """Return the level that a tenth of the frames of 50 ms stay below, in dBFS.

    Of steady noise it is the level itself; of music it is what is left between the notes.
    Without a single whole frame it is the level of all.
    """
    length = max(1, round(FRAME_SECONDS * sample_rate))
    n_frames = max(1, len(samples) // length)
    frames = samples[: n_frames * length].reshape(n_frames, -1)
    powers = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return decibels(float(np.percentile(powers, _QUIET_PERCENTILE)))


def clipped_share(samples: FloatArray) -> float:
    """Return the share of samples that were cut off, at full scale or below it, 0..1.

    Below full scale, as where an amplifier or another program clipped, samples pile up at an end
    of their range: many lie in its last hundredth, few in the one before.
    """
    at_full_scale = int(np.count_nonzero(np.abs(samples) >= FULL_SCALE))
    flat = sum(_n_piled_up(side) for side in (samples, -samples))
    return max(at_full_scale, flat) / len(samples)


def dc_offset(samples: FloatArray) -> float:
    """Return the mean as a share of full scale, -1..1."""
    return float(samples.mean(dtype=np.float64))


def longest_zeros_seconds(samples: FloatArray, sample_rate: int) -> float:
    """Return how long the longest run of exact zeros lasts, in seconds."""
    edges = np.flatnonzero(np.diff(samples == 0, prepend=False, append=False))
    runs = edges[1::2] - edges[::2]
    return int(runs.max(initial=0)) / sample_rate


def decibels(power: float) -> float:
    """Return a power in dB, at least -120."""
    return float(10 * np.log10(max(power, 10 ** (FLOOR_DBFS / 10))))


def _n_piled_up(samples: FloatArray) -> int:
    """Count the samples at the upper end of the range, if they are piled up there."""
    values = np.unique(samples)
    top = values[-1] - float(np.median(samples))
    if len(values) < _FEWEST or _TOP * top < _STEPS_A_SLICE * np.diff(values).min():
        return 0  # too coarse to tell a pile from a step of the converter
    last, before = (
        int(np.count_nonzero(samples > values[-1] - slices * _TOP * top)) for slices in (1, 2)
    )
    return last if last >= max(_FEWEST, _PILE * (before - last)) else 0
