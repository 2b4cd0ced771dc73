"""What the classifier hears: one extractor a model family."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from livegenre.features.base import Extractor, FeatureSpec
from livegenre.features.logmel import LogMelExtractor
from livegenre.features.statistics import StatisticsExtractor

EXTRACTORS: Mapping[str, Callable[[FeatureSpec], Extractor]] = MappingProxyType(
    {"statistics": StatisticsExtractor, "logmel": LogMelExtractor}
)
"""Every extractor by the name that a model's card gives."""


def create_extractor(spec: FeatureSpec) -> Extractor:
    """Build the extractor that a specification names.

    Raises
    ------
    ValueError
        If there is no such extractor, or it cannot work to this specification.
    """
    if spec.extractor not in EXTRACTORS:
        raise ValueError(f"extractor: {spec.extractor!r} is none of {', '.join(EXTRACTORS)}")
    return EXTRACTORS[spec.extractor](spec)
