"""Draws scores as SVG to stand inside a page: confusion matrix and reliability plot."""

from collections.abc import Sequence
from html import escape

from tools.evaluation.scores import Json

_CELL = 34
_MARGIN = 90
_SIDE = 300


def draw_confusion(confusion: Json) -> str:
    """Return a confusion matrix: rows are genres, columns answers, shade is the share of a row."""
    labels, counts = confusion["labels"], confusion["counts"]
    side = _MARGIN + _CELL * len(labels)
    parts = [_row_of_cells(y, row, labels[y]) for y, row in enumerate(counts)]
    for x, label in enumerate(labels):
        at = f"{_MARGIN + _CELL * (x + 0.6):g},{_MARGIN - 8}"
        parts.append(f'<text transform="translate({at}) rotate(-50)">{escape(label)}</text>')
    return _svg(side + 40, side, "confusion matrix", parts)


def _row_of_cells(y: int, counts: Sequence[int], label: str) -> str:
    top = _MARGIN + _CELL * y
    text = top + _CELL * 0.62
    parts = [f'<text x="{_MARGIN - 8}" y="{text:g}" text-anchor="end">{escape(label)}</text>']
    for x, count in enumerate(counts):
        left = _MARGIN + _CELL * x
        shade = count / max(1, sum(counts))
        parts.append(
            f'<rect x="{left}" y="{top}" width="{_CELL}" height="{_CELL}" class="cell" '
            f'style="fill-opacity:{shade:.2f}"/>'
        )
        if count:
            middle = left + _CELL / 2
            parts.append(f'<text x="{middle:g}" y="{text:g}" text-anchor="middle">{count}</text>')
    return "".join(parts)


def draw_reliability(bins: Sequence[Json]) -> str:
    """Return how often answers are right against their posterior; the diagonal is perfect."""
    most = max(1, *(b["n"] for b in bins))
    parts = [f'<path d="M40,{_SIDE} L{40 + _SIDE},0" class="diagonal"/>']
    for b in bins:
        if b["n"]:
            height, radius = b["accuracy"] * _SIDE, 3 + 9 * (b["n"] / most) ** 0.5
            x, y = 40 + b["posterior"] * _SIDE, _SIDE - height
            about = f"{b['n']} windows: posterior {b['posterior']:.2f}, right {b['accuracy']:.2f}"
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="point">'
                f"<title>{about}</title></circle>"
            )
    for tenth in (0, 5, 10):
        along = tenth / 10 * _SIDE
        parts.append(
            f'<text x="34" y="{_SIDE - along + 4:g}" text-anchor="end">{tenth / 10}</text>'
        )
        parts.append(
            f'<text x="{40 + along:g}" y="{_SIDE + 18}" text-anchor="middle">{tenth / 10}</text>'
        )
    parts.append(f'<rect x="40" y="0" width="{_SIDE}" height="{_SIDE}" class="frame"/>')
    return _svg(_SIDE + 60, _SIDE + 30, "reliability", parts)


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -8 {width} {height + 8}" '
        f'width="{width}" role="img" aria-label="{title}">{"".join(parts)}</svg>'
    )
