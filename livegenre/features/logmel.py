"""Log-mel patches: what the convolutional models hear, one row a frame.

Frames are whole, so that none depends on where a window begins or ends: each is computed once.
"""

from collections.abc import Iterator

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec, Window
from livegenre.features.filterbanks import mel_bank, split_bank
from livegenre.features.framing import FramedWindow, Framer
from livegenre.features.spectrum import magnitude_spectra, mel_spectra
from livegenre.features.waveform import hop_energies, level_dbfs

COMPRESSION = np.float32(10_000.0)
"""What mel power is multiplied by before the logarithm, as in musicnn (J. Pons and X. Serra)."""


class LogMelExtractor:
    """Compute log10(1 + 10000 mel power) of every window.

    Equal to librosa 0.11's ``melspectrogram`` with ``center=False``. Frame k covers the samples
    from ``k * hop_length`` up to ``k * hop_length + n_fft``, and a window ends with its last frame.

    Parameters
    ----------
    spec : FeatureSpec
        ``n_fft`` is a multiple of ``hop_length``, and no mel band falls between two bins.

    Raises
    ------
    ValueError
        If the specification is not of that kind.
    """

    def __init__(self, spec: FeatureSpec) -> None:
        if spec.n_fft % spec.hop_length:
            raise ValueError(f"n_fft: {spec.n_fft} is no multiple of hop_length")
        self._spec = spec
        bank = mel_bank(spec.sample_rate, spec.n_fft, spec.n_mels)
        self._mel_bank = split_bank(bank, n_groups=3)
        self._framer = Framer(spec, centred=False)
        self._forget()

    @property
    def spec(self) -> FeatureSpec:
        """What this extractor computes."""
        return self._spec

    @property
    def feature_shape(self) -> tuple[None, int]:
        """Shape of one window's patch: any number of frames, ``n_mels``."""
        return (None, self._spec.n_mels)

    def push(self, samples: FloatArray) -> Iterator[Window]:
        """Take samples and yield the windows that they complete, their patches read-only.

        The iterator must be exhausted before the next push. All work is done window by window,
        so that patches do not depend on the lengths of the blocks.

        Parameters
        ----------
        samples : ndarray [shape=(n,)], float32
            Mono sound at ``spec.sample_rate``; any length, also 0.
        """
        for window in self._framer.push(samples):
            self._update_patch(window)
            energies = hop_energies(window.samples, self._spec.hop_length)
            yield Window(
                features=self._patch,
                end=window.end,
                n_frames=len(self._patch),
                level_dbfs=level_dbfs(energies, self._spec.hop_length),
            )

    def reset(self) -> None:
        """Forget all sound; the next sample is the first one."""
        self._framer.reset()
        self._forget()

    def _forget(self) -> None:
        self._first = 0
        self._patch = np.empty((0, self._spec.n_mels), np.float32)

    def _update_patch(self, window: FramedWindow) -> None:
        """Drop the frames that the window has left behind and append those that are new."""
        known = self._patch[window.first - self._first :]
        new = self._log_mel(window.frames[len(known) :])
        self._patch = np.concatenate((known, new))
        # The next patch is made of this one, which others now hold too.
        self._patch.flags.writeable = False
        self._first = window.first

    def _log_mel(self, frames: FloatArray) -> FloatArray:
        mel = mel_spectra(magnitude_spectra(frames) ** 2, self._mel_bank)
        log_mel: FloatArray = np.log10(1.0 + COMPRESSION * mel)
        return log_mel
