"""For other programs: the decisions on what a device hears or a file holds, as a generator."""

import math
import os
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack

from livegenre.argument_types import gain, not_negative, positive
from livegenre.assembly import DecisionOptions, load_ears
from livegenre.decision import Decision
from livegenre.errors import UsageError
from livegenre.keywords import keywords_named
from livegenre.session import too_short
from livegenre.sources import ReplayOptions, open_source
from livegenre.sources.channels import Channel, parse_channel
from livegenre.sources.microphone import Microphone
from livegenre.stream import BLOCK_SECONDS, FAST_BLOCK_SECONDS, classify_stream
from livegenre.tap import Tap


def listen(
    device: str | int | None = None,
    *,
    channel: str = "mix",
    gain_db: float = 0.0,
    wait: bool = False,
    duration_seconds: float | None = None,
    model: str = "cnn",
    step_seconds: float | None = None,
    silence_dbfs: float | None = None,
    unsure: float | None = None,
    smoothing_seconds: float | None = None,
    hold_seconds: float | None = None,
    stop: threading.Event | None = None,
) -> Generator[Decision, None, None]:
    """Yield decisions on what a microphone or line-in hears, for ever unless told otherwise.

    The device is opened when the first decision is asked for, and closed when the generator ends,
    is closed, or is collected as garbage. What is not asked for in time is lost after a second,
    and counted: a reader that does slow work between two decisions should hand it to others.
    Runs on any thread, one at a time; no signal handler is set.

    Parameters
    ----------
    device : str or int, optional
        Input by name, part of a name, or index; ``system`` is what the computer plays; the
        system's default without it.
    channel : str
        ``1``, ``2``, ..., ``left``, ``right`` or ``mix``.
    gain_db : float
        -60 to 60.
    wait : bool
        Whether to wait for a device that is not there yet.
    duration_seconds : float, optional
        Sound after which it ends, > 0.
    model : str
        Name of a bundled model, or path of an ``.onnx`` file.
    step_seconds : float, optional
        Time between decisions, > 0; the model's own without it.
    silence_dbfs : float, optional
        Below it a window is silence; -60 without it.
    unsure : float, optional
        No genre below this smoothed posterior, 0..1; the model's thresholds without it.
    smoothing_seconds : float, optional
        Time constant, >= 0; 4 without it.
    hold_seconds : float, optional
        Shortest life of a label, >= 0; 1 without it.
    stop : threading.Event, optional
        Set on any thread, it ends the generator within about 0.1 s, as the end of the sound does.

    Raises
    ------
    UsageError
        At once, if an option is out of its domain.
    DeviceError, ModelError
        With the first decision, if there is no such thing, or it cannot be used.
    SourceError
        If the sound broke off, or ended before the first decision.
    """
    heard = _check(channel, model, gain_db, duration_seconds)
    wanted = None if device is None else str(device)
    options = DecisionOptions(
        step_seconds=step_seconds,
        silence_dbfs=silence_dbfs,
        unsure=unsure,
        smoothing_seconds=smoothing_seconds,
        hold_seconds=hold_seconds,
    )
    return _decisions(
        lambda: Tap(
            Microphone(wanted, heard, wait=wait),
            limit_seconds=duration_seconds,
            gain_db=gain_db,
            remove_dc=True,
        ),
        model,
        options,
        block_seconds=BLOCK_SECONDS,
        stop=stop,
    )


def replay(
    path: str | os.PathLike[str] = "demo",
    *,
    speed: float = math.inf,
    start_seconds: float = 0.0,
    loop: bool = False,
    channel: str = "mix",
    gain_db: float = 0.0,
    duration_seconds: float | None = None,
    model: str = "cnn",
    step_seconds: float | None = None,
    silence_dbfs: float | None = None,
    unsure: float | None = None,
    smoothing_seconds: float | None = None,
    hold_seconds: float | None = None,
    stop: threading.Event | None = None,
) -> Generator[Decision, None, None]:
    """Yield decisions on a file, a signal or standard input, the same as ``livegenre replay``.

    Opens and closes as ``listen`` does; every parameter not named here is as there.

    Parameters
    ----------
    path : str or path
        File; signal such as ``noise:pink``; ``-`` for WAV on standard input; ``demo``.
    speed : float > 0
        Times real time; infinity, the default, is as fast as possible.
    start_seconds : float
        How much of the beginning to skip, >= 0.
    loop : bool
        Whether to begin again at the end, for ever.
    channel, gain_db, duration_seconds, model, step_seconds, silence_dbfs, unsure
        As for ``listen``.
    smoothing_seconds, hold_seconds, stop
        As for ``listen``.

    Raises
    ------
    UsageError
        At once, if an option is out of its domain; with the first decision, if two options do not
        go together.
    FileError, ModelError
        With the first decision, if there is no such thing, or it cannot be used.
    SourceError
        If the sound broke off, or ended before the first decision.
    """
    _check(channel, model, gain_db, duration_seconds)
    options = DecisionOptions(
        step_seconds=step_seconds,
        silence_dbfs=silence_dbfs,
        unsure=unsure,
        smoothing_seconds=smoothing_seconds,
        hold_seconds=hold_seconds,
    )
    not_negative.check("start_seconds", start_seconds, needed=True)
    positive.check("speed", 1.0 if speed == math.inf else speed, needed=True)
    sound = ReplayOptions(
        spec=os.fspath(path),
        channel=channel,
        start_seconds=start_seconds,
        duration_seconds=duration_seconds,
        loop=loop,
        speed=speed,
    )
    return _decisions(
        lambda: Tap(open_source(sound), gain_db=gain_db),
        model,
        options,
        block_seconds=BLOCK_SECONDS if speed < math.inf else FAST_BLOCK_SECONDS,
        stop=stop,
    )


def _check(channel: str, model: str, gain_db: float, duration_seconds: float | None) -> Channel:
    """See that what both take is of its domain; return the channel."""
    texts: dict[str, object] = {"channel": channel, "model": model}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise UsageError(f"{name}: {value!r} is no text")
    gain.check("gain_db", gain_db, needed=True)
    positive.check("duration_seconds", duration_seconds)
    with keywords_named():
        return parse_channel(channel)


def _decisions(
    open_tap: Callable[[], Tap],
    model: str,
    options: DecisionOptions,
    *,
    block_seconds: float,
    stop: threading.Event | None,
) -> Generator[Decision, None, None]:
    n_decisions = 0
    with keywords_named(), ExitStack() as stack:
        ears = load_ears(options, model)
        tap = stack.enter_context(open_tap())
        if stop is not None:
            tap.attend(lambda: tap.stop() if stop.is_set() else None)
        for decision in classify_stream(
            tap, ears.extractor, ears.classifier, ears.decider, block_seconds=block_seconds
        ):
            n_decisions += 1
            yield decision
        if not n_decisions and not tap.stopped:
            raise too_short(tap, ears)
