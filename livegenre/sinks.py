"""From flags to the sinks that are told what a session decides."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from math import inf
from typing import TYPE_CHECKING

from livegenre.errors import OutputError, UsageError

if TYPE_CHECKING:
    from livegenre.outputs.base import Remote, Sink
    from livegenre.outputs.changes import Debouncer
    from livegenre.outputs.detached import Detached
    from livegenre.outputs.web.sink import Web
    from livegenre.tap import Tap

PASSWORD_VARIABLE = "LIVEGENRE_MQTT_PASSWORD"


def make_sinks(
    arguments: Namespace, tap: "Tap", stack: ExitStack, say: Callable[[str], None]
) -> "list[Sink]":
    """Make every sink that was asked for, in the order in which they should hear of the end.

    Parameters
    ----------
    arguments : Namespace
    tap : Tap
        Listened in on by sinks that show the sound itself.
    stack : ExitStack
        Closes what is opened here.
    say : callable
        Given a line on a sink's trouble, on any thread, and on where a sink is found.

    Raises
    ------
    UsageError
        If an address or command means nothing.
    OutputError
        If a sink can never work here; says what to install or to mend.
    """
    sinks: list[Sink] = []
    if arguments.on_change is not None:
        sinks.append(_hook(arguments.on_change, say))
    if arguments.web is not None:
        sinks.append(_web(arguments, tap, stack, say))
    elif arguments.web_token is not None:
        raise UsageError("--web-token: guards the page that --web serves; add --web")
    if arguments.osc is not None:
        sinks.append(_osc(arguments.osc, say))
    if arguments.mqtt is not None:
        sinks.append(_mqtt(arguments.mqtt, arguments.mqtt_ca, say))
    elif arguments.mqtt_ca is not None:
        raise UsageError("--mqtt-ca: is for --mqtt mqtts://host, which is not given")
    return [*_files(arguments, say, is_alone=not sinks), *sinks]


def make_debouncer(arguments: Namespace) -> "Debouncer":
    """Return what finds changes of the answer, by ``--hold``."""
    from livegenre.outputs.changes import HOLD_SECONDS, Debouncer

    return Debouncer(HOLD_SECONDS if arguments.hold is None else arguments.hold)


def _osc(text: str, say: Callable[[str], None]) -> "Detached":
    with _extra("--osc", "osc"):
        from livegenre.outputs.osc import Osc
    from livegenre.outputs.address import parse_address
    from livegenre.outputs.detached import Detached

    with _flag("--osc"):
        address = parse_address(text)
    return Detached(Osc(address), say)


def _mqtt(text: str, ca: str | None, say: Callable[[str], None]) -> "Detached":
    with _extra("--mqtt", "mqtt"):
        from livegenre.outputs.mqtt import Mqtt
    from livegenre.outputs.detached import Detached
    from livegenre.outputs.mqtt_address import parse_broker

    password = os.environ.pop(PASSWORD_VARIABLE, None)  # no command of --on-change inherits it
    with _flag("--mqtt"):
        broker = parse_broker(text, spare_password=password)
    if ca is not None and not broker.tls:
        raise UsageError("--mqtt-ca: is for a broker with TLS; write --mqtt mqtts://...")
    mqtt = Mqtt(broker, ca=ca)
    return Detached(mqtt, say, idle=mqtt.idle)


@contextmanager
def _flag(flag: str) -> Iterator[None]:
    """Name a flag in what is wrong with its value."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{flag}: {error}") from error


def _files(arguments: Namespace, say: Callable[[str], None], *, is_alone: bool) -> "Iterator[Sink]":
    """Make those that keep what they are told, after all others: a refused start leaves no file."""
    if arguments.log is not None or arguments.log_size:
        yield _log(arguments, say)
        is_alone = False
    if arguments.jsonl is not None:
        yield _json_lines(arguments, say, is_alone=is_alone)


def _json_lines(arguments: Namespace, say: Callable[[str], None], *, is_alone: bool) -> "Sink":
    """Make JSON Lines to a file, or to stdout or a pipe, for which sound that can wait waits."""
    from livegenre.outputs.detached import Detached
    from livegenre.outputs.jsonl import JsonLinesFile, JsonLinesPipe
    from livegenre.outputs.linefile import N_WAITING

    name = arguments.jsonl
    if not name:
        raise UsageError("--jsonl: give it a file's name, or '-' for stdout")
    is_stdout = name == "-"
    if not is_stdout and (os.path.isfile(name) or not os.path.exists(name)):
        return _file("--jsonl", name, JsonLinesFile(name), say)
    if os.path.isdir(name):
        raise OutputError(f"--jsonl {name}: is a folder; choose a file's name")
    can_wait = arguments.command == "replay" and arguments.speed == inf
    return Detached(
        JsonLinesPipe(None if is_stdout else name),
        say,
        n_waiting=N_WAITING,
        patient=can_wait,
        vital=can_wait or (is_stdout and is_alone),
    )


def _log(arguments: Namespace, say: Callable[[str], None]) -> "Sink":
    """Make the log, and see that it can be written here."""
    from livegenre.outputs.log import Log

    if not arguments.log or arguments.log == "-":
        raise UsageError("--log: give it a file's name; '--jsonl -' writes to stdout")
    log = Log(arguments.log, limit_megabytes=arguments.log_size or inf, say=say)
    return _file("--log", arguments.log, log, say, stamp=log.stamp)


def _file(
    flag: str,
    name: str,
    remote: "Remote",
    say: Callable[[str], None],
    *,
    stamp: Callable[[float], None] = lambda told_at: None,
) -> "Sink":
    """Have a file written on a thread of its own, after seeing that it can be."""
    from livegenre.outputs.detached import Detached
    from livegenre.outputs.linefile import N_WAITING

    try:
        remote.connect()
    except OutputError as error:
        raise OutputError(f"{flag} {name}: {error}") from error
    remote.close()
    return Detached(remote, say, n_waiting=N_WAITING, stamp=stamp)


def _hook(command: str, say: Callable[[str], None]) -> "Sink":
    """Make what runs a command at every change of the answer."""
    from livegenre.outputs.hook import Hook

    return Hook(command, say)


def _web(arguments: Namespace, tap: "Tap", stack: ExitStack, say: Callable[[str], None]) -> "Web":
    """Take the page's address, say it, and let the page hear the sound."""
    with _extra("--web", "web"):
        from livegenre.outputs.web.sink import Web
    from livegenre.outputs.web.address import Address
    from livegenre.outputs.web.picture import Colours
    from livegenre.screen import Meter, palette

    colours = Colours(
        of_labels=palette.label_colours,
        of_levels=palette.ramp("ember", indexed=False),
        of_page=asdict(palette.ON_DARK),
    )
    address = Address.parse(arguments.web)
    web = Web(address, arguments.web_token, colours=colours, make_meter=Meter, say=say)
    stack.callback(web.close)
    tap.listen(web.hear)
    say(f"web: {web.url}")
    return web


@contextmanager
def _extra(flag: str, extra: str) -> Iterator[None]:
    """Say what to install where a flag needs a library that is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        library = str(error.name).partition(".")[0]
        cure = f"pip install 'livegenre[{extra}]'"
        raise OutputError(f"{flag}: needs {library}; install it: {cure}") from error
