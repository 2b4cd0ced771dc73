"""The bench measures what it is asked to, beside peers, and says what became worse."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
from onnx import helper, numpy_helper

from livegenre.arrays import FloatArray
from livegenre.errors import UsageError
from livegenre.features import create_extractor
from tests.conftest import ROOT
from tools.benchmark import classic, live
from tools.benchmark.catalogue import MEASUREMENTS, chosen
from tools.benchmark.convolutional import multiply_adds, whole_windows
from tools.benchmark.material import Material
from tools.benchmark.measuring import Cost, Measurement, Pair, Row, measure
from tools.benchmark.regression import KEPT, Ratios, worse

Features = Callable[[FloatArray], FloatArray]
ROW = Row(
    name="a-step",
    subject_ms=2.0,
    peer_ms=20.0,
    ratio=10.0,
    spread=(9.0, 11.0),
    subject_wall_ms=2.0,
    peer_wall_ms=20.0,
    n_rounds=3,
    unit="ms",
    peer="somebody",
    by_clock=False,
)


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "tools" / "bench.py"), *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, timeout=120)


@pytest.fixture
def material(tmp_path: Path) -> Material:
    music = tmp_path / "music.wav"
    soundfile.write(music, np.random.default_rng(0).normal(0, 0.1, 8 * 22_050), 22_050)
    return Material(music)


def write_graph(path: Path) -> Path:
    """Write a convolution of 5 channels and 3x2 taps beside a product with 4x7 weights."""
    nodes = [
        helper.make_node("Unsqueeze", ["patch", "axis"], ["image"]),
        helper.make_node("Conv", ["image", "taps"], ["convolved"]),
        helper.make_node("MatMul", ["patch", "weights"], ["product"]),
    ]
    tensors = [
        numpy_helper.from_array(np.array([1]), "axis"),
        numpy_helper.from_array(np.zeros((5, 1, 3, 2), np.float32), "taps"),
        numpy_helper.from_array(np.zeros((4, 7), np.float32), "weights"),
    ]
    float_info = partial(helper.make_tensor_value_info, elem_type=onnx.TensorProto.FLOAT)
    inputs = [float_info("patch", shape=(1, "n", 4))]
    outputs = [float_info("convolved", shape=None), float_info("product", shape=None)]
    graph = helper.make_graph(nodes, "two", inputs, outputs, tensors)
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=9), path)
    return path


class TestCommand:
    def test_rows_that_are_asked_for_are_measured_and_written(
        self, material: Material, tmp_path: Path
    ) -> None:
        found = tmp_path / "found.json"
        names = ("classic-step", "cnn-step-nothing-kept", "classic-limit")
        words = ("--only", ",".join(names), "--rounds", "1", "--json", found)
        done = bench("--audio", material.music, *words)
        assert done.returncode == 0, done.stderr
        rows = {row["name"]: row for row in json.loads(found.read_text())}
        assert tuple(rows) == names
        for row in rows.values():
            assert row["ratio"] == pytest.approx(row["peer_ms"] / row["subject_ms"])
            assert row["spread"] == [row["ratio"], row["ratio"]]
        assert rows["classic-limit"]["ratio"] < 1 < rows["classic-step"]["ratio"]
        assert "3/3 classic-limit" in done.stderr

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (
                ("--only", "classic-step,jazz"),
                "bench: --only: nothing is called 'jazz'; there are ",
            ),
            (("--audio", "none.wav"), "bench: none.wav is no file; "),
            (("--json", "none/found.json"), "bench: none is no folder to write into; "),
        ],
    )
    def test_wrong_usage_is_one_line(self, words: tuple[str, ...], said: str) -> None:
        done = bench(*words)
        assert done.returncode == 2
        assert done.stderr.startswith(said)
        assert done.stderr.count("\n") == 1

    def test_unknown_model_is_one_line(self) -> None:
        done = bench("--model", "jazzy")
        assert done.returncode == 1
        assert done.stderr.startswith("bench: model 'jazzy': there are ")


class TestMeasuring:
    def test_sides_take_turns_and_medians_are_taken(self) -> None:
        turns: list[str] = []
        amounts = iter([9.0, 9.0, 1.0, 10.0, 2.0, 60.0, 1.0, 20.0])

        def side(name: str) -> Cost:
            turns.append(name)
            return Cost(next(amounts), 0.0)

        pair = Pair(lambda: side("subject"), lambda: side("peer"))
        row = measure(Measurement("a-step", "somebody", lambda _: pair), Material(), 3)
        assert turns == ["subject", "peer"] * 4  # the first ones warm up, and do not count
        assert (row.subject_ms, row.peer_ms, row.ratio) == (1.0, 20.0, 20.0)
        assert row.spread == (10.0, 30.0)

    def test_names_are_kebab_case_and_differ(self) -> None:
        names = [measurement.name for measurement in MEASUREMENTS]
        assert len(set(names)) == len(names)
        assert all(name == name.lower() and " " not in name for name in names)

    def test_unknown_name_is_refused(self) -> None:
        with pytest.raises(UsageError, match="'tempo'"):
            chosen("cnn-step,tempo")


class TestSubjects:
    """What is compared gives the same answers."""

    @pytest.mark.parametrize("features", [classic.naive_features, classic.shared_features])
    def test_peers_compute_the_classic_features(
        self, material: Material, features: Features
    ) -> None:
        spec = classic.SPEC
        n_window = (spec.window_frames - 1) * spec.hop_length
        samples = material.samples(spec.sample_rate, n_window)
        [ours] = create_extractor(spec).push(samples)
        np.testing.assert_allclose(ours.features, features(samples), rtol=1e-3, atol=1e-3)

    def test_step_of_a_stream_is_its_whole_window(self, material: Material) -> None:
        ears = live.Ears.load(material)
        samples = ears.music(material, 4)
        decisions = [*ears.listen(samples)]
        assert len(decisions) == 5
        assert not any(decision.early for decision in decisions)
        steps = np.array([[*decision.raw_posterior.values()] for decision in decisions])
        np.testing.assert_allclose(steps, whole_windows(ears, samples)()[:5], atol=1e-5)

    def test_multiply_adds_of_convolution_and_product_are_counted(self, tmp_path: Path) -> None:
        assert multiply_adds(write_graph(tmp_path / "graph.onnx"), n_frames=10) == (
            (10 - 2) * (4 - 1) * 5 * (3 * 2)  # positions, channels, taps
            + 10 * 4 * 7  # frames, bands in, values out
        )


class TestRegression:
    def test_ratio_that_lost_a_quarter_is_told(self) -> None:
        kept = Ratios(1.0, {"a-step": 14.0})
        [line] = worse([ROW], kept, now_ms=1.0)
        assert line == "a-step: 10 in place of 14, 29 % worse"
        assert not [*worse([replace(ROW, ratio=10.6)], kept, now_ms=1.0)]

    def test_ratio_with_the_clock_allows_for_a_slower_machine(self) -> None:
        kept, row = Ratios(1.0, {"a-step": 20.0}), replace(ROW, by_clock=True)
        assert not [*worse([row], kept, now_ms=2.0)]
        assert [*worse([row], kept, now_ms=1.0)]

    def test_row_without_a_kept_ratio_is_told(self) -> None:
        [line] = worse([ROW], Ratios(1.0, {}), now_ms=1.0)
        assert line == "a-step: no ratio is kept; give --update"

    def test_update_keeps_what_was_not_measured(self, tmp_path: Path) -> None:
        path = tmp_path / "ratios.json"
        Ratios(1.0, {"start": 3.0, "a-step": 14.0}).write(path)
        Ratios.of([ROW], 2.0).write(path)
        assert Ratios.read(path) == Ratios(2.0, {"start": 3.0, "a-step": 10.0})

    def test_every_measurement_has_a_kept_ratio(self) -> None:
        assert set(Ratios.read(KEPT).ratios) == {row.name for row in MEASUREMENTS}
