"""A session with made-up sound and decisions, for tests to watch in a real terminal.

Usage: screen_session.py calm|raise|noisy [SECONDS]
"""

import os
import signal
import sys
import threading
import time
from types import FrameType

import numpy as np

from livegenre.decision import Decision
from livegenre.screen import Facts, Meter, SourceStatus, choose_screen
from tests.screen_controls import NotedControls

LABELS = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae")
RATE = 44_100
BLOCK_SECONDS = 0.05
FACTS = Facts(
    model="classic",
    labels=(*LABELS, "rock"),
    multi_label=False,
    thresholds=dict.fromkeys((*LABELS, "rock"), 0.6),
    silence_dbfs=-60.0,
    accuracy="57.1 % [52.0-62.1] of 639 clips, artist-grouped cross-validation",
    source="evening set.wav",
    sample_rate=RATE,
    duration_seconds=120.0,
    first_seconds=1.0,
    window_seconds=3.0,
    step_seconds=0.5,
    replay=True,
)


class Controls(NotedControls):
    """Ends the session, and only notes what else is asked."""

    def __init__(self, done: threading.Event) -> None:
        super().__init__()
        self._done = done

    def quit(self) -> None:
        self._done.set()


def decision(step: int) -> Decision:
    """Rock and metal in turn, four seconds each."""
    time_seconds = 1.0 + 0.5 * step
    label = ("rock", "metal")[step // 8 % 2]
    posterior = dict.fromkeys(FACTS.labels, 0.02) | {label: 0.7 + 0.01 * (step % 8)}
    return Decision(
        time=time_seconds,
        state="genre",
        label=label,
        since=1.0 + 4.0 * (step // 8),
        posterior=posterior,
        raw_posterior=posterior,
        early=time_seconds < FACTS.window_seconds,
        level_dbfs=-14.2,
        lost=0,
        not_music=0.0,
        tags={},
        compute_seconds=0.004,
    )


def run(mode: str, seconds: float) -> None:
    done = threading.Event()
    meter = Meter(RATE)
    rng = np.random.default_rng(0)
    screen = choose_screen(
        FACTS, meter, stream=sys.stdout, source_status=SourceStatus, controls=Controls(done)
    )
    start = time.monotonic()
    n_blocks = 0
    with screen:
        while not done.is_set() and time.monotonic() - start < seconds:
            noise = rng.standard_normal(int(BLOCK_SECONDS * RATE)).astype(np.float32)
            meter.push(0.1 * np.cumsum(noise * 0.2).astype(np.float32) % 0.3)
            n_blocks += 1
            if n_blocks % 10 == 0 and n_blocks >= 20:
                screen.show(decision(n_blocks // 10 - 2))
            screen.watch()
            if mode == "raise" and n_blocks == 30:
                raise ValueError("broken on purpose")
            if mode == "noisy" and n_blocks % 10 == 0:
                os.write(2, b"ALSA lib is noisy\n")
            time.sleep(BLOCK_SECONDS)


def end(number: int, frame: FrameType | None) -> None:
    sys.exit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end)
    began = time.process_time()
    watched = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    try:
        run(sys.argv[1], watched)
    except KeyboardInterrupt:
        sys.exit(130)
    print(f"cpu {100 * (time.process_time() - began) / watched:.1f} %", file=sys.stderr)
