"""A report of a sound: found out about once, and written in every form that is asked for."""

from collections.abc import Callable, Iterator, Sequence

from livegenre.inspection.destination import INDEX, Destination
from livegenre.inspection.drawing import draw_all, draw_panel, to_png
from livegenre.inspection.facts import part_words
from livegenre.inspection.findings import Findings
from livegenre.inspection.hearing import Heard
from livegenre.inspection.page import to_html
from livegenre.inspection.panels import PANELS
from livegenre.inspection.style import GROUND, WIDE, drawing
from livegenre.inspection.tables import decisions_csv, frames_csv
from livegenre.screen.words import printable


def write_report(
    heard: Heard, destinations: Sequence[Destination], tell: Callable[[str], None]
) -> None:
    """Find out all about a sound and write it.

    Parameters
    ----------
    heard : Heard
    destinations : sequence of Destination
    tell : callable
        Told what is being done.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    findings = Findings.of(heard, tell)
    tell("drawing")
    with drawing():
        for destination in destinations:
            destination.write(dict(_files(destination.kind, findings)))


def _files(kind: str, findings: Findings) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents; of a single file the name is its own affair."""
    if kind in (".html", "folder"):
        yield INDEX, "".join(to_html(findings)).encode("utf-8", "replace")
    if kind == ".png":
        yield "", to_png(draw_all(PANELS, findings, WIDE, _title(findings)))
    if kind in (".csv", "folder"):
        yield "frames.csv", frames_csv(findings).encode()
    if kind == "folder":
        yield "decisions.csv", decisions_csv(findings).encode("utf-8", "replace")
        for panel in PANELS:
            figure = draw_panel(panel, findings, WIDE)
            figure.set_facecolor(GROUND)
            yield f"{panel.key}.png", to_png(figure)


def _title(findings: Findings) -> str:
    return f"{printable(findings.heard.name)}   {part_words(findings.heard)}"
