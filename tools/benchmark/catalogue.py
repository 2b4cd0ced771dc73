"""Everything that is measured, by name, in the order of the table."""

from collections.abc import Sequence

from livegenre.errors import UsageError
from tools.benchmark import classic, convolutional, growth, processes, spreading, toolkits
from tools.benchmark.measuring import Measurement, Preparation

CLOCK = "real time"
LIBRARIES = "python importing numpy, onnxruntime"
A_STEP_OF_HALF_A_SECOND = "a step of 0.5 s"
A_WINDOW_OF_3_SECONDS = "a window of 3 s"


def _session(name: str, prepare: Preparation) -> Measurement:
    """Return what takes its time, and is steady by it."""
    return Measurement(name, CLOCK, prepare, most_rounds=3, warm=False, by_clock=True)


MEASUREMENTS: Sequence[Measurement] = (
    Measurement("classic-step", "librosa, naive", classic.against_naive),
    Measurement("classic-step-shared-stft", "librosa, one STFT", classic.against_shared),
    Measurement("classic-step-essentia", "essentia", toolkits.against_essentia),
    Measurement("classic-step-opensmile", "openSMILE", toolkits.against_opensmile),
    Measurement("classic-step-aubio", "aubio, no chroma", toolkits.against_aubio),
    Measurement(
        "cnn-step", "the published networks, whole window", convolutional.against_published
    ),
    Measurement(
        "cnn-step-nothing-kept", "its graph, whole window", convolutional.against_whole_windows
    ),
    Measurement(
        "cnn-step-tensorflow",
        "musicnn's three graphs, TensorFlow",
        convolutional.against_tensorflow("msd", "mtt", "vgg"),
    ),
    Measurement(
        "cnn-step-tensorflow-msd",
        "its MSD graph alone",
        convolutional.against_tensorflow("msd"),
    ),
    Measurement("classic-limit", "the new FFTs alone", classic.against_transforms),
    Measurement("cnn-limit", "the new multiply-adds", convolutional.against_multiplications),
    Measurement("step-share", CLOCK, convolutional.share_of_a_core, by_clock=True),
    _session("listen-with-screen", processes.listen_with_screen),
    _session("listen-without-screen", processes.listen_without_screen),
    _session("replay-speed-max", processes.replay_at_full_speed),
    Measurement(
        "start-to-first-decision", LIBRARIES, processes.start_to_first_decision, unit="ms of wall"
    ),
    Measurement("help", "python, idle", processes.show_help, unit="ms of wall"),
    Measurement(
        "peak-memory", LIBRARIES, processes.peak_memory, unit="MB", most_rounds=1, warm=False
    ),
    Measurement("bytes-a-step", "the whole window", growth.allocations, unit="kB", most_rounds=1),
    *(
        Measurement(
            f"{model}-step-of-{seconds:g}-s", A_STEP_OF_HALF_A_SECOND, room.another_step(seconds)
        )
        for model, room in (("classic", classic), ("cnn", growth))
        for seconds in (1.0, 0.25, 0.1)
    ),
    *(
        Measurement(
            f"{model}-window-of-{seconds:g}-s", A_WINDOW_OF_3_SECONDS, room.another_window(seconds)
        )
        for model, room in (("classic", classic), ("cnn", growth))
        for seconds in (5.0, 10.0, 30.0)
    ),
    *(
        Measurement(f"streams-{n}", "a stream alone", growth.streams(n), most_rounds=3, warm=False)
        for n in (4, 16, 64)
    ),
    *(
        Measurement(name, "one", spreading.two_workers(scheduler), "ms of wall", warm=False)
        for name, scheduler in (("two-processes", None), ("two-workers-of-dask", "local"))
    ),
)


def chosen(names: str | None) -> list[Measurement]:
    """Return the measurements of these names, separated by commas; without any, all.

    Raises
    ------
    UsageError
        If there is none of a name.
    """
    if names is None:
        return list(MEASUREMENTS)
    known = {measurement.name: measurement for measurement in MEASUREMENTS}
    if unknown := [name for name in names.split(",") if name not in known]:
        raise UsageError(f"--only: nothing is called {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in names.split(",")]
