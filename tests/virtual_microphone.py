"""A microphone without a sound card: the monitor of a private PulseAudio daemon's null sink.

Runs as any user, root included, and touches no daemon, file or variable that it did not make.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import soundfile

from livegenre.arrays import FloatArray
from livegenre.sources.microphone import Microphone

PROGRAMS = ("pulseaudio", "pactl", "paplay")
PACKAGES = "libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins"
SINK = "livegenre"
PATIENCE_SECONDS = 20.0


class VirtualMicrophone:
    """A daemon of our own; inside ``with``, PortAudio's device ``pulse`` records what is played.

    The null sink is bit-exact for 16-bit sound at its own rate and number of channels, and paced
    in real time.

    Parameters
    ----------
    sample_rate : int
        Of the sink, in Hz; PortAudio is told 44,100 Hz whatever it is.
    n_channels : int
        Of the sink.
    """

    def __init__(self, *, sample_rate: int = 44_100, n_channels: int = 2) -> None:
        self.sample_rate = sample_rate
        self.n_channels = n_channels
        self._daemon: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._ended = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            # PulseAudio insists on folders that no one else may enter, as mkdtemp makes them.
            folder = undo.enter_context(tempfile.TemporaryDirectory(prefix="livegenre-"))
            self._folder = Path(folder)
            (self._folder / "pulse").mkdir(mode=0o700)
            undo.enter_context(_environment(self._variables))
            undo.callback(_renew_portaudio)
            undo.callback(self.unplug)
            self.plug_in()
            _renew_portaudio()
            self._ended = undo.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.close()

    def plug_in(self) -> None:
        """Start the daemon and wait until it is ready."""
        for name in ("pid", "native"):  # an unplugged daemon could not tidy up
            (self._folder / "pulse" / name).unlink(missing_ok=True)
        # The daemon refuses to start where a server is named already.
        own = {k: v for k, v in os.environ.items() if k not in ("PULSE_SERVER", "PULSE_SINK")}
        log_path = self._folder / "log"
        with log_path.open("wb") as log:
            self._daemon = subprocess.Popen(
                self._command, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pulseaudio did not start: {log_path.read_text()[-800:]}")
            time.sleep(0.02)

    def unplug(self) -> None:
        """Kill the daemon, as when a device is pulled out."""
        daemon, self._daemon = self._daemon, None
        if daemon:
            daemon.kill()
            daemon.wait()

    @contextlib.contextmanager
    def hung(self) -> Iterator[None]:
        """Halt the daemon: no sound, no error."""
        assert self._daemon
        self._daemon.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._daemon.send_signal(signal.SIGCONT)

    def play(self, path: Path) -> None:
        """Play a WAV file into the microphone and wait for its end."""
        with self.playing(path) as player:
            assert player.wait(60 + PATIENCE_SECONDS) == 0

    @contextlib.contextmanager
    def playing(self, path: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """Play a WAV file in the background, to its end or that of the block."""
        # 500 ms keep a busy machine from underrunning the player.
        command = ["paplay", "--latency-msec=500", f"--device={SINK}", str(path)]
        with subprocess.Popen(command) as player:
            try:
                yield player
            finally:
                player.terminate()

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend the sink and with it its monitor: no sound, no error, a server that answers."""
        self._tell("suspend-sink", SINK, "1")
        try:
            yield
        finally:
            self._tell("suspend-sink", SINK, "0")

    def add_source(self, name: str) -> None:
        """Put a source before the monitor that is none itself, as a real microphone is."""
        named = f"source_name={name}", f"source_properties=device.description={name}"
        self._tell("load-module", "module-remap-source", f"master={SINK}.monitor", *named)

    def remove_sources(self) -> None:
        """Take away what ``add_source`` put: the server moves their streams to the monitor."""
        self._tell("unload-module", "module-remap-source")

    def mute(self, muted: bool) -> None:
        """Mute the source or end that: zeros come as sound does."""
        self._tell("set-source-mute", f"{SINK}.monitor", str(int(muted)))

    def set_volume(self, percent: int) -> None:
        """Set the source's volume; PulseAudio's scale is cubic."""
        self._tell("set-source-volume", f"{SINK}.monitor", f"{percent}%")

    def _tell(self, *words: str) -> None:
        subprocess.run(["pactl", *words], check=True, timeout=PATIENCE_SECONDS)

    @property
    def _command(self) -> list[str]:
        socket = self._folder / "pulse" / "native"
        options = "-n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --realtime=no"
        options += " --high-priority=no --disable-shm=yes --log-target=stderr"
        protocol = f"module-native-protocol-unix auth-anonymous=1 socket={socket}"
        # norewinds: rendered in 50 ms, not 2 s, and no glitches in the monitor.
        sink = f"module-null-sink sink_name={SINK} format=s16le norewinds=1"
        sink += f" rate={self.sample_rate} channels={self.n_channels}"
        return ["pulseaudio", *options.split(), "-L", protocol, "-L", sink]

    @property
    def _variables(self) -> dict[str, str]:
        return {
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "PULSE_STATE_PATH": str(self._folder / "state"),
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "PULSE_SERVER": f"unix:{self._folder}/pulse/native",
            "PULSE_SOURCE": f"{SINK}.monitor",
            "PULSE_SINK": SINK,
        }

    def _is_ready(self) -> bool:
        listed = subprocess.run(
            ["pactl", "list", "short", "sources"], capture_output=True, timeout=PATIENCE_SECONDS
        )
        return f"{SINK}.monitor".encode() in listed.stdout


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _renew_portaudio() -> None:
    """Have PortAudio look for devices anew; its list is a snapshot."""
    import sounddevice

    sounddevice._terminate()
    sounddevice._initialize()


