"""A broker lets in whom it knows, over TLS too; why it does not is told in words."""

import gc
import re
import socket
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from livegenre.errors import OutputError
from livegenre.outputs.mqtt_address import parse_broker
from livegenre.outputs.mqtt_connection import Connection, Will, trusted
from tests.broker import Mosquitto, free_port, listener, mosquitto, need

needs_broker = pytest.mark.broker
SECRET = "p@ss/wörd"
ENCODED = "p%40ss%2Fw%C3%B6rd"


def connection(url: str, ca: Path | None = None) -> Connection:
    broker = parse_broker(url)
    tls = trusted(None if ca is None else str(ca)) if broker.tls else None
    return Connection(broker, client_id="livegenre1", will=Will("t/availability", "no"), tls=tls)


def tell(url: str, ca: Path | None = None) -> None:
    with closing(connection(url, ca)) as tried:
        tried.open()
        tried.publish("t", "hello", retain=True)
        tried.end()


def trouble(url: str, ca: Path | None = None) -> str:
    """Return why nothing can be told there."""
    with pytest.raises(OutputError) as caught:
        tell(url, ca)
    return str(caught.value)


def trouble_with_tls(url: str, ca: Path | None = None) -> str:
    with warnings.catch_warnings():
        # paho-mqtt leaves it to the interpreter to close the socket of a failed handshake.
        warnings.simplefilter("ignore", ResourceWarning)
        said = trouble(url, ca)
        gc.collect()
    return said


def make_passwords(folder: Path, password: str) -> Path:
    """Write a password file, as mosquitto has them, that lets ``me`` in."""
    need("mosquitto", "mosquitto_passwd")
    path = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", path, "me", password], check=True)
    return path


def make_certificates(folder: Path) -> tuple[Path, list[str]]:
    """Make an authority and a certificate for this machine; return its file, mosquitto's lines."""
    need("openssl")
    ca, ca_key, certificate, key, wanted, names = (
        str(folder / file)
        for file in ("ca.pem", "ca.key", "broker.pem", "broker.key", "wanted", "names")
    )
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"]
    authority = ["-x509", "-days", "2", "-subj", "/CN=authority", "-out", ca]
    signed = ["-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-extfile", names]
    Path(names).write_text("subjectAltName=IP:127.0.0.1\n")
    for words in (
        ["req", *new_key, ca_key, *authority],
        ["req", *new_key, key, "-subj", "/CN=broker", "-out", wanted],
        ["x509", "-req", "-in", wanted, "-out", certificate, *signed],
    ):
        subprocess.run(["openssl", *words], check=True, capture_output=True)
    return Path(ca), [f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    folder = tmp_path_factory.mktemp("guarded")
    passwords = make_passwords(folder, SECRET)
    with mosquitto(folder, f"password_file {passwords}", "allow_anonymous false") as broker:
        yield broker


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mosquitto, Path]]:
    folder = tmp_path_factory.mktemp("encrypted")
    ca, settings = make_certificates(folder)
    with mosquitto(folder, *settings) as broker:
        yield broker, ca


@needs_broker
def test_right_password_is_let_in(guarded: Mosquitto) -> None:
    tell(f"mqtt://me:{ENCODED}@127.0.0.1:{guarded.port}")


@needs_broker
@pytest.mark.parametrize("login", ["me:wrong-secret@", f"you:{ENCODED}@", "me@", ""])
def test_other_logins_are_refused_in_words_without_them(guarded: Mosquitto, login: str) -> None:
    said = trouble(f"mqtt://{login}127.0.0.1:{guarded.port}")
    assert said == "the broker refuses the login (Not authorized); see user and password"


@needs_broker
def test_broker_with_a_certificate_of_its_own(encrypted: tuple[Mosquitto, Path]) -> None:
    broker, ca = encrypted
    tell(f"mqtts://127.0.0.1:{broker.port}", ca)


@needs_broker
def test_certificate_of_an_unknown_authority_is_not_trusted(
    encrypted: tuple[Mosquitto, Path],
) -> None:
    said = trouble_with_tls(f"mqtts://127.0.0.1:{encrypted[0].port}")
    assert said.startswith("the broker's certificate is not trusted (")
    assert said.endswith("--mqtt-ca FILE")


@needs_broker
def test_certificate_of_another_host_is_not_trusted(encrypted: tuple[Mosquitto, Path]) -> None:
    broker, ca = encrypted
    said = trouble_with_tls(f"mqtts://localhost:{broker.port}", ca)
    assert re.match(r"the broker's certificate is not trusted \(.*'localhost'", said)


@needs_broker
def test_speaking_tls_where_there_is_none_and_the_reverse_is_told(
    guarded: Mosquitto, encrypted: tuple[Mosquitto, Path]
) -> None:
    with_tls = trouble_with_tls(f"mqtts://127.0.0.1:{guarded.port}", encrypted[1])
    without = trouble(f"mqtt://127.0.0.1:{encrypted[0].port}")
    assert re.fullmatch(r"the broker does not speak TLS \(.+\); is it mqtt:// there\?", with_tls)
    assert without == "the broker hangs up; is it mqtts:// there?"


@needs_broker
def test_will_is_sent_unless_the_connection_was_ended(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, listener(broker.port) as someone:
        url = f"mqtt://127.0.0.1:{broker.port}"
        tell(url)
        assert someone.payloads("t/availability") == []
        with closing(connection(url)) as broken:
            broken.open()
        someone.wait_for("t/availability", "no")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_file_of_authorities_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(OutputError, match=r"--mqtt-ca .*/ca\.pem: \w+"):
        trusted(str(tmp_path / "ca.pem"))


def test_nobody_there_is_told() -> None:
    said = trouble(f"mqtt://127.0.0.1:{free_port()}")
    assert said == "the broker cannot be reached (Connection refused)"


def test_unknown_name_is_told() -> None:
    assert trouble("mqtt://nowhere.invalid").startswith("the broker cannot be reached (")


@contextmanager
def stranger(answer: bytes, *, hangs: bool = False) -> Iterator[str]:
    """Run what is no broker: it gives an answer to whatever it is told; yield its URL."""
    talked: list[socket.socket] = []

    def talk(server: socket.socket) -> None:
        while True:
            try:
                talked.append(server.accept()[0])
            except OSError:
                return
            with suppress(OSError):
                talked[-1].recv(1_000)
                talked[-1].sendall(answer)
            if not hangs:
                talked[-1].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk, args=[server])
        thread.start()
        try:
            yield f"mqtt://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
    for link in talked:
        link.close()


ADMITTED = b"\x20\x02\0\0"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"\x20\x00",
        b"\x20\x02\0\x05",
        b"\x20\x02\0\x77",
        b"\x00\x00",
        b"\xff" * 100,
        ADMITTED,
        ADMITTED + b"\x40\x00",
        ADMITTED + b"\x40\x01\x00",
        ADMITTED + b"\x90\x03\x40\x59\xc5",
        ADMITTED + b"\x30\x02\xff\xff",
        ADMITTED + b"\x62\x00",
    ],
)
def test_what_is_no_broker_is_told_in_one_line(answer: bytes) -> None:
    with stranger(answer) as url:
        assert trouble(url).isprintable()


def test_what_takes_all_and_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livegenre.outputs.mqtt_connection.ANSWER_SECONDS", 0.2)
    for answer in (b"", ADMITTED):
        with stranger(answer, hangs=True) as url:
            assert trouble(url) == "the broker does not answer"
