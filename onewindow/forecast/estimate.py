"""A first estimate of a wait (预计等候): the work that stands ahead, shared by the windows that do it.

For a ticket of matter set S: every set that shares a window with S contributes the work that stands before the
ticket there, in the share of its open windows that are also in S; the sum is divided by the open windows of S, and
half a service under way is added per window. (The study calls this E2, "work ahead, capable windows".) The range is
wide, as E2's errors are, and rounded outward to five minutes; an idle window and nobody ahead means no wait.
"""

import math

from onewindow.queue.commands import Wait
from onewindow.queue.state import HallDay
from onewindow.routing.lines import MatterSet

STEP = 300
"""Seconds to which a range is rounded outward."""
LOW, HIGH = 0.6, 1.6
"""The range as factors on the expected wait."""


def estimate(state: HallDay, windows: frozenset[str], key: int, order: int) -> Wait | None:
    """The wait of a ticket with this key (ms) at these windows; None while none of them is open."""
    mine = [no for no in windows if no in state.lines.open]
    if not mine:
        return None
    minutes = sum(_share(state, matter_set, windows, key, order) for matter_set in state.lines.sharing(windows))
    if minutes == 0 and any(state.windows[no].ticket is None for no in mine):
        return Wait(0, 0, STEP)
    under_way = [_residual(state, no) for no in mine]
    expected = (minutes + sum(under_way)) / len(mine)
    return rounded(expected * 60)


def rounded(expected_seconds: float) -> Wait:
    """The range around an expectation, rounded outward to five minutes."""
    low = math.floor(expected_seconds * LOW / STEP) * STEP
    high = math.ceil(max(expected_seconds * HIGH, 1) / STEP) * STEP
    return Wait(low, round(expected_seconds), high)


def _share(state: HallDay, matter_set: MatterSet, windows: frozenset[str], key: int, order: int) -> float:
    """Minutes of the set's work before (key, order) that fall to these windows."""
    total = len(matter_set)
    if not total:
        return 0.0
    before: int = sum(line.places.bisect_left((key + credit, order, "")) for credit, line in matter_set.lines.items())
    doing = state.lines.open_among(matter_set.windows)
    common = state.lines.open_among(matter_set.windows & windows)
    share: float = common / doing if doing else 0.0
    return matter_set.work * before / total * share


def _residual(state: HallDay, window: str) -> float:
    """Expected minutes until the window is free: half a service; 0 when it is free."""
    ticket = state.windows[window].ticket
    return 0.0 if ticket is None else state.tickets[ticket].minutes / 2
