"""What a hall still has to do (未了之事) when nobody is connected to it. Pure."""

from typing import Final

from onewindow.queue.state import DayPhase, HallDay, WindowPhase

WORKING: Final = (DayPhase.OPEN, DayPhase.CLOSING)


def timers(state: HallDay) -> str:
    """Whose time runs on the open day, in a word: then somebody has to serve the day's timers; empty: nobody's.

    No-shows, times away, held tickets, closing and the turn of the day concern the visitors whom the hall owes
    something, and clerks at windows. On a day without any they concern nobody, and are made up for when the hall is
    loaded next, before it answers.
    """
    if state.phase not in WORKING:
        return ""
    if any(window.phase is not WindowPhase.CLOSED for window in state.windows.values()):
        return "windows"
    if state.suspended is not None:
        return "suspended"
    return "visitors" if state.alive() else ""
