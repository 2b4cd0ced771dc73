"""What windows the convolutional model hears."""

from dataclasses import replace

from livegenre.features.base import FeatureSpec

SPEC = FeatureSpec(
    extractor="logmel",
    sample_rate=16_000,
    n_fft=512,
    hop_length=256,
    n_mels=96,
    window_frames=187,
    min_frames=62,
    step_frames=32,
)
"""Steps of 0.512 s are whole columns of the VGG's, 4 and 8 frames each, which can so be kept."""
SPARSE = replace(SPEC, step_frames=124)
"""Of degraded music: few windows say how it moves."""
