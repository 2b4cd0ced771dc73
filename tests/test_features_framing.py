"""Windows lie on the frame grid, grow, then slide, whatever the lengths of the blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegenre.arrays import FloatArray
from livegenre.features.base import FeatureSpec
from livegenre.features.framing import Framer


def spec(window_frames: int, min_frames: int, step_frames: int) -> FeatureSpec:
    return FeatureSpec("statistics", 8000, 8, 2, 20, window_frames, min_frames, step_frames)


def ramp(n: int) -> FloatArray:
    """Samples that say where they are: 1, 2, 3 ..."""
    return np.arange(1, n + 1, dtype=np.float32)


def test_windows_grow_by_a_step_and_then_slide() -> None:
    framer = Framer(spec(window_frames=10, min_frames=5, step_frames=3))
    windows = [(w.first, len(w.frames), w.end) for w in framer.push(ramp(38))]
    assert windows == [(0, 5, 8), (0, 8, 14), (1, 10, 20), (4, 10, 26), (7, 10, 32), (10, 10, 38)]


def test_no_window_comes_before_its_last_sample() -> None:
    framer = Framer(spec(window_frames=5, min_frames=5, step_frames=1))
    assert not list(framer.push(ramp(7)))
    assert [w.end for w in framer.push(ramp(1))] == [8]


def test_frames_are_centred_and_see_zeros_beyond_the_window() -> None:
    framer = Framer(spec(window_frames=5, min_frames=5, step_frames=1))
    *_, window = ((w.samples.copy(), w.frames.copy()) for w in framer.push(ramp(12)))
    samples, frames = window
    np.testing.assert_array_equal(samples, [5, 6, 7, 8, 9, 10, 11, 12])
    np.testing.assert_array_equal(frames[0], [0, 0, 0, 0, 5, 6, 7, 8])
    np.testing.assert_array_equal(frames[2], [5, 6, 7, 8, 9, 10, 11, 12])
    np.testing.assert_array_equal(frames[4], [9, 10, 11, 12, 0, 0, 0, 0])


def test_a_step_longer_than_the_window_skips_sound() -> None:
    framer = Framer(spec(window_frames=5, min_frames=5, step_frames=9))
    samples = [w.samples.copy() for w in framer.push(ramp(26))]
    np.testing.assert_array_equal(samples, [ramp(8), ramp(26)[-8:]])


def test_whole_frames_end_with_the_window() -> None:
    framer = Framer(spec(window_frames=3, min_frames=2, step_frames=2), centred=False)
    windows = [(w.first, w.end, w.samples.copy(), w.frames.copy()) for w in framer.push(ramp(17))]
    assert [(first, end) for first, end, _, _ in windows] == [(0, 10), (1, 14)]
    for first, end, samples, frames in windows:
        np.testing.assert_array_equal(samples, ramp(17)[2 * first : end])
        np.testing.assert_array_equal(frames[0], samples[:8])
        np.testing.assert_array_equal(frames[-1], samples[-8:])


@pytest.mark.parametrize("n_before", [0, 3, 100])
def test_reset_starts_anew(n_before: int) -> None:
    framer = Framer(spec(window_frames=6, min_frames=5, step_frames=2))
    list(framer.push(ramp(n_before)))
    framer.reset()
    window = next(framer.push(ramp(8)))
    assert (window.first, window.end) == (0, 8)
    np.testing.assert_array_equal(window.samples, ramp(8))


@given(
    window_frames=st.integers(5, 12),
    min_frames=st.integers(5, 12),
    step_frames=st.integers(1, 15),
    lengths=st.lists(st.integers(0, 40), max_size=20),
)
def test_blocks_of_any_length_give_the_samples_before_each_end(
    window_frames: int, min_frames: int, step_frames: int, lengths: list[int]
) -> None:
    min_frames = min(min_frames, window_frames)
    framer = Framer(spec(window_frames, min_frames, step_frames))
    stream = ramp(sum(lengths))
    ends = []
    for block in np.split(stream, np.cumsum(lengths)):
        for window in framer.push(block):
            ends.append(window.end)
            n_samples = (len(window.frames) - 1) * 2
            np.testing.assert_array_equal(
                window.samples, stream[window.end - n_samples : window.end]
            )
    assert ends == list(range((min_frames - 1) * 2, len(stream) + 1, step_frames * 2))
