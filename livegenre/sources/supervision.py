"""Keeps an input open: a thread of its own opens it, watches its data, and opens it anew.

Only here may PortAudio be waited for; whoever reads or shows looks at what was found.
"""

import threading
import time
from collections.abc import Callable
from typing import Literal

from livegenre.errors import DeviceError, SourceError
from livegenre.sources.capture import Capture
from livegenre.sources.portaudio import device_errors, load_portaudio, spare_the_exit

STALL_SECONDS = 0.5
FIRST_SOUND_SECONDS = 2.0
"""What a freshly opened device may take to its first sound: Bluetooth takes more than a second."""
HUNG_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.1
LAST_PAUSE_SECONDS = 0.7
OPEN_SECONDS = 10.0
STOP_SECONDS = 1.0
_WATCH_SECONDS = 0.05

Health = Literal["live", "stalled", "reconnecting"]

# PortAudio belongs to the whole process, and one thread at a time.
_portaudio = threading.Lock()
_open_captures: set[Capture] = set()


class Supervisor:
    """Opens an input and keeps it open until it is stopped.

    opening -> watching -> closing -> pausing -> opening, round and round; what is not there or
    does not open is tried again after pauses of 0.1 s, doubled up to 0.7 s.

    Parameters
    ----------
    open_capture : callable
        Finds the device and opens it, or raises a SourceError; called on the thread.
    """

    def __init__(self, open_capture: Callable[[], Capture]) -> None:
        self.capture: Capture | None = None
        """The newest; it may have ended."""
        self.health: Health = "live"
        self._open_capture = open_capture
        self._trouble = ""
        self._attempt = 0, 0.0
        self._asked_at: float | None = None
        self._error: SourceError | None = None
        self._first_tried = threading.Event()
        self._is_outdated = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervise-input", daemon=True)

    @property
    def next_attempt(self) -> tuple[int, float]:
        """Number of the next attempt to open the input since it gave sound, and seconds until then.

        The number is 0 while sound comes; the time is 0 while the attempt is being made.
        """
        number, at = self._attempt
        return number, max(0.0, at - time.monotonic())

    @property
    def trouble(self) -> str:
        """What keeps the sound from coming, in words; empty while it comes."""
        asked_at = self._asked_at
        if asked_at is not None and time.monotonic() - asked_at > HUNG_SECONDS:
            return "the sound system does not answer"
        return self._trouble

    def require_alive(self) -> None:
        """See that the input is still watched.

        Raises
        ------
        DeviceError
            If the thread met what it did not expect; its traceback is on stderr.
        """
        if not self._thread.is_alive():
            raise DeviceError("the watch over the input broke down; please report what it printed")

    def start(self, *, wait: bool) -> None:
        """Open the input for the first time.

        Parameters
        ----------
        wait : bool
            Whether to go on trying, in the background, where the device is not there.

        Raises
        ------
        SourceError
            If it does not open and is not waited for, has no such channel, or there is no
            PortAudio or no answer.
        """
        self._thread.start()
        if not self._first_tried.wait(OPEN_SECONDS):
            raise DeviceError("the sound system does not answer; restart it and try again")
        load_portaudio()  # without it there is nothing to wait for
        if self._error is not None and not (wait and isinstance(self._error, DeviceError)):
            raise self._error

    def renew(self) -> None:
        """Have the input closed and opened anew; on any thread, never waits."""
        self._is_outdated.set()

    def stop(self) -> None:
        """End the thread and close the input; a thread that hangs is left behind after 1 s."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            spare_the_exit()

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            capture = self._open()
            self._first_tried.set()
            if capture is not None:
                self._watch(capture)
                self._close(capture)
            if self._is_outdated.is_set() or (capture and capture.began_at is not None):
                pause = FIRST_PAUSE_SECONDS
            self._attempt = self._attempt[0] + 1, time.monotonic() + pause
            self._stopping.wait(pause)
            pause = min(2 * pause, LAST_PAUSE_SECONDS)

    def _open(self) -> Capture | None:
        self._asked_at = time.monotonic()
        try:
            with _portaudio:
                self._is_outdated.clear()
                if self._first_tried.is_set() and not _open_captures:
                    _look_again()
                self.capture = self._open_capture()
                _open_captures.add(self.capture)
        except SourceError as error:
            self._error = error
            self._suffer("reconnecting", str(error))
            return None
        finally:
            self._asked_at = None
        return self.capture

    def _watch(self, capture: Capture) -> None:
        """Return once the capture gives no more sound, or is to end."""
        started_at = time.monotonic()
        while not self._stopping.wait(_WATCH_SECONDS):
            if self._is_outdated.is_set():
                return
            if not capture.active:
                self._suffer("reconnecting", "its stream ended")
                return
            capture.observe()
            silent_seconds = time.monotonic() - max(started_at, capture.heard_at)
            began = capture.began_at is not None
            if silent_seconds > STALL_SECONDS:
                self._suffer("stalled", "its stream gives nothing")
            elif began:
                self.health, self._trouble, self._attempt = "live", "", (0, 0.0)
                if capture.was_moved():
                    self._suffer("reconnecting", "the sound server moved it to another source")
                    return
            if silent_seconds > (STALL_SECONDS if began else FIRST_SOUND_SECONDS):
                return

    def _close(self, capture: Capture) -> None:
        self._asked_at = time.monotonic()
        with _portaudio:
            capture.close()
            _open_captures.discard(capture)
        self._trouble = self.trouble  # a system that hung stays the reason until sound comes
        self._asked_at = None

    def _suffer(self, health: Health, trouble: str) -> None:
        self._trouble = trouble  # first: whoever sees the new state is to see its reason
        # A stream that opens and stays silent, again and again, is one trouble, not many.
        if self.health != "reconnecting":
            self.health = health


def _look_again() -> None:
    """Have PortAudio find the devices of now: its list is a snapshot. Kills every open stream."""
    sounddevice = load_portaudio()
    with device_errors("the sound system", "it is tried again"):
        if sounddevice._initialized:
            sounddevice._terminate()
        sounddevice._initialize()
