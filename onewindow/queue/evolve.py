"""`evolve`: fold an event into the day's state. The only place where the state changes.

Total over the events of the journal: what was stored once is applied for ever, without asking whether it would be
allowed today.
"""

import copy
from collections.abc import Callable, Iterable
from typing import Any

from onewindow.queue import events as ev
from onewindow.queue.evolve_hall import HALL_HANDLERS
from onewindow.queue.standing import (
    bind,
    leave,
    occupy,
    release,
    remember,
    restand,
    restore,
    stand,
    stand_visit,
    unhold,
)
from onewindow.queue.state import (
    HallDay,
    LastCommand,
    Ticket,
    TicketState,
    Visit,
    WindowPhase,
)


def evolve(state: HallDay, event: ev.AnyEvent) -> None:
    """Apply one event."""
    HANDLERS[type(event)](state, event)
    state.last_at = max(state.last_at, event.at)


def evolve_all(state: HallDay, events: Iterable[ev.AnyEvent]) -> None:
    """Apply events in their order."""
    for event in events:
        evolve(state, event)


# --- the day ---


def _ticket_settled(state: HallDay, event: ev.TicketSettled) -> None:
    ticket = state.tickets[event.ticket]
    ticket.choice = event.choice
    if event.choice == "tomorrow":
        leave(state, ticket)
        state.away.discard(ticket.id)
        unhold(state, ticket)
        ticket.state = TicketState.HELD
        ticket.held_at = event.at
        ticket.held_reason = "tomorrow"
        ticket.window = ticket.away_until = None
        bind(state, ticket, None)


# --- the desk ---


def _visit_started(state: HallDay, event: ev.VisitStarted) -> None:
    state.visits[event.visit] = Visit(id=event.visit, started_at=event.at)


def _ticket_issued(state: HallDay, event: ev.TicketIssued) -> None:
    ticket = Ticket(
        id=event.ticket,
        number=event.number,
        order=event.order,
        visit=event.visit,
        zone=event.zone,
        group=event.group,
        matter=event.matter,
        purpose=event.purpose,
        channel=event.channel,
        applicant=event.applicant,
        confirmed=event.confirmed,
        seniority=event.seniority,
        issued_at=event.issued_at,
        minutes=event.minutes,
        ahead_at_issue=event.ahead,
        wait_at_issue=event.wait,
        copies=event.copies,
        left=event.left,
        after=event.after,
        marks=event.marks,
        previous=event.previous,
        slot=event.slot,
        more=event.more,
        offline=event.offline is not None,
    )
    if event.offline is None:
        state.series[event.series] = event.count
    else:
        state.rights[event.offline.right].taken[event.number] = event.offline.said
        state.missing.pop(event.number, None)
    state.tickets[ticket.id] = ticket
    state.visits[ticket.visit].tickets.append(ticket.id)
    stand(state, ticket)


def _consult_counted(state: HallDay, event: ev.ConsultCounted) -> None:
    state.consults += 1


def _end(state: HallDay, ticket: Ticket, ending: TicketState, at: int) -> None:
    leave(state, ticket)
    unhold(state, ticket)
    state.away.discard(ticket.id)
    bind(state, ticket, None)
    ticket.state = ending
    ticket.away_until = None
    ticket.ended_at = at
    stand_visit(state, ticket.visit)


def _ticket_cancelled(state: HallDay, event: ev.TicketCancelled) -> None:
    _end(state, state.tickets[event.ticket], TicketState.CANCELLED, event.at)


def _ticket_abandoned(state: HallDay, event: ev.TicketAbandoned) -> None:
    _end(state, state.tickets[event.ticket], TicketState.ABANDONED, event.at)


def _ticket_returned(state: HallDay, event: ev.TicketReturned) -> None:
    ticket = state.tickets[event.ticket]
    unhold(state, ticket)
    state.away.discard(ticket.id)
    ticket.state = TicketState.WAITING
    ticket.away_until = ticket.ended_at = ticket.window = None
    ticket.recalls = 0
    if ticket.choice == "tomorrow":
        ticket.choice = None
    if event.window is not None:
        bind(state, ticket, event.window, event.at)
    stand_visit(state, ticket.visit)


def _away_started(state: HallDay, event: ev.AwayStarted) -> None:
    ticket = state.tickets[event.ticket]
    leave(state, ticket)
    ticket.away_at, ticket.away_until = event.at, event.until
    ticket.away_used = True
    state.away.add(ticket.id)


