"""The panel of the answers: livegenre's posterior over time, and what it says."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from livegenre.arrays import FloatArray
from livegenre.decision import Decision
from livegenre.inspection.canvas import Canvas, Rows
from livegenre.inspection.findings import Findings
from livegenre.inspection.hearing import Answers
from livegenre.inspection.panel import Panel
from livegenre.inspection.style import DIM, EDGE, GROUND
from livegenre.screen.palette import DARK, ON_LIGHT, WHITE, label_colours, text_on
from livegenre.screen.words import STATE_WORDS, percent, printable

MOST_NAMES, MOST_NARROW_NAMES = 10, 4
"""Labels that are named above the picture; of a multi-label model no others are drawn."""
STATE_COLOURS = {"unsure": ON_LIGHT.unsure, "not_music": ON_LIGHT.not_music}
LETTER_INCHES = 0.085
LIGHT_INK = "#fefefe"
"""White that stays so on a dark page."""
TOO_SHORT = "too short for an answer"


def _genres(canvas: Canvas, findings: Findings) -> None:
    answers = findings.heard.answers
    if not answers.decisions:
        canvas.say(0, TOO_SHORT)
    elif answers.multi_label:
        _curves(canvas, findings)
    else:
        _stack(canvas, findings)
    axes = canvas.axes[0]
    axes.set(ylim=(0, 1), ylabel="posterior")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "", "½", "", "1"])
    _ribbon(canvas, findings)


def _stack(canvas: Canvas, findings: Findings) -> None:
    """Draw shares of 1 on top of each other, each as wide as the step that it was decided for."""
    axes, answers = canvas.axes[0], findings.heard.answers
    order = strongest(answers)
    colours = label_colours(answers.labels)
    edges, values = _steps(findings, order)
    below, drawn = np.zeros(len(edges)), []
    for label, row in zip(order, values, strict=True):
        above = below + row
        paint: dict[str, Any] = {"color": colours[label], "edgecolor": GROUND, "linewidth": 0.25}
        drawn.append(axes.fill_between(edges, below, above, step="post", **paint))
        below = above
    _names(canvas, order, drawn)


def _curves(canvas: Canvas, findings: Findings) -> None:
    axes, answers = canvas.axes[0], findings.heard.answers
    order = strongest(answers)[:MOST_NAMES]
    colours = label_colours(answers.labels)
    edges, values = _steps(findings, order)
    drawn = []
    for label, row in zip(order, values, strict=True):
        drawn += axes.step(edges, row, where="post", color=colours[label], linewidth=1.6)
    _names(canvas, order, drawn)


def strongest(answers: Answers) -> list[str]:
    """Return labels by their mean posterior, the largest first; none is heard in silence."""
    means = mean_posterior(answers)
    return sorted(answers.labels, key=lambda label: -means[label])


def mean_posterior(answers: Answers) -> dict[str, float]:
    """Return label -> mean of its smoothed posterior where the model ran; 0 where it never did."""
    ran = [decision.posterior for decision in answers.decisions if decision.posterior]
    n = max(len(ran), 1)
    return {label: sum(each[label] for each in ran) / n for label in answers.labels}


def _steps(findings: Findings, order: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return where each decision begins to stand, and posteriors [shape=(n_labels, n + 1)]."""
    answers = findings.heard.answers
    ends = np.array([decision.time for decision in answers.decisions])
    edges = findings.heard.start_seconds + np.append(ends - answers.step_seconds, ends[-1])
    edges[0] = max(edges[0], findings.heard.start_seconds)
    columns = [[each.posterior.get(label, 0.0) for label in order] for each in answers.decisions]
    values = np.array([*columns, columns[-1]]).T
    return edges.astype(np.float32), values.astype(np.float32)


def _names(canvas: Canvas, order: Sequence[str], drawn: Sequence[Artist]) -> None:
    n = min(len(order), MOST_NARROW_NAMES if canvas.layout.is_narrow else MOST_NAMES)
    canvas.axes[0].legend(
        drawn[:n],
        [printable(label) for label in order[:n]],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=n,
        borderaxespad=0.2,
        handlelength=0.9,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=1.1,
        fontsize=7.5,
    )


def _ribbon(canvas: Canvas, findings: Findings) -> None:
    axes = canvas.axes[1]
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_ylabel("answer", rotation=0, ha="right", va="center")
    axes.spines["left"].set_visible(False)
    answers = findings.heard.answers
    colours = label_colours(answers.labels)
    for (state, label), begin, end in stretches(findings):
        words = STATE_WORDS[state] if label is None else printable(label)
        colour = STATE_COLOURS.get(state) if label is None else colours[label]
        _stretch(canvas, axes, begin, end, colour, words)


def stretches(findings: Findings) -> list[tuple[tuple[str, str | None], float, float]]:
    """Return answers that stood, as state and label, with their beginnings and ends in seconds."""
    answers = findings.heard.answers
    start, found = findings.heard.start_seconds, []
    for answer, group in groupby(answers.decisions, _answer):
        decisions = list(group)
        begin = start + max(0.0, decisions[0].time - answers.step_seconds)
        found.append((answer, begin, start + decisions[-1].time))
    return found


def _answer(decision: Decision) -> tuple[str, str | None]:
    return decision.state, decision.label


def _stretch(
    canvas: Canvas, axes: Axes, begin: float, end: float, colour: str | None, words: str
) -> None:
    paint: dict[str, Any] = {"facecolor": colour or "none", "edgecolor": EDGE, "linewidth": 0.4}
    axes.add_patch(Rectangle((begin, 0), end - begin, 1, **paint))
    left, right = axes.get_xlim()
    room = (end - begin) / (right - left) * canvas.layout.inner
    if len(words) * LETTER_INCHES <= room:
        ink = DIM if colour is None else LIGHT_INK if text_on(colour) == WHITE else DARK
        place: dict[str, Any] = {"ha": "center", "va": "center_baseline"}
        axes.text((begin + end) / 2, 0.5, words, fontsize=7.5, color=ink, **place)


def answer_words(findings: Findings) -> str:
    """Return which answers stood for which part of the time."""
    shares = findings.heard.answers.shares()
    names = {name: STATE_WORDS.get(name, printable(name)) for name in shares}
    return ", ".join(f"{names[name]} {percent(share)} %" for name, share in shares.items())


def _reading(findings: Findings) -> str:
    words = answer_words(findings)
    return f"Of the time: {words}." if words else f"None: {TOO_SHORT}."


def _settings(findings: Findings) -> str:
    answers = findings.heard.answers
    return (
        f"model {answers.model}, {answers.window_seconds:.1f} s every {answers.step_seconds:.1f} s,"
        " smoothed; each value stands at the end of what it was judged on"
    )


GENRE_PANEL = Panel(
    "genre",
    "Genre over time",
    "What livegenre would say while this plays, as in livegenre replay: above, how sure it is of "
    "each genre; below, its answer. Dark grey is unsure or not music, white is silence.",
    Rows((1.6, 0.26)),
    _genres,
    _settings,
    _reading,
)
