"""From the published musicnn networks to ONNX: their wheel, checkpoints, weights and graph."""
