"""The flags of who is told: what they take, and that no trouble of theirs delays the sound."""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.broker import Mosquitto, free_port, listener, mosquitto
from tests.test_cli import LIVEGENRE, assert_one_clear_line, run
from tests.test_outputs_mqtt_connection import (
    ENCODED,
    SECRET,
    make_certificates,
    make_passwords,
)

NOISE = ["replay", "noise:pink", "--duration", "8", "--headless"]
STATE, CHANGE, AVAILABILITY = "livegenre/state", "livegenre/change", "livegenre/availability"
needs_broker = pytest.mark.broker


def with_variables(**variables: str) -> dict[str, str]:
    return {**os.environ, **variables}


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Have the demo replayed for ever, with further words."""
    command = [*LIVEGENRE, "replay", "--loop", "--headless", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def decisions(done: subprocess.CompletedProcess[str]) -> list[list[Any]]:
    """Return what was decided when, and how much sound had been lost by then."""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        [line[name] for name in ("time", "state", "label", "lost")]
        for line in lines
        if line["type"] == "decision"
    ]


@pytest.fixture(scope="module")
def undisturbed() -> list[list[Any]]:
    """Return the decisions on the noise when nobody else is told."""
    return decisions(run(*NOISE, "--speed", "max", "--jsonl", "-"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--osc", "lights"], "--osc: an address needs a port"),
        (["--osc", ""], "--osc: no such address"),
        (["--log", ""], "--log: give it a file's name"),
        (["--jsonl", ""], "--jsonl: give it a file's name"),
        (["--mqtt", ""], "--mqtt: no such broker"),
        (["--mqtt", "http://me:secret@nas"], "--mqtt: no such broker"),
        (["--mqtt", "mqtt://me:secret@nas:0"], "--mqtt: a port is"),
        (["--mqtt", "mqtt://nas", "--mqtt-ca", "ca.pem"], "--mqtt-ca: is for a broker with TLS"),
        (["--mqtt-ca", "ca.pem"], "--mqtt-ca: is for --mqtt"),
        (["--verify", "--osc", "lights:1"], "--verify: runs alone"),
    ],
)
def test_what_makes_no_sense_is_one_line(words: list[str], said: str) -> None:
    done = run(*NOISE, *words)
    assert_one_clear_line(done, 2, said)
    assert "secret" not in done.stderr


def test_start_that_is_refused_leaves_no_file(tmp_path: Path) -> None:
    files = ["--log", str(tmp_path / "log.csv"), "--jsonl", str(tmp_path / "log.jsonl")]
    assert run(*NOISE, *files, "--osc", "lights").returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_file_of_authorities_that_is_not_there_is_one_line() -> None:
    done = run(*NOISE, "--mqtt", "mqtts://nas", "--mqtt-ca", "/none/ca.pem")
    assert_one_clear_line(done, 1, "--mqtt-ca /none/ca.pem: No such file")


@pytest.mark.parametrize(
    ("library", "words", "cure"),
    [
        ("pythonosc", ["--osc", "lights:1"], "pip install 'livegenre[osc]'"),
        ("paho", ["--mqtt", "mqtt://nas"], "pip install 'livegenre[mqtt]'"),
    ],
)
def test_missing_library_is_one_line_that_says_what_to_install(
    tmp_path: Path, library: str, words: list[str], cure: str
) -> None:
    (tmp_path / f"{library}.py").write_text(
        f"raise ModuleNotFoundError('not here', name={library!r})\n"
    )
    done = run(*NOISE, *words, env=with_variables(PYTHONPATH=f"{tmp_path}:{os.getcwd()}"))
    assert_one_clear_line(done, 1, cure)


@needs_broker
def test_killed_replay_is_offline(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, listener(broker.port) as someone:
        url = f"mqtt://127.0.0.1:{broker.port}"
        with started("--mqtt", url) as process:
            someone.wait_for(AVAILABILITY, "online")
            someone.wait_until(lambda: '"metal"' in someone.newest(STATE), "metal")
            process.kill()
            someone.wait_for(AVAILABILITY, "offline")
        with listener(broker.port) as newcomer:
            newcomer.wait_for(AVAILABILITY, "offline")


@needs_broker
def test_password_of_the_environment_opens_a_broker_with_tls(tmp_path: Path) -> None:
    passwords = make_passwords(tmp_path, SECRET)
    ca, settings = make_certificates(tmp_path)
    settings = [f"password_file {passwords}", *settings[:2], "allow_anonymous false"]
    with mosquitto(tmp_path, *settings) as broker:
        words = ["--mqtt", f"mqtts://me@127.0.0.1:{broker.port}", "--mqtt-ca", str(ca)]
        done = run(
            *NOISE, "--speed", "max", *words, env=with_variables(LIVEGENRE_MQTT_PASSWORD=SECRET)
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_password_of_the_environment_is_none_of_a_commands_business() -> None:
    words = ["--mqtt", f"mqtt://me@127.0.0.1:{free_port()}", "--on-change", "env"]
    environment = with_variables(LIVEGENRE_MQTT_PASSWORD=SECRET)
    done = run(*NOISE, "--speed", "max", *words, env=environment)
    assert "LIVEGENRE_STATE=" in done.stderr
    assert SECRET not in done.stderr


@needs_broker
def test_refused_login_is_told_without_it_and_tried_again(tmp_path: Path) -> None:
    passwords = make_passwords(tmp_path, "another")
    settings = [f"password_file {passwords}", "allow_anonymous false"]
    with mosquitto(tmp_path, *settings) as broker:
        url = f"mqtt://me:{ENCODED}@127.0.0.1:{broker.port}"
        with started("--mqtt", url) as process:
            assert process.stderr is not None
            refused = process.stderr.readline()
            make_passwords(tmp_path, SECRET)
            broker.read_anew()
            goes_on = process.stderr.readline()
            process.terminate()
            rest = process.stderr.read()
    name = f"livegenre: MQTT to mqtt://127.0.0.1:{broker.port}/livegenre"
    cure = "see user and password; trying again"
    assert refused == f"{name}: the broker refuses the login (Not authorized); {cure}\n"
    assert (goes_on, rest) == (f"{name}: goes on\n", "")


@needs_broker
def test_broker_that_begins_anew_is_told_all_again(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"
        with started("--speed", "8", "--mqtt", url) as process:
            with listener(broker.port) as someone:
                someone.wait_until(lambda: bool(someone.payloads(CHANGE)), "the first change")
            broker.stop()
            broker.start()
            with listener(broker.port) as someone:
                someone.wait_for(AVAILABILITY, "online")
                someone.wait_until(lambda: bool(someone.payloads(CHANGE)), "another change")
                process.terminate()
                someone.wait_for(AVAILABILITY, "offline")
                assert json.loads(someone.newest(STATE))["source"] == "demo.ogg"
            assert process.wait(30) == 130
            assert process.stderr is not None
            assert process.stderr.read().endswith("goes on\n")


def test_broker_that_never_comes_delays_nothing(undisturbed: list[list[Any]]) -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    done = run(*NOISE, "--speed", "4", "--jsonl", "-", "--mqtt", url)
    assert done.returncode == 0
    assert decisions(done) == undisturbed
    lost, dropped = done.stderr.splitlines()
    assert lost.endswith("the broker cannot be reached (Connection refused); trying again")
    assert re.search(r": \d+ messages were dropped \(", dropped)


def test_broker_that_takes_all_and_never_answers_delays_nothing(
    undisturbed: list[list[Any]],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"mqtt://127.0.0.1:{server.getsockname()[1]}"
        done = run(*NOISE, "--speed", "4", "--jsonl", "-", "--mqtt", url)
    assert done.returncode == 0
    assert decisions(done) == undisturbed
    assert re.search(r": \d+ messages were dropped", done.stderr)


@needs_broker
def test_broker_that_freezes_in_the_middle_delays_nothing(
    tmp_path: Path, undisturbed: list[list[Any]]
) -> None:
    with mosquitto(tmp_path) as broker:
        done = frozen_at_the_first_change(broker)
    assert done.returncode == 0
    assert decisions(done) == undisturbed


def frozen_at_the_first_change(broker: Mosquitto) -> subprocess.CompletedProcess[str]:
    url = f"mqtt://127.0.0.1:{broker.port}"
    words = [*NOISE, "--speed", "2", "--jsonl", "-", "--mqtt", url]
    with subprocess.Popen(
        [*LIVEGENRE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        with listener(broker.port) as someone:
            someone.wait_until(lambda: bool(someone.payloads(CHANGE)), "a change")
        broker.freeze()
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
