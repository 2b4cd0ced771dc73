"""The flags of who is told what a session decides."""

import argparse

WEB_ADDRESS = "127.0.0.1:8737"


def add_telling(group: argparse._ArgumentGroup) -> None:
    """Add the flags of sinks."""
    add = group.add_argument
    add("--jsonl", metavar="FILE", help="append JSON Lines; '-' is stdout")
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
