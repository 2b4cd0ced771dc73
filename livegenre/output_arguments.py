"""The flags of who is told what a session decides."""

import argparse

from livegenre.argument_types import megabytes

WEB_ADDRESS = "127.0.0.1:8737"
SUMMARY = """\
Show what a log of --log or --jsonl holds, session by session: shares, and a ribbon in time.

  livegenre summary evening.csv                      all its sessions
  livegenre summary evening.csv*                     with the parts that --log-size has renamed
  livegenre summary evening.csv --last --html evening.html --png evening.png
  livegenre replay song.mp3 --speed max --jsonl - | livegenre summary -

A log that was cut off is read as far as it goes. A page or picture takes the place of an older
one of the same name.
"""


TELLING = """\
  --log evening.csv --log-size 50
  --on-change 'notify-send livegenre "{label} {posterior:.0%}"'
  --on-change 'sh -c "echo $LIVEGENRE_LABEL > /tmp/genre"'
"""


def add_telling(group: argparse._ArgumentGroup) -> None:
    """Add the flags of sinks."""
    group.description = TELLING
    add = group.add_argument
    add("--jsonl", metavar="FILE", help="append JSON Lines; '-' is stdout")
    add("--log", metavar="FILE", help="append a log: a table if it ends in .csv, else JSON Lines")
    add(
        "--log-size",
        type=megabytes,
        metavar="MB",
        help="begin a new file at that size; keep the five before as FILE.1 to FILE.5",
    )
    add(
        "--on-change",
        metavar="COMMAND",
        help="run it, without a shell, when the answer changes; replaced in its words: {label}, "
        "{state}, {posterior}, {before}, {time}, {duration}; also in LIVEGENRE_LABEL, ...",
    )
    add(
        "--web",
        nargs="?",
        const=WEB_ADDRESS,
        metavar="HOST:PORT",
        help=f"serve a page for browsers, OBS and phones (default {WEB_ADDRESS})",
    )
    add("--web-token", metavar="TOKEN", help="what a browser must know to see that page")
    add(
        "--osc",
        metavar="HOST:PORT",
        help="send OSC over UDP, to lights and music programs: /livegenre/state, /label, "
        "/posterior/LABEL at every step, /change; such as 192.168.1.5:9000 or [::1]:9000",
    )
    _add_mqtt(group)


def _add_mqtt(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--mqtt",
        metavar="URL",
        help="keep a broker up to date, and with it Home Assistant, which shows livegenre by "
        "itself: mqtt[s]://[user[:password]@]host[:port]/[prefix], such as mqtt://nas.local "
        "or mqtts://me@nas.local/kitchen. A password belongs in the environment variable "
        "LIVEGENRE_MQTT_PASSWORD, for other users can read this line; %%XX stands for signs "
        "in it. A prefix (default livegenre) for each livegenre",
    )
    add(
        "--mqtt-ca",
        metavar="FILE",
        help="authority (PEM) that signed the certificate of an mqtts broker of your own",
    )


def add_summary(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``summary``."""
    add = parser.add_argument
    add("logs", nargs="+", metavar="LOG", help="file, or '-' for stdin; parts in any order")
    add("--last", action="store_true", help="the newest session alone")
    add("--html", metavar="FILE", help="write a page, for screen, phone and print")
    add("--png", metavar="FILE", help="write a picture, of 20 sessions at most")
    add("--json", action="store_true", help="one JSON array of sessions")
