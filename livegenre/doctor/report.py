"""The findings for people, as a table, and for programs, as one JSON object."""

import json
import platform
from collections.abc import Sequence
from typing import TextIO

import livegenre
from livegenre.doctor.findings import Finding

WIDEST = 110
"""Longer lines are hard to read."""
_VALUE_WIDTH = 18
_STYLES = {"ok": "green", "warning": "yellow", "bad": "bold red"}


def is_fit(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing keeps livegenre from listening."""
    return all(finding.state != "bad" for finding in findings)


def to_json(findings: Sequence[Finding]) -> str:
    """Return the findings as one JSON object in one line."""
    values = {
        "version": livegenre.__version__,
        "platform": platform.platform(),
        "fit": is_fit(findings),
        "findings": [
            {
                "name": finding.name,
                "state": finding.state,
                "value": finding.value,
                "unit": finding.unit,
                "meaning": finding.meaning,
                "cure": finding.cure,
            }
            for finding in findings
        ],
    }
    return json.dumps(values, allow_nan=False)


def print_table(findings: Sequence[Finding], stream: TextIO) -> None:
    """Write the findings as a table; without a terminal as plain text, 80 columns wide."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(style="bold")
    table.add_column(max_width=_VALUE_WIDTH)
    table.add_column()
    for finding in findings:
        style = _STYLES[finding.state]
        words = Text(finding.meaning, style="dim" if finding.state == "ok" else "")
        if finding.cure:
            words.append(f"\nCure: {finding.cure}", style=style)
        table.add_row(Text(finding.state, style=style), finding.name, Text(finding.text), words)
    console.print(table, width=min(console.width, WIDEST))
