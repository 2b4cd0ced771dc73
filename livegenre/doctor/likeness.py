"""How near sound is, on the long term, to the music that the models were trained on.

The tables are levels of bands, not sound. Printed by
``python tools/measure_likeness.py --manifest $DATA/gtzan/manifest.csv --manifest
$DATA/elsewhere/manifest.csv``.
"""

from dataclasses import dataclass

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.doctor.spectrum import band_edges_hz, long_term_bands_db

MUSIC_DB = (
    7.2,
    12.7,
    9.5,
    8.2,
    6.1,
    6.2,
    4.5,
    3.3,
    2.8,
    1.7,
    1.0,
    0.8,
    -0.3,
    -0.9,
    -1.6,
    -2.9,
    -3.6,
    -4.5,
    -6.1,
    -7.4,
    -8.2,
    -8.8,
    -9.4,
    -10.3,
)
"""Mean over the training clips of ``long_term_bands_db``."""
SPREAD_DB = (
    7.9,
    5.9,
    5.8,
    6.1,
    6.3,
    6.2,
    5.4,
    5.1,
    5.0,
    4.6,
    4.8,
    4.0,
    3.3,
    3.6,
    3.6,
    3.9,
    4.1,
    4.0,
    4.5,
    4.7,
    5.1,
    5.6,
    6.1,
    6.9,
)
"""Standard deviation of the same."""
USUAL_DB = 8.8
"""Distance that 95 % of the training clips stay below."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A comparison of long-term spectra."""

    distance_db: float
    """Root mean square over the bands of the difference to the mean of the training music."""
    band_hz: tuple[float, float]
    """The band that differs most for its spread."""
    band_difference_db: float
    """By how much it is louder than in the training music; negative where softer."""


def compare(samples: FloatArray, sample_rate: int) -> Likeness:
    """Compare sound with the training music, both at one level."""
    bands_db = long_term_bands_db(samples, sample_rate)
    known = np.isfinite(bands_db)
    reference = np.array(MUSIC_DB)
    difference = bands_db - reference + reference[known].mean()
    strangeness = np.abs(difference) / np.array(SPREAD_DB)
    band = int(np.nanargmax(strangeness))
    edges = band_edges_hz()
    return Likeness(
        distance_db=float(np.sqrt(np.nanmean(difference**2))),
        band_hz=(float(edges[band]), float(edges[band + 1])),
        band_difference_db=float(difference[band]),
    )
