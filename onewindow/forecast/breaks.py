"""Breaks (停办时段): when a window will be closed, and when one that is closed now will be back, as far as is known.

A window that went for lunch is back when the afternoon begins, or when its own lunch usually ends. One that paused
for another reason is back soon after such pauses usually end. One that was closed stays closed, unless it closed for
the common lunch; before the first session all public windows open with it.
"""

from typing import Final, NamedTuple

from onewindow.forecast.model import Model
from onewindow.queue.state import WindowPhase, WindowState
from onewindow.zones.calendar import at_ms_of, lunches, opening_of
from onewindow.zones.model import Settings, WindowKind

Break = tuple[int, int]
"""[start, end), ms since the epoch."""

LUNCH: Final = "lunch"
PAUSE_MS: Final = 10 * 60_000
"""How long a pause other than lunch usually takes."""
SOON_MS: Final = 3 * 60_000
"""… and how soon one is back that has taken longer already."""
EARLY_MS: Final = 45 * 60_000
"""So long before the common lunch a window that stops is taken to have gone for it."""
LATE_MS: Final = 10 * 60_000
"""A window that hasn't opened so long after the first session began isn't expected any more."""


class Hours(NamedTuple):
    """The hall's hours on one day, ms since the epoch; worked out once, since the calendar takes its time."""

    midnight: int
    opening: int
    lunch: Break | None
    """The common lunch."""


def hours_of(settings: Settings, day: str) -> Hours:
    """The hours of a business day."""
    common = lunches(settings, day)
    return Hours(
        midnight=at_ms_of(settings, day, 12 * 60) - 12 * 3_600_000,
        opening=opening_of(settings, day),
        lunch=(common[0].start_ms, common[0].end_ms) if common else None,
    )


def breaks_of(window: WindowState, model: Model, hours: Hours, at: int) -> tuple[Break, ...]:
    """The window's breaks from `at` on, in order; for a closed one that comes back, the first says when.

    Empty for a closed window that isn't expected back today.
    """
    lunch = _lunch(window, model, hours)
    if window.phase is WindowPhase.OPEN:
        if window.pause_after:
            end = lunch[1] if window.pause_after == LUNCH and lunch and at < lunch[1] else at + PAUSE_MS
            return ((at, end), *((lunch,) if lunch and lunch[0] > end else ()))
        return (lunch,) if lunch and _still_due(lunch, window, at) else ()
    back = _back(window, lunch, hours, at)
    if back is None:
        return ()
    return ((at, back), *((lunch,) if lunch and lunch[0] > back else ()))


def _lunch(window: WindowState, model: Model, hours: Hours) -> Break | None:
    """When the window eats today: as it usually does, else with the hall."""
    own = model.lunches.get(window.no)
    if own is None:
        return hours.lunch
    start = hours.midnight + own.minute * 60_000
    return start, start + own.minutes * 60_000


def _still_due(lunch: Break, window: WindowState, at: int) -> bool:
    """Whether an open window still has its lunch before it: not when it opened again after having begun it."""
    if at >= lunch[1]:
        return False
    opened = window.since or 0
    return at < lunch[0] or opened < lunch[0] - EARLY_MS


def _back(window: WindowState, lunch: Break | None, hours: Hours, at: int) -> int | None:
    since = window.since
    if since is None:
        if window.kind is WindowKind.AGENT or not window.public or at > hours.opening + LATE_MS:
            return None
        return max(hours.opening, at + SOON_MS)
    for_lunch = window.phase is WindowPhase.CLOSED or window.reason == LUNCH
    if for_lunch and lunch is not None and lunch[0] - EARLY_MS <= since < lunch[1] and at < lunch[1]:
        return max(lunch[1], at + 1)
    return None if window.phase is WindowPhase.CLOSED else max(since + PAUSE_MS, at + SOON_MS)
