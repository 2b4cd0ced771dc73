"""In which form a terminal gets the picture: how many colours, on which ground, which glyphs."""

from dataclasses import dataclass
from typing import Literal, Self

Colours = Literal["truecolor", "256", "none"]


@dataclass(frozen=True, slots=True)
class Variant:
    """What a frame may be made of; the same while a screen is up."""

    colours: Colours = "truecolor"
    """All of them, the 256 of xterm, or none: bold, dim and reverse alone tell things apart."""
    light: bool = False
    """The terminal's ground is light."""
    ascii: bool = False
    """Nothing beyond ASCII; then there are no colours either."""

    @classmethod
    def choose(
        cls, color_system: str | None, *, ascii: bool = False, mono: bool = False, light: bool
    ) -> Self:
        """Return the variant for a terminal and for what was asked.

        Parameters
        ----------
        color_system : str or None
            As ``rich.console.Console.color_system`` names it; fewer than 256 colours are none.
        ascii, mono, light : bool
            No other characters; no colours; a light ground.
        """
        known: dict[str | None, Colours] = {"truecolor": "truecolor", "256": "256"}
        colours = "none" if ascii or mono else known.get(color_system, "none")
        return cls(colours=colours, light=light, ascii=ascii)
