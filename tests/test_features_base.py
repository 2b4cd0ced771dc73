"""FeatureSpec: its domain, its lengths in seconds, and its way into and out of a model's card."""

from dataclasses import replace

import pytest

from livegenre.features import EXTRACTORS, create_extractor
from livegenre.features.base import FeatureSpec
from tests.conftest import CLASSIC_SPEC as SPEC


def test_lengths_in_seconds_are_counted_from_frame_centre_to_frame_centre() -> None:
    assert SPEC.window_seconds == pytest.approx(129 * 512 / 22050)
    assert SPEC.min_seconds == pytest.approx(43 * 512 / 22050)
    assert SPEC.step_seconds == pytest.approx(22 * 512 / 22050)


@pytest.mark.parametrize(
    "field",
    ["sample_rate", "n_fft", "hop_length", "n_mels", "window_frames", "min_frames", "step_frames"],
)
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "512", None])
def test_lengths_and_counts_are_positive_integers(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        FeatureSpec.from_dict(SPEC.to_dict() | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("extractor", ""), ("extractor", 3), ("n_fft", 2047), ("min_frames", 1), ("min_frames", 131)],
)
def test_a_value_out_of_its_domain_is_named(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        FeatureSpec.from_dict(SPEC.to_dict() | {field: value})


def test_a_specification_survives_the_card() -> None:
    assert FeatureSpec.from_dict(SPEC.to_dict()) == SPEC


def test_a_card_with_a_missing_field_is_refused() -> None:
    values = SPEC.to_dict()
    del values["n_mels"]
    with pytest.raises(ValueError, match="missing n_mels"):
        FeatureSpec.from_dict(values)


def test_a_card_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown n_chroma"):
        FeatureSpec.from_dict(SPEC.to_dict() | {"n_chroma": 12})


@pytest.mark.parametrize("name", EXTRACTORS)
def test_every_extractor_can_be_built_by_its_name(name: str) -> None:
    spec = replace(SPEC, extractor=name)
    assert create_extractor(spec).spec == spec


def test_an_unknown_extractor_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'scattering' is none of statistics"):
        create_extractor(replace(SPEC, extractor="scattering"))
