"""From panels to pictures: SVG of one panel for a page, PNG of one or of all."""

import base64
import io
import re
from collections.abc import Sequence

from matplotlib.figure import Figure
from PIL import Image

from livegenre.inspection.canvas import Canvas
from livegenre.inspection.findings import Findings
from livegenre.inspection.panel import Panel
from livegenre.inspection.style import DIM, EDGE, GROUND, INK, RASTER_DPI, WAVE, Layout

TITLE_HEIGHT, SETTINGS_HEIGHT = 0.28, 0.16
TOP, BOTTOM = 0.75, 0.25
PNG_DPI = 130
SIGNATURE = "livegenre inspect"
VARIABLES = {INK: "--text", DIM: "--dim", EDGE: "--edge", GROUND: "--ground", WAVE: "--wave"}
"""Colour of a light ground -> the page's own in its place."""


def draw_panel(panel: Panel, findings: Findings, layout: Layout) -> Figure:
    """Draw a panel alone, without its words."""
    figure = Figure(figsize=(layout.width, panel.rows.inches(layout)), facecolor="none")
    _draw(figure, panel, findings, layout, top=0.0)
    return figure


def draw_all(panels: Sequence[Panel], findings: Findings, layout: Layout, title: str) -> Figure:
    """Draw panels below each other, with their titles and settings."""
    words = TITLE_HEIGHT + SETTINGS_HEIGHT
    height = TOP + BOTTOM + sum(words + panel.rows.inches(layout) for panel in panels)
    figure = Figure(figsize=(layout.width, height), facecolor=GROUND)
    left, top = layout.left / layout.width, TOP
    figure.text(left, 1 - 0.42 / height, title, fontsize=13, fontweight="bold")
    for panel in panels:
        titled, told = (1 - (top + offset) / height for offset in (0.22, 0.40))
        figure.text(left, titled, panel.title, fontsize=11, fontweight="bold")
        figure.text(left, told, panel.settings(findings), fontsize=7.5, color=DIM)
        _draw(figure, panel, findings, layout, top=top + words)
        top += words + panel.rows.inches(layout)
    return figure


def _draw(figure: Figure, panel: Panel, findings: Findings, layout: Layout, *, top: float) -> None:
    heard = findings.heard
    span = (heard.start_seconds, heard.end_seconds)
    panel.draw(Canvas(figure, layout, panel.rows, top=top, span=span), findings)


def to_png(figure: Figure) -> bytes:
    """Return a picture as a file, which says who made it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=PNG_DPI, metadata={"Software": SIGNATURE})
    return file.getvalue()


def to_svg(figure: Figure, prefix: str, label: str) -> str:
    """Return a picture as part of a page: its colours follow the page's, its names are its own.

    Parameters
    ----------
    figure : Figure
    prefix : str
        Begins the names of its parts, which are to differ from those of other pictures.
    label : str
        What it shows, in words; safe to stand in an attribute.
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", dpi=RASTER_DPI, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{prefix}-", text)
    text = re.sub(r"(?<=data:image/png;base64,)[\w+/=\s]+", _smaller, text)
    for colour, name in VARIABLES.items():
        text = text.replace(colour, f"var({name})")
    return re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', _opening(label), text, count=1)


def _smaller(match: re.Match[str]) -> str:
    """Return a PNG that has a palette: a third as large, and to the eye the same."""
    picture, file = Image.open(io.BytesIO(base64.b64decode(match[0]))), io.BytesIO()
    picture.quantize(256, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _opening(label: str) -> str:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return rf'<svg {names} \g<1> role="img" aria-label="{label}">'
