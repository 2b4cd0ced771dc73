"""Distilling the backbones: what is degraded, what the front end gives, what the student learns."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from livegenre.arrays import FloatArray
from tests.musicnn_reference import random_tensors
from tools.distil_backbone import main
from tools.musicnn.distil.degradation import degrade
from tools.musicnn.distil.front import FrontEnd, VggFrontEnd
from tools.musicnn.distil.items import Sound, item, shards
from tools.musicnn.distil.networks import Musicnn, VggEnd
from tools.musicnn.distil.rooms import SAMPLE_RATE, room_response
from tools.musicnn.distil.student import Schedule, distil
from tools.musicnn.distil.tensors import (
    DistilledError,
    Net,
    read_tensors,
    tensors_of,
    with_tensors,
)
from tools.musicnn.graph import build_model
from tools.musicnn.level import LEVEL, STEP_DB
from tools.musicnn.tensors import vgg_shapes
from tools.musicnn.vgg import Vgg, fold_vgg
from tools.musicnn.weights import Backbone, fold

SOUND = np.random.default_rng(0).normal(0, 0.1, 2 * SAMPLE_RATE).astype(np.float32)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return fold(random_tensors(seed=1))


@pytest.fixture(scope="module")
def front(backbone: Backbone) -> FrontEnd:
    return FrontEnd({"some": backbone})


@pytest.fixture(scope="module")
def vgg() -> Vgg:
    return fold_vgg(random_tensors(seed=2, shapes=vgg_shapes()))


def graph_of(network: Net) -> Callable[[FloatArray], list[FloatArray]]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        build_model({"some": network}).SerializeToString(), options
    )
    names = ["some_pooled", "some_embedding", "some_logits"]
    names = names if isinstance(network, Backbone) else [names[0], names[2]]
    return lambda patch: [values[0] for values in session.run(names, {"patch": patch[np.newaxis]})]


def level(log_mel: FloatArray) -> FloatArray:
    power = 10.0**log_mel - 1
    gain_db = 10 * np.log10(1e4 * LEVEL / power.sum(axis=1).mean())
    gain = 10 ** (STEP_DB * np.round(gain_db / STEP_DB) / 10)
    return np.asarray(np.log10(1 + gain * power), np.float32)


@pytest.mark.ffmpeg
@pytest.mark.parametrize("seed", range(30))
def test_a_degraded_copy_is_as_long_and_as_loud_and_the_same_again(seed: int) -> None:
    first, again = (degrade(SOUND, [SOUND], np.random.default_rng(seed)) for _ in range(2))

    assert_array_equal(first, again)
    assert first.shape == SOUND.shape
    assert np.isfinite(first).all()
    assert not np.allclose(first, SOUND, atol=1e-4)
    assert_allclose(np.std(first), np.std(SOUND), rtol=0.05)


@pytest.mark.parametrize("seed", range(20))
def test_a_room_begins_with_the_direct_sound_and_dies_away(seed: int) -> None:
    response = room_response(np.random.default_rng(seed))
    energy = np.square(response)

    assert response[0] == 1
    assert energy[len(energy) // 2 :].sum() < 0.1 * energy.sum()


def test_the_front_end_gives_what_the_network_pools_first(
    backbone: Backbone, front: FrontEnd
) -> None:
    log_mel = np.random.default_rng(3).uniform(0, 3, (187, 96)).astype(np.float32)

    channels = front(log_mel)

    assert channels.shape == (backbone.middle[0].weights.shape[1], 187)
    pooled = graph_of(backbone)(level(log_mel))[0]
    assert_allclose(channels.max(axis=1), pooled[: len(channels)], atol=1e-3)


def test_short_sound_is_repeated(front: FrontEnd) -> None:
    log_mel = np.random.default_rng(4).uniform(0, 3, (100, 96)).astype(np.float32)

    assert_array_equal(front(log_mel), front(np.concatenate([log_mel, log_mel])[:187]))


@pytest.mark.ffmpeg
def test_items_are_made_once(
    front: FrontEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.musicnn.distil.items.SHARD", 2)
    sound = Sound([SOUND, SOUND[::-1].copy()], np.array([True, False]), ["rock", "speech"])

    (made,) = shards(sound, front, tmp_path, 1, seed=0)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    (read,) = shards(sound, front, tmp_path, 1, seed=0)

    assert_array_equal(made, read)
    assert kept.stat().st_mtime_ns == written
    assert made.shape == (2, 3, front.slices["some"].stop, 187)


@pytest.mark.ffmpeg
def test_silence_can_be_degraded(front: FrontEnd) -> None:
    silence = Sound([np.zeros(SAMPLE_RATE, np.float32)], np.array([True]), ["rock"])

    assert np.isfinite(item(silence, front, np.random.default_rng(0))).all()


def test_layers_survive_their_file(backbone: Backbone, vgg: Vgg, tmp_path: Path) -> None:
    patch = np.random.default_rng(5).uniform(0, 3, (187, 96)).astype(np.float32)
    for network in (backbone, vgg):
        np.savez(tmp_path / "layers.npz", allow_pickle=False, **tensors_of("some", network))

        read = with_tensors("some", network, read_tensors(tmp_path / "layers.npz"))

        for before, after in zip(graph_of(network)(patch), graph_of(read)(patch), strict=True):
            assert_array_equal(before, after)


def test_layers_of_another_network_are_refused(backbone: Backbone, tmp_path: Path) -> None:
    tensors = tensors_of("some", backbone)

    with pytest.raises(DistilledError, match="no tensor other_0_weights"):
        with_tensors("other", backbone, tensors)
    with pytest.raises(DistilledError, match="some_3_bias has shape"):
        with_tensors("some", backbone, tensors | {"some_3_bias": np.zeros(3, np.float32)})
    with pytest.raises(DistilledError, match="cannot be read"):
        read_tensors(tmp_path / "none.npz")


def test_the_untrained_student_is_the_network(backbone: Backbone) -> None:
    torch = pytest.importorskip("torch")
    patch = np.random.default_rng(6).uniform(0, 3, (187, 96)).astype(np.float32)
    channels = FrontEnd({"some": backbone})(patch)[np.newaxis]

    embedding, logits = Musicnn(torch, backbone)(channels)

    _, expected, tags = graph_of(backbone)(level(patch))
    assert np.corrcoef(embedding[0].numpy(), expected)[0, 1] > 0.999
    assert np.corrcoef(logits[0].numpy(), tags)[0, 1] > 0.999


def test_the_untrained_vgg_is_the_network(vgg: Vgg) -> None:
    torch = pytest.importorskip("torch")
    patch = np.random.default_rng(6).uniform(0, 3, (187, 96)).astype(np.float32)
    channels = VggFrontEnd(vgg)(patch)[np.newaxis]

    found = VggEnd(torch, vgg)(channels)

    for values, expected in zip(found, graph_of(vgg)(level(patch)), strict=True):
        assert np.corrcoef(values[0].numpy(), expected)[0, 1] > 0.999


def test_the_student_learns_to_mind_noise_less(backbone: Backbone) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    clean = rng.standard_normal((16, 1, backbone.middle[0].weights.shape[1], 187))
    items = np.concatenate([clean, clean + 1.0], axis=1).astype(np.float16)

    def error(network: Net) -> float:
        wanted, given = (
            Musicnn(torch, backbone)(items[:, 0])[0],
            Musicnn(torch, network)(items[:, 1])[0],
        )
        return float(((wanted - given) ** 2).mean())

    student = distil(backbone, items, Schedule(epochs=30, batch=8, rate=1e-3, seed=0), lambda: None)

    assert error(student) < 0.5 * error(backbone)


def test_a_missing_wheel_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--manifest", "none.csv", "--not-music", "none.csv", "--out", str(tmp_path / "o.npz")]

    assert main([*files, "--wheel", str(tmp_path / "none.whl")]) == 1
    assert "none.whl" in capsys.readouterr().err
