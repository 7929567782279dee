"""The hall's time (大厅时间): business days, opening hours, lunch, working days. Pure: the moment is handed in.

Moments are ms since the epoch (UTC), days are ISO dates, minutes count from local midnight. A business day runs
from one roll-over to the next by the hall's own clock, so a minute before the roll-over lies in the night after the
day's date. In a zone with summer time a wall time that is skipped in spring stands for the same time an hour later,
and one that comes twice in autumn for the first of the two.
"""

import datetime
import itertools
from typing import NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar

from onewindow.zones.faults import Words
from onewindow.zones.model import Session, Settings

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Span(NamedTuple):
    """A stretch of time in ms since the epoch, [start, end)."""

    start_ms: int
    end_ms: int


def business_day(settings: Settings, at_ms: int) -> str:
    """The business day (营业日) of a moment: yesterday's date until the roll-over."""
    local = _local(settings, at_ms)
    before = local.hour * 60 + local.minute < settings.rollover_minute
    return (local.date() - datetime.timedelta(days=int(before))).isoformat()


def local_minute(settings: Settings, at_ms: int) -> int:
    """Minutes since local midnight, 0 to 1439, by the hall's clock."""
    local = _local(settings, at_ms)
    return local.hour * 60 + local.minute


def at_ms_of(settings: Settings, day: str, minute: int) -> int:
    """The moment at which the hall's clock shows `minute` (0 to 1440) within the business day `day`.

    The inverse of `business_day` and `local_minute`: before the roll-over it is the night after.
    Raises ValueError for a minute outside the day or a day that is no ISO date.
    """
    if not 0 <= minute <= 24 * 60:
        raise ValueError(f"minute {minute}: a day's minutes are 0 to 1440")
    days, minute = divmod(minute, 24 * 60)
    if not days and minute < settings.rollover_minute:
        days = 1
    date = datetime.date.fromisoformat(day) + datetime.timedelta(days=days)
    wall = datetime.time(minute // 60, minute % 60)
    local = datetime.datetime.combine(date, wall, tzinfo=ZoneInfo(settings.time_zone))
    return round(local.timestamp()) * 1000


def day_span(settings: Settings, day: str) -> Span:
    """The whole business day, from its roll-over to the next; 23 or 25 hours when the clocks are changed."""
    after = datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
    start = at_ms_of(settings, day, settings.rollover_minute)
    return Span(start, at_ms_of(settings, after.isoformat(), settings.rollover_minute))


def is_working_day(settings: Settings, day: str) -> bool:
    """Whether the hall opens on `day`.

    The hall's own days come first (`workdays`, `holidays`), then the State Council's holidays and make-up working
    days (国务院节假日安排、调休) where their data reach, then the weekdays. `calendar_warning` tells of the others.
    """
    if day in settings.workdays:
        return True
    if day in settings.holidays:
        return False
    date = datetime.date.fromisoformat(day)
    if settings.use_public_holidays and is_covered(day):
        holiday, name = chinese_calendar.get_holiday_detail(date)
        if name is not None:
            return not holiday
    return date.weekday() in settings.weekdays


def is_covered(day: str) -> bool:
    """Whether the calendar of public holidays knows the year of `day`."""
    try:
        chinese_calendar.get_holiday_detail(datetime.date.fromisoformat(day))
    except NotImplementedError:
        return False
    return True


def calendar_warning(settings: Settings, day: str) -> Words | None:
    """What an operator should know when the public holidays of the day's year are not in the calendar yet; else None.

    The arrangement of a year is published in the autumn before; the calendar follows with an update of its package.
    """
    if not settings.use_public_holidays or is_covered(day):
        return None
    return Words(
        f"{day[:4]} 年的节假日安排尚未收录，现按星期推算："
        "请更新 chinesecalendar，或写进 hall.toml 的 holidays 和 workdays",
        f"the public holidays of {day[:4]} are not known: weekdays are assumed; update chinesecalendar,"
        " or list them under holidays and workdays in hall.toml",
    )


def next_working_day(settings: Settings, day: str) -> str | None:
    """The first working day after `day`; None when the hall stays closed for more than a year."""
    date = datetime.date.fromisoformat(day)
    later = ((date + datetime.timedelta(days=ahead)).isoformat() for ahead in range(1, 400))
    return next((candidate for candidate in later if is_working_day(settings, candidate)), None)


def sessions_of(settings: Settings, day: str) -> tuple[Span, ...]:
    """The opening hours of `day` in ms, in order; empty on a day off."""
    return _sessions(settings, day) if is_working_day(settings, day) else ()


def session_at(settings: Settings, at_ms: int) -> Session | None:
    """The session (开放时段) in which the moment falls; None outside the hours and on days off."""
    spans = sessions_of(settings, business_day(settings, at_ms))
    inside = (index for index, span in enumerate(spans) if span.start_ms <= at_ms < span.end_ms)
    return next((settings.sessions[index] for index in inside), None)


def opening_of(settings: Settings, day: str) -> int:
    """When the hall opens on `day`, by its hours, whether or not it is a working day."""
    return _sessions(settings, day)[0].start_ms


def closing_of(settings: Settings, day: str) -> int:
    """When the hall closes on `day`, by its hours, whether or not it is a working day."""
    return _sessions(settings, day)[-1].end_ms


def lunches(settings: Settings, day: str) -> tuple[Span, ...]:
    """The breaks (午休) between the sessions of `day`, in order; empty on a day off and without a gap."""
    spans = sessions_of(settings, day)
    gaps = (Span(one.end_ms, two.start_ms) for one, two in itertools.pairwise(spans))
    return tuple(gap for gap in gaps if gap.start_ms < gap.end_ms)


def lunch(settings: Settings, at_ms: int) -> Span | None:
    """The break in which the moment falls: its end is when the hall goes on. None outside a break."""
    breaks = lunches(settings, business_day(settings, at_ms))
    return next((span for span in breaks if span.start_ms <= at_ms < span.end_ms), None)


def next_opening(settings: Settings, at_ms: int) -> int | None:
    """When the next session begins after the moment, today or on a later day; None if the hall never opens again."""
    day: str | None = business_day(settings, at_ms)
    while day is not None:
        if later := [span.start_ms for span in sessions_of(settings, day) if span.start_ms > at_ms]:
            return later[0]
        day = next_working_day(settings, day)
    return None


def _sessions(settings: Settings, day: str) -> tuple[Span, ...]:
    """The hours of any day."""
    return tuple(
        Span(at_ms_of(settings, day, session.start_minute), at_ms_of(settings, day, session.end_minute))
        for session in settings.sessions
    )


def _local(settings: Settings, at_ms: int) -> datetime.datetime:
    """The hall's wall clock."""
    return (EPOCH + datetime.timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(settings.time_zone))
