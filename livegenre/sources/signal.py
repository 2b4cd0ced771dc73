"""Test signals, made in place and endless: for demonstrations, doctor and tests.

A signal is a function of the sample's index, so it is the same at any block size.
"""

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from livegenre.errors import FileError

SAMPLE_RATE = 44_100
FORMS = "tone:HZ, sweep, noise:pink, noise:white or silence"

Signal: TypeAlias = Callable[[NDArray[np.int64]], NDArray[np.float64]]
"""Samples at the given indices, counted from the signal's beginning."""

_AMPLITUDE = 0.5
_NOISE_RMS = 0.1
_NOISE_PERIOD = 1 << 19
_SWEEP_HIGHEST_SHARE = 0.46
"""Of the sample rate, below the half that it can hold."""
_SWEEP_SECONDS, _SWEEP_LOW_HZ, _SWEEP_HIGH_HZ = 10.0, 20.0, 20_000.0


def is_signal(spec: str) -> bool:
    """Tell whether a specification means a signal, right or wrong, rather than a file."""
    return spec.partition(":")[0] in ("tone", "sweep", "noise", "silence")


class SignalDecoder:
    """A signal as a decoder of one channel, without an end.

    Parameters
    ----------
    spec : str
        One of the forms ``tone:HZ``, ``sweep``, ``noise:pink``, ``noise:white``, ``silence``.
    start_seconds : float >= 0
        How much of the beginning to skip.
    sample_rate : int > 0
        In Hz.

    Raises
    ------
    FileError
        If the specification is none of these, or a tone is outside 1 Hz to half the rate.
    """

    n_channels = 1
    sample_format = ""
    n_frames = None

    def __init__(
        self, spec: str, *, start_seconds: float = 0.0, sample_rate: int = SAMPLE_RATE
    ) -> None:
        self.name = spec
        self.sample_rate = sample_rate
        self._signal = _parse(spec, sample_rate)
        self._start = round(start_seconds * sample_rate)
        self._index = self._start

    def read(self, n: int) -> FloatArray:
        """Return the next ``n`` frames; see ``Decoder.read``."""
        samples = self._signal(np.arange(self._index, self._index + n))
        self._index += n
        return samples.astype(np.float32)[:, np.newaxis]

    def rewind(self, frame: int = 0) -> None:
        """Go to a frame."""
        self._index = self._start + frame

    def close(self) -> None:
        """Do nothing: there is nothing to free."""


def _parse(spec: str, sample_rate: int) -> Signal:
    made: dict[str, Callable[[], Signal]] = {
        "sweep": lambda: _sweep(sample_rate),
        "silence": lambda: _silence,
        "noise:white": lambda: _noise(0.0),
        "noise:pink": lambda: _noise(-0.5),
    }
    if spec in made:
        return made[spec]()
    if tone := re.fullmatch(r"tone:(\d+(?:\.\d+)?)", spec, re.ASCII):
        return _tone(float(tone[1]), sample_rate)
    raise FileError(f"{spec}: no such signal; choose {FORMS} (a file of that name: ./{spec})")


def _tone(hz: float, sample_rate: int) -> Signal:
    if not 1 <= hz < sample_rate / 2:
        raise FileError(f"tone:{hz:g}: choose from 1 Hz to below {sample_rate // 2:,} Hz")
    return lambda index: _wave(index * (hz / sample_rate))


def _sweep(sample_rate: int) -> Signal:
    """Rise through the octaves at an even pace, again and again, without a jump in phase."""
    period = round(_SWEEP_SECONDS * sample_rate)
    highest_hz = min(_SWEEP_HIGH_HZ, _SWEEP_HIGHEST_SHARE * sample_rate)
    steepness = math.log(highest_hz / _SWEEP_LOW_HZ)
    scale = _SWEEP_LOW_HZ * _SWEEP_SECONDS / steepness
    cycles_a_round = scale * math.expm1(steepness)

    def wave(index: NDArray[np.int64]) -> NDArray[np.float64]:
        rounds, within = np.divmod(index, period)
        cycles: NDArray[np.float64] = scale * np.expm1(steepness * within / period)
        cycles += rounds * (cycles_a_round % 1.0)
        return _wave(cycles)

    return wave


def _wave(cycles: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    wave: NDArray[np.float64] = _AMPLITUDE * np.sin(2 * np.pi * (cycles % 1.0))
    return wave


def _silence(index: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.zeros(len(index))


def _noise(exponent: float) -> Signal:
    """Make noise whose amplitude goes with frequency ** exponent; it repeats every 11.9 s."""
    rng = np.random.default_rng(0)
    n_bins = _NOISE_PERIOD // 2 + 1
    spectrum = rng.standard_normal(n_bins) + 1j * rng.standard_normal(n_bins)
    spectrum[1:] *= np.arange(1, n_bins) ** exponent
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum)
    noise *= _NOISE_RMS / noise.std()
    return lambda index: noise[index % _NOISE_PERIOD]
