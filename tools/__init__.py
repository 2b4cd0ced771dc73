"""Programs for making and measuring models; the package itself never imports them."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before anything imports ONNX Runtime
