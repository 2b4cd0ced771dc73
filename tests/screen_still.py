"""A session that moves for some seconds and then stands still, so that its last frame is known."""

import sys
import threading
import time

import numpy as np

from livegenre.screen import Meter, SourceStatus, Wishes, choose_screen
from livegenre.screen.frame import Frame, draw
from livegenre.screen.look import Look
from livegenre.screen.scene import Scene
from livegenre.screen.variant import Variant
from tests.screen_session import FACTS, RATE, Controls, decision

N_STEPS = 150
"""Enough to fill the widest picture."""
STATUS = SourceStatus(seconds=76.0)


def push(meter: Meter, step: int) -> None:
    """Have the meter hear the sound of a step: a tone that rises, and some noise."""
    chance = np.random.default_rng(step)
    times = np.arange(RATE // 2) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 60 * 1.03**step * times)
    meter.push((tone + 0.02 * chance.standard_normal(len(times))).astype(np.float32))


def last_frame(size: tuple[int, int], look: Look) -> Frame:
    """Return what the session shows in the end."""
    meter = Meter(RATE)
    scene = Scene(FACTS, meter, lambda: STATUS, Variant("truecolor"))
    for step in range(N_STEPS):
        push(meter, step)
        scene.add(decision(step))
    return draw(scene.view(look, size, 0.0), *size)


if __name__ == "__main__":
    done = threading.Event()
    meter = Meter(RATE)
    screen = choose_screen(
        FACTS,
        meter,
        stream=sys.stdout,
        wishes=Wishes(scroll_ops="--no-scroll-ops" not in sys.argv),
        source_status=lambda: STATUS,
        controls=Controls(done),
    )
    with screen:
        for step in range(N_STEPS):
            push(meter, step)
            screen.show(decision(step))
            time.sleep(0.03)
        done.wait(60)
