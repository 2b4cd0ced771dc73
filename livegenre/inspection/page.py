"""An inspection as one page of HTML: for a phone, a desk and a printer, with nothing to fetch."""

import base64
from collections.abc import Iterator
from html import escape

from livegenre.inspection.drawing import SIGNATURE, draw_panel, to_svg
from livegenre.inspection.facts import facts, part_words
from livegenre.inspection.findings import Findings
from livegenre.inspection.panel import Panel
from livegenre.inspection.panels import PANELS
from livegenre.inspection.style import NARROW, WIDE
from livegenre.inspection.tables import decisions_csv, frames_csv
from livegenre.screen.words import printable

MOST_EMBEDDED = 2_000_000
"""Signs of a table that the page itself holds; of a longer one it says how to get it."""
HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="{signature}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{name} - livegenre inspect</title>
<style>
:root {{ --text: #1e222b; --dim: #5a6272; --edge: #b9bfca; --ground: #fff; --wave: #9aa7bd;
  --soft: #f3f5f8; --link: #0b5cad; color-scheme: light dark }}
@media screen and (prefers-color-scheme: dark) {{
  :root {{ --text: #d7dae0; --dim: #97a0b0; --edge: #3f4757; --ground: #0d0f14; --wave: #66738c;
    --soft: #161a22; --link: #7cb8f5 }}
}}
* {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; box-sizing: border-box }}
body {{ font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  color: var(--text); background: var(--ground); max-width: 64rem; margin: 0 auto;
  padding: 1.5rem 1.25rem 3rem; overflow-wrap: anywhere }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em }}
h2 {{ font-size: 1.15rem; margin: 0 0 .15rem }}
p {{ margin: 0 0 .6rem }}
.dim, .settings, .reading {{ color: var(--dim) }}
.settings {{ font-size: .8rem; margin: .1rem 0 0 }}
.caption {{ max-width: 46rem; margin: 0 0 .2rem }}
a {{ color: var(--link) }}
nav {{ margin: .8rem 0 1.2rem; line-height: 1.9; font-size: .9rem }}
nav a {{ margin-right: .9rem; white-space: nowrap; text-decoration: none }}
nav a:hover {{ text-decoration: underline }}
table {{ border-collapse: collapse; width: 100%; margin: 0 0 1rem;
  font-variant-numeric: tabular-nums;
  background: var(--soft); border-radius: .5rem; overflow: hidden }}
th, td {{ text-align: left; vertical-align: top; padding: .35rem .8rem; font-weight: 400 }}
tr + tr > * {{ border-top: 1px solid color-mix(in srgb, var(--edge) 45%, transparent) }}
th {{ color: var(--dim); width: 11.5rem }}
section {{ margin: 2.6rem 0 0; scroll-margin-top: 1rem }}
figure {{ margin: .3rem 0 0 }}
figcaption {{ font-size: .8rem }}
svg {{ display: block; width: 100%; height: auto; overflow: visible }}
svg text {{ font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif
  !important }}
svg image {{ image-rendering: auto }}
.narrow {{ display: none }}
@media (max-width: 640px) {{
  body {{ padding: 1rem .9rem 2rem }}
  h1 {{ font-size: 1.35rem }}
  th, td {{ display: block; width: auto; padding: .1rem .8rem }}
  th {{ padding-top: .45rem; font-size: .8rem }}
  td {{ padding-bottom: .45rem }} tr + tr > td {{ border-top: 0 }}
  .wide {{ display: none }} .narrow {{ display: block }}
  section {{ margin-top: 2.2rem }}
}}
@media print {{
  @page {{ margin: 12mm }}
  body {{ max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.35 }}
  nav, .download {{ display: none }}
  .wide {{ display: block }} .narrow {{ display: none }}
  section {{ break-inside: avoid; margin-top: 6mm }}
  .caption {{ max-width: none }}
}}
</style>
</head>
<body>
"""
FOOT = "</body>\n</html>\n"


def to_html(findings: Findings) -> Iterator[str]:
    """Yield the page, part by part."""
    heard = findings.heard
    name = escape(printable(heard.name))
    yield HEAD.format(signature=SIGNATURE, name=name)
    yield f'<header>\n<h1>{name}</h1>\n<p class="dim">{escape(part_words(heard))}, as livegenre'
    yield " inspect sees it</p>\n</header>\n<main>\n"
    yield _table(findings)
    yield f'<nav aria-label="pictures">{"".join(map(_link, PANELS))}</nav>\n'
    for panel in PANELS:
        yield _section(panel, findings)
    yield _downloads(findings)
    yield f"</main>\n{FOOT}"


def _table(findings: Findings) -> str:
    rows = (
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(words)}</td></tr>\n'
        for name, words in facts(findings)
    )
    return f"<table>\n{''.join(rows)}</table>\n"


def _link(panel: Panel) -> str:
    return f'<a href="#{panel.key}">{escape(panel.title)}</a>'


def _section(panel: Panel, findings: Findings) -> str:
    reading = panel.reading(findings)
    label = escape(f"{panel.title}. {reading}", quote=True)
    pictures = (
        f'<div class="{kind}">{to_svg(draw_panel(panel, findings, layout), key, label)}</div>\n'
        for kind, layout, key in (
            ("wide", WIDE, panel.key),
            ("narrow", NARROW, f"{panel.key}-narrow"),
        )
    )
    return (
        f'<section id="{panel.key}">\n<h2>{escape(panel.title)}</h2>\n'
        f'<p class="caption">{escape(panel.caption)} <span class="reading">{escape(reading)}</span>'
        f"</p>\n<figure>\n{''.join(pictures)}"
        f'<figcaption class="settings">{escape(panel.settings(findings))}</figcaption>\n'
        "</figure>\n</section>\n"
    )


def _downloads(findings: Findings) -> str:
    links = [
        _download(f"{stem}.csv", words, text)
        for stem, words, text in (
            ("frames", "values of every frame", frames_csv(findings)),
            ("decisions", "posterior at every step", decisions_csv(findings)),
        )
    ]
    return f'<section class="download">\n<h2>Values</h2>\n<p>{", ".join(links)}</p>\n</section>\n'


def _download(name: str, words: str, text: str) -> str:
    if len(text) > MOST_EMBEDDED:
        return f"{words}: too long for a page; livegenre inspect ... -o FOLDER/ writes {name}"
    data = base64.b64encode(text.encode()).decode()
    return f'<a download="{name}" href="data:text/csv;base64,{data}">{words} ({name})</a>'
