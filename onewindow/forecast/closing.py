"""When a group's intake must end (停止取号): its queue's p90 would pass the closing time."""

from onewindow.forecast.waits import foreseen
from onewindow.queue.capability import capable_windows
from onewindow.queue.state import DayPhase, HallDay

LOOK_AHEAD_MS = 150 * 60_000
"""Before this there is time for windows to open; nobody is sent home at noon."""


def full_groups(state: HallDay, at: int, closing: int) -> tuple[str, ...]:
    """Letters of the groups whose newcomer at `at` would, by the forecast's p90, not be called before `closing` (ms).

    Groups that have stopped, or that a person has opened again, are left out; so are those without an open window,
    for which nothing can be foreseen.
    """
    if state.phase is not DayPhase.OPEN or not 0 <= closing - at <= LOOK_AHEAD_MS:
        return ()
    full = []
    for letter, group in state.hall.groups.items():
        if letter in state.stopped_groups or letter in state.resumed_groups or not state.waiting[letter]:
            continue
        windows = capable_windows(state, group.zone, letter, None, "handle")
        wait = foreseen(state, windows, at=at)
        if wait is not None and at + wait.high * 1000 > closing:
            full.append(letter)
    return tuple(full)
