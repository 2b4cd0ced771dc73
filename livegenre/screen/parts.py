"""The rows around the answer: source, level, progress, health, model, keys."""

from livegenre.screen import palette
from livegenre.screen.cells import (
    PLAIN,
    Phrase,
    Row,
    bar,
    join,
    phrase,
    sentence,
    shortened,
    style,
    width_of,
)
from livegenre.screen.facts import Facts
from livegenre.screen.view import View
from livegenre.screen.words import (
    NO_NUMBER,
    clock,
    counted,
    decibels,
    duration,
    percent,
    printable,
    rate,
    source_words,
    state_words,
)

DIM = style(palette.DIM)
FAINT = style(palette.FAINT)
STRONG = style(bold=True)
METER_FLOOR_DB = -60.0
METER_ZONES = ((-18.0, palette.GOOD), (-6.0, palette.WARN), (0.0, palette.BAD))
"""Upper end of each zone in dBFS and its colour."""
CLIP_SECONDS = 1.0
CLIP_ROOM = 10
SHORTEST_NAME = 20
LONGEST_MODEL = 24


def source_line(view: View, width: int) -> Row:
    """Draw program, state of the source, its name and rate, and the time."""
    facts = view.facts
    words, ink = _source_state(view)
    start = phrase((" livegenre", STRONG), (f"  {words}", style(ink, bold=True)), ("  ", PLAIN))
    details = phrase(("  " + rate(facts.sample_rate), DIM))
    time = phrase(("  " + _time(view), PLAIN), (" ", PLAIN))
    room = width - width_of(start) - width_of(time)
    name = shortened(printable(facts.source), max(room - width_of(details), SHORTEST_NAME))
    name = shortened(name, max(room, 0))
    return join(width, [start, phrase((name, STRONG)), details], [time])


def _source_state(view: View) -> tuple[str, str]:
    state = view.source.state
    if state == "live":
        return ("▶ REPLAY", palette.REPLAY) if view.facts.replay else ("● LIVE", palette.GOOD)
    held = "" if state == "ended" else f" {duration(view.source.state_seconds)}"
    return (
        f"◌ {state_words(view.source).upper()}{held}",
        palette.DIM if state == "ended" else palette.WARN,
    )


def _time(view: View) -> str:
    heard, length = clock(view.source.seconds), view.facts.duration_seconds
    return heard if length is None else f"{heard} / {clock(length)}"


def meter_line(view: View, width: int) -> Row:
    """Draw the level: RMS as a bar, the peak as a mark, both as numbers, and clipping."""
    levels = view.levels
    hearing = view.source.state == "live"
    rms, peak = levels.rms_dbfs, levels.peak_dbfs
    numbers = [
        phrase((f" {decibels(rms) if hearing else NO_NUMBER:>5}", STRONG), (" rms", DIM)),
        phrase((f" {decibels(peak) if hearing else NO_NUMBER:>5}", STRONG), (" pk", DIM)),
    ]
    room = width - 4 - sum(map(width_of, numbers)) - CLIP_ROOM
    gauge = _level_bar(view, room, hearing) if room > 0 else []
    end = phrase((" dBFS", DIM))
    if hearing and view.source.seconds_since_clip < CLIP_SECONDS:
        warning = style(palette.WHITE, on=palette.CLIP, bold=True)
        end = phrase((f" CLIP {min(view.source.clipped, 999)} ", warning))
    return join(width, [phrase((" in ", DIM)), gauge, *numbers, end])


def _level_bar(view: View, width: int, hearing: bool) -> Row:
    if not hearing:
        return [*phrase(("·" * width, FAINT))]
    place = _meter_share(view.levels.peak_dbfs) * width
    mark = min(int(place), width - 1) if place > 0 else -1
    colours = [_zone(METER_FLOOR_DB * (1 - cell / width)) for cell in range(width)]
    filled = _meter_share(view.levels.rms_dbfs)
    return bar(width, filled, colours, palette.TRACK, mark, palette.WHITE)


def _meter_share(level_dbfs: float) -> float:
    return min(max(1 - level_dbfs / METER_FLOOR_DB, 0.0), 1.0)


def _zone(level_dbfs: float) -> str:
    return next((ink for end, ink in METER_ZONES if level_dbfs < end), palette.BAD)


def progress(view: View, width: int) -> Row:
    """Draw how far a replay is, or what a listener wants to be sure of."""
    length = view.facts.duration_seconds
    if view.facts.recording:
        name = shortened(printable(view.facts.recording), max(width - 6, 0))
        return join(width, [phrase((f"● REC {name}", style(palette.BAD, bold=True)))])
    if not view.facts.replay:
        return join(width, [phrase(("no audio is stored", DIM))])
    if not length:
        return join(width, [])
    share = min(view.source.seconds / length, 1.0)
    room = width - 7
    gauge = bar(room, share, [palette.REPLAY] * room, palette.TRACK, -1, palette.DIM)
    return join(width, [gauge], [phrase((f"{100 * share:.0f} % ", DIM))])


def health_line(view: View, width: int) -> Row:
    """Draw what the answer costs in time, and whether sound was lost."""
    facts, decision = view.facts, view.decision
    compute = 0.0 if decision is None else decision.compute_seconds
    latency = facts.window_seconds + facts.step_seconds + compute
    parts = f" = window {facts.window_seconds:.1f} + step {facts.step_seconds:.1f}"
    total = [phrase(("   latency ", DIM), (f"{latency:.1f} s", STRONG))]
    detail = [phrase((f"{parts} + compute {compute:.3f}", DIM))]
    state, lost = _health_state(view), _lost(view)
    room = width - sum(map(width_of, [state, *total, lost]))
    return join(width, [state, *total, *(detail if width_of(detail[0]) <= room else []), lost])


def _health_state(view: View) -> Phrase:
    good = view.source.state == "live"
    ink = style(palette.GOOD if good else palette.WARN, bold=True)
    return phrase((f" {'●' if good else '◌'} {source_words(view.source)}", ink))


def _lost(view: View) -> Phrase:
    source = view.source
    if not source.missing_seconds:
        return phrase(("   lost ", DIM), ("0", STRONG))
    text = f"{source.missing_seconds:.2f} s"
    if source.interruptions:
        text += f", {counted(source.interruptions, 'gap')}"
    return phrase(("   lost ", DIM), (text, style(palette.WARN, bold=True)))


def model_line(view: View, width: int) -> Row:
    """Draw the model's name and what it is worth."""
    facts = view.facts
    name = shortened(printable(facts.model), LONGEST_MODEL)
    start = phrase((" model ", DIM), (name, STRONG), ("  ", PLAIN))
    if not facts.accuracy:
        return join(width, [start, phrase(("accuracy not measured", style(palette.WARN)))])
    worth = sentence(printable(facts.accuracy), width - width_of(start) - 1)
    end = _naming(facts)
    return join(width, [start, phrase((worth, DIM)), end])


def _naming(facts: Facts) -> Phrase:
    """Say from where on a label is named."""
    if facts.threshold is None:
        return phrase(("   a threshold for each label", FAINT))
    return phrase((f"   names a genre at {percent(facts.threshold)} %", FAINT))


def keys_line(view: View, width: int) -> Row:
    """Draw the keys that do something."""
    return join(width, [phrase((f" {view.quit_key}", STRONG), (" quit", DIM))])