def _away_ended(state: HallDay, event: ev.AwayEnded) -> None:
    ticket = state.tickets[event.ticket]
    ticket.away_until = None
    state.away.discard(ticket.id)
    stand(state, ticket)


def _retarget(ticket: Ticket, event: ev.TicketRerouted | ev.TicketTransferred) -> None:
    ticket.zone, ticket.group, ticket.matter = event.zone, event.group, event.matter
    ticket.purpose, ticket.minutes = event.purpose, event.minutes
    ticket.moved_from = None


def _ticket_rerouted(state: HallDay, event: ev.TicketRerouted) -> None:
    ticket = state.tickets[event.ticket]
    leave(state, ticket)
    _retarget(ticket, event)
    bind(state, ticket, None)
    stand(state, ticket)


def _applicant_confirmed(state: HallDay, event: ev.ApplicantConfirmed) -> None:
    ticket = state.tickets[event.ticket]
    stood = ticket.line is not None
    leave(state, ticket)
    ticket.applicant, ticket.confirmed = event.applicant, True
    if stood:
        stand(state, ticket)


# --- windows ---


def _window_opened(state: HallDay, event: ev.WindowOpened) -> None:
    window = state.windows[event.window]
    window.phase, window.clerk, window.since = WindowPhase.OPEN, event.clerk, event.at
    window.reason = window.pause_after = ""
    if window.merged_into is not None:
        window.merged_into = None
        restand(state)
    window.free_since = event.at
    window.last = None
    state.lines.opened(window.no)


def _pause_requested(state: HallDay, event: ev.PauseRequested) -> None:
    state.windows[event.window].pause_after = event.reason


def _pause_withdrawn(state: HallDay, event: ev.PauseWithdrawn) -> None:
    state.windows[event.window].pause_after = ""


def _window_paused(state: HallDay, event: ev.WindowPaused) -> None:
    window = state.windows[event.window]
    window.phase, window.reason, window.since = WindowPhase.PAUSED, event.reason, event.at
    window.pause_after = ""
    window.last = None
    state.lines.shut(window.no)


def _window_closed(state: HallDay, event: ev.WindowClosed) -> None:
    window = state.windows[event.window]
    window.phase, window.since = WindowPhase.CLOSED, event.at
    window.clerk = window.reason = window.pause_after = ""
    window.last = None
    state.lines.shut(window.no)


def _window_handed_over(state: HallDay, event: ev.WindowHandedOver) -> None:
    window = state.windows[event.window]
    window.clerk = event.clerk
    window.last = None


def _window_matters_changed(state: HallDay, event: ev.WindowMattersChanged) -> None:
    window = state.windows[event.window]
    window.matters, window.public = frozenset(event.matters), event.public
    for each in state.windows.values():
        # What an undo would bring back was decided under the old matters.
        each.last = None
    restand(state)


def _help_called(state: HallDay, event: ev.HelpCalled) -> None:
    state.windows[event.window].help = event.on


def _ticket_called(state: HallDay, event: ev.TicketCalled) -> None:
    ticket, window = state.tickets[event.ticket], state.windows[event.window]
    done = window.last
    window.last = LastCommand("call", event.at, ticket.id, copy.copy(ticket), event.call)
    if event.follows is not None and done is not None:
        window.last = LastCommand(
            "next", event.at, ticket.id, copy.copy(ticket), event.call, done.ticket, done.before
        )
    unhold(state, ticket)
    occupy(state, ticket, window)
    state.calls = event.call
    ticket.state = TicketState.CALLED
    ticket.window = event.window
    bind(state, ticket, None)
    ticket.call, ticket.why, ticket.called_at = event.call, event.why, event.at
    # Anew with each call: whoever comes back, or was sent on, has the whole time to walk to the window.
    ticket.first_called_at = event.at
    ticket.recalls, ticket.held_reason = 0, ""
    ticket.absent = ticket.accompanied = False


def _ticket_recalled(state: HallDay, event: ev.TicketRecalled) -> None:
    ticket = state.tickets[event.ticket]
    state.calls = event.call
    ticket.call, ticket.called_at = event.call, event.at
    ticket.recalls += 1
    # A recall is the window's next command: what came before can't be undone any more.
    state.windows[event.window].last = None


def _service_started(state: HallDay, event: ev.ServiceStarted) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, event.window, "start", event.at, ticket)
    ticket.state = TicketState.SERVING
    ticket.started_at, ticket.rating = event.at, None


