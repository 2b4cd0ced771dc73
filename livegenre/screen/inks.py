"""Styles of one variant: the same picture in all colours, in 256, in none, on dark and on light.

Without colours, bold, dim and reverse stand for them.
"""

from functools import cache

from rich.color import Color, ColorSystem
from rich.style import Style

from livegenre.screen import palette
from livegenre.screen.palette import FADED, ON_DARK, ON_LIGHT, Theme
from livegenre.screen.variant import Variant


class Inks:
    """Styles by what they are for. Get one by ``inks``; styles are made once and kept.

    Parameters
    ----------
    variant : Variant
    """

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.theme: Theme = ON_LIGHT if variant.light else ON_DARK
        self.mono = variant.colours == "none"
        self._quiet = {self.theme.dim, self.theme.faint, self.theme.edge, self.theme.gap}
        self.dim = self.ink(self.theme.dim)
        self.faint = self.ink(self.theme.faint)
        self.edge = self.ink(self.theme.edge)
        self.warn = self.ink(self.theme.warn)

    @cache  # noqa: B019 there is one of each variant, and it is kept anyway
    def ink(self, colour: str | None, on: str | None = None, *, bold: bool = False) -> Style:
        """Return a style; without colours, dim if the colour says that it is not much."""
        if self.mono:
            return Style(bold=bold or None, dim=(colour in self._quiet and not bold) or None)
        return Style(color=self._colour(colour), bgcolor=self._colour(on), bold=bold or None)

    @cache  # noqa: B019
    def chip(self, ground: str) -> Style:
        """Return the style of bold words on a coloured ground."""
        if self.mono:
            return Style(bold=True, reverse=True)
        return self.ink(palette.text_on(ground), ground, bold=True)

    def warning(self) -> Style:
        """Return the style of words that are to be seen at once."""
        return self.chip(palette.CLIP)

    @cache  # noqa: B019
    def label(self, colour: str) -> Style:
        """Return the style of a label among words: its colour, or a chip where that is pale."""
        return self.chip(colour) if self.variant.light else self.ink(colour, bold=True)

    def faded(self, colour: str) -> str:
        """Return what is left of a colour where it does not count now."""
        return palette.blend(self.theme.ground, colour, FADED)

    def ramp(self, name: str) -> tuple[str, ...]:
        """Return the colours of levels, from quiet to loud."""
        return palette.ramp(name, indexed=self.variant.colours == "256")

    def _colour(self, colour: str | None) -> str | None:
        if colour is None or self.variant.colours == "truecolor" or not colour.startswith("#"):
            return colour
        number = palette.INDEXED.get(colour)
        if number is None:
            number = Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).number
        return f"color({number})"


@cache
def inks(variant: Variant) -> Inks:
    """Return the styles of a variant."""
    return Inks(variant)
