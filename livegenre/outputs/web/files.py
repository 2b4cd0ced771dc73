"""The page's own files, and what a browser is told never to do with them."""

from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Files:
    """All that the page is made of, read once.

    Parameters
    ----------
    colours : mapping
        Of the page, by what they are for; become variables of its style.
    """

    def __init__(self, colours: Mapping[str, str]) -> None:
        self._files = {
            f"/{path.name}": (_TYPES[path.suffix], path.read_bytes())
            for path in PAGE.iterdir()
            if path.suffix in _TYPES
        }
        self._files["/"] = self._files.pop("/index.html")
        variables = "".join(
            f"--{name.replace('_', '-')}:{colour};" for name, colour in colours.items()
        )
        self._files["/colours.css"] = (_TYPES[".css"], f":root{{{variables}}}\n".encode())

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Return type and content of a file, None if there is none of that path."""
        return self._files.get(path)


def safety(host: str) -> Mapping[str, str]:
    """Return the headers that keep every answer from harm.

    Parameters
    ----------
    host : str
        What the browser calls this place, where its page may open a WebSocket; empty where it
        may not.
    """
    live = f" ws://{host} wss://{host}" if host else ""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'{live}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
