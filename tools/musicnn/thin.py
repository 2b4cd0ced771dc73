"""Leaves out of a network's front what nearly died: channels that move by a hundredth at most."""

from dataclasses import replace

import numpy as np

from livegenre.arrays import FloatArray
from tools.musicnn.weights import N_TIMBRAL, Backbone, Layer, Merge, pick, single

FAINT_BELOW = 1e-2
"""A channel that moves less than this where no value of the patch moves more than 1 is faint;
beside it, the channels that are heard move by 0.1 to 100."""
TYPICAL = 2.0
"""A value of a patch; faint channels are taken for what they are where it has no other."""


def thin(backbone: Backbone, *, faint_below: float = FAINT_BELOW) -> Backbone:
    """Merge faint channels into the one that is 1, the last of the front.

    Unlike dead ones they are missed, but hardly.
    """
    front = (*backbone.timbral, *backbone.temporal)
    heard = [np.abs(layer.weights).sum(axis=(1, 2, 3)) >= faint_below for layer in front]
    heard[-1][-1] = True
    constants = np.concatenate([_constants(layer, backbone.offset) for layer in front])
    merge = Merge(np.concatenate(heard)[:-1], constants[:-1])
    thinned = [pick(layer, mask) for layer, mask in zip(front, heard, strict=True)]
    first, *others = backbone.middle
    weights = _merged(merge, first.weights.transpose(1, 0, 2)).transpose(1, 0, 2)
    dense = np.concatenate([_merged(merge, part) for part in np.split(backbone.dense.weights, 2)])
    return replace(
        backbone,
        timbral=tuple(thinned[:N_TIMBRAL]),
        temporal=tuple(thinned[N_TIMBRAL:]),
        middle=(replace(first, weights=weights), *others),
        dense=replace(backbone.dense, weights=dense),
    )


def _constants(layer: Layer, offset: FloatArray) -> FloatArray:
    """Return what each channel is where all values of the patch are the typical one."""
    moved = (TYPICAL + offset) * layer.weights.sum(axis=(1, 2, 3))
    return np.asarray(np.clip(layer.bias + moved, layer.lower, layer.upper), np.float32)


def _merged(merge: Merge, weights: FloatArray) -> FloatArray:
    """Add what multiplied the faint channels to what multiplies the one behind them."""
    merged = merge.rows(weights.astype("f8"))
    one = int(merge.alive.sum())
    merged[one + 1] += merged[one]
    return single(np.delete(merged, one, axis=0))
