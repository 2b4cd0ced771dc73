"""A headless Chromium, driven by its DevTools protocol."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium")
PATIENCE_SECONDS = 30.0
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--no-proxy-server", "--hide-scrollbars", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--remote-debugging-port=0", "--window-size=1280,720"),
)
TROUBLE = ("Runtime.exceptionThrown", "Log.entryAdded")


def require_chromium() -> None:
    """Skip the test without Chromium; fail it where CI should have one."""
    if CHROMIUM is None:
        reason = "needs chromium: apt-get install chromium"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)


class Browser:
    """Chromium with a profile that is thrown away; pages are opened in it."""

    def __init__(self) -> None:
        assert CHROMIUM is not None
        self._profile = Path(tempfile.mkdtemp(prefix="livegenre-chromium-"))
        self._process = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._ids = count(1)
        self._targets: list[str] = []
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._stack = ExitStack()
        self._wire: ClientConnection | None = None

    def __enter__(self) -> Self:
        port_file = self._profile / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE_SECONDS
        while not port_file.exists() or port_file.read_text().count("\n") < 1:
            assert self._process.poll() is None, "chromium ended"
            assert time.monotonic() < end, "chromium did not start"
            time.sleep(0.1)
        port, path = port_file.read_text().splitlines()
        wire = connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None)
        self._wire = self._stack.enter_context(wire)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        with suppress(ProcessLookupError):  # its helpers too, which would write on
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(
        self, url: str, *, width: int = 1280, height: int = 720, still: bool = False
    ) -> "Page":
        """Open a page; ``still`` asks for reduced motion."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._targets.append(target)
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        if still:
            feature = {"name": "prefers-reduced-motion", "value": "reduce"}
            page.call("Emulation.setEmulatedMedia", features=[feature])
        page.call("Page.navigate", url=url)
        page.wait_for("document.readyState === 'complete'")
        return page

    def close_pages(self) -> None:
        """Close all pages that were opened."""
        while self._targets:
            self.call("Target.closeTarget", targetId=self._targets.pop())

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Have something done, and return what came of it."""
        assert self._wire is not None
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        self._wire.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._wire.recv(timeout=PATIENCE_SECONDS))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            if answer.get("method") in TROUBLE:
                self._events.setdefault(answer["sessionId"], []).append(answer["params"])

    def troubles(self, session: str) -> list[dict[str, Any]]:
        """Return what a page complained of so far."""
        return self._events.get(session, [])


class Page:
    """A page in a tab of its own."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    @property
    def troubles(self) -> list[dict[str, Any]]:
        """Exceptions, refusals and failed requests so far."""
        told = self._browser.troubles(self._session)
        return [each for each in told if each.get("entry", {"level": "error"})["level"] == "error"]

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Have something done with this page."""
        return self._browser.call(method, self._session, **params)

    def resize(self, width: int, height: int) -> None:
        """Change what is seen of it; a narrow one is a phone's."""
        size = {"width": width, "height": height, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", deviceScaleFactor=1, **size)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in JavaScript."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true, and return its value."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"{expression}; {self.text()!r}; {self.troubles}"
            time.sleep(0.1)
        return value

    def is_seen(self, selector: str) -> bool:
        """Tell whether an element is laid out, and neither hidden nor clear."""
        ways = "{opacityProperty: true, visibilityProperty: true}"
        element = f"document.querySelector({selector!r})"
        return bool(self.evaluate(f"{element}.checkVisibility({ways})"))

    def text(self, selector: str = "body") -> str:
        """Return what can be read in an element."""
        return str(self.evaluate(f"document.querySelector({selector!r})?.innerText ?? ''"))

    def style(self, selector: str, name: str) -> str:
        """Return a computed style of an element."""
        element = f"document.querySelector({selector!r})"
        return str(self.evaluate(f"getComputedStyle({element}).getPropertyValue({name!r})"))