def _ticket_finished(state: HallDay, event: ev.TicketFinished) -> None:
    ticket, window = state.tickets[event.ticket], state.windows[event.window]
    remember(state, event.window, "finish", event.at, ticket)
    ticket.state, ticket.ended_at = TicketState.FINISHED, event.at
    window.served += 1
    release(state, ticket, event.at)


def _turn_ended(state: HallDay, event: ev.TurnEnded) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, event.window, "turn", event.at, ticket)
    state.windows[event.window].served += 1
    ticket.state = TicketState.WAITING
    ticket.copies, ticket.left, ticket.seniority = event.copies, event.left, event.at
    ticket.turn += 1
    ticket.started_at = None
    release(state, ticket, event.at)
    ticket.window = None


def _ticket_missed(state: HallDay, event: ev.TicketMissed) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, event.window, "no_show", event.at, ticket)
    ticket.state, ticket.ended_at = TicketState.NO_SHOW, event.at
    release(state, ticket, event.at)


def _ticket_held(state: HallDay, event: ev.TicketHeld) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, event.window, "hold", event.at, ticket)
    ticket.state = TicketState.HELD
    ticket.held_at, ticket.held_reason = event.at, event.reason
    bind(state, ticket, event.window, event.at)
    state.windows[event.window].held.append(ticket.id)
    release(state, ticket, event.at)


def _held_released(state: HallDay, event: ev.HeldReleased) -> None:
    # It stays on the list of the window that held it: after lunch its clerk takes it up again, if nobody else has.
    ticket = state.tickets[event.ticket]
    leave(state, ticket)
    bind(state, ticket, None)
    stand(state, ticket)


def _ticket_transferred(state: HallDay, event: ev.TicketTransferred) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, event.window, "transfer", event.at, ticket)
    _retarget(ticket, event)
    bind(state, ticket, event.to_window, event.at)
    ticket.note = event.note
    ticket.state = TicketState.WAITING
    release(state, ticket, event.at)
    ticket.window = None


def _matter_set(state: HallDay, event: ev.MatterSet) -> None:
    ticket = state.tickets[event.ticket]
    if event.added:
        ticket.more = (*ticket.more, event.matter)
    else:
        ticket.matter = event.matter
    if ticket.window is not None:
        state.windows[ticket.window].last = None


def _command_undone(state: HallDay, event: ev.CommandUndone) -> None:
    window = state.windows[event.window]
    last = window.last
    if last is None:
        return
    window.last = None
    restore(state, last.before, window, event.at)
    if event.what == "next" and last.finished_before is not None:
        restore(state, last.finished_before, window, event.at)
        window.served -= 1
    elif event.what in ("finish", "turn"):
        window.served -= 1


HANDLERS: dict[type, Callable[[HallDay, Any], None]] = {
    **HALL_HANDLERS,
    ev.TicketSettled: _ticket_settled,
    ev.VisitStarted: _visit_started,
    ev.TicketIssued: _ticket_issued,
    ev.ConsultCounted: _consult_counted,
    ev.TicketCancelled: _ticket_cancelled,
    ev.TicketReturned: _ticket_returned,
    ev.AwayStarted: _away_started,
    ev.AwayEnded: _away_ended,
    ev.TicketRerouted: _ticket_rerouted,
    ev.ApplicantConfirmed: _applicant_confirmed,
    ev.WindowOpened: _window_opened,
    ev.PauseRequested: _pause_requested,
    ev.PauseWithdrawn: _pause_withdrawn,
    ev.WindowPaused: _window_paused,
    ev.WindowClosed: _window_closed,
    ev.WindowHandedOver: _window_handed_over,
    ev.WindowMattersChanged: _window_matters_changed,
    ev.HelpCalled: _help_called,
    ev.TicketCalled: _ticket_called,
    ev.TicketRecalled: _ticket_recalled,
    ev.ServiceStarted: _service_started,
    ev.TicketFinished: _ticket_finished,
    ev.TurnEnded: _turn_ended,
    ev.TicketMissed: _ticket_missed,
    ev.TicketHeld: _ticket_held,
    ev.HeldReleased: _held_released,
    ev.TicketTransferred: _ticket_transferred,
    ev.MatterSet: _matter_set,
    ev.TicketAbandoned: _ticket_abandoned,
    ev.CommandUndone: _command_undone,
}
