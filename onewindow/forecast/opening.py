"""Opening plans (开窗计划): which window is open when, as data; and the plan that a hall's files imply."""

from collections.abc import Mapping

import msgspec

from onewindow.zones.calendar import at_ms_of
from onewindow.zones.model import Hall, WindowKind

MINUTE = 60_000


class WindowPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One window's day."""

    window: str
    spans: tuple[tuple[int, int], ...]
    """When it is open, ms since midnight, [start, end), in order. A service under way is always finished."""
    clears: bool = False
    """Before a break it goes on until nobody waits whom it serves (清队再休); else it stops after the current one."""
    stays: bool = True
    """After the last span it goes on until everybody is served; else it stops after the current one."""


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A day to simulate: the hall as it is arranged, the windows' hours, and where work goes slower."""

    hall: Hall
    day: str
    """ISO date."""
    midnight: int
    """The hall's midnight of that day, ms since the epoch."""
    windows: tuple[WindowPlan, ...]
    slow: Mapping[str, frozenset[str]] = {}
    """Window -> matters that take `slow_factor` times as long there."""
    slow_factor: float = 1.1


def public_windows(hall: Hall) -> list[str]:
    """The windows of the public queue, in the order of the files: all but the agents'."""
    return [w.no for w in hall.windows.values() if w.kind is not WindowKind.AGENT]


def hall_hours(hall: Hall) -> tuple[tuple[int, int], ...]:
    """The hall's own sessions (开放时段), in ms since midnight."""
    return tuple((s.start_minute * MINUTE, s.end_minute * MINUTE) for s in hall.settings.sessions)


def plan_of(
    hall: Hall, day: str, slow: Mapping[str, frozenset[str]] | None = None, *, factor: float = 1.1
) -> DayPlan:
    """The day by the hall's files: every public window keeps the hall's sessions and clears its line before lunch."""
    spans = hall_hours(hall)
    return DayPlan(
        hall=hall,
        day=day,
        midnight=at_ms_of(hall.settings, day, 12 * 60) - 12 * 60 * MINUTE,
        windows=tuple(WindowPlan(window=no, spans=spans, clears=True) for no in public_windows(hall)),
        slow=slow or {},
        slow_factor=factor,
    )


def staggered(plan: DayPlan, breaks: tuple[tuple[int, int], ...]) -> DayPlan:
    """The same day without a common lunch: the windows of each zone take turns at these breaks (错峰午休).

    A window keeps the hall's first opening and last closing, and its break lies between. `breaks` are (start, end) in
    ms since midnight; the i-th window of a zone takes break i modulo their number.
    """
    turns: dict[str, int] = {}
    windows = []
    for each in plan.windows:
        zone = plan.hall.windows[each.window].zone
        turn = turns[zone] = turns.get(zone, -1) + 1
        start, end = breaks[turn % len(breaks)]
        spans = ((each.spans[0][0], start), (end, each.spans[-1][1]))
        windows.append(WindowPlan(window=each.window, spans=spans, clears=False, stays=each.stays))
    return msgspec.structs.replace(plan, windows=tuple(windows))
