"""When a group's last number will be given (末号时间), as far as today's queue and a usual day's arrivals tell.

A newcomer at time t waits, by the p90, w(t). The queue is followed forward as a fluid: it grows by the work of the
usual arrivals that come to the group's windows, and shrinks as its open windows work. Intake ends at the first t for
which t + w(t) passes the closing time, and at the latest then: the same rule as `closing.full_groups`, looked at
ahead of time. It is an expectation for the supervisor, recomputed as the day goes; nothing is decided by it.
"""

import datetime
from typing import Final

from onewindow.forecast.estimate import HIGH, estimate
from onewindow.queue.capability import capable_windows, group_minutes
from onewindow.queue.state import HallDay

STEP_MS: Final = 5 * 60_000
HALF_HOUR: Final = 30


def expected_last(state: HallDay, letter: str, at: int, closing: int, minute: int) -> int | None:
    """When (ms) the group's intake is expected to end, in steps of five minutes, at the latest at `closing`.

    `minute`: the local minute of the day at `at`. None while none of its windows is open: nothing can be foreseen.
    """
    group = state.hall.groups[letter]
    windows = capable_windows(state, group.zone, letter, None, "handle")
    wait = estimate(state, windows, at, len(state.tickets) + 1)
    if wait is None:
        return None
    factor = _weekday(state)
    ahead = wait.expected / 60  # minutes of waiting for a newcomer
    when = at
    while when < closing:
        if when + ahead * HIGH * 60_000 > closing:
            return when
        step = min(STEP_MS, closing - when)
        load = _load(state, windows, minute + (when - at) // 60_000) * factor
        ahead = max(0.0, ahead + (load - 1) * step / 60_000)
        when += step
    return closing


def _load(state: HallDay, windows: frozenset[str], minute: int) -> float:
    """Work that arrives per minute of these open windows' time, on a usual day; 1: as much as they can do."""
    profile, total = state.hall.profile, max(state.hall.profile.visits_per_day, 1.0)
    start = minute // HALF_HOUR * HALF_HOUR
    arrivals = profile.half_hours.get(f"{start // 60:02d}:{start % 60:02d}", 0.0) / HALF_HOUR
    mine = state.lines.open_among(windows)
    work = 0.0
    for letter, group in state.hall.groups.items():
        able = capable_windows(state, group.zone, letter, None, "handle")
        doing, common = state.lines.open_among(able), state.lines.open_among(able & windows)
        if doing and common and letter not in state.stopped_groups:
            share = arrivals * group.daily_visits / total
            work += share * group_minutes(state.hall, letter) * common / doing
    return work / mine if mine else 0.0


def _weekday(state: HallDay) -> float:
    """How busy this weekday is, against the usual day."""
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[datetime.date.fromisoformat(state.day).weekday()]
    return state.hall.profile.weekday_factor.get(name, 1.0)
