"""Small checks that several decisions share."""

from collections.abc import Iterable
from typing import Protocol

from onewindow.queue.events import AnyEvent
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase, WindowState
from onewindow.queue.words import PHASE_EN, PHASE_ZH, SUSPENSIONS, TICKET_EN, TICKET_ZH

Decision = tuple[AnyEvent, ...] | Refusal
"""What deciding gives: the events (perhaps none), or why not."""


class Coded(Protocol):
    """Something of the hall's files that has a code."""

    @property
    def code(self) -> str:
        """Its code."""


def known(things: Iterable[Coded]) -> str:
    """The codes that exist, for a refusal."""
    return "、".join(thing.code for thing in things)


def find_ticket(state: HallDay, name: str) -> Ticket | Refusal:
    """The ticket with this id of today."""
    ticket = state.tickets.get(name)
    if ticket is not None:
        return ticket
    number = missing(state, name)
    return refuse("unknown_ticket", name=name) if number is None else refuse("lost_ticket", number=number)


def missing(state: HallDay, name: str) -> str | None:
    """The printed number of a ticket's id whose record the journal has lost, or None."""
    day, _, number = name.partition("-")
    return number if number in state.missing and day == state.day.replace("-", "") else None


def find_window(state: HallDay, name: str) -> WindowState | Refusal:
    """The window with this number."""
    window = state.windows.get(name)
    return refuse("unknown_window", name=name) if window is None else window


def wrong_state(ticket: Ticket, action: str, action_en: str) -> Refusal:
    """The ticket is in a state in which that can't be done."""
    return refuse(
        "wrong_state",
        number=ticket.number,
        state=TICKET_ZH[ticket.state],
        state_en=TICKET_EN[ticket.state],
        action=action,
        action_en=action_en,
    )


def occupied(window: WindowState, ticket: Ticket) -> Refusal:
    """The window has a ticket that must be dealt with first."""
    called = ticket.state is TicketState.CALLED
    return refuse(
        "window_occupied",
        window=window.no,
        number=ticket.number,
        state="叫" if called else "办理",
        state_en="called" if called else "being served",
        todo="开始办理、过号或撤销" if called else "办结、挂起或转窗",
        todo_en="start, mark a no-show, or undo" if called else "finish, hold or transfer it",
    )


def suspended(state: HallDay) -> Refusal | None:
    """The refusal of whatever would send a visitor somewhere while service is suspended; None while it isn't."""
    stop = state.suspended
    if stop is None:
        return None
    zh, en = SUSPENSIONS.get(stop.reason, (stop.reason, stop.reason))
    return refuse("service_suspended", reason=zh, reason_en=en)


def open_window(state: HallDay, name: str) -> WindowState | Refusal:
    """The window, if it is open and not paused, and service is not suspended."""
    window = find_window(state, name)
    if isinstance(window, Refusal):
        return window
    if (stands := suspended(state)) is not None:
        return stands
    if window.phase is not WindowPhase.OPEN:
        return refuse(
            "window_not_open", window=window.no, state=PHASE_ZH[window.phase], state_en=PHASE_EN[window.phase]
        )
    return window


def current(state: HallDay, name: str) -> tuple[WindowState, Ticket] | Refusal:
    """The window and the ticket that is called to it or served at it."""
    window = find_window(state, name)
    if isinstance(window, Refusal):
        return window
    if window.ticket is None:
        return refuse("window_idle", window=window.no)
    return window, state.tickets[window.ticket]
