"""Which of a source's channels is heard: one of them, or the mean of all."""

from typing import TypeAlias

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.errors import SourceError, UsageError

Channel: TypeAlias = int | None
"""Index of a channel, from 0; None is the mean of all."""

_NAMES: dict[str, Channel] = {"mix": None, "left": 0, "right": 1}


def parse_channel(text: str) -> Channel:
    """Read ``mix``, ``left``, ``right`` or a number counted from 1.

    Raises
    ------
    UsageError
        If it is none of these.
    """
    word = text.strip().lower()
    if word in _NAMES:
        return _NAMES[word]
    if word.isascii() and word.isdigit() and len(word) < 5 and int(word):
        return int(word) - 1
    raise UsageError(f"--channel {text}: choose 1, 2, ..., left, right or mix")


def check_channel(channel: Channel, n_channels: int, name: str) -> None:
    """See that a source has the channel that is asked of it.

    Raises
    ------
    SourceError
        If it has not.
    """
    if channel is not None and channel >= n_channels:
        has = "only one channel" if n_channels == 1 else f"only {n_channels} channels"
        raise SourceError(f"{name}: no channel {channel + 1}, it has {has}; choose another or mix")


def channel_words(channel: Channel, n_channels: int) -> str:
    """Say which of a source's channels is heard."""
    if n_channels == 1:
        return "mono"
    if channel is not None:
        return f"ch {channel + 1} of {n_channels}"
    everything = "stereo" if n_channels == 2 else f"{n_channels} channels"
    return f"{everything}\N{RIGHTWARDS ARROW}mono"


def to_mono(frames: FloatArray, channel: Channel) -> FloatArray:
    """Pick a channel or take the mean, sample by sample, so that block sizes cannot matter.

    Parameters
    ----------
    frames : ndarray [shape=(n, n_channels)], float32
    channel : int or None
        Below ``n_channels``.

    Returns
    -------
    ndarray [shape=(n,)], float32
    """
    if channel is not None:
        return np.ascontiguousarray(frames[:, channel])
    mono = frames[:, 0].copy()
    with np.errstate(over="ignore", invalid="ignore"):  # the reader sees to infinities
        for index in range(1, frames.shape[1]):
            mono += frames[:, index]
    mono *= np.float32(1 / frames.shape[1])
    return mono
