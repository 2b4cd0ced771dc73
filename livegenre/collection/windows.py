"""Sound cut into windows that follow each other without overlap, to the very end of it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from livegenre.features import create_extractor
from livegenre.features.base import FeatureSpec, Window
from livegenre.resample import Resampler
from livegenre.sources.base import Source
from livegenre.stream import FAST_BLOCK_SECONDS

N_GROWTH_FRAMES = 8
"""The last window is as long as what is left, less up to so many frames."""


def windows_apart(source: Source, spec: FeatureSpec) -> Iterator[tuple[float, float, Window]]:
    """Read a source to its end and yield windows that cover all of its sound once.

    All are full ones but the last, which may be as short as the model allows; what is left then is
    not heard. A source that is shorter than that has no window.

    Parameters
    ----------
    source : Source
        Opened; read at its own rate and converted. It must lose no sound.
    spec : FeatureSpec
        The model's.

    Yields
    ------
    (float, float, Window)
        Begin and end of the window in seconds from the start of the sound; the window.
    """
    full, rate = spec.window_frames, spec.sample_rate
    extractor = create_extractor(replace(spec, min_frames=full, step_frames=full))
    resampler = Resampler(source.sample_rate, rate)
    rest, begin = np.zeros(0, np.float32), 0
    block_length = round(FAST_BLOCK_SECONDS * source.sample_rate)
    at_end = False
    while not at_end:
        block = source.read(block_length)
        at_end = block is None
        samples = resampler.flush() if block is None else resampler.push(block)
        rest = np.concatenate((rest, samples))
        for window in extractor.push(samples):
            yield begin / rate, window.end / rate, window
            rest, begin = rest[window.end - begin :], window.end
    growing = create_extractor(replace(spec, step_frames=N_GROWTH_FRAMES))
    for window in deque(growing.push(rest), maxlen=1):
        yield begin / rate, (begin + window.end) / rate, window
