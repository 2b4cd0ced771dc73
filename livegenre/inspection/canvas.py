"""Where a panel draws: rows of axes below each other, every time axis the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import librosa.display
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator, ScalarFormatter
from numpy.typing import ArrayLike, NDArray

from livegenre.arrays import FloatArray
from livegenre.inspection.style import DIM, Layout
from livegenre.screen.words import clock

GAP, TALL_GAP = 0.14, 0.62
"""Inches between the rows of a panel; the latter where each has a scale of its own."""
TIME_SCALE = 0.44
"""Inches below a panel for the words of its time axis."""
BAR_GAP, BAR_WIDTH = 0.1, 0.1
HEAD = 0.22
"""Inches above a panel for the names of its curves and units."""
TIME_STEPS = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0),
)
LONG_SECONDS = 100.0
"""From here on times are told in minutes."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a panel."""

    heights: tuple[float, ...]
    """In inches, of a wide picture."""
    apart: bool = False
    """The last row has a scale of its own."""

    def inches(self, layout: Layout) -> float:
        """Return the height of all, with the scale below them."""
        return HEAD + sum(self.gaps()) + layout.scale * sum(self.heights) + TIME_SCALE

    def gaps(self) -> Sequence[float]:
        """Return how far rows are from the one above, in inches."""
        gaps = [0.0, *[GAP] * (len(self.heights) - 1)]
        return [*gaps[:-1], TALL_GAP] if self.apart else gaps


class Canvas:
    """The axes of one panel.

    Parameters
    ----------
    figure : Figure
    layout : Layout
    rows : Rows
    top : float
        Inches from the top of the figure.
    span : (float, float)
        What time axes show, in seconds.
    """

    def __init__(
        self,
        figure: Figure,
        layout: Layout,
        rows: Rows,
        *,
        top: float,
        span: tuple[float, float],
    ) -> None:
        self.layout = layout
        self._figure = figure
        self.axes: list[Axes] = []
        top += HEAD
        for gap, height in zip(rows.gaps(), rows.heights, strict=True):
            top += gap
            inches = layout.scale * height
            self.axes.append(self._add(layout.left, top, layout.inner, inches))
            top += inches
        self._span = span
        self._on_time = self.axes[:-1] if rows.apart else self.axes
        for axes in self._on_time:
            self._make_time_axis(axes)

    def draw(
        self,
        times: NDArray[np.float64],
        values: FloatArray,
        colour: str,
        label: str = "_",
        row: int = 0,
    ) -> None:
        """Draw a curve."""
        axes, width = self.axes[row], self.layout.line
        axes.plot(times, values, color=colour, linewidth=width, label=label)

    def bar(self, mappable: Any, label: str, row: int = 0, **options: Any) -> None:
        """Say beside a row what its colours mean."""
        where, size = self.axes[row].get_position(), self._figure.get_size_inches()
        left = where.x1 + BAR_GAP / size[0]
        bar_axes = self._figure.add_axes((left, where.y0, BAR_WIDTH / size[0], where.height))
        bar = self._figure.colorbar(mappable, cax=bar_axes, **options)
        bar.outline.set_visible(False)
        bar_axes.tick_params(length=2, pad=2)
        if self.layout.is_narrow:
            bar_axes.set_title(label, fontsize=7, color=DIM, pad=6)
        else:
            bar.set_label(label)

    def say(self, row: int, words: str, *, colour: str = DIM) -> None:
        """Write into the middle of a row why there is nothing in it."""
        axes = self.axes[row]
        axes.text(0.5, 0.5, words, color=colour, ha="center", va="center", transform=axes.transAxes)

    def show(
        self,
        values: FloatArray,
        *,
        columns: NDArray[np.float64],
        rows: NDArray[np.float64] | None = None,
        row: int = 0,
        **options: Any,
    ) -> Any:
        """Draw values as colours on the time axis, and return what a bar explains.

        Parameters
        ----------
        values : ndarray [shape=(n_rows, n_columns)]
        columns : ndarray [shape=(n_columns + 1,)]
            Where they begin and end, in seconds.
        rows : ndarray [shape=(n_rows + 1,)], optional
            The same, in units of the vertical axis; 0, 1, ... without it.
        row : int
            Of the panel.
        """
        axes = self.axes[row]
        rows = np.arange(len(values) + 1.0) if rows is None else rows
        mesh = librosa.display.specshow(
            values, ax=axes, x_coords=columns, y_coords=rows, auto_aspect=False, **options
        )
        axes.set_ylim(rows[0], rows[-1])
        self._make_time_axis(axes)  # anew: librosa has taken its words away
        return mesh

    def _make_time_axis(self, axes: Axes) -> None:
        begin, end = self._span
        axes.set_xlim(begin, end)
        most = 5 if self.layout.is_narrow else 10
        steps = [step for step in TIME_STEPS if (end - begin) / step <= most]
        axes.xaxis.set_major_locator(MultipleLocator(steps[0] if steps else TIME_STEPS[-1]))
        is_long = end >= LONG_SECONDS
        show = FuncFormatter(lambda value, _: clock(max(value, 0)))
        axes.xaxis.set_major_formatter(show if is_long else ScalarFormatter(useOffset=False))
        is_last = axes is self._on_time[-1]
        axes.tick_params(labelbottom=is_last)
        if is_last:
            axes.set_xlabel("time in min:s" if is_long else "time in s", labelpad=2)

    def _add(self, left: float, top: float, width: float, height: float) -> Axes:
        across, down = self._figure.get_size_inches()
        place = (left / across, 1 - (top + height) / down, width / across, height / down)
        return self._figure.add_axes(place)


def legend(axes: Axes, layout: Layout, **options: Any) -> None:
    """Name the curves of some axes, above them and never over them."""
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 0.98),
        ncols=6,
        borderaxespad=0.0,
        handlelength=1.4,
        columnspacing=1.2,
        **options,
    )


def hertz(value: float, position: int | None = None) -> str:
    """Return a frequency as short as an axis needs it."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def hertz_axis(axes: Axes, ticks: ArrayLike | None = None) -> None:
    """Label a vertical axis of frequencies."""
    axes.yaxis.set_major_formatter(FuncFormatter(hertz))
    axes.set_ylabel("Hz")
    if ticks is None:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 4, 5, 10]))
    else:
        axes.set_yticks(ticks)
        axes.minorticks_off()
