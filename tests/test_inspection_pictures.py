"""Pictures of an inspection: the right axes, one time axis for all, silence without harm."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

pytest.importorskip("librosa", reason="needs pip install 'livegenre[inspect]'")
pytest.importorskip("matplotlib", reason="needs pip install 'livegenre[inspect]'")

import matplotlib
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from livegenre.inspection.drawing import draw_all, draw_panel, to_png, to_svg
from livegenre.inspection.findings import Findings
from livegenre.inspection.panel import Panel
from livegenre.inspection.panels import PANELS
from livegenre.inspection.style import NARROW, WIDE, Layout, drawing
from livegenre.screen.palette import GENRES
from tests.inspection_made import demo, found

BY_KEY = {panel.key: panel for panel in PANELS}


@pytest.fixture(autouse=True)
def styled() -> Iterator[None]:
    with drawing():
        yield


def drawn(key: str, findings: Findings, layout: Layout = WIDE) -> Figure:
    figure = draw_panel(BY_KEY[key], findings, layout)
    figure.canvas.draw()
    return figure


def mesh(axes: Axes) -> QuadMesh:
    return next(each for each in axes.collections if isinstance(each, QuadMesh))


def edges(axes: Axes) -> NDArray[np.float64]:
    """Return where the rows of a picture begin and end."""
    corners: NDArray[np.float64] = np.asarray(mesh(axes).get_coordinates(), np.float64)
    return corners[:, 0, 1]


def shown(axes: Axes) -> NDArray[np.float64]:
    """Return the values of a picture, row by row from below."""
    return np.asarray(mesh(axes).get_array(), np.float64).reshape(len(edges(axes)) - 1, -1)


def words(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
def test_all_time_axes_lie_above_each_other(layout: Layout) -> None:
    findings = demo()
    for panel in PANELS:
        axes = drawn(panel.key, findings, layout).axes[0]
        assert axes.get_xlim() == (20.0, 28.0), panel.key
        place = axes.get_position()
        assert place.x0 * layout.width == pytest.approx(layout.left), panel.key
        assert (1 - place.x1) * layout.width == pytest.approx(layout.right), panel.key


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel.key))
def test_words_lie_within_the_picture(panel: Panel, layout: Layout) -> None:
    figure = drawn(panel.key, demo(), layout)
    box = figure.get_tightbbox()
    assert box.x0 >= 0
    assert box.x1 <= layout.width
    assert box.y0 >= 0
    assert box.y1 <= figure.get_size_inches()[1]


def test_linear_spectrogram_goes_from_0_to_half_the_rate_in_hertz() -> None:
    axes = drawn("spectrogram", demo()).axes[0]
    assert axes.get_ylim() == (0, 11_025)
    assert {"0", "4k", "8k"} <= set(words(axes))
    assert axes.get_ylabel() == "Hz"


def test_logarithmic_spectrogram_shows_a_tone_where_it_is_and_no_bin_of_0_hertz() -> None:
    axes = drawn("spectrogram-log", found("tone:220", seconds=6.0)).axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == (20, 22_050)
    coordinates = edges(axes)
    assert coordinates[0] > 0
    loudest = int(shown(axes)[:, 100].argmax())
    assert coordinates[loudest] < 220 < coordinates[loudest + 1]


def test_levels_are_shown_80_db_down_from_the_loudest() -> None:
    low, high = mesh(drawn("spectrogram", demo()).axes[0]).get_clim()
    assert high - low == 80
    assert high % 5 == 0


def test_mel_axis_is_labelled_in_hertz_where_the_bands_are() -> None:
    axes = drawn("mel", found("tone:1000", seconds=2.0)).axes[0]
    places = dict(zip(words(axes), axes.get_yticks(), strict=True))
    assert abs(int(shown(axes)[:, 40].argmax()) + 0.5 - places["1k"]) <= 1


def test_chroma_names_its_pitch_classes_and_its_tuning() -> None:
    tone = found("tone:220", seconds=6.0)
    axes = drawn("chroma", tone).axes[0]
    assert words(axes) == ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
    assert "A = 4" in BY_KEY["chroma"].settings(tone)


def test_crossings_are_marked_and_counted() -> None:
    tone = found("tone:220", seconds=6.0)
    axes = drawn("crossings", tone).axes[1]
    marks = next(line for line in axes.lines if line.get_marker() == "o")
    assert len(np.asarray(marks.get_xdata())) == len(tone.zoom.crossings)
    assert f"{len(tone.zoom.crossings)} crossings" in axes.get_xlabel()


def test_tempo_is_drawn_with_its_half_and_its_double() -> None:
    findings = demo()
    axes = drawn("tempo", findings).axes[1]
    rhythm = findings.rhythm
    drawn_at = {float(np.asarray(line.get_ydata())[0]) for line in axes.lines}
    assert drawn_at == {rhythm.tempo, *rhythm.others}
    assert "or" in BY_KEY["tempo"].reading(findings)


def test_genres_have_the_colours_of_the_screen_and_sum_to_1() -> None:
    above, ribbon = drawn("genre", demo()).axes[:2]
    filled = {to_hex(np.asarray(each.get_facecolor())[0]) for each in above.collections}
    assert filled == set(GENRES.values())
    paths = [path for each in above.collections for path in each.get_paths()]
    tops = [np.asarray(path.vertices)[:, 1].max() for path in paths]
    assert max(tops) == pytest.approx(1.0, abs=1e-3)
    assert to_hex(ribbon.patches[0].get_facecolor()) in GENRES.values()


def test_many_labels_that_are_judged_alone_are_curves() -> None:
    axes = drawn("genre", found("demo", start=12.0, seconds=4.0, model="tags")).axes[0]
    assert len(axes.lines) == 10


@pytest.mark.parametrize("value", [0.0, 1.0], ids=["silence", "full scale"])
@pytest.mark.parametrize("n", [1, 4_410])
def test_silence_and_a_tenth_of_a_second_are_drawn(tmp_path: Path, value: float, n: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(n, value), 44_100, subtype="FLOAT")
    findings = found(str(tmp_path / "a.wav"))
    draw_all(PANELS, findings, WIDE, "a").canvas.draw()
    for panel in PANELS:
        assert "nan" not in f"{panel.reading(findings)} {panel.settings(findings)}".lower()


def test_silence_is_as_dark_as_can_be() -> None:
    axes = drawn("spectrogram", found("silence", seconds=3.0)).axes[0]
    assert shown(axes).max() <= mesh(axes).get_clim()[0]


def test_tall_picture_holds_all_panels_and_any_name() -> None:
    figure = draw_all(PANELS, demo(), WIDE, r"$\foo_ \N{BULLET} 🎵 <b>")
    told = [text.get_text() for text in figure.texts]
    assert {panel.title for panel in PANELS} <= set(told)
    png = to_png(figure)
    assert png.startswith(b"\x89PNG")
    assert b"livegenre inspect" in png[:200]


def test_svg_follows_the_page_and_has_names_of_its_own() -> None:
    svg = to_svg(drawn("genre", demo()), "here", "what is &quot;shown&quot;")
    root = ElementTree.fromstring(svg)
    assert root.attrib["aria-label"] == 'what is "shown"'
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert all(name.startswith("here-") for name in ids)
    assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= set(ids)
    assert "var(--text)" in svg
    assert "<metadata" not in svg


def test_users_own_settings_of_matplotlib_come_back() -> None:
    with matplotlib.rc_context({"axes.facecolor": "#123456", "font.size": 33}):
        with drawing():
            assert matplotlib.rcParams["font.size"] == 8.5
        assert matplotlib.rcParams["font.size"] == 33


def test_no_figure_stays_behind() -> None:
    from matplotlib import pyplot

    drawn("mel", demo())
    assert pyplot.get_fignums() == []