def wait_until(holds: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something to hold; fail where it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.01)


def write_noise(path: Path, seconds: float, sample_rate: int, n_channels: int) -> FloatArray:
    """Write a WAV file of loud 16-bit noise and return its frames [shape=(n, n_channels)]."""
    shape = round(seconds * sample_rate), n_channels
    frames = np.random.default_rng(0).uniform(-0.5, 0.5, shape)
    frames[0] = 0.5  # never zero: where the sound begins can be seen
    soundfile.write(path, frames, sample_rate, subtype="PCM_16")
    written: FloatArray = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return written


def read_samples(microphone: Microphone, n: int) -> FloatArray:
    """Read until there are at least ``n`` samples; fail where they do not come in time."""
    blocks: list[FloatArray] = []
    deadline = time.monotonic() + n / microphone.sample_rate + PATIENCE_SECONDS
    while sum(map(len, blocks)) < n:
        blocks.append(microphone.read(1_024))
        assert time.monotonic() < deadline
    return np.concatenate(blocks)


def assert_exact(
    virtual_microphone: "VirtualMicrophone",
    folder: Path,
    *,
    seconds: float,
    channel: int | None = None,
) -> None:
    """See that every sample of noise arrives, once, in order, unchanged."""
    rate, n_channels = virtual_microphone.sample_rate, virtual_microphone.n_channels
    frames = write_noise(folder / "noise.wav", seconds, rate, n_channels)
    expected = frames.mean(axis=1) if channel is None else frames[:, channel]
    with Microphone("pulse", channel) as microphone:
        assert microphone.sample_rate == rate
        blocks = [read_samples(microphone, rate // 10)]
        with virtual_microphone.playing(folder / "noise.wav"):
            while not blocks[-1].any():
                blocks.append(read_samples(microphone, rate // 10))
            while blocks[-1][-rate // 20 :].any():
                blocks.append(read_samples(microphone, rate // 10))
        assert microphone.lost == 0
    heard = np.concatenate(blocks)
    begin = int(np.flatnonzero(heard)[0])
    np.testing.assert_array_equal(heard[begin : begin + len(expected)], expected)


@contextlib.contextmanager
def virtual_microphone_of(sample_rate: int, n_channels: int) -> Iterator["VirtualMicrophone"]:
    """Make a microphone; skip by name where it cannot be."""
    if lacking := missing():
        message = f"no {', '.join(lacking)}: apt-get install {PACKAGES}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with VirtualMicrophone(sample_rate=sample_rate, n_channels=n_channels) as microphone:
        yield microphone


def missing() -> list[str]:
    """Name what a virtual microphone needs and this machine has not."""
    lacking = [program for program in PROGRAMS if not shutil.which(program)]
    try:
        import sounddevice  # noqa: F401
    except OSError:
        lacking.append("PortAudio")
    return lacking


@pytest.fixture
def virtual_microphone() -> Iterator[VirtualMicrophone]:
    """A microphone of 44,100 Hz and two channels."""
    with virtual_microphone_of(44_100, 2) as microphone:
        yield microphone
