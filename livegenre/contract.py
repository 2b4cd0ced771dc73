"""What a model's graph takes and gives, by its card and by its own names."""

from typing import Any

from livegenre.card import ModelCard
from livegenre.errors import ModelError

KEEP, KEPT = "keep_", "kept_"
"""How the names begin of what a graph gives for the next window, and takes of the one before."""
MOVED = "moved"


def expected_sizes(card: ModelCard) -> dict[str, int]:
    """Return which outputs the graph must have, by the card, and how many numbers in each."""
    sizes = {"logits": len(card.labels)}
    if card.not_music_threshold is not None:
        sizes["not_music"] = 1
    if card.tags:
        sizes["tags"] = len(card.tags)
    return sizes


def kept_names(session: Any) -> dict[str, str]:
    """Return what a graph takes, optionally, of the window before, and which outputs give it."""
    optional = [value.name for value in session.get_overridable_initializers()]
    return {name: KEEP + name.removeprefix(KEPT) for name in optional if name.startswith(KEPT)}


def check_graph(session: Any, card: ModelCard) -> None:
    """See that a graph takes and gives what it must.

    Raises
    ------
    ModelError
        If it does not; says in which field.
    """
    required = session.get_inputs()
    if len(required) != 1 or required[0].type != "tensor(float)":
        raise ModelError("its graph must have exactly one input, of float32")
    outputs = {output.name: output for output in session.get_outputs()}
    for name, size in expected_sizes(card).items():
        if name not in outputs:
            raise ModelError(f"its graph has no output {name!r} but {', '.join(outputs)}")
        if outputs[name].shape[-1] != size:
            what = "labels" if name == "logits" else name
            raise ModelError(f"{what}: the card has {size}, the graph {outputs[name].shape[-1]}")
    typical, taken = card.typical, required[0].shape[1:]
    if typical and taken != [len(typical)]:
        raise ModelError(f"typical: the card has {len(typical)} features, the graph takes {taken}")
    _check_kept(session, outputs)


def _check_kept(session: Any, outputs: dict[str, Any]) -> None:
    kept = kept_names(session)
    for taken, given in kept.items():
        if given not in outputs:
            raise ModelError(f"its graph takes {taken!r} but has no output {given!r}")
    types = {value.name: value.type for value in session.get_overridable_initializers()}
    if kept and types.get(MOVED) != "tensor(int64)":
        raise ModelError(f"its graph keeps {', '.join(kept)} but takes no {MOVED!r}, of int64")
