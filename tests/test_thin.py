"""Leaving out faint channels: hardly missed, and nothing else is."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
from numpy.testing import assert_allclose

from livegenre.arrays import FloatArray
from tests.musicnn_reference import random_tensors
from tools.musicnn.graph import build_model
from tools.musicnn.thin import thin
from tools.musicnn.weights import Backbone, Layer, fold

FAINT = slice(3, 20)
PATCH = np.random.default_rng(2).uniform(0, 4, (1, 80, 96)).astype(np.float32)


def fainter(layer: Layer) -> Layer:
    weights = layer.weights.copy()
    weights[FAINT] *= np.float32(9e-3) / np.abs(weights[FAINT]).sum(axis=(1, 2, 3), keepdims=True)
    return replace(layer, weights=weights)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    net = fold(random_tensors(seed=1))
    timbral, temporal = list(net.timbral), list(net.temporal)
    timbral[1], temporal[0], temporal[2] = map(fainter, (timbral[1], temporal[0], temporal[2]))
    return replace(net, timbral=tuple(timbral), temporal=tuple(temporal))


def logits(backbone: Backbone) -> FloatArray:
    model = build_model({"some": backbone}).SerializeToString()
    session = onnxruntime.InferenceSession(model)
    found: FloatArray = session.run(["some_logits"], {"patch": PATCH})[0]
    return found


def test_faint_channels_are_left_out_and_no_others(backbone: Backbone) -> None:
    thinned = thin(backbone)
    n_left_out = [
        len(before.bias) - len(after.bias)
        for before, after in zip(
            (*backbone.timbral, *backbone.temporal),
            (*thinned.timbral, *thinned.temporal),
            strict=True,
        )
    ]
    assert n_left_out == [0, 17, 17, 0, 17]


def test_faint_channels_are_hardly_missed(backbone: Backbone) -> None:
    assert_allclose(logits(thin(backbone)), logits(backbone), rtol=0, atol=0.02)


def test_nothing_changes_where_no_channel_is_faint() -> None:
    net = fold(random_tensors(seed=1))
    assert_allclose(logits(thin(net)), logits(net), rtol=0, atol=1e-5)
