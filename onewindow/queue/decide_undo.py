"""Undo (撤销): take back a window's last command, while nothing has come of it elsewhere."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision, find_window
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import HallDay, LastCommand, TicketState, WindowPhase, WindowState
from onewindow.queue.stopped import elapsed

AFTER = {
    "call": TicketState.CALLED,
    "next": TicketState.CALLED,
    "start": TicketState.SERVING,
    "finish": TicketState.FINISHED,
    "turn": TicketState.WAITING,
    "no_show": TicketState.NO_SHOW,
    "hold": TicketState.HELD,
    "transfer": TicketState.WAITING,
}
"""The state in which each command left its ticket."""


def undo(state: HallDay, command: cmd.Undo, at: int) -> Decision:
    """Take the last command back, within the hall's minutes, with a reason after the hall's seconds."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    timing = state.hall.settings.timing
    last = window.last
    if (
        last is None
        or window.phase is not WindowPhase.OPEN
        or elapsed(state, last.at, at) > timing.undo_minutes * 60_000
    ):
        return refuse("nothing_to_undo", minutes=timing.undo_minutes)
    if overtaken(state, window, last):
        return refuse("undo_overtaken", number=state.tickets[last.ticket].number)
    if at - last.at > timing.undo_reason_after_seconds * 1000 and not command.reason.strip():
        return refuse("reason_needed")
    return (
        ev.CommandUndone(at=at, window=window.no, ticket=last.ticket, what=last.what, reason=command.reason.strip()),
    )


def overtaken(state: HallDay, window: WindowState, last: LastCommand) -> bool:
    """Whether the ticket, its person or the window has gone on since."""
    ticket = state.tickets[last.ticket]
    busy = state.visits[ticket.visit].busy
    if ticket.state is not AFTER[last.what] or ticket.call != _call_after(last):
        return True
    if last.what in ("call", "next", "start"):
        if window.ticket != ticket.id:
            return True
        if last.finished is not None:
            other = state.visits[state.tickets[last.finished].visit].busy
            return other is not None and other != ticket.id
        return False
    if last.what in ("transfer", "turn") and ticket.away_until is not None:
        return True
    if last.what == "hold" and ticket.window != window.no:
        return True
    return window.ticket is not None or (busy is not None and busy != ticket.id)


def _call_after(last: LastCommand) -> int | None:
    """The call id that the ticket bears if nobody has called it since; a call itself changes it."""
    return last.after_call if last.what in ("call", "next") else last.before.call
