"""A summary as one page of HTML: for a phone, a desk and a printer, with nothing to fetch."""

from collections.abc import Iterator
from html import escape

from livegenre.screen.palette import text_on
from livegenre.screen.words import clock, percent
from livegenre.summary.gathering import Gathered
from livegenre.summary.heard import Heard
from livegenre.summary.shares import Share, Stretch, shares, stretches
from livegenre.summary.text import costs, length, title, total

HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What livegenre heard</title>
<style>
:root { --text: #1e222b; --dim: #5a6272; --edge: #b9bfca; --ground: #fff; color-scheme: light dark }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #d7dae0; --dim: #8b93a3; --edge: #3a4150; --ground: #0d0f14 }
}
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; box-sizing: border-box }
body { font: 16px/1.45 system-ui, sans-serif; color: var(--text); background: var(--ground);
  max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word }
section { break-inside: avoid; margin: 0 0 2.5rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 0 }
p { margin: .3rem 0; color: var(--dim) }
.ribbon { display: flex; height: 3.2rem; margin-top: .6rem; border: 1px solid var(--edge) }
.ribbon span { min-width: 0; overflow: hidden; white-space: nowrap; line-height: 3.2rem;
  font-weight: 600; font-size: .85rem; text-indent: .3rem }
.scale { display: flex; justify-content: space-between; color: var(--dim); font-size: .85rem }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: .6rem 0;
  font-variant-numeric: tabular-nums }
th, td { padding: .15rem 0; text-align: right; font-weight: 400 }
th { text-align: left; width: 32% }
td { width: 4.2rem } td.bar { width: auto }
td.bar i { display: block; height: .9rem; min-width: 1px; border: 1px solid var(--edge) }
</style>
</head>
<body>
<h1>What livegenre heard</h1>
"""
PHONE_LETTERS = 42
"""Letters beside each other in the ribbon of the narrowest screen."""
FOOT = "</body>\n</html>\n"


def to_html(gathered: Gathered) -> str:
    """Return the page."""
    sections = "".join(map(_section, gathered.sessions))
    words = total(gathered)
    return HEAD + sections + (f"<p>{escape(words)}</p>\n" if words else "") + FOOT


def _section(heard: Heard) -> str:
    return (
        f"<section>\n<h2>{escape(title(heard))}</h2>\n<p>{escape(length(heard))}</p>\n"
        f"{''.join(_pictures(heard))}<p>{escape(costs(heard))}</p>\n</section>\n"
    )


def _pictures(heard: Heard) -> Iterator[str]:
    if not heard.seconds:
        return
    yield '<div class="ribbon" role="img" aria-label="the answers in time">'
    for stretch in stretches(heard):
        yield _span(stretch, heard.seconds)
    yield f'</div>\n<div class="scale"><span>{clock(0)}</span>'
    yield f"<span>{clock(round(heard.seconds))}</span></div>\n<table>\n"
    parts = shares(heard)
    for part in parts:
        yield _line(part, part.share / parts[0].share)
    yield "</table>\n"


def _span(stretch: Stretch, seconds: float) -> str:
    share = (stretch.end - stretch.begin) / seconds
    style = f"flex:{share:.5f} 0 0;" + _paint(stretch.colour)
    fits = stretch.colour and len(stretch.name) < share * PHONE_LETTERS
    name = escape(stretch.name)
    times = f"{clock(stretch.begin)} to {clock(stretch.end)}"
    return f'<span style="{style}" title="{name}, {times}">{name if fits else ""}</span>'


def _line(share: Share, length: float) -> str:
    bar = f"width:{100 * length:.4g}%;" + _paint(share.colour)
    return (
        f'<tr><th scope="row">{escape(share.name)}</th><td class="bar"><i style="{bar}"></i></td>'
        f"<td>{escape(percent(share.share))} %</td><td>{clock(share.seconds)}</td></tr>\n"
    )


def _paint(colour: str | None) -> str:
    return f"background:{colour};color:{text_on(colour)}" if colour else ""
