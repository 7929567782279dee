"""Times are joined across processes by the call's id; percentiles; when the hall's clock shows the peak hour."""

import datetime
import itertools

from hypothesis import given
from hypothesis import strategies as st

from loadtest import times
from loadtest.evidence import Crowd, Evidence, Shown, Spoken, Timed
from loadtest.peak_clock import ahead_of
from loadtest.plan import peak_hour
from onewindow.zones.calendar import business_day, is_working_day, local_minute
from onewindow.zones.load import load_hall
from tests.core_hall import core_hall
from tests.server import ANQIU


def test_a_click_is_joined_with_each_screen_and_with_the_first_speech() -> None:
    found = Evidence(
        clicks={"d-1": 10.0, "d-2": 20.0},
        requests=[Timed("issue", 5.0, 3.0), Timed("call", 20.0, 7.0), Timed("issue", 19.0, 4.0)],
        begun=1.0,
        crowd=Crowd(
            shown=[Shown("d-1", 10.5), Shown("d-2", 20.25), Shown("d-2", 20.5), Shown("d-9", 21.0)],
            spoken=[
                Spoken("d-1", 9.0, 10.9, 11.0),
                Spoken("d-2", 20.1, 21.0, 22.0),
                Spoken("d-2", 23.0, 24.0, 25.0),
                Spoken("d-9", 0.0, 1.0, 2.0),
            ],
            all_there=15.0,
        ),
    )
    every = times.points(found)
    assert [one.ms for one in every[times.SCREEN]] == [500.0, 250.0, 500.0]
    assert [one.ms for one in every[times.SPEECH]] == [1000.0, 2000.0]
    assert [one.ms for one in every[times.FREE]] == [1000.0], "the second one had to wait for another announcement"
    parts = times.parted(found, every)
    assert {one.name: one.count for one in parts[times.PEAK]} == {
        "issue": 1,
        "call": 1,
        times.SCREEN: 2,
        times.SPEECH: 1,
    }
    assert {one.name: one.count for one in parts[times.OPENING]} == {
        "issue": 1,
        times.SCREEN: 1,
        times.SPEECH: 1,
        times.FREE: 1,
    }


def test_a_sound_that_never_began_is_no_time() -> None:
    found = Evidence(clicks={"d-1": 1.0}, crowd=Crowd(spoken=[Spoken("d-1", 0.0, 2.0, 0.0)]))
    assert times.points(found)[times.SPEECH] == []


def test_percentiles_of_single_times() -> None:
    figure = times.figure_of("x", [float(n) for n in range(100, 0, -1)])
    assert (figure.count, figure.p50, figure.p95, figure.p99, figure.most) == (100, 51.0, 96.0, 100.0, 100.0)
    assert times.figure_of("y", [7.0]).p99 == 7.0


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1e4)), max_size=60), st.floats(0.5, 20))
def test_steps_of_time_keep_every_point(pairs: list[tuple[float, float]], step: float) -> None:
    of = [times.Point(1000 + at, ms) for at, ms in pairs]
    steps = times.by_time(of, 1000, 101, step)
    assert sorted(ms for _, group in steps for ms in group) == sorted(ms for _, ms in pairs)
    middles = [middle for middle, _ in steps]
    assert middles == sorted(set(middles))


def test_the_peak_hour_is_the_profiles_busiest() -> None:
    hall = load_hall(ANQIU)
    visits = hall.profile.half_hours
    assert peak_hour(hall) == 9 * 3600
    assert visits["09:00"] + visits["09:30"] == max(
        visits[early] + visits[late] for early, late in itertools.pairwise(sorted(visits))
    )


@given(st.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2026, 11, 20)), st.integers(16, 46))
def test_the_clock_is_put_ahead_to_a_working_days_hour(now: datetime.datetime, half_hour: int) -> None:
    settings = core_hall().settings
    now_ms = int(now.replace(tzinfo=datetime.UTC).timestamp() * 1000)
    then = now_ms + ahead_of(settings, half_hour * 1800, now_ms)
    assert then > now_ms
    assert local_minute(settings, then) == half_hour * 30 and is_working_day(settings, business_day(settings, then))
