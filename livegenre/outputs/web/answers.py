"""What a request gets: a file of the page, the state, metrics, the live stream, or a refusal."""

import json
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from livegenre.outputs.web.audience import Audience
from livegenre.outputs.web.files import Files, safety
from livegenre.outputs.web.gate import Gate
from livegenre.outputs.web.metrics import CONTENT_TYPE, metrics
from livegenre.outputs.web.picture import Picture

LIVE = "/live"
TEXT = "text/plain; charset=utf-8"


class Answers:
    """Answers every request; used on the server's thread alone.

    The page and all that tells of the session need the token; the page's scripts and styles,
    which are the same for everybody, do not.

    Parameters
    ----------
    gate, files, picture, audience
    """

    def __init__(self, gate: Gate, files: Files, picture: Picture, audience: Audience) -> None:
        self._gate = gate
        self._files = files
        self._picture = picture
        self._audience = audience

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return the answer to a request, None where it may open the live stream."""
        path, _, query = request.path.partition("?")
        if self._gate.refuses_place(request.headers):
            text = "not the address of this page, or asked for by another page\n"
            return _reply(HTTPStatus.FORBIDDEN, TEXT, text.encode())
        if request.method not in ("GET", "HEAD"):
            text, allowed = "only GET and HEAD\n", ("Allow", "GET, HEAD")
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, TEXT, text.encode(), allowed)
        file = self._files.find(path)
        if (file is None or path == "/") and self._gate.refuses_token(request.headers, query):
            text = "this page needs its token: add ?token=... to its address\n"
            challenge = ("WWW-Authenticate", "Bearer")
            return _reply(HTTPStatus.UNAUTHORIZED, TEXT, text.encode(), challenge)
        if path == LIVE:
            return None
        found = file or self._report(path)
        if found is None:
            return _reply(HTTPStatus.NOT_FOUND, TEXT, b"nothing is here\n")
        return _reply(HTTPStatus.OK, *found)

    def complete(self, connection: ServerConnection, request: Request, response: Response) -> None:
        """Add what a browser must know to keep it from harm; leave out what HEAD does not want."""
        is_here = not self._gate.refuses_place(request.headers)
        host = request.headers["Host"] if is_here else ""
        for name, value in safety(host).items():
            response.headers[name] = value
        if request.method == "HEAD":
            response.body = b""

    def _report(self, path: str) -> tuple[str, bytes] | None:
        """Return type and content of what is told of the session at a path."""
        if path == "/api/state":
            state = self._picture.values() | {"viewers": len(self._audience)}
            return "application/json", json.dumps(state, allow_nan=False).encode()
        if path == "/metrics":
            viewers, dropped = len(self._audience), self._audience.dropped
            text = metrics(self._picture, viewers=viewers, dropped=dropped)
            return CONTENT_TYPE, text.encode("utf-8", "backslashreplace")
        return None


def _reply(status: HTTPStatus, kind: str, content: bytes, *more: tuple[str, str]) -> Response:
    headers = Headers(
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(content))),
            ("Connection", "close"),
            *more,
        ]
    )
    return Response(status.value, status.phrase, headers, content)
