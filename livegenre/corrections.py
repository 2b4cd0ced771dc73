"""Corrections: features of windows with the label that is right, kept in a file to learn from.

The one module that knows the file. What is kept are the numbers that the model heard, never sound.
"""

import base64
import binascii
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from livegenre.arrays import FloatArray
from livegenre.card import ModelCard
from livegenre.decision import Decision
from livegenre.errors import OutputError
from livegenre.features.base import FeatureSpec

FORMAT = 1
FILE = "corrections.jsonl"
"""Its name where nobody chose one."""
TEXTS = ("session", "made_at", "model", "label")


@dataclass(frozen=True, slots=True)
class Correction:
    """A window that somebody has put right."""

    session: str
    """When the session began, by the clock; tells sessions apart."""
    time: float
    """End of the window in seconds of the session, as in ``Decision.time``."""
    made_at: str
    """When it was corrected, by the clock."""
    model: str
    """Name of the model that answered."""
    answered: str | None
    """The genre that was named; None: none was."""
    label: str
    """What is right."""
    spec: FeatureSpec
    features: FloatArray
    """What the model heard [shape=feature_shape]."""

    def to_json(self) -> str:
        """Return it as one line of JSON, features as base64 of little-endian float32."""
        features = self.features.astype("<f4")
        values = {name: getattr(self, name) for name in (*TEXTS, "answered", "time")}
        return json.dumps(
            {
                "format": FORMAT,
                **values,
                "spec": self.spec.to_dict(),
                "shape": features.shape,
                "features": base64.b64encode(features.tobytes()).decode(),
            }
        )

    @classmethod
    def from_json(cls, line: str) -> "Correction":
        """Read a line.

        Raises
        ------
        ValueError
            If it is none of ``to_json``; says why.
        """
        values = json.loads(line)
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ValueError(f"it is not of format {FORMAT}")
        try:
            return cls(
                **{name: _text(values, name) for name in TEXTS},
                answered=None if values["answered"] is None else _text(values, "answered"),
                time=float(values["time"]),
                spec=FeatureSpec.from_dict(values["spec"]),
                features=_features(values),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{error} is missing or no value for it") from error


class Corrections:
    """A file that corrections are appended to, a line each; made, with its folder, by the first.

    Parameters
    ----------
    path : Path or None
        None: there is no place for it, of which nobody is told before it is needed.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._session = _now()
        self._kept = 0

    def keep(self, card: ModelCard, features: FloatArray, decision: Decision, label: str) -> str:
        """Append a window; called on the reader's thread, and only when somebody asked.

        Parameters
        ----------
        card : ModelCard
            Of the model that decided.
        features : ndarray [shape=feature_shape], float32
            Of the window, full or early.
        decision : Decision
            On this window.
        label : str
            What is right.

        Returns
        -------
        str
            What to tell the person who asked.

        Raises
        ------
        OutputError
            If it could not be written; no half of it stays that would harm what follows.
        """
        if self._path is None:
            raise OutputError("you have no folder for data; give --corrections a place")
        correction = Correction(
            session=self._session,
            time=decision.time,
            made_at=_now(),
            model=card.name,
            answered=decision.label,
            label=label,
            spec=card.features,
            features=features,
        )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _append(self._path, correction.to_json())
        except OSError as error:
            raise OutputError(
                f"{self._path}: {error.strerror}; give --corrections another place"
            ) from error
        self._kept += 1
        return f"kept as {label}, {self._kept} in this session"


def read_corrections(path: Path) -> Iterator[Correction | str]:
    """Read a file of corrections, line by line.

    Yields
    ------
    Correction or str
        A text says which line cannot be used, and why; a line that was cut off is one of these.

    Raises
    ------
    OutputError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield Correction.from_json(line.decode("utf-8"))
                except (json.JSONDecodeError, UnicodeDecodeError):
                    yield f"{path}: line {number} is left out: it was cut off, or is no JSON"
                except ValueError as error:
                    yield f"{path}: line {number} is left out: {error}"
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; check the path") from error


def _append(path: Path, line: str) -> None:
    """Write a whole line at once, behind whatever is there: half a line ends where this begins."""
    with path.open("ab+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
        separator = b"" if not size or file.read(1) == b"\n" else b"\n"
        data = separator + line.encode() + b"\n"
        written = file.write(data)
        if written != len(data):
            raise OSError(0, "only half of it could be written")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _features(values: Mapping[str, Any]) -> FloatArray:
    shape = values["shape"]
    try:
        data = base64.b64decode(values["features"], validate=True)
    except binascii.Error as error:
        raise ValueError("its features are damaged") from error
    if min(shape, default=0) < 1 or len(data) != 4 * math.prod(shape):
        raise ValueError("its features are not of its shape")
    features = np.frombuffer(data, "<f4").reshape(shape).astype(np.float32)
    if not np.isfinite(features).all():
        raise ValueError("its features are no numbers")
    return features


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")
