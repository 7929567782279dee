"""What staff should know of a visitor, and what they do about it (标记): hard of hearing, to be accompanied.

Who doesn't hear is no no-show before a guide has looked; who is to be accompanied lights up the desk when called,
until a helper walks along.
"""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision, find_ticket, wrong_state
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import ALIVE, MARKS, HallDay, Ticket, TicketState

DEAF, ACCOMPANY = MARKS


def mark(state: HallDay, command: cmd.MarkTicket, at: int) -> Decision:
    """Set the marks (标记); the same ones change nothing."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if (unknown := next((name for name in command.marks if name not in MARKS), None)) is not None:
        return refuse("unknown_mark", name=unknown, known="、".join(MARKS))
    if ticket.state not in ALIVE and ticket.state is not TicketState.NO_SHOW:
        return wrong_state(ticket, "加标记", "marked")
    marks = tuple(name for name in MARKS if name in command.marks)
    if marks == ticket.marks:
        return ()
    return (ev.TicketMarked(at=at, ticket=ticket.id, marks=marks),)


def confirm_absent(state: HallDay, command: cmd.ConfirmAbsent, at: int) -> Decision:
    """A guide has looked in vain (导办确认不在)."""
    ticket = _called(state, command.ticket, DEAF, "确认不在", "reported absent")
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.absent:
        return ()
    confirmed = ev.AbsenceConfirmed(at=at, ticket=ticket.id)
    if ticket.window is not None and state.windows[ticket.window].help:
        # The help that the window called for has come: this was it.
        return (confirmed, ev.HelpCalled(at=at, window=ticket.window, on=False))
    return (confirmed,)


def take_along(state: HallDay, command: cmd.TakeAlong, at: int) -> Decision:
    """A helper walks along (陪同前往)."""
    ticket = _called(state, command.ticket, ACCOMPANY, "陪同前往", "accompanied")
    if isinstance(ticket, Refusal):
        return ticket
    return () if ticket.accompanied else (ev.AccompanyTaken(at=at, ticket=ticket.id),)


def _called(state: HallDay, name: str, needed: str, action: str, action_en: str) -> Ticket | Refusal:
    ticket = find_ticket(state, name)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.state is not TicketState.CALLED or needed not in ticket.marks:
        return wrong_state(ticket, action, action_en)
    return ticket
