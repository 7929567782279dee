"""The `[time]` section of `hall.toml` (开放时间): time zone, roll-over, hours, working days."""

import datetime
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from onewindow.zones.faults import Words, one_of
from onewindow.zones.model import Session
from onewindow.zones.sections import Section

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = Words("时段，写作 08:30-12:00，先后排列、互不重叠", "hours such as 08:30-12:00, in order and without overlap")


class TimeSettings(NamedTuple):
    """The fields of `Settings` that `[time]` fills."""

    time_zone: str
    rollover_minute: int
    sessions: tuple[Session, ...]
    weekdays: frozenset[int]
    use_public_holidays: bool
    holidays: frozenset[str]
    workdays: frozenset[str]


def read_time(section: Section) -> TimeSettings:
    """Read and check the section."""
    time_zone = section.text("time_zone")
    if time_zone and not _is_time_zone(time_zone):
        section.fault("time_zone", Words("时区名，例如 Asia/Shanghai", "a time zone such as Asia/Shanghai"))
    rollover = minute_of(section.text("rollover", "04:00"))
    if rollover is None or rollover >= 1440:
        section.fault("rollover", Words("时刻，写作 04:00", "a time such as 04:00"))
        rollover = 240
    sessions = read_sessions(section, "sessions")
    for session in sessions:
        if session.start_minute < rollover:
            words = Words("不晚于开门的时刻", "a time before the hall opens")
            section.fault("rollover", words)
    names = section.texts("weekdays", WEEKDAYS[:5], filled=True)
    for name in names:
        if name not in WEEKDAYS:
            section.fault("weekdays", one_of(WEEKDAYS), name)
    public = section.flag("use_public_holidays", True)
    holidays, workdays = _days(section, "holidays"), _days(section, "workdays")
    for day in sorted(holidays & workdays):
        section.fault("workdays", Words("不与 holidays 重复的日子", "days that are not in holidays too"), day)
    section.close()
    return TimeSettings(
        time_zone=time_zone,
        rollover_minute=rollover,
        sessions=sessions,
        weekdays=frozenset(WEEKDAYS.index(name) for name in names if name in WEEKDAYS),
        use_public_holidays=public,
        holidays=holidays,
        workdays=workdays,
    )


def minute_of(text: str) -> int | None:
    """Minutes since midnight of "HH:MM", up to 24:00; None when it is no time."""
    match = re.fullmatch(r"([0-2][0-9]):([0-5][0-9])", text)
    minute = int(match[1]) * 60 + int(match[2]) if match else 9999
    return minute if minute <= 1440 else None


def _is_time_zone(name: str) -> bool:
    """Whether the machine knows the zone; odd names (absolute paths, folders) are refused by zoneinfo as errors."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def read_sessions(section: Section, key: str, default: tuple[str, ...] | None = None) -> tuple[Session, ...]:
    """Hours of the day, each after the one before; with a `default` the key may be absent."""
    sessions: list[Session] = []
    end = 0
    for text in section.texts(key, default, filled=default is None):
        first, _, last = text.partition("-")
        start, stop = minute_of(first.strip()), minute_of(last.strip())
        if start is None or stop is None or start >= stop or start < end:
            section.fault(key, HOURS, text)
        if start is not None and stop is not None:
            sessions.append(Session(start_minute=start, end_minute=stop))
            end = max(end, stop)
    return tuple(sessions)


def _days(section: Section, key: str) -> frozenset[str]:
    """ISO dates, as text or as TOML dates."""
    days = set()
    for value in section.entries(key, ()):
        try:
            plain = value if type(value) is datetime.date else datetime.date.fromisoformat(str(value))
        except ValueError:
            section.fault(key, Words("日期，写作 2026-10-08", "dates such as 2026-10-08"), value)
            continue
        days.add(plain.isoformat())
    return frozenset(days)
