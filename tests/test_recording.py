"""A recording is whole, in time with the session, and made only where one is asked for."""

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

import livegenre.recording
from livegenre.arrays import FloatArray
from livegenre.errors import OutputError, UsageError
from livegenre.recording import Recorder
from tests.conftest import ROOT
from tests.virtual_microphone import VirtualMicrophone, wait_until

RATE = 8_000
LISTEN = [sys.executable, "-m", "livegenre", "listen", "--device", "pulse"]


def noise(n: int) -> FloatArray:
    return np.random.default_rng(2).uniform(-0.5, 0.5, n).astype(np.float32)


def read(path: Path) -> FloatArray:
    samples: FloatArray = sf.read(path, dtype="float32")[0]
    return samples


@pytest.mark.parametrize("name", ["evening.flac", "evening.wav", "EVENING.FLAC"])
def test_recording_holds_what_was_heard_to_24_bits(tmp_path: Path, name: str) -> None:
    samples = noise(5_000)
    with Recorder(str(tmp_path / name), RATE) as recorder:
        for block in np.split(samples, 10):
            recorder.push(block, 0)
    np.testing.assert_allclose(read(tmp_path / name), samples, atol=2**-23)
    info = sf.info(tmp_path / name)
    assert (info.samplerate, info.channels, info.subtype) == (RATE, 1, "PCM_24")


def test_lost_sound_is_silence_of_its_length(tmp_path: Path) -> None:
    before, after = noise(300), noise(200)
    with Recorder(str(tmp_path / "gap.flac"), RATE) as recorder:
        recorder.push(before, 0)
        recorder.push(noise(0), 0)
        recorder.push(after, 3 * RATE)
    expected = np.concatenate([before, np.zeros(3 * RATE, np.float32), after])
    np.testing.assert_allclose(read(tmp_path / "gap.flac"), expected, atol=2**-23)


def test_sound_beyond_full_scale_is_clipped(tmp_path: Path) -> None:
    with Recorder(str(tmp_path / "loud.wav"), RATE) as recorder:
        recorder.push(np.array([2.0, -2.0], np.float32), 0)
    np.testing.assert_allclose(read(tmp_path / "loud.wav"), [1.0, -1.0], atol=2**-23)


class SlowFile:
    """A file whose disk takes nothing until it is let go."""

    def __init__(self, file: Any, go: threading.Event) -> None:
        self._file = file
        self._go = go

    def write(self, samples: FloatArray) -> None:
        self._go.wait()
        self._file.write(samples)

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None:
        self._file.close()


def test_slow_disk_drops_and_counts_but_never_holds_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    create = livegenre.recording._create
    monkeypatch.setattr(
        livegenre.recording, "_create", lambda path, rate: SlowFile(create(path, rate), go)
    )
    samples = noise(RATE)
    recorder = Recorder(str(tmp_path / "slow.flac"), RATE)
    for _ in range(2 * livegenre.recording.N_BLOCKS):
        recorder.push(samples, 0)
    go.set()
    wait_until(recorder._queue.empty)
    recorder.push(samples, 0)
    with pytest.raises(OutputError, match=r"slow\.flac: the disk is too slow, \d+\.\d s are"):
        recorder.__exit__(None, None, None)
    heard = read(tmp_path / "slow.flac").reshape(-1, RATE)
    assert len(heard) == 2 * livegenre.recording.N_BLOCKS + 1
    np.testing.assert_allclose(heard[-1], samples, atol=2**-23)
    assert not heard[-2].any()


def test_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "mine.flac"
    path.write_text("dear")
    with pytest.raises(OutputError, match=r"mine\.flac: File exists; choose another place"):
        Recorder(str(path), RATE)
    assert path.read_text() == "dear"


def test_impossible_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in \.flac or \.wav"):
        Recorder(str(tmp_path / "song.mp3"), RATE)
    with pytest.raises(OutputError, match=r"no/song\.flac: No such file or directory"):
        Recorder(str(tmp_path / "no" / "song.flac"), RATE)
    assert list(tmp_path.iterdir()) == []


def test_no_other_module_writes_sound_but_what_livegenre_makes_itself() -> None:
    """SoundFile with a mode, and soundfile.write, stand here and where test signals are written."""
    writers = set()
    for path in (ROOT / "livegenre").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                owner = ast.unparse(call.func.value)
                writes = call.func.attr == "SoundFile" and (
                    len(call.args) > 1 or "mode" in {word.arg for word in call.keywords}
                )
                if owner in ("soundfile", "sf") and (writes or call.func.attr == "write"):
                    writers.add(path.name)
    assert writers == {"recording.py", "signal_file.py"}


def listening(folder: Path, *words: str, **options: Any) -> "subprocess.Popen[str]":
    """Start ``listen`` in a folder that is its home, its place for temporary files, its all."""
    variables = {name: str(folder) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    return subprocess.Popen(
        [*LISTEN, "--headless", *words],
        cwd=folder,
        env={**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def written_by(pid: int) -> list[str]:
    """Name the files that a process holds open for writing; memory shared with a server is none."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        flags = Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().split("flags:")[1].split()[0]
        name = str(link.readlink())
        if link.is_file() and int(flags, 8) & os.O_ACCMODE and not name.startswith("/memfd:"):
            found.append(name)
    return found


@pytest.mark.device
@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="needs /proc")
def test_listen_writes_no_file(virtual_microphone: VirtualMicrophone, tmp_path: Path) -> None:
    with listening(tmp_path, "--jsonl", "-") as process:
        assert process.stdout is not None
        for _ in range(4):
            assert process.stdout.readline()
        assert written_by(process.pid) == []
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.device
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_recording_of_a_session_is_whole_however_it_ends(
    virtual_microphone: VirtualMicrophone, tmp_path: Path, name: str
) -> None:
    with listening(tmp_path, "--record", "heard.flac") as process:
        wait_until((tmp_path / "heard.flac").exists)
        time.sleep(1.5)
        process.send_signal(getattr(signal, name))
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert 1.0 < sf.info(tmp_path / "heard.flac").duration < 10.0
    assert len(read(tmp_path / "heard.flac")) == sf.info(tmp_path / "heard.flac").frames


@pytest.mark.device
def test_full_disk_is_told_at_the_end_and_the_listening_goes_on(
    virtual_microphone: VirtualMicrophone, tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192))

    words = ("--record", "heard.wav", "--duration", "4", "--jsonl", "-")
    with listening(tmp_path, *words, preexec_fn=limit) as process:
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("livegenre: heard.wav: cannot be written, is the disk full?")
    assert errors.count("\n") == 1
    assert '"reason": "end"' in output.splitlines()[-1]
