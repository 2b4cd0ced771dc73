"""A sink that keeps its rows, as JSON has them."""

import json
from typing import Any

from livegenre.outputs.jsonl import Rows


class KeptRows(Rows):
    """Keeps what it is told in memory."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def put(self, row: dict[str, Any]) -> None:
        self.lines.append(json.loads(json.dumps(row, allow_nan=False)))
