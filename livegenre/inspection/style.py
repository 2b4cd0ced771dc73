"""How pictures look: sizes, fonts and colours, on a page and in a file of their own.

Colours of text and edges are those of a light ground; a page puts its own in their place.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib
from matplotlib.colors import Colormap, LinearSegmentedColormap

from livegenre.screen.palette import ON_LIGHT, STOPS

INK, DIM, EDGE, GROUND = ON_LIGHT.mark, ON_LIGHT.dim, ON_LIGHT.edge, ON_LIGHT.ground
WAVE = "#9aa7bd"
"""The waveform, where it is a background."""
BLUE, ORANGE, GREEN, PURPLE = "#1f77c9", "#d8600f", "#149467", "#b0469a"
"""Curves: apart also for colour-blind readers, and seen on light and on dark."""
N_COLOURS = 128
"""Of a map: few enough for a palette of 256 to hold all that a picture has."""
RASTER_DPI = 200
"""Of what is drawn as pixels, two for each of a screen at the usual size."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of a picture, in inches: with the same margins, all time axes are one."""

    width: float
    left: float
    right: float
    scale: float
    """Of the heights of rows."""
    line: float
    """Width of curves, in points."""
    is_narrow: bool
    """For a phone: fewer and shorter words."""

    @property
    def inner(self) -> float:
        """Width of the axes."""
        return self.width - self.left - self.right


WIDE = Layout(width=10.0, left=0.8, right=0.9, scale=1.0, line=1.1, is_narrow=False)
NARROW = Layout(width=4.4, left=0.58, right=0.56, scale=0.8, line=0.7, is_narrow=True)


@contextmanager
def drawing() -> Iterator[None]:
    """Have pictures look like this whatever the user's own settings of matplotlib are."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a name's letters become boxes
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "font.family": "DejaVu Sans",
                "font.size": 8.5,
                "text.color": INK,
                "text.parse_math": False,
                "axes.labelcolor": DIM,
                "axes.labelsize": 8.5,
                "axes.edgecolor": EDGE,
                "axes.linewidth": 0.8,
                "axes.facecolor": "none",
                "axes.axisbelow": True,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.unicode_minus": True,
                "grid.color": EDGE,
                "grid.linewidth": 0.5,
                "grid.alpha": 0.55,
                "xtick.color": EDGE,
                "ytick.color": EDGE,
                "xtick.labelcolor": DIM,
                "ytick.labelcolor": DIM,
                "xtick.labelsize": 8,
                "ytick.labelsize": 8,
                "lines.solid_joinstyle": "round",
                "legend.frameon": False,
                "legend.fontsize": 8,
                "legend.labelcolor": INK,
                "svg.fonttype": "none",
                "path.simplify_threshold": 0.3,
            }
        )
        yield


def loudness_map() -> Colormap:
    """Return the colours of levels: those of the live screen, in equal steps of lightness."""
    return LinearSegmentedColormap.from_list("ember", STOPS["ember"], N_COLOURS)


def strength_map() -> Colormap:
    """Return the colours of what has no level."""
    return LinearSegmentedColormap.from_list("tide", STOPS["tide"], N_COLOURS)
