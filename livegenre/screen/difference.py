"""How two rows of cells differ, and how one looks after a part of it has moved."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment

from livegenre.screen.cells import PLAIN, Row

CHUNK = 16
"""Segments that are compared at once."""


def stretches(old: Row, new: Row) -> Iterator[tuple[int, Row]]:
    """Yield where a stretch that differs begins, in cells, and what stands there now."""
    n_right = n_equal(old[::-1], new[::-1])
    old, new = old[: len(old) - n_right], new[: len(new) - n_right]
    old_x = x = start = 0
    stretch: Row = []
    place = 0
    for segment in new:
        if old_x == x and place < len(old) and old[place] == segment:
            if stretch:
                yield start, stretch
                stretch = []
        else:
            start = start if stretch else x
            stretch.append(segment)
        x += cell_len(segment.text)
        while old_x < x and place < len(old):
            old_x += cell_len(old[place].text)
            place += 1
    if stretch:
        yield start, stretch


def moved(row: Row, begin: int, end: int, n: int) -> Row | None:
    """Return a row after a part of it has moved to the left, blanks following.

    Parameters
    ----------
    row : Row
    begin, end : int
        First cell of that part, and the one after its last.
    n : int > 0
        Cells, fewer than the part has.

    Returns
    -------
    Row or None
        None if half a wide character might be left.
    """
    text = text_of(row)
    if cell_len(text) != len(text):
        return None
    blanks = [Segment(" ", PLAIN)] * n
    first = x = 0
    while x < begin:
        x += len(row[first].text)
        first += 1
    last = first + end - begin
    if x == begin and all(len(segment.text) == 1 for segment in row[first:last]):
        return [*row[:first], *row[first + n : last], *blanks, *row[last:]]
    cuts = [begin, begin + n, end, len(text)]
    before, _, kept, after = Segment.divide(row, cuts)
    return [*before, *kept, *blanks, *after]


def n_equal(old: Row, new: Row) -> int:
    """Return how many segments agree from the left on."""
    n, longest = 0, min(len(old), len(new))
    while n < longest and old[n : n + CHUNK] == new[n : n + CHUNK]:
        n += CHUNK
    while n < longest and old[n] == new[n]:
        n += 1
    return min(n, longest)


def text_of(row: Row) -> str:
    """Return a row without its styles."""
    return "".join([text for text, _, _ in row])
