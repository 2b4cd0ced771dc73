"""Waiting for what another thread or process does, however busy the machine is."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 30.0


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
