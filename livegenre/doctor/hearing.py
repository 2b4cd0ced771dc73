"""What was heard, judged: measures become findings, by limits that are all here."""

from collections.abc import Iterator

import numpy as np

from livegenre.doctor.capture import Sound
from livegenre.doctor.cures import cure
from livegenre.doctor.findings import Finding, judged
from livegenre.doctor.level import (
    clipped_share,
    dc_offset,
    level_dbfs,
    longest_zeros_seconds,
    noise_floor_dbfs,
    peak_dbfs,
)
from livegenre.doctor.likeness import USUAL_DB, compare
from livegenre.doctor.spectrum import band_limit_hz, hum

SILENCE_DBFS = -60.0
"""Below it, ``listen`` names nothing unless told otherwise."""
FAINT_DBFS = -45.0
MAX_ZEROS_SECONDS = 0.5
MIN_MOVEMENT_DB = 0.5
"""By how much the level exceeds its own floor; of noise 0.2 dB, of 99 in 100 clips of music 1.2."""
MAX_MIXING_LOSS_DB = 4.5
"""Two channels that have nothing in common lose 3; where one is empty 6, or opposite, all."""
MAX_CLIPPED = 1e-4
MAX_OFFSET = 0.01
HUM_BELOW_DB = 20.0
"""Hum that lies this far below the level drowns nothing."""
NEEDED_HZ = 6_000.0
"""Telephones end at 3.4 kHz, headsets in wide-band calls at 7 kHz, which the models get by with."""


def judge_sound(sound: Sound, *, is_monitor: bool = False) -> Iterator[Finding]:
    """Judge all that can be told of some sound; of digital silence, that alone.

    Parameters
    ----------
    sound : Sound
    is_monitor : bool
        Whether it was taken from what the computer plays, which may be nothing.
    """
    if not sound.frames.any():
        yield _nothing_but_zeros(sound, is_monitor)
        return
    yield _judge_zeros(sound)
    level = level_dbfs(sound.samples)
    yield _judge_level(level)
    if sound.frames.shape[1] > 1:
        yield _judge_mix(sound, level)
    yield _judge_clipping(sound)
    yield _judge_noise_floor(sound, level)
    yield _judge_offset(sound)
    yield _judge_hum(sound, level)
    yield _judge_band_limit(sound)
    if level >= SILENCE_DBFS:
        yield _judge_likeness(sound)


def _nothing_but_zeros(sound: Sound, is_monitor: bool) -> Finding:
    return Finding(
        name="silence",
        state="warning" if is_monitor else "bad",
        value=round(len(sound.samples) / sound.sample_rate, 1),
        unit="s",
        meaning="Nothing but zeros: this computer plays nothing, or it is muted."
        if is_monitor
        else "Nothing but zeros: muted or not allowed, for no microphone is as quiet.",
        cure=cure("nothing played" if is_monitor else "muted"),
    )


def _judge_zeros(sound: Sound) -> Finding:
    seconds = longest_zeros_seconds(sound.samples, sound.sample_rate)
    has_holes = seconds > MAX_ZEROS_SECONDS
    words = ": a hole in the sound" if has_holes else ""
    return judged(
        "silence",
        has_holes,
        value=round(seconds, 2),
        unit="s",
        meaning=f"Longest run of zeros{words}.",
        cure=cure("holes"),
    )


def _judge_level(level: float) -> Finding:
    if level < SILENCE_DBFS:
        meaning = f"Below {SILENCE_DBFS:g} dBFS it is taken for silence, and nothing is named."
    elif level < FAINT_DBFS:
        meaning = "Faint: noise takes part in the answer."
    else:
        meaning = "Loud enough."
    return judged(
        "level",
        level < FAINT_DBFS,
        value=round(level, 1),
        unit="dBFS",
        meaning=meaning,
        cure=cure("faint"),
    )


def _judge_mix(sound: Sound, level: float) -> Finding:
    levels = [level_dbfs(channel) for channel in sound.frames.T]
    loss = max(levels) - level
    return judged(
        "mix",
        loss > MAX_MIXING_LOSS_DB,
        value=round(loss, 1) + 0.0,
        unit="dB lost",
        meaning=f"By mixing the channels; the loudest of them is {1 + int(np.argmax(levels))}.",
        cure=cure("mix"),
    )


def _judge_clipping(sound: Sound) -> Finding:
    share = max(clipped_share(channel) for channel in sound.frames.T)
    return judged(
        "clipping",
        share > MAX_CLIPPED,
        value=round(100 * share, 3),
        unit="%",
        meaning=f"Share of samples cut off; the peak is {peak_dbfs(sound.frames):.1f} dBFS.",
        cure=cure("clipping"),
    )


def _judge_noise_floor(sound: Sound, level: float) -> Finding:
    floor = noise_floor_dbfs(sound.samples, sound.sample_rate)
    movement = level - floor
    is_steady = movement < MIN_MOVEMENT_DB
    return judged(
        "noise floor",
        is_steady,
        value=round(floor, 1),
        unit="dBFS",
        meaning=f"The quietest tenth, {movement:.1f} dB below the level: "
        + ("steady sound, no music stands out." if is_steady else "something stands out."),
        cure=cure("noise"),
    )


def _judge_offset(sound: Sound) -> Finding:
    offset = dc_offset(sound.samples)
    return judged(
        "DC offset",
        abs(offset) > MAX_OFFSET,
        value=round(100 * offset, 2) + 0.0,
        unit="%",
        meaning="Of full scale: how far the middle of the sound is from zero.",
        cure=cure("offset"),
    )


def _judge_hum(sound: Sound, level: float) -> Finding:
    found = hum(sound.samples, sound.sample_rate)
    if found is None:
        words = "No lines at multiples of 50 or 60 Hz go on all the time."
        return Finding(name="mains hum", state="ok", value=None, meaning=words)
    mains_hz, hum_dbfs = found
    return judged(
        "mains hum",
        hum_dbfs > level - HUM_BELOW_DB,
        value=round(hum_dbfs, 1),
        unit="dBFS",
        meaning=f"Lines at multiples of {mains_hz} Hz, {level - hum_dbfs:.0f} dB below the level.",
        cure=cure("hum"),
    )


def _judge_band_limit(sound: Sound) -> Finding:
    limit = band_limit_hz(sound.samples, sound.sample_rate)
    is_low = limit < NEEDED_HZ
    return judged(
        "band limit",
        is_low,
        value=round(limit / 1000, 1),
        unit="kHz",
        meaning="Nothing comes above, where the models listen too."
        if is_low
        else "All that the models need comes through.",
        cure=cure("band limit"),
    )


def _judge_likeness(sound: Sound) -> Finding:
    likeness = compare(sound.samples, sound.sample_rate)
    low, high = likeness.band_hz
    more = "more" if likeness.band_difference_db > 0 else "less"
    return judged(
        "likeness",
        likeness.distance_db > USUAL_DB,
        value=round(likeness.distance_db, 1),
        unit="dB",
        meaning=f"From the spectrum of the training music (95 % of it is within {USUAL_DB:g}); "
        f"strangest: {abs(likeness.band_difference_db):.0f} dB {more} at {low:.0f}-{high:.0f} Hz.",
        cure=cure("likeness"),
    )
