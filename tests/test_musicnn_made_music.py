"""Music made by synthesisers of our own: heard, finite, seeded, and no two pieces alike."""

import numpy as np
import pytest

from tools.musicnn.degraded import MADE_RATE
from tools.musicnn.made_music import made_music


@pytest.mark.parametrize("seed", range(30))
def test_a_piece_is_four_seconds_at_a_usual_level(seed: int) -> None:
    piece = made_music(np.random.default_rng(seed))
    assert piece.dtype == np.float32
    assert piece.shape == (4 * MADE_RATE,)
    assert np.isfinite(piece).all()
    assert -30.1 < 20 * np.log10(np.sqrt(np.mean(np.square(piece, dtype="f8")))) < -7.9


def test_the_seed_decides() -> None:
    first, again, other = (made_music(np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


def test_pieces_have_pitch_where_noise_has_none() -> None:
    """Spectral flatness of most pieces is far below that of noise, about 0.56."""
    flatness = []
    for seed in range(20):
        power = np.abs(np.fft.rfft(made_music(np.random.default_rng(seed)))) ** 2 + 1e-12
        flatness.append(np.exp(np.log(power).mean()) / power.mean())
    assert np.median(flatness) < 0.05
