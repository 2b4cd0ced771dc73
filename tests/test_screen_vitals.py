"""Cost of the answers, from figures that are given."""

from dataclasses import replace

from livegenre.screen.vitals import Vitals
from tests.screen_session import decision


def test_compute_is_the_95th_percentile_of_the_last_minute() -> None:
    vitals = Vitals()
    vitals.add(replace(decision(0), compute_seconds=9.0))
    for step in range(200, 300):
        vitals.add(replace(decision(step), compute_seconds=0.001 * (step - 199)))
    assert abs(vitals.health(151.0, 0.0).compute_seconds - 0.095) < 0.001


def test_cpu_is_that_of_the_last_ten_seconds_of_sound() -> None:
    vitals = Vitals()
    assert vitals.health(0.0, 3.0).cpu is None
    shares = [vitals.health(second, 3.0 + 0.02 * second).cpu for second in range(1, 60)]
    assert shares[:4] == [None] * 4
    assert abs((shares[-1] or 0) - 0.02) < 1e-9


def test_lost_sound_is_recent_for_a_minute() -> None:
    vitals = Vitals()
    vitals.add(decision(0))
    assert not vitals.health(1.0, 0.0).lost_lately
    vitals.add(replace(decision(20), lost=100))
    assert vitals.health(12.0, 0.0).lost_lately
    assert not vitals.health(72.0, 0.0).lost_lately
