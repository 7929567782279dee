"""The hall's time: roll-over, hours, lunch, public holidays of 2026, summer time."""

import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.zones import calendar
from onewindow.zones.load import load_hall
from onewindow.zones.model import Session, Settings
from tests.zones.broken_hall import ANQIU, SMALL

HALL = load_hall(ANQIU).settings
SMALL_HALL = load_hall(SMALL).settings
BERLIN: Settings = msgspec.structs.replace(HALL, time_zone="Europe/Berlin", use_public_holidays=False)
HOUR = 3_600_000


def ms(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> int:
    local = datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(local.timestamp() * 1000)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-24T08:30:00", "2026-11-24"),
        ("2026-11-24T23:59:59", "2026-11-24"),
        ("2026-11-25T00:00:00", "2026-11-24"),
        ("2026-11-25T03:59:59", "2026-11-24"),
        ("2026-11-25T04:00:00", "2026-11-25"),
        ("2027-01-01T02:00:00", "2026-12-31"),
    ],
)
def test_a_business_day_ends_at_the_roll_over(at: str, day: str) -> None:
    assert calendar.business_day(HALL, ms(at)) == day


def test_the_last_millisecond_belongs_to_the_day_before() -> None:
    begins = ms("2026-11-25T04:00:00")
    assert calendar.business_day(HALL, begins - 1) == "2026-11-24"
    assert calendar.business_day(HALL, begins) == "2026-11-25"


def test_the_day_is_the_halls_not_the_machines() -> None:
    at = ms("2026-11-24T21:30:00", "UTC")
    assert calendar.local_minute(HALL, at) == 5 * 60 + 30
    assert calendar.local_minute(SMALL_HALL, at) == 3 * 60 + 30
    assert calendar.business_day(HALL, at) == "2026-11-25"
    assert calendar.business_day(SMALL_HALL, at) == "2026-11-25", "its day begins at 03:00"
    assert calendar.business_day(SMALL_HALL, at - HOUR) == "2026-11-24"


@given(at=st.integers(ms("2024-01-01T00:00:00"), ms("2028-01-01T00:00:00")), zone=st.sampled_from([HALL, SMALL_HALL]))
def test_day_and_minute_name_the_moment(at: int, zone: Settings) -> None:
    minute_begins = at - at % 60_000
    day, minute = calendar.business_day(zone, at), calendar.local_minute(zone, at)
    assert calendar.at_ms_of(zone, day, minute) == minute_begins
    span = calendar.day_span(zone, day)
    assert span.start_ms <= at < span.end_ms


@given(at=st.integers(ms("2026-01-01T00:00:00"), ms("2027-01-01T00:00:00")))
def test_every_moment_lies_in_the_span_of_its_day_in_summer_time_too(at: int) -> None:
    span = calendar.day_span(BERLIN, calendar.business_day(BERLIN, at))
    assert span.start_ms <= at < span.end_ms


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 23), ("2026-10-24", 25), ("2026-11-24", 24)])
def test_a_day_has_23_to_25_hours(day: str, hours: int) -> None:
    span = calendar.day_span(BERLIN, day)
    assert span.end_ms - span.start_ms == hours * HOUR


def test_a_skipped_wall_time_and_a_doubled_one() -> None:
    before = msgspec.structs.replace(BERLIN, rollover_minute=0)
    assert calendar.at_ms_of(before, "2026-03-29", 150) == ms("2026-03-29T03:30:00", "Europe/Berlin")
    assert calendar.at_ms_of(before, "2026-10-25", 150) == ms("2026-10-25T02:30:00", "Europe/Berlin")
    second = ms("2026-10-25T02:30:00", "Europe/Berlin", fold=1)
    assert calendar.local_minute(before, second) == 150
    assert second - calendar.at_ms_of(before, "2026-10-25", 150) == HOUR


def test_opening_hours_stand_still_on_the_wall_when_the_clocks_change() -> None:
    for day in ("2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"):
        assert calendar.opening_of(BERLIN, day) == ms(f"{day}T08:30:00", "Europe/Berlin")
        assert calendar.closing_of(BERLIN, day) == ms(f"{day}T17:30:00", "Europe/Berlin")


@pytest.mark.parametrize("minute", [-1, 1441])
def test_a_minute_outside_the_day(minute: int) -> None:
    with pytest.raises(ValueError, match="0 to 1440"):
        calendar.at_ms_of(HALL, "2026-11-24", minute)


