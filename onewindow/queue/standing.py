"""Where a ticket stands: moving it between its line, a window, a visit and the held list.

The bookkeeping behind `evolve`, which alone calls it: the lines, a window's `ticket` and `held`, a visit's `busy`
and the day's `bound` and `away` always say the same as the ticket itself.
"""

import copy

from onewindow.queue.capability import credit_of, place_of, windows_of
from onewindow.queue.state import ALIVE, HallDay, LastCommand, Ticket, TicketState, WindowState
from onewindow.routing.lines import Lines


def stand(state: HallDay, ticket: Ticket) -> None:
    """Let the ticket stand in its line, if it may be called: waiting, not away, its person not busy elsewhere.

    A step of a chain stands once the steps before it are done, or will not be done any more.
    """
    if ticket.state is not TicketState.WAITING or ticket.away_until is not None:
        return
    if state.visits[ticket.visit].busy is not None or waits_for(state, ticket):
        return
    windows = windows_of(state, ticket)
    if windows:
        state.lines.add(windows, credit_of(state, ticket), place_of(ticket), ticket.minutes * ticket.copies)
        ticket.line = windows
        state.waiting[ticket.group] += 1


def waits_for(state: HallDay, ticket: Ticket) -> list[Ticket]:
    """The steps before this one that are not done yet (前置未办完), a no-show among them: it may come back."""
    before = (state.tickets[name] for name in ticket.after)
    return [t for t in before if t.state in ALIVE or t.state is TicketState.NO_SHOW]


def stand_visit(state: HallDay, visit: str) -> None:
    """Let those of a visit's tickets stand that may, and no others, after one of them has changed."""
    for name in state.visits[visit].tickets:
        ticket = state.tickets[name]
        if ticket.line is None:
            stand(state, ticket)
        elif waits_for(state, ticket):
            leave(state, ticket)


def leave(state: HallDay, ticket: Ticket) -> None:
    """Take the ticket out of its line, if it stands in one. To be called before what its place depends on changes."""
    if ticket.line is not None:
        state.lines.remove(ticket.line, credit_of(state, ticket), place_of(ticket), ticket.minutes * ticket.copies)
        ticket.line = None
        state.waiting[ticket.group] -= 1


def occupy(state: HallDay, ticket: Ticket, window: WindowState) -> None:
    """The person is at this window now: the visit's other tickets rest, keeping their places."""
    visit = state.visits[ticket.visit]
    for other in visit.tickets:
        leave(state, state.tickets[other])
    visit.busy = ticket.id
    window.ticket = ticket.id


def release(state: HallDay, ticket: Ticket, at: int) -> None:
    """The person is free again: the visit's tickets stand in their lines, this one too if it waits."""
    visit = state.visits[ticket.visit]
    if visit.busy == ticket.id:
        visit.busy = None
    for window in state.windows.values() if ticket.window is None else (state.windows[ticket.window],):
        if window.ticket == ticket.id:
            window.ticket = None
            window.free_since = at
    stand_visit(state, visit.id)


def restand(state: HallDay) -> None:
    """Build all lines anew, after what windows serve has changed."""
    state.able.clear()
    open_windows = state.lines.open
    state.lines = Lines({no: (w.kind, w.zone) for no, w in state.windows.items()})
    for no in open_windows:
        state.lines.opened(no)
    state.waiting.clear()
    for ticket in state.tickets.values():
        if ticket.state is TicketState.WAITING:
            ticket.line = None
            stand(state, ticket)


def unhold(state: HallDay, ticket: Ticket) -> None:
    """Strike the ticket from the list of the window that holds it."""
    if ticket.window is not None and ticket.id in state.windows[ticket.window].held:
        state.windows[ticket.window].held.remove(ticket.id)


NOT_RESTORED = frozenset({"line", "applicant", "confirmed"})
"""What an undo leaves as it is: the place in a line follows from the rest; a class is a guide's word."""


def bind(state: HallDay, ticket: Ticket, window: str | None, at: int | None = None) -> None:
    """Let only this window call the ticket, or, with None, every capable one. The ticket must stand in no line."""
    ticket.bound, ticket.bound_at = window, at if window is not None else None
    if window is None:
        state.bound.discard(ticket.id)
    else:
        state.bound.add(ticket.id)


def remember(state: HallDay, window: str, what: str, at: int, ticket: Ticket) -> None:
    """Note what the window's `Undo` would take back; to be called before the ticket changes."""
    state.windows[window].last = LastCommand(what, at, ticket.id, copy.copy(ticket))


def restore(state: HallDay, before: Ticket, window: WindowState, at: int) -> None:
    """Put a ticket back as it was before the window's last command, and everything that follows from it."""
    ticket = state.tickets[before.id]
    unhold(state, ticket)
    release(state, ticket, at)
    leave(state, ticket)
    for field in Ticket.__struct_fields__:
        if field not in NOT_RESTORED:
            setattr(ticket, field, getattr(before, field))
    bind(state, ticket, before.bound, before.bound_at)
    if ticket.state in (TicketState.CALLED, TicketState.SERVING):
        occupy(state, ticket, window)
    elif ticket.state is TicketState.HELD and ticket.window is not None:
        state.windows[ticket.window].held.append(ticket.id)
    else:
        stand(state, ticket)
