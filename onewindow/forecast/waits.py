"""The wait that is shown (预计等候): one way for slips, phones, screens and desks.

First the latest forecast, as long as it is fresh: the engine's, or while that is down the one path's
(`onewindow.forecast.ahead`); else the work that stands ahead (`estimate`); nothing at all in a zone whose forecasts
have been wrong lately. Shown as a range, rounded outward to five minutes. Pure: the moment is that of the day's last
event.
"""

import math
from collections.abc import Mapping
from typing import Final

from onewindow.forecast.estimate import STEP, estimate
from onewindow.queue.capability import credit_of, windows_of
from onewindow.queue.commands import Wait
from onewindow.queue.outlook import ENGINE, PATH, WORK, AreaOutlook, Quantiles
from onewindow.queue.state import HallDay, Ticket, TicketState

FRESH_MS: Final = 120_000
"""A forecast that is older than this, by the day's last event, isn't used."""
FAR_MS: Final = 5 * 3_600_000
"""A wait that reaches so far is not known: no window is expected to open."""


def ticket_wait(state: HallDay, ticket: Ticket) -> Wait | None:
    """The wait of a waiting ticket from now on; None when it doesn't wait or nothing is known."""
    if ticket.state is not TicketState.WAITING:
        return None
    windows, credit = windows_of(state, ticket), credit_of(state, ticket)
    if is_withheld(state, windows):
        return None
    area = _area(state, windows)
    if area is not None:
        found = area.tickets.get(ticket.id)
        if found is None and ticket.issued_at >= area.at:
            found = _newcomer(state, area, windows, area.at - (ticket.seniority - credit))
        if found is not None:
            return shown(found, max(0, state.last_at - area.at), area.source)
    return estimate(state, windows, ticket.seniority - credit, ticket.order)


def newcomer_wait(state: HallDay, windows: frozenset[str], credit: int = 0, at: int | None = None) -> Wait | None:
    """The wait of somebody who takes a number for these windows now, with this credit (ms), as it may be shown."""
    return None if is_withheld(state, windows) else foreseen(state, windows, credit, at)


def foreseen(state: HallDay, windows: frozenset[str], credit: int = 0, at: int | None = None) -> Wait | None:
    """The same for the hall's own decisions: also where it is kept back from people."""
    area = _area(state, windows)
    if area is not None and (found := _newcomer(state, area, windows, credit)) is not None:
        return shown(found, 0, area.source)
    now = state.last_at if at is None else at
    return estimate(state, windows, now - credit, len(state.tickets) + 1)


def is_withheld(state: HallDay, windows: frozenset[str]) -> bool:
    """Whether the waits at these windows are kept back, because they have been wrong lately."""
    withheld = state.outlook.withheld if state.outlook is not None else frozenset()
    return bool(withheld) and any(state.windows[no].zone in withheld for no in windows)


def _newcomer(state: HallDay, area: AreaOutlook, windows: frozenset[str], credit: int) -> Quantiles | None:
    known = {round(a.credit_minutes * 60_000) for a in state.hall.settings.applicants}
    return between({c: found for c in known if (found := area.newcomers.get((windows, c))) is not None}, credit)


def between(newcomers: Mapping[int, Quantiles], credit: int) -> Quantiles | None:
    """The wait of a newcomer with any credit (ms): a line between the two whose credits are nearest; None for none.

    An appointment counts from its slot, so that its visitor's credit is any: earlier or later than the class has it.
    """
    below = max((c for c in newcomers if c <= credit), default=min(newcomers, default=0))
    above = min((c for c in newcomers if c >= credit), default=max(newcomers, default=0))
    if not newcomers or below == above:
        return newcomers.get(below)
    low, high = newcomers[below], newcomers[above]
    share = (credit - below) / (above - below)
    if max(low.p50, high.p50) >= FAR_MS:  # nothing lies between a wait and none that is known
        return low if share < 0.5 else high
    return Quantiles(*(round(a + share * (b - a)) for a, b in zip(low, high, strict=True)))


def _area(state: HallDay, windows: frozenset[str]) -> AreaOutlook | None:
    """The fresh forecast of the area of these windows."""
    if state.outlook is None or not windows:
        return None
    area = state.outlook.areas.get(state.outlook.of_window.get(min(windows), ""))
    return area if area is not None and state.last_at - area.at <= FRESH_MS else None


def shown(found: Quantiles, passed: int, source: str = ENGINE) -> Wait | None:
    """The forecast as it is shown `passed` ms later: rounded outward to five minutes; None when it is too far off.

    One path has no quantiles (`raw`): nothing is calibrated by it, but its range is scored.
    """
    if found.p50 >= FAR_MS:
        return None
    p10, p50, p90, low, high = (max(0, ms - passed) / 1000 for ms in found)
    wait = outward(low, p50, high)
    raw = (round(p10), round(p90)) if source == ENGINE else None
    return Wait(wait.low, wait.expected, wait.high, raw=raw, range=(round(low), round(high)), path=source == PATH)


def source_of(wait: Wait) -> str:
    """Where a wait that was told comes from: `engine`, `path` or `work`."""
    return PATH if wait.path else WORK if wait.raw is None else ENGINE


def outward(low: float, expected: float, high: float) -> Wait:
    """A range in seconds, rounded outward to five minutes."""
    return Wait(math.floor(low / STEP) * STEP, round(expected), max(1, math.ceil(high / STEP)) * STEP)
