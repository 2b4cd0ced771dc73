"""The page in a real browser: what it shows, in which theme, and that it comes back."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from livegenre.outputs.base import DeviceChange, Event
from livegenre.screen.palette import GENRES, ON_DARK, rgb
from tests.browser import Browser, Page, require_chromium
from tests.test_outputs_jsonl import HEADER
from tests.web_session import Session, session

pytestmark = pytest.mark.browser
LABELS = ("metal", "classical", "folk")
MUSIC = replace(HEADER, labels=LABELS, source="evening.flac")
SHOWN = "document.querySelector('h1').innerText"
FITS_ACROSS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
LINK = "document.documentElement.dataset.link"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    require_chromium()
    with Browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    yield chromium
    chromium.close_pages()


@pytest.fixture
def shown() -> Iterator[Session]:
    with session(header=MUSIC) as shown:
        yield shown


def url(shown: Session, query: str = "") -> str:
    return f"http://127.0.0.1:{shown.port}/{query}"


def wait_for_label(page: Page, label: str) -> None:
    page.wait_for(f"{SHOWN} === {label!r}")


def css(colour: str) -> str:
    return "rgb({}, {}, {})".format(*rgb(colour))


def n_colours(page: Page, canvas: str) -> int:
    """Return how many colours there are in a drawing, clear pixels apart."""
    count = f"""(() => {{
        const canvas = document.querySelector({canvas!r});
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set();
        for (let at = 0; at < data.length; at += 4) if (data[at + 3])
            seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
        return seen.size;
    }})()"""
    return int(page.evaluate(count))


def test_page_shows_what_is_replayed(browser: Browser) -> None:
    command = [sys.executable, "-m", "livegenre", "replay", "--headless", "--web", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as replay:
        assert replay.stderr is not None
        try:
            found = re.search(r"http://\S+", replay.stderr.readline())
            assert found is not None
            page = browser.open(found[0])
            wait_for_label(page, "metal")
            assert page.text("#source") == "demo.ogg"
            assert page.text("#device") == "live"
            assert re.fullmatch(r"\d+ %", page.text("#posterior"))
            page.wait_for(
                f"getComputedStyle(document.querySelector('h1')).color === {css(GENRES['metal'])!r}"
            )
            assert page.evaluate("document.title") == "metal · livegenre"
            assert page.troubles == []
        finally:
            replay.terminate()


def test_page_shows_posteriors_ribbon_and_sound(browser: Browser, shown: Session) -> None:
    for label in ("metal", "metal", "classical"):
        shown.decide(label, 0.8)
    page = browser.open(url(shown))
    wait_for_label(page, "classical")
    assert page.text("#bars").split() == [
        *("metal", "1", "%"),
        *("classical", "80", "%"),
        *("folk", "1", "%"),
    ]
    assert n_colours(page, "#ribbon") >= 2
    page.wait_for("!document.hidden")
    shown.hear()
    shown.hear(hz=100)
    page.wait_for("document.querySelector('#sound').width > 300")
    for _ in range(20):
        shown.hear()
        if n_colours(page, "#sound") > 5:
            break
    assert n_colours(page, "#sound") > 5
    assert page.troubles == []


def test_page_shows_states_and_devices(browser: Browser, shown: Session) -> None:
    page = browser.open(url(shown))
    wait_for_label(page, "listening")
    decision = shown.decide("folk", 0.4)
    wait_for_label(page, "folk")
    shown.web.show(replace(decision, time=9.0, state="unsure", label=None))
    wait_for_label(page, "unsure")
    assert page.text("#aside") == "closest: folk 40 %"
    shown.web.show(replace(decision, time=10.0, state="silence", label=None, posterior={}))
    wait_for_label(page, "silence")
    assert page.text("#posterior") == page.text("#aside") == ""
    shown.web.device(DeviceChange(11.0, "stalled", "its stream gives nothing", "mic", 0, 0))
    page.wait_for("document.querySelector('#device').dataset.state === 'stalled'")
    assert page.text("#device") == "stalled: its stream gives nothing"
    assert page.text("#source") == "mic"


def test_page_follows_another_model(browser: Browser, shown: Session) -> None:
    page = browser.open(url(shown))
    shown.decide("folk")
    wait_for_label(page, "folk")
    labels = tuple(f"tag {number}" for number in range(50))
    shown.web.event(Event("model", 1.0, {"model": "tags", "labels": labels, "multi_label": True}))
    shown.header = replace(shown.header, labels=labels)
    shown.decide("tag 33", 0.9)
    wait_for_label(page, "tag 33")
    assert page.text("#model") == "tags"
    assert page.evaluate("document.querySelectorAll('#bars li').length") == 10
    assert page.text("#bars li").split("\n")[0] == "tag 33"


def test_page_says_that_it_waits_and_comes_back(browser: Browser) -> None:
    with session(header=MUSIC) as first:
        page = browser.open(url(first))
        first.decide("metal")
        wait_for_label(page, "metal")
        page.wait_for("getComputedStyle(document.querySelector('#waiting')).opacity === '0'")
        assert not page.is_seen("#waiting")
        port = first.port
    page.wait_for(f"{LINK} === 'waiting'")
    assert page.text("#waiting") == "the session has ended; waiting for the next"
    page.wait_for("getComputedStyle(document.querySelector('#waiting')).opacity === '1'")
    with session(header=MUSIC, where=f"127.0.0.1:{port}") as second:
        page.wait_for(f"{LINK} === 'there'")
        wait_for_label(page, "listening")
        second.decide("folk")
        wait_for_label(page, "folk")
        waiting_for = "document.querySelector('#waiting-for').textContent"
        assert page.evaluate(waiting_for) == "waiting for livegenre"


def test_page_hands_its_token_on(browser: Browser) -> None:
    with session(header=MUSIC, token="a&b=c d") as shown:
        shown.decide("metal")
        page = browser.open(url(shown, "?theme=minimal&token=a%26b%3Dc%20d"))
        wait_for_label(page, "metal")
        assert page.troubles == []


@pytest.mark.parametrize(
    ("query", "theme", "is_clear", "has_bars"),
    [
        ("", "full", False, True),
        ("?theme=no-such", "full", False, True),
        ("?theme=minimal", "minimal", False, False),
        ("?theme=transparent", "transparent", True, False),
    ],
)
def test_themes(
    browser: Browser, shown: Session, query: str, theme: str, is_clear: bool, has_bars: bool
) -> None:
    page = browser.open(url(shown, query))
    shown.decide("metal")
    wait_for_label(page, "metal")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    ground = "rgba(0, 0, 0, 0)" if is_clear else css(ON_DARK.ground)
    assert page.style("html", "background-color") == ground
    assert page.style("body", "background-color") == "rgba(0, 0, 0, 0)"
    assert page.is_seen("#bars") is has_bars
    assert page.text("#posterior") == "80 %"


ODD = (
    "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>",
    "x" * 200,
    ("long words in great number " * 8).strip(),
    "موسيقى كلاسيكية",
    "__proto__",
    "constructor",
)


@pytest.mark.parametrize("width", [1280, 400])
def test_any_label_is_shown_as_it_is(browser: Browser, width: int) -> None:
    with session(header=replace(MUSIC, labels=ODD, source=ODD[0])) as shown:
        page = browser.open(url(shown), width=width, height=800)
        for label in ODD:
            shown.decide(label, tags={label: 0.5})
            page.wait_for(f"document.querySelector('h1').textContent === {label!r}")
            assert page.evaluate("document.title") == f"{label} · livegenre"
            assert page.evaluate(FITS_ACROSS)
        assert page.text("#source") == ODD[0]
        assert page.evaluate("document.images.length") == 0
        assert page.evaluate("document.scripts.length") == 2
        assert page.troubles == []


def test_right_to_left_label_is_laid_out_so(browser: Browser) -> None:
    label = "موسيقى"
    with session(header=replace(MUSIC, labels=(label,))) as shown:
        page = browser.open(url(shown))
        shown.decide(label)
        wait_for_label(page, label)
        assert page.style("h1", "direction") == "rtl"


def test_who_asks_for_less_motion_gets_none(browser: Browser, shown: Session) -> None:
    page = browser.open(url(shown), still=True)
    shown.decide("metal")
    wait_for_label(page, "metal")
    assert page.style("#sure", "transition-duration") == "0s"
    assert page.style("#waiting i", "animation-name") == "none"
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("theme", ["full", "minimal", "transparent"])
def test_page_fits(browser: Browser, shown: Session, theme: str) -> None:
    page = browser.open(url(shown, f"?theme={theme}"))
    shown.decide("classical")
    wait_for_label(page, "classical")
    for width, height in ((1280, 720), (400, 800), (800, 600), (320, 480)):
        page.resize(width, height)
        page.wait_for(f"innerWidth === {width}")
        assert page.evaluate(FITS_ACROSS)
        box = page.evaluate("document.querySelector('h1').getBoundingClientRect().toJSON()")
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["bottom"] <= height
