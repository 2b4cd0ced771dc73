"""The classic features by other toolkits, as streams: frame after frame, the same statistics.

Their features are alike, not equal: aubio has no chroma, and rolls off at 95 %; essentia's and
openSMILE's chroma are made otherwise. Packages of the extra ``bench``.
"""

import importlib
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from livegenre.arrays import FloatArray
from tools.benchmark import opensmile_setup
from tools.benchmark.classic import SPEC, steps
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Missing, Pair, Watch

N_STEPS = 32
N_MFCC = 20
Features: TypeAlias = Callable[[FloatArray], NDArray[np.floating]]
"""Makes the features of one frame of samples."""


class Window:
    """The newest frames' features; makes their statistics at every step."""

    def __init__(self) -> None:
        self.n_frames = 0
        self._frames: deque[NDArray[np.floating]] = deque(maxlen=SPEC.window_frames)

    def add(self, features: NDArray[np.floating]) -> None:
        """Take a frame."""
        self._frames.append(features)
        self.n_frames += 1
        if self.n_frames % SPEC.step_frames == 0:
            frames = np.array(self._frames)
            frames.mean(axis=0), frames.var(axis=0)


def against_essentia(material: Material) -> Pair:
    """Compare with essentia's algorithms, called for each frame."""
    essentia = require("essentia")
    essentia.log.infoActive = essentia.log.warningActive = False
    standard = require("essentia.standard")
    return _frame_by_frame(material, lambda: _essentia_features(standard), SPEC.n_fft)


def against_aubio(material: Material) -> Pair:
    """Compare with aubio's, whose phase vocoder takes a hop at a time."""
    aubio = require("aubio")
    return _frame_by_frame(material, lambda: _aubio_features(aubio), SPEC.hop_length)


def against_opensmile(material: Material) -> Pair:
    """Compare with openSMILE, fed a step at a time from another thread."""
    library = require("opensmile.core.lib", package="opensmile")
    samples = np.rint(_music(material) * 32_767).astype(np.int16)
    n_step = SPEC.step_frames * SPEC.hop_length
    blocks = [samples[start : start + n_step].tobytes() for start in range(0, len(samples), n_step)]
    with tempfile.TemporaryDirectory() as folder:
        setup = Path(folder) / "features.conf"
        setup.write_text(opensmile_setup.text(SPEC, N_MFCC))
        smile = library.OpenSMILE()
        smile.initialize(str(setup), {}, loglevel=0)

    def side() -> Cost:
        window = Window()
        smile.external_sink_set_callback("sink", lambda features: window.add(features.copy()))
        running = threading.Thread(target=smile.run)
        watch = Watch()
        running.start()
        for block in blocks:
            smile.external_audio_source_write_data("source", block)
        smile.external_audio_source_set_eoi("source")
        running.join()
        cost = watch.cost(window.n_frames / SPEC.step_frames)
        smile.reset()
        return cost

    return Pair(steps(material, SPEC), side)


def require(name: str, *, package: str | None = None) -> Any:
    """Import what need not be installed.

    Raises
    ------
    Missing
        If it is not.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        wanted = package or name.partition(".")[0]
        raise Missing(f"{wanted} is not installed; pip install -e '.[bench]'") from error


def _music(material: Material) -> FloatArray:
    return material.samples(SPEC.sample_rate, N_STEPS * SPEC.step_frames * SPEC.hop_length)


def _frame_by_frame(material: Material, make: Callable[[], Features], n_taken: int) -> Pair:
    samples = _music(material)
    starts = range(0, len(samples) - n_taken + 1, SPEC.hop_length)
    frames = [np.ascontiguousarray(samples[start : start + n_taken]) for start in starts]

    def side() -> Cost:
        features, window = make(), Window()
        watch = Watch()
        for frame in frames:
            window.add(features(frame))
        return watch.cost(len(frames) / SPEC.step_frames)

    return Pair(steps(material, SPEC), side)


def _essentia_features(standard: Any) -> Features:
    highest_hz = SPEC.sample_rate / 2
    taper = standard.Windowing(type="hann", zeroPhase=False)
    spectrum = standard.Spectrum(size=SPEC.n_fft)
    mfcc = standard.MFCC(
        inputSize=SPEC.n_fft // 2 + 1,
        numberBands=SPEC.n_mels,
        numberCoefficients=N_MFCC,
        sampleRate=SPEC.sample_rate,
        highFrequencyBound=highest_hz,
    )
    centroid = standard.Centroid(range=highest_hz)
    moments = standard.CentralMoments(range=highest_hz)
    shape = standard.DistributionShape()
    rolloff = standard.RollOff(sampleRate=SPEC.sample_rate)
    peaks = standard.SpectralPeaks(sampleRate=SPEC.sample_rate, minFrequency=20)
    chroma = standard.HPCP(sampleRate=SPEC.sample_rate)
    crossings, rms = standard.ZeroCrossingRate(), standard.RMS()

    def features(frame: FloatArray) -> NDArray[np.floating]:
        magnitudes = spectrum(taper(frame))
        scalars = (
            centroid(magnitudes),
            shape(moments(magnitudes))[0],
            rolloff(magnitudes),
            crossings(frame),
            rms(frame),
        )
        return np.concatenate((chroma(*peaks(magnitudes)), mfcc(magnitudes)[1], scalars))

    return features


def _aubio_features(aubio: Any) -> Features:
    vocoder = aubio.pvoc(SPEC.n_fft, SPEC.hop_length)
    shapes = [aubio.specdesc(name, SPEC.n_fft) for name in ("centroid", "spread", "rolloff")]
    mfcc = aubio.mfcc(SPEC.n_fft, 40, N_MFCC, SPEC.sample_rate)

    def features(hop: FloatArray) -> NDArray[np.floating]:
        spectrum = vocoder(hop)
        scalars = (aubio.zero_crossing_rate(hop), aubio.level_lin(hop))
        parts = [shape(spectrum) for shape in shapes]
        return np.concatenate((*parts, mfcc(spectrum), scalars))

    return features
