"""Big words in half blocks: one font of 5 x 7 pixels, in two weights, four rows high."""

from collections.abc import Iterator
from itertools import pairwise

N_ROWS = 4
_FONT = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".#### #.... #.... #.... #.... #.... .####",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "G": ".#### #.... #.... #..## #...# #...# .####",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "# # # # # # #",
    "J": "...## ....# ....# ....# ....# #...# .###.",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "M": "#.....# ##...## #.#.#.# #..#..# #.....# #.....# #.....#",
    "N": "#....# ##...# ##...# #.#..# #..#.# #...## #....#",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "Q": ".###. #...# #...# #...# #..## #..## .####",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "U": "#...# #...# #...# #...# #...# #...# .###.",
    "V": "#...# #...# #...# #...# .#.#. .#.#. ..#..",
    "W": "#.....# #.....# #.....# #..#..# #.#.#.# ##...## #.....#",
    "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
    "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    "Z": "##### ....# ...#. ..#.. .#... #.... #####",
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ..##. .#... #.... #####",
    "3": ".###. #...# ....# ..##. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": ".###. #.... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. .#... .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ....# .###.",
    "-": "... ... ... ### ... ... ...",
    " ": "... ... ... ... ... ... ...",
}
_BLOCKS = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}


def big_word(word: str, width: int) -> list[str] | None:
    """Draw a word in the heaviest weight that fits.

    Returns
    -------
    list of str, or None
        Four rows of equal length, <= ``width``; None if it does not fit or has a character
        that the font lacks.
    """
    glyphs = [_FONT.get(char) for char in word.upper()]
    if not glyphs or None in glyphs:
        return None
    for bold in (True, False):
        rows = list(_rows([glyph for glyph in glyphs if glyph], bold=bold))
        if len(rows[0]) <= width:
            return rows
    return None


def _rows(glyphs: list[str], *, bold: bool) -> Iterator[str]:
    letters = [[_thick(line) if bold else line for line in glyph.split()] for glyph in glyphs]
    lines = [".".join(letter[y] for letter in letters) for y in range(7)]
    lines.append("." * len(lines[0]))
    for upper, lower in zip(lines[0::2], lines[1::2], strict=True):
        yield "".join(_BLOCKS[a + b] for a, b in zip(upper, lower, strict=True))


def _thick(line: str) -> str:
    """Double each stroke sideways; the letter grows by one pixel."""
    return "".join("#" if "#" in pair else "." for pair in pairwise(f".{line}."))
