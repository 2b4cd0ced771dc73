"""The computer's ears: PortAudio, the inputs, the one that is asked for, and what it hears."""

from collections.abc import Iterator

from livegenre.doctor.capture import ANSWER_SECONDS, Arrivals, Sound, capture, within
from livegenre.doctor.clock import read_clock
from livegenre.doctor.cures import cure
from livegenre.doctor.findings import Finding, failure, judged
from livegenre.doctor.hearing import judge_sound
from livegenre.errors import DeviceError, SourceError
from livegenre.sources.channels import Channel
from livegenre.sources.devices import InputDevice, list_inputs
from livegenre.sources.finding import find_input
from livegenre.sources.portaudio import device_errors, load_portaudio, permission

ENOUGH = 0.95
"""Share of the sound asked for that must come."""
MAX_DRIFT_PPM = 1_000.0


def judge_inputs(wanted: str | None, channel: Channel, seconds: float) -> Iterator[Finding]:
    """Judge PortAudio, the inputs and some seconds of one; each as far as the one before allows.

    Parameters
    ----------
    wanted : str or None
        As in ``find_input``.
    channel : int or None
        Index of the channel to hear, or the mean of the first two.
    seconds : float > 0
    """
    try:
        yield within(ANSWER_SECONDS, _judge_portaudio)
    except DeviceError as error:
        yield failure("PortAudio", error, cure("portaudio"))
        return
    try:
        inputs = within(ANSWER_SECONDS, list_inputs)
    except DeviceError as error:
        yield failure("inputs", error, cure("inputs"))
        return
    yield _judge_list(inputs)
    if inputs:
        yield from _judge_input(inputs, wanted, channel, seconds)


def _judge_portaudio() -> Finding:
    sounddevice = load_portaudio()
    with device_errors("PortAudio"):
        text = sounddevice.get_portaudio_version()[1]
        host_apis = [api["name"] for api in sounddevice.query_hostapis()]
    return Finding(
        name="PortAudio",
        state="ok",
        value=text.removeprefix("PortAudio V").partition(",")[0],
        meaning=f"It reaches devices by {', '.join(host_apis)}.",
    )


def _judge_list(inputs: list[InputDevice]) -> Finding:
    names = ", ".join(device.name for device in inputs)
    return judged(
        "inputs",
        not inputs,
        value=len(inputs),
        meaning=f"{names}." if inputs else "There is no microphone, line-in or monitor.",
        cure=f"{cure('inputs')}; {permission()}",
        state="bad",
    )


def _judge_input(
    inputs: list[InputDevice], wanted: str | None, channel: Channel, seconds: float
) -> Iterator[Finding]:
    try:
        device = find_input(inputs, wanted)
        sound = capture(device, channel, seconds)
    except SourceError as error:
        yield failure("input", error, cure("device"))
        return
    yield _judge_capture(device, sound, seconds)
    yield _judge_permission(device, sound)
    if sound.arrivals is not None:
        yield from judge_arrivals(sound.arrivals, sound.sample_rate)
    yield from judge_sound(sound, is_monitor=device.is_monitor)


def _judge_capture(device: InputDevice, sound: Sound, seconds: float) -> Finding:
    heard_seconds = len(sound.frames) / sound.sample_rate
    played = ": what the computer plays" if device.is_monitor else ""
    return judged(
        "input",
        heard_seconds < ENOUGH * seconds,
        value=device.name,
        meaning=f"{heard_seconds:.1f} s of {seconds:g} were heard, at {sound.sample_rate:,} Hz by "
        f"{device.host_api}{played}.",
        cure=cure("stalled"),
    )


def _judge_permission(device: InputDevice, sound: Sound) -> Finding:
    """Sound that is not all zeros proves it; nothing else does."""
    is_proven = device.is_monitor or bool(sound.frames.any())
    return judged(
        "permission",
        not is_proven,
        value="granted" if is_proven else "not certain",
        meaning="The system lets livegenre hear."
        if is_proven
        else "Some systems give zeros in place of what they do not allow.",
        cure=permission(),
    )


def judge_arrivals(arrivals: Arrivals, sample_rate: int) -> Iterator[Finding]:
    """Judge what was dropped and, if nothing was, how the device's clock runs."""
    reading = read_clock(arrivals.n_samples, arrivals.seconds, sample_rate)
    missing = reading.missing if reading else 0
    yield judged(
        "dropped",
        bool(missing or arrivals.n_overflows),
        value=missing,
        unit="samples",
        meaning=f"Never came, by the clock; the driver admits {arrivals.n_overflows} losses.",
        cure=cure("dropped"),
    )
    if reading is None or missing:
        return
    uncertainty = reading.uncertainty_ppm
    yield judged(
        "clock drift",
        abs(reading.drift_ppm) - uncertainty > MAX_DRIFT_PPM,
        value=round(reading.drift_ppm),
        unit="ppm",
        meaning=f"Device against computer, give or take {uncertainty:.0f} ppm after "
        f"{arrivals.seconds[-1] - arrivals.seconds[0]:.0f} s; more --seconds tell it better.",
        cure=cure("clock"),
    )
