"""`evolve` for the day and the hall as a whole: its phases, what stops it, marks of visitors, windows that merge."""

from collections.abc import Callable
from typing import Any

from onewindow.queue import events as ev
from onewindow.queue.standing import bind, leave, restand, stand, unhold
from onewindow.queue.state import DayPhase, GroupStop, HallDay, SeriesRight, Stop, TicketState


def _day_opened(state: HallDay, event: ev.DayOpened) -> None:
    state.day = event.day
    state.phase = DayPhase.OPEN
    state.previous_day = event.previous_day
    state.carried = event.carried


def _day_left(state: HallDay, event: ev.DayLeft) -> None:
    """Nothing changes in the day that is left: should its time really come, it goes on as it was."""


def _intake_stopped(state: HallDay, event: ev.IntakeStopped) -> None:
    state.phase = DayPhase.CLOSING
    state.closing_noticed = True
    state.closing_since = event.at


def _intake_resumed(state: HallDay, event: ev.IntakeResumed) -> None:
    state.phase = DayPhase.OPEN
    state.closing_since = None


def _day_closed(state: HallDay, event: ev.DayClosed) -> None:
    state.phase = DayPhase.CLOSED


def _break_started(state: HallDay, event: ev.BreakStarted) -> None:
    state.stops.append(Stop(kind="break", since=event.at, planned=event.until))


def _break_ended(state: HallDay, event: ev.BreakEnded) -> None:
    if (stop := state.on_break) is not None:
        stop.until = event.at


def _service_suspended(state: HallDay, event: ev.ServiceSuspended) -> None:
    state.stops.append(Stop(kind="suspended", since=event.at, reason=event.reason, note=event.note))


def _service_resumed(state: HallDay, event: ev.ServiceResumed) -> None:
    if (stop := state.suspended) is not None:
        stop.until = event.at


def _outage_noted(state: HallDay, event: ev.OutageNoted) -> None:
    state.stops.append(Stop(kind="outage", since=event.since, until=event.at))


def _loss_noted(state: HallDay, event: ev.LossNoted) -> None:
    for series, count in event.series.items():
        state.series[series] = max(count, state.series.get(series, 0))
    state.calls = max(event.calls, state.calls)
    state.lost_visits += max(0, event.visits - state.visits_given)
    for right in event.rights:
        state.rights[right.no] = SeriesRight(no=right.no, device=right.device, at=right.at, most=right.most)
    state.missing.update(dict.fromkeys(event.missing, event.at))


def _group_stopped(state: HallDay, event: ev.GroupStopped) -> None:
    state.stopped_groups[event.group] = GroupStop(at=event.at, last=event.last, forecast=event.forecast)


def _group_resumed(state: HallDay, event: ev.GroupResumed) -> None:
    state.stopped_groups.pop(event.group, None)
    state.resumed_groups.add(event.group)


def _ticket_marked(state: HallDay, event: ev.TicketMarked) -> None:
    state.tickets[event.ticket].marks = event.marks


def _absence_confirmed(state: HallDay, event: ev.AbsenceConfirmed) -> None:
    state.tickets[event.ticket].absent = True


def _accompany_taken(state: HallDay, event: ev.AccompanyTaken) -> None:
    state.tickets[event.ticket].accompanied = True


def _service_rated(state: HallDay, event: ev.ServiceRated) -> None:
    state.tickets[event.ticket].rating = event.grade


def _ticket_moved(state: HallDay, event: ev.TicketMoved) -> None:
    ticket = state.tickets[event.ticket]
    leave(state, ticket)
    if ticket.state is TicketState.HELD:
        unhold(state, ticket)
        ticket.window = event.to_window
        state.windows[event.to_window].held.append(ticket.id)
    bind(state, ticket, event.to_window, event.at)
    ticket.moved_from = event.window
    stand(state, ticket)


def _window_merged(state: HallDay, event: ev.WindowMerged) -> None:
    state.windows[event.window].merged_into = event.into
    restand(state)


def _series_granted(state: HallDay, event: ev.SeriesGranted) -> None:
    state.rights[event.right] = SeriesRight(no=event.right, device=event.device, at=event.at, most=event.most)


def _asking_withdrawn(state: HallDay, event: ev.AskingWithdrawn) -> None:
    """Nothing changes but that the entry's key is used up."""


HALL_HANDLERS: dict[type, Callable[[HallDay, Any], None]] = {
    ev.DayOpened: _day_opened,
    ev.DayLeft: _day_left,
    ev.IntakeStopped: _intake_stopped,
    ev.IntakeResumed: _intake_resumed,
    ev.DayClosed: _day_closed,
    ev.BreakStarted: _break_started,
    ev.BreakEnded: _break_ended,
    ev.ServiceSuspended: _service_suspended,
    ev.ServiceResumed: _service_resumed,
    ev.OutageNoted: _outage_noted,
    ev.LossNoted: _loss_noted,
    ev.GroupStopped: _group_stopped,
    ev.GroupResumed: _group_resumed,
    ev.TicketMarked: _ticket_marked,
    ev.AbsenceConfirmed: _absence_confirmed,
    ev.AccompanyTaken: _accompany_taken,
    ev.ServiceRated: _service_rated,
    ev.TicketMoved: _ticket_moved,
    ev.WindowMerged: _window_merged,
    ev.SeriesGranted: _series_granted,
    ev.AskingWithdrawn: _asking_withdrawn,
}
