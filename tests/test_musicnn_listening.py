"""What names are worth to a listener, on windows whose answers are known."""

import numpy as np
import pytest

from livegenre.arrays import FloatArray
from tools.musicnn.listening import Listening

N_CLIPS, N_WINDOWS = 20, 12


def listening(top: FloatArray, *, noise: float = 0.0) -> Listening:
    """Give each clip's windows one posterior, of the first genre; it is right in even clips."""
    clip = np.repeat(np.arange(N_CLIPS), N_WINDOWS)
    return Listening(
        labels=("a", "b"),
        posteriors=np.stack([top[clip], 1 - top[clip]], axis=1).astype(np.float32),
        not_music=np.full(len(clip), noise),
        not_music_threshold=0.5,
        clip=clip,
        genre=clip % 2,
    )


@pytest.fixture
def top() -> FloatArray:
    """Sure where it is right, less where it is wrong."""
    return np.where(np.arange(N_CLIPS) % 2, 0.7, 0.9).astype(np.float32)


def test_everything_is_named_where_half_of_it_may_be_wrong(top: FloatArray) -> None:
    named = listening(top).named_from(0.6)
    assert (named.precision, named.coverage) == (0.5, 1.0)


def test_the_least_threshold_keeps_its_promise(top: FloatArray) -> None:
    named = listening(top).least_threshold(0.9)
    assert named.threshold == pytest.approx(0.7, abs=0.01)
    assert (named.precision, named.coverage) == (1.0, 0.5)


def test_what_is_called_no_music_is_not_named(top: FloatArray) -> None:
    assert listening(top, noise=0.9).named_from(0.6).coverage == 0


def test_clips_are_decided_on_one_by_one(top: FloatArray) -> None:
    # Held over from the clip before, the name would stand at the beginning of the next.
    assert listening(top).named_from(0.8).coverage == 0.5
