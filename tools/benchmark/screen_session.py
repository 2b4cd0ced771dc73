"""A session to be shown: real sound with made-up decisions, frame by frame."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.screen import Facts, Meter, SourceStatus
from livegenre.screen.scene import Scene
from livegenre.screen.variant import Variant

FRAMES_PER_SECOND = 10
FRAMES_PER_STEP = 5
GENRES = ("blues", "classical", "country", "disco", "hiphop")
LABELS = (*GENRES, "jazz", "metal", "pop", "reggae", "rock")
FACTS = Facts(
    model="cnn",
    labels=LABELS,
    multi_label=False,
    thresholds=dict.fromkeys(LABELS, 0.6),
    silence_dbfs=-60.0,
    accuracy="81.8 % [77.7-85.2] of 399 clips",
    source="demo.ogg",
    sample_rate=44_100,
    duration_seconds=70.0,
    first_seconds=1.0,
    window_seconds=3.0,
    step_seconds=FRAMES_PER_STEP / FRAMES_PER_SECOND,
    replay=True,
)


def session(samples: FloatArray, sample_rate: int, n_frames: int) -> Iterator[Scene]:
    """Yield a session as it stands at each frame."""
    meter = Meter(sample_rate)
    sound = np.resize(samples, n_frames * sample_rate // FRAMES_PER_SECOND)
    blocks = np.array_split(sound, n_frames)
    facts = replace(FACTS, sample_rate=sample_rate)
    heard = 0

    def status() -> SourceStatus:
        return SourceStatus(seconds=heard / FRAMES_PER_SECOND)

    scene = Scene(facts, meter, status, Variant())
    chance = np.random.default_rng(0)
    for heard, block in enumerate(blocks, start=1):
        meter.push(block)
        if heard % FRAMES_PER_STEP == 0:
            scene.add(_decision(heard / FRAMES_PER_SECOND, chance))
        yield scene


def _decision(time_seconds: float, chance: np.random.Generator) -> Decision:
    """Make up an answer: another genre every eight seconds."""
    turn = int(time_seconds // 8)
    label = LABELS[turn * 3 % len(LABELS)]
    shares = chance.dirichlet(np.full(len(LABELS), 0.5)) * 0.3
    posterior = dict(zip(LABELS, shares.tolist(), strict=True))
    posterior[label] += 0.7
    return Decision(
        time=time_seconds,
        state="genre",
        label=label,
        since=8.0 * turn,
        posterior=posterior,
        raw_posterior=posterior,
        early=time_seconds < FACTS.window_seconds,
        level_dbfs=-14.0,
        lost=0,
        not_music=0.0,
        tags={},
        compute_seconds=0.004,
    )
