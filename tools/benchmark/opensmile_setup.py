"""What openSMILE is to compute, in its own language."""

from livegenre.features.base import FeatureSpec

CHAIN = (
    ("source", "cExternalAudioSource", ""),
    ("framer", "cFramer", "wave"),
    ("windower", "cWindower", "framer"),
    ("transform", "cTransformFFT", "windower"),
    ("magnitude", "cFFTmagphase", "transform"),
    ("mel", "cMelspec", "magnitude"),
    ("mfcc", "cMfcc", "mel"),
    ("spectral", "cSpectral", "magnitude"),
    ("tones", "cTonespec", "magnitude"),
    ("chroma", "cChroma", "tones"),
    ("crossings", "cMZcr", "framer"),
    ("energy", "cEnergy", "framer"),
    ("sink", "cExternalSink", "chroma;energy;spectral;crossings;mfcc"),
)
"""Name of a component, its type, and whose output it reads."""


def text(spec: FeatureSpec, n_mfcc: int) -> str:
    """Return a configuration: sound into ``source``, the features of each frame out of ``sink``."""
    lines = ["[componentInstances:cComponentManager]", "instance[dataMemory].type = cDataMemory"]
    lines += [f"instance[{name}].type = {kind}" for name, kind, _ in CHAIN]
    lines += ["nThreads = 1", "printLevelStats = 0"]
    options = _options(spec, n_mfcc)
    for name, kind, reads in CHAIN:
        lines.append(f"[{name}:{kind}]")
        if reads:
            lines.append(f"reader.dmLevel = {reads}")
        if name != "sink":
            lines.append(f"writer.dmLevel = {'wave' if name == 'source' else name}")
        lines += [f"{key} = {value}" for key, value in options.get(name, {}).items()]
    return "\n".join(lines) + "\n"


def _options(spec: FeatureSpec, n_mfcc: int) -> dict[str, dict[str, object]]:
    return {
        "source": {
            "writer.levelconf.growDyn": 1,
            "writer.levelconf.isRb": 0,
            "sampleRate": spec.sample_rate,
            "nBits": 16,
            "channels": 1,
        },
        "framer": {
            "frameMode": "fixed",
            "frameSizeFrames": spec.n_fft,
            "frameStepFrames": spec.hop_length,
            "frameCenterSpecial": "left",
            "noPostEOIprocessing": 1,
        },
        "windower": {"winFunc": "han"},
        "mel": {
            "nBands": spec.n_mels,
            "lofreq": 0,
            "hifreq": spec.sample_rate // 2,
            "usePower": 1,
        },
        "mfcc": {"firstMfcc": 0, "lastMfcc": n_mfcc - 1},
        "spectral": {
            "rollOff[0]": 0.85,
            "centroid": 1,
            "variance": 1,
            "flux": 0,
            "maxPos": 0,
            "minPos": 0,
        },
        "tones": {"nOctaves": 7, "firstNote": 32.7, "filterType": "gau", "usePower": 1, "dbA": 0},
        "chroma": {"octaveSize": 12},
        "energy": {"rms": 1, "log": 0},
    }
