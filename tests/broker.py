"""A real broker on a free port of this machine, with a folder of its own; and who listens to it."""

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.waiting import PATIENCE_SECONDS, wait_until

SEARCH_PATH = f"{os.environ['PATH']}:/usr/sbin"


def need(*programs: str) -> None:
    """Skip by name where a program is missing."""
    if lacking := [name for name in programs if not shutil.which(name, path=SEARCH_PATH)]:
        message = f"no {', '.join(lacking)}: apt-get install {' '.join(lacking)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


class Mosquitto:
    """A broker that keeps nothing over a restart.

    Parameters
    ----------
    folder : Path
    settings : str
        Lines of its configuration besides the port.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(*settings)

    def configure(self, *settings: str) -> None:
        """Choose other settings, for the next start."""
        own = [f"listener {self.port} 127.0.0.1", f"user {getpass.getuser()}", "log_type all"]
        (self._folder / "mosquitto.conf").write_text("\n".join([*own, *settings]) + "\n")

    def start(self) -> None:
        program = shutil.which("mosquitto", path=SEARCH_PATH)
        assert program is not None
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        wait_until(self._answers, "mosquitto to listen")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def n_received(self, topic: str) -> int:
        """Return how often something was published to a topic, over all starts."""
        log = (self._folder / "mosquitto.log").read_text()
        return len(re.findall(rf"Received PUBLISH from .*'{topic}'", log))

    def read_anew(self) -> None:
        """Let it read its passwords anew."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def freeze(self) -> None:
        """Let it answer nobody any more, with all connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "mosquitto.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def mosquitto(folder: Path, *settings: str) -> Iterator[Mosquitto]:
    """Run a broker that lets everybody in, unless the settings say otherwise."""
    need("mosquitto")
    broker = Mosquitto(folder, *(settings or ["allow_anonymous true"]))
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


class Listener:
    """Who hears everything that a broker is told, from now on, and what it has kept."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, str]] = []
        self.kept: dict[str, str] = {}
        self._news = threading.Condition()
        self._is_ready = False
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_subscribe = self._take_readiness
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self.wait_until(lambda: self._is_ready, "a subscription")

    def payloads(self, topic: str) -> list[str]:
        """Return what came to a topic, kept or new, in order."""
        return [payload for name, payload in self.heard if name == topic]

    def newest(self, topic: str) -> str:
        return (self.payloads(topic) or [""])[-1]

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        with self._news:
            assert self._news.wait_for(holds, PATIENCE_SECONDS), f"{what}: {self.heard}"

    def wait_for(self, topic: str, payload: str) -> None:
        self.wait_until(lambda: self.newest(topic) == payload, f"{payload} to {topic}")

    def send(self, topic: str, payload: str) -> None:
        self._client.publish(topic, payload, qos=1, retain=True).wait_for_publish(PATIENCE_SECONDS)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take_readiness(self, *_: object) -> None:
        with self._news:
            self._is_ready = True
            self._news.notify_all()

    def _take(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        with self._news:
            self.heard.append((message.topic, message.payload.decode()))
            if message.retain:
                self.kept[message.topic] = message.payload.decode()
            self._news.notify_all()


@contextmanager
def listener(port: int) -> Iterator[Listener]:
    someone = Listener(port)
    try:
        yield someone
    finally:
        someone.close()
