"""The waterfall: frequencies upwards, time to the right, level as colour; two pixels in a cell."""

from functools import lru_cache

import numpy as np
from rich.segment import Segment

from livegenre.arrays import FloatArray
from livegenre.screen.cells import PLAIN, Row
from livegenre.screen.glyphs import HATCH
from livegenre.screen.history import Bands
from livegenre.screen.inks import inks
from livegenre.screen.timeline import Slot, Slots
from livegenre.screen.variant import Variant

RAMP = " .:-=+*#%@"
"""Levels without colours, from quiet to loud."""
HALF = "▀"
NOTHING = Segment(" ", PLAIN)


@lru_cache(maxsize=4)
def waterfall(
    slots: Slots, n_rows: int, floor_db: int, palette: str, variant: Variant
) -> list[Row]:
    """Draw ``n_rows`` rows with one cell a slot; the same objects for the same slots.

    Parameters
    ----------
    slots : Slots
    n_rows : int >= 0
    floor_db : int < 0
        Level in dBFS that has the first colour; 0 has the last.
    palette : str
        A name out of ``look.PALETTES``.
    variant : Variant
    """
    strips = [_strip(slot, n_rows, floor_db, palette, variant) for slot in slots]
    return [[strip[row] for strip in strips] for row in range(n_rows)]


@lru_cache(maxsize=4096)
def _strip(
    slot: Slot | None, n_rows: int, floor_db: int, palette: str, variant: Variant
) -> tuple[Segment, ...]:
    """Draw one column from the top down."""
    if slot is None:
        return (NOTHING,) * n_rows
    ink = inks(variant)
    if slot.state == "gap":
        return (Segment(HATCH, ink.ink(ink.theme.gap)),) * n_rows
    if ink.mono:
        pixels = levels(pixels_of(slot.bands_dbfs, n_rows), floor_db, len(RAMP))
        return tuple(_shade(level) for level in reversed(pixels))
    n_levels = len(ink.ramp(palette))
    pixels = levels(pixels_of(slot.bands_dbfs, 2 * n_rows), floor_db, n_levels)
    return tuple(
        _cell(upper, lower, palette, variant)
        for lower, upper in reversed(list(zip(pixels[::2], pixels[1::2], strict=True)))
    )


def pixels_of(bands_dbfs: Bands, n_pixels: int) -> FloatArray:
    """Return the levels of pixels from low to high: of all bands that a pixel covers, the loudest.

    Where there are more pixels than bands, levels between two of them.
    """
    n_bands = len(bands_dbfs)
    if n_pixels >= n_bands:
        places = (np.arange(n_pixels) + 0.5) * n_bands / n_pixels - 0.5
        return np.interp(places, np.arange(n_bands), bands_dbfs).astype(np.float32)
    starts = np.arange(n_pixels) * n_bands // n_pixels
    return np.maximum.reduceat(bands_dbfs, starts).astype(np.float32)


def levels(dbfs: FloatArray, floor_db: int, n_levels: int) -> list[int]:
    """Return the number of each level's colour, 0 to ``n_levels`` - 1."""
    shares = np.clip(1 - dbfs / floor_db, 0, 1)
    numbers: list[int] = np.minimum(shares * n_levels, n_levels - 1).astype(np.intp).tolist()
    return numbers


@lru_cache(maxsize=8192)
def _cell(upper: int, lower: int, palette: str, variant: Variant) -> Segment:
    ink = inks(variant)
    ramp = ink.ramp(palette)
    return Segment(HALF, ink.ink(ramp[upper], ramp[lower]))


@lru_cache(maxsize=len(RAMP))
def _shade(level: int) -> Segment:
    return Segment(RAMP[level], PLAIN)
