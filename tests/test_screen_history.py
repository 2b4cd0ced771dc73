"""Columns are numbered, gaps fill the time they lasted, peaks are those of ten seconds."""

from dataclasses import replace

import numpy as np

from livegenre.screen.history import N_BANDS, History
from tests.screen_session import decision

BANDS = np.full(N_BANDS, -40, np.int8)


def test_columns_are_counted_and_gaps_are_as_wide_as_the_time_lost() -> None:
    history = History(0.5)
    history.add(decision(0), BANDS)
    history.add(decision(1), BANDS)
    history.add(replace(decision(7), lost=110_250), BANDS)
    columns = history.columns()
    assert [column.state for column in columns] == ["genre"] * 2 + ["gap"] * 5 + ["genre"]
    assert [column.number for column in columns] == list(range(8))
    assert [column.time for column in columns] == [1.0 + 0.5 * step for step in range(8)]


def test_where_no_sound_was_lost_there_is_no_gap_but_no_decision_either() -> None:
    """As after a jump in a replay, or with another model."""
    history = History(0.5)
    history.add(decision(0), BANDS)
    history.add(decision(3), BANDS)
    between = history.columns()[1:3]
    assert [column.state for column in between] == ["waiting"] * 2
    assert all(column.label is None and not column.share for column in between)
    assert all((column.bands_dbfs == BANDS).all() for column in between)


def test_the_same_columns_are_the_same_object() -> None:
    history = History(0.5)
    assert history.columns() == ()
    history.add(decision(0), BANDS)
    before = history.columns()
    assert history.columns() is before
    assert history.mark() == 1.0
    assert history.columns() is not before
    assert history.columns()[-1].marked


def test_peaks_are_the_largest_of_ten_seconds() -> None:
    history = History(0.5)
    assert history.peaks() == {}
    for step in range(30):
        history.add(decision(step), BANDS)
    assert history.peaks()["metal"] == 0.77  # steps 8 to 15 and 24 to 29 name it
    assert history.peaks(since=13.4)["metal"] == 0.75
    for step in range(30, 60):
        history.add(decision(step), BANDS)
    assert history.peaks()["blues"] == 0.02


def test_another_model_leaves_the_columns_and_begins_new_peaks() -> None:
    history = History(0.5)
    for step in range(4):
        history.add(decision(step), BANDS)
    history.begin_model(1.0)
    history.add(replace(decision(6), posterior={"soft": 0.8, "hard": 0.2}, label="soft"), BANDS)
    assert history.peaks() == {"soft": 0.8, "hard": 0.2}
    assert [column.label for column in history.columns()] == [*["rock"] * 4, "soft"]
