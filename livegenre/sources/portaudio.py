"""PortAudio: loaded and closed quietly, its errors in words; sounddevice's only importer."""

import atexit
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from livegenre.errors import DeviceError
from livegenre.sources.quiet import quiet_stderr

LIST_THEM = "livegenre devices lists what there is"
_CLOSE_SECONDS = 1.0

_PERMISSIONS = {
    "darwin": "System Settings > Privacy & Security > Microphone must allow your terminal",
    "win32": "Settings > Privacy & security > Microphone must let desktop apps use it",
}
_LINUX_PERMISSION = (
    "your user must be in group audio, and a flatpak, snap or container be given the sound server"
)
_UNANTICIPATED_HOST_ERROR, _INTERNAL_ERROR, _DEVICE_UNAVAILABLE = -9999, -9986, -9985
# Both systems hide a refusal behind errors that have other causes too: PortAudio's issues 360,
# 293 (Windows) and 520 (macOS, which today mostly gives digital silence instead).
_MAYBE_DENIED = {
    "darwin": {_UNANTICIPATED_HOST_ERROR, _INTERNAL_ERROR},
    "win32": {_UNANTICIPATED_HOST_ERROR, _DEVICE_UNAVAILABLE},
}
_DENIED_BY_HOST = {-1, -13}  # EPERM, EACCES


def load_portaudio() -> Any:
    """Import sounddevice.

    Raises
    ------
    DeviceError
        If there is no PortAudio library.
    """
    try:
        with quiet_stderr:
            import sounddevice
    except OSError as error:
        raise DeviceError(
            f"no PortAudio library ({error}): apt-get install libportaudio2, "
            "brew install portaudio, or what your system calls it"
        ) from None
    return sounddevice


@contextmanager
def device_errors(what: str, cure: str | None = None) -> Iterator[None]:
    """Turn all that sounddevice raises into a DeviceError, and keep C libraries quiet.

    Parameters
    ----------
    what : str
        The thing that was tried, to begin the message with.
    cure : str, optional
        What to do about it, to end the message with; without it, the permission to look at where
        the system may have denied the device, and else the list of devices.
    """
    sounddevice = load_portaudio()
    try:
        with quiet_stderr:
            yield
    except (sounddevice.PortAudioError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise DeviceError(f"{what}: {reason}; {cure or _cure(error)}") from None


def permission() -> str:
    """Say what must be allowed on this system before a microphone is heard."""
    return _PERMISSIONS.get(sys.platform, _LINUX_PERMISSION)


def close_stream(stream: Any) -> None:
    """Close a stream, but do not wait for one whose sound server hangs."""
    sounddevice = load_portaudio()

    def close() -> None:
        with suppress(sounddevice.PortAudioError):
            stream.abort()
        with suppress(sounddevice.PortAudioError):
            stream.close()

    closer = threading.Thread(target=close, name="close-stream", daemon=True)
    closer.start()
    closer.join(_CLOSE_SECONDS)
    if closer.is_alive():
        spare_the_exit()


def spare_the_exit() -> None:
    """Keep PortAudio's own clean-up at exit from waiting for ever too."""
    loaded = sys.modules.get("sounddevice")  # not by an import: that may be just what hangs
    handler = getattr(loaded, "_exit_handler", None)
    if handler is not None:
        atexit.unregister(handler)


def _cure(error: Exception) -> str:
    code, host_error = (*error.args[1:], None, None)[:2]
    if host_error and host_error[1] in _DENIED_BY_HOST:
        return permission()
    if code in _MAYBE_DENIED.get(sys.platform, ()):
        return f"if no other program holds it, {permission()}"
    return LIST_THEM
