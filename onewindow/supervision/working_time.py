"""Working time (工作时间): what counts when the supervisor is told that something takes too long. Pure.

Time before the day's first session and between two sessions (lunch) doesn't count. Time after the last session
does: whoever still waits then waits for people who are there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from onewindow.views.clock import local
from onewindow.zones.model import Hall


def working_ms(hall: Hall, start: int, end: int) -> int:
    """How much of [start, end) is working time, all in ms. Nothing for a span that ends before it begins."""
    if end <= start:
        return 0
    return end - start - sum(max(0, min(end, b) - max(start, a)) for a, b in _breaks(hall, start, end))


def is_working(hall: Hall, at: int) -> bool:
    """Whether `at` (ms) is neither before the first session of its day nor between two."""
    return not any(a <= at < b for a, b in _breaks(hall, at, at))


def _breaks(hall: Hall, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The breaks of the days that [start, end] touches, as (from, until) in ms."""
    sessions = hall.settings.sessions
    if not sessions:
        return
    edges = [0, *(minute for s in sessions for minute in (s.start_minute, s.end_minute))][:-1]
    midnight = local(hall, start).replace(hour=0, minute=0, second=0, microsecond=0)
    last = local(hall, end)
    while midnight <= last:
        for begins, ends in zip(edges[::2], edges[1::2], strict=True):
            yield _ms(midnight + timedelta(minutes=begins)), _ms(midnight + timedelta(minutes=ends))
        midnight += timedelta(days=1)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