def test_midnight_closes_a_late_hall() -> None:
    late = msgspec.structs.replace(HALL, sessions=(Session(start_minute=18 * 60, end_minute=24 * 60),))
    assert calendar.closing_of(late, "2026-11-24") == ms("2026-11-25T00:00:00")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-04", True),  # a Sunday that is made up for
        ("2026-02-14", True),  # a Saturday before Spring Festival
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-04-06", False),  # Tomb-sweeping
        ("2026-05-05", False),
        ("2026-05-09", True),
        ("2026-06-19", False),  # Dragon Boat
        ("2026-09-20", True),
        ("2026-09-25", False),  # Mid-autumn
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-11-24", True),
        ("2026-11-28", False),  # a plain Saturday
    ],
)
def test_working_days_of_2026(day: str, works: bool) -> None:
    assert calendar.is_working_day(HALL, day) == works


def test_a_hall_that_opens_on_saturdays_still_keeps_the_holidays() -> None:
    assert calendar.is_working_day(SMALL_HALL, "2026-11-28")
    assert not calendar.is_working_day(SMALL_HALL, "2026-11-29")
    assert not calendar.is_working_day(SMALL_HALL, "2026-10-03"), "a Saturday of the National Day holiday"


def test_the_halls_own_days_come_first() -> None:
    own = msgspec.structs.replace(HALL, holidays=frozenset({"2026-11-24"}), workdays=frozenset({"2026-10-01"}))
    assert not calendar.is_working_day(own, "2026-11-24")
    assert calendar.is_working_day(own, "2026-10-01")


def test_without_public_holidays_the_weekdays_count() -> None:
    assert calendar.is_working_day(BERLIN, "2026-10-01")
    assert not calendar.is_working_day(BERLIN, "2026-10-10")


def test_a_year_without_data_warns_and_counts_weekdays() -> None:
    assert not calendar.is_covered("2099-01-01")
    warning = calendar.calendar_warning(HALL, "2099-01-01")
    assert warning is not None
    assert "2099" in warning.zh
    assert "2099" in warning.en
    assert calendar.is_working_day(HALL, "2099-01-01"), "a Thursday"
    assert not calendar.is_working_day(HALL, "2099-01-03")
    assert calendar.calendar_warning(HALL, "2026-01-01") is None
    assert calendar.calendar_warning(BERLIN, "2099-01-01") is None


def test_the_next_working_day() -> None:
    assert calendar.next_working_day(HALL, "2026-09-30") == "2026-10-08"
    assert calendar.next_working_day(HALL, "2026-10-09") == "2026-10-10"
    assert calendar.next_working_day(HALL, "2026-11-27") == "2026-11-30"
    never = msgspec.structs.replace(HALL, weekdays=frozenset(), use_public_holidays=False)
    assert calendar.next_working_day(never, "2026-11-27") is None
    assert calendar.next_opening(never, ms("2026-11-27T08:00:00")) is None


def test_sessions_and_lunch() -> None:
    morning, afternoon = HALL.sessions
    at = {
        "08:29:59": None,
        "08:30:00": morning,
        "11:59:59": morning,
        "12:00:00": None,
        "13:30:00": afternoon,
        "17:30:00": None,
    }
    for time, session in at.items():
        assert calendar.session_at(HALL, ms(f"2026-11-24T{time}")) == session, time
    noon = calendar.Span(ms("2026-11-24T12:00:00"), ms("2026-11-24T13:30:00"))
    assert calendar.lunches(HALL, "2026-11-24") == (noon,)
    assert calendar.lunch(HALL, noon.start_ms) == noon
    assert calendar.lunch(HALL, noon.end_ms - 1) == noon
    assert calendar.lunch(HALL, noon.end_ms) is None
    assert calendar.lunch(HALL, ms("2026-11-24T18:00:00")) is None


def test_a_day_off_has_no_sessions() -> None:
    assert calendar.sessions_of(HALL, "2026-10-01") == ()
    assert calendar.lunches(HALL, "2026-10-01") == ()
    assert calendar.session_at(HALL, ms("2026-10-01T09:00:00")) is None
    assert calendar.opening_of(HALL, "2026-10-01") == ms("2026-10-01T08:30:00"), "by its hours"


def test_sessions_that_touch_leave_no_lunch() -> None:
    whole = msgspec.structs.replace(
        HALL, sessions=(Session(start_minute=540, end_minute=720), Session(start_minute=720, end_minute=1020))
    )
    assert calendar.lunches(whole, "2026-11-24") == ()


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T07:00:00", "2026-11-24T08:30:00"),
        ("2026-11-24T08:30:00", "2026-11-24T13:30:00"),
        ("2026-11-24T12:15:00", "2026-11-24T13:30:00"),
        ("2026-11-24T17:30:00", "2026-11-25T08:30:00"),
        ("2026-11-25T02:00:00", "2026-11-25T08:30:00"),
        ("2026-09-30T18:00:00", "2026-10-08T08:30:00"),
    ],
)
def test_the_next_opening(at: str, opens: str) -> None:
    assert calendar.next_opening(HALL, ms(at)) == ms(opens)
