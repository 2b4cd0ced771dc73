"""Writes scores as one HTML page that needs no other file; computes nothing."""

from collections.abc import Iterable, Sequence
from html import escape

from tools.evaluation.pictures import draw_confusion, draw_reliability
from tools.evaluation.scores import Json

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
div { overflow-x: auto }
table { border-collapse: collapse; margin: 0.5rem 0 }
th, td { padding: 0.15rem 0.8rem; text-align: right; border-bottom: 1px solid #8884 }
th { vertical-align: bottom } td { white-space: nowrap }
th:first-child, td:first-child { text-align: left; white-space: normal; padding-left: 0 }
svg { max-width: 100%; height: auto }
svg text { font-size: 12px; fill: currentColor }
.cell { fill: #3b82c4; stroke: #8884 } .point { fill: #3b82c4 }
.frame, .diagonal { fill: none; stroke: #888 } .diagonal { stroke-dasharray: 4 4 }
@media (max-width: 40rem) { body { margin: 1rem auto } th, td { padding: 0.15rem 0.4rem } }
"""


def write_page(measured: Json) -> str:
    """Return the page."""
    name = escape(measured["model"]["name"])
    parts = [
        f"<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>{name}</title>",
        "<meta name='viewport' content='width=device-width'>",
        f"<style>{_STYLE}</style><h1>Model {name}</h1>",
        f"<p>{escape(measured['model']['trained_on_warning'])}</p>",
        _summary(measured),
        _genres(measured),
        _calibration(measured),
        _listening(measured),
        _not_music(measured),
        _conditions(measured["conditions"]),
    ]
    return "\n".join(parts) + "\n</html>\n"


def _summary(measured: Json) -> str:
    clip, window, named = measured["clip"], measured["window"], measured["abstention"]
    baseline = measured["baseline"] or {"accuracy": None, "interval": None, "macro": None}
    both = clip, baseline
    held = number(measured["time_to_stable_label_seconds"], " s")
    rows = [
        (f"clips right, of {clip['n']}", *(percent(found["accuracy"]) for found in both)),
        ("95 % interval", *map(interval, both)),
        ("mean over genres", percent(clip["macro"]), percent(baseline["macro"])),
        (f"windows right, of {window['n']}", percent(window["accuracy"]), ""),
        ("named windows that are right", percent(named["precision"]), ""),
        ("windows that are named", percent(named["coverage"]), ""),
        ("first name after, median", number(measured["time_to_answer_seconds"], " s"), ""),
        ("name held to the end from, median", held, ""),
        ("cost of a step on one core, median", number(measured["step_cost_ms"], " ms"), ""),
        ("clips that could not be heard", str(measured["left_out"]), ""),
    ]
    table = _table(("", "model", "baseline"), rows)
    return f"{table}<p>{escape(_about_baseline(measured['baseline']))}</p>"


def _about_baseline(baseline: Json | None) -> str:
    if baseline is None:
        return "There is no baseline: too little to train it on."
    return (
        f"The baseline is the published recipe, {baseline['recipe']}, trained on "
        f"{baseline['n_train']} clips of other artists than those that it was asked about."
    )


def _genres(measured: Json) -> str:
    others = measured["baseline"]["per_genre"] if measured["baseline"] else {}
    rows = [
        (
            label,
            str(row["n"]),
            percent(row["recall"]),
            percent(row["precision"]),
            percent(others.get(label, {}).get("recall")),
        )
        for label, row in measured["per_genre"].items()
    ]
    table = _table(("genre", "clips", "recall", "precision", "baseline"), rows)
    picture = draw_confusion(measured["confusion"])
    return (
        f"<h2>Genres</h2>{table}<p>The baseline's column is its recall. Below, clips: genre by "
        f"row, answer by column.</p>{picture}"
    )


def _calibration(measured: Json) -> str:
    found = measured["calibration"]
    curve = _table(
        ("clips named", "right", "posterior from"),
        [
            (percent(p["coverage"]), percent(p["precision"]), f"{p['threshold']:.2f}")
            for p in measured["abstention"]["risk_coverage"]
        ],
    )
    return (
        f"<h2>Calibration</h2><p>Expected calibration error {percent(found['ece'])} of windows. "
        "Share right against posterior; area is the number of windows.</p>"
        f"{draw_reliability(found['bins'])}<h2>Right, by how many are named</h2>{curve}"
    )


def _listening(measured: Json) -> str:
    counts = measured["accuracy_at_seconds_n"]
    rows = [
        (f"{seconds} s", percent(value), str(counts[seconds]))
        for seconds, value in measured["accuracy_at_seconds"].items()
    ]
    table = _table(("heard", "mean over genres", "clips"), rows)
    return f"<h2>After so long</h2>{table}{_changes(measured['changes'])}"


def _changes(found: Json | None) -> str:
    if found is None:
        return ""
    return (
        f"<p>{found['n']} times, 10 s of one music followed 10 s of another. "
        f"{percent(found['end_right'])} end with the right label, which stands after "
        f"{number(found['seconds_to_right_label'], ' s')} in the median; a wrong one comes "
        f"{number(found['wrong_changes_a_minute'], '')} times a minute.</p>"
    )


def _not_music(measured: Json) -> str:
    other = measured["not_music"]
    kinds = {
        **other["by_label"],
        **{f"music: {genre}": row for genre, row in measured["outside"]["by_genre"].items()},
    }
    rows = [
        (kind, str(r["n_windows"]), percent(r["called_genre"]), percent(r["called_not_music"]))
        for kind, r in kinds.items()
    ]
    return (
        f"<h2>What has none of these genres</h2><p>{percent(other['music_rejected'])} of windows "
        "of music are called not music.</p>"
        + _table(("", "windows", "called a genre", "called not music"), rows)
    )


def _conditions(conditions: Json) -> str:
    rows = [
        (name, percent(row["macro"]), points(row["loss"]), percent(row["coverage"]))
        for name, row in conditions.items()
    ]
    heading = ("condition", "mean over genres", "loss", "windows named")
    return f"<h2>Degraded</h2>{_table(heading, rows)}" if rows else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<div><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def number(value: float | None, unit: str) -> str:
    """Return it to a tenth with its unit, or a dash where there is none."""
    return "-" if value is None else f"{value:.1f}{unit}"


def interval(found: Json) -> str:
    """Return the 95 % interval of a share in per cent, or a dash where there is none."""
    if found["interval"] is None:
        return "-"
    low, high = found["interval"]
    return f"{100 * low:.1f}-{100 * high:.1f}"


def points(share: float | None) -> str:
    """Return a difference of shares in points, or a dash where there is none."""
    return "-" if share is None else f"{100 * share:.1f} points"


def percent(share: float | None) -> str:
    """Return a share in per cent, or a dash where there is none."""
    return "-" if share is None else f"{100 * share:.1f} %"
