"""A desk that goes on without the server (离线取号): its right to numbers, and taking in what it issued.

A slip was handed to somebody who waits with it: whatever was allowed when it was issued is taken in, though it
wouldn't be any more. Its seniority is its time of issue, kept between the grant of the right and now, so that who
took a number at this desk stands fairly among those who took theirs elsewhere meanwhile.
"""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision
from onewindow.queue.decide_desk import HANDLE, Target, asked_wrongly, target, ticket_id
from onewindow.queue.decide_service import WORKING, group_stopped
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.series_right import RIGHTS, count_of, most_of
from onewindow.queue.state import DayPhase, HallDay, SeriesRight, Ticket, TicketState
from onewindow.zones.model import Hall


def right_of(state: HallDay, device: str) -> SeriesRight | None:
    """The latest right of a device, or None."""
    return next((right for right in reversed(state.rights.values()) if right.device == device), None)


def grant(state: HallDay, command: cmd.GrantSeries, at: int) -> Decision:
    """Reserve a block (离线号段)."""
    if state.phase not in WORKING:
        return refuse("day_not_open")
    has = right_of(state, command.device)
    if has is not None and has.no != command.spent:
        return ()
    most = most_of(state.hall.settings.numbers.width)
    if most < 1 or len(state.rights) >= RIGHTS:
        return refuse("no_series_left")
    return (ev.SeriesGranted(at=at, right=len(state.rights) + 1, device=command.device, most=most),)


def withdraw(state: HallDay, command: cmd.WithdrawAsking, at: int) -> Decision:
    """Use up the key that comes with it (撤回)."""
    return (ev.AskingWithdrawn(at=at),)


def take_in(state: HallDay, command: cmd.TakeInSlip, at: int) -> Decision:
    """Take one slip in (并入). The same slip again changes nothing; a void that came later still counts."""
    slip, right = command.slip, state.rights.get(command.right)
    if right is None or command.day not in ("", state.day):
        return refuse("unknown_right", right=command.right)
    if not 1 <= slip.count <= right.most or slip.letter not in letters(state.hall):
        return refuse("not_of_the_right", number=f"{slip.letter}{slip.count}")
    number = f"{slip.letter}{count_of(state.hall.settings.numbers.width, right.no, slip.count)}"
    there = state.tickets.get(ticket_id(state.day, number))
    if there is not None:
        if right.taken.get(number) != slip.issued:
            return refuse("number_taken", number=number)
        return _void(there, at) if slip.voided else ()
    issued = min(max(slip.issued, right.at), at)
    where = _where(state, slip, issued)
    return where if isinstance(where, Refusal) else _taken(state, command, where, issued, at)


def letters(hall: Hall) -> frozenset[str]:
    """The letters of the hall's number series."""
    if hall.settings.numbers.series == "group":
        return frozenset(hall.groups)
    return frozenset(zone.letter for zone in hall.zones.values())


def _void(ticket: Ticket, at: int) -> Decision:
    if ticket.state is TicketState.CANCELLED:
        return ()
    if ticket.state is not TicketState.WAITING or ticket.first_called_at is not None:
        return refuse("void_too_late", number=ticket.number)
    return (ev.TicketCancelled(at=at, ticket=ticket.id),)


def _where(state: HallDay, slip: cmd.OfflineSlip, issued: int) -> Target | Refusal:
    """Where the slip belongs, if it could be issued when it was: intake that ended later refuses nobody."""
    if state.phase not in WORKING:
        return refuse("day_not_open")
    if (wrong := asked_wrongly(state, slip.applicant, slip.copies, slip.marks)) is not None:
        return wrong
    where = target(state, slip.item, slip.purpose)
    if isinstance(where, Refusal) or slip.voided:
        return where
    if state.phase is DayPhase.CLOSING and issued >= (state.closing_since or 0):
        return refuse("intake_stopped")
    stop = state.stopped_groups.get(where.group) if slip.purpose == HANDLE else None
    if stop is not None and issued >= stop.at and (stopped := group_stopped(state, where.group)) is not None:
        return stopped
    return where


def _taken(state: HallDay, command: cmd.TakeInSlip, where: Target, issued: int, at: int) -> tuple[ev.AnyEvent, ...]:
    """The events of a slip that is taken in."""
    slip, hall = command.slip, state.hall
    visit = _visit(state, slip)
    events: list[ev.AnyEvent] = []
    if visit is None:
        visit = f"v{state.visits_given + 1}"
        events.append(ev.VisitStarted(at=at, visit=visit))
    applicant = hall.applicant(slip.applicant)
    credit = round(applicant.credit_minutes * 60_000) if applicant is not None else 0
    turn = min(slip.copies, hall.settings.timing.copies_per_turn)
    order = len(state.tickets) + 1
    count = count_of(hall.settings.numbers.width, command.right, slip.count)
    number = f"{slip.letter}{count}"
    ticket = ticket_id(state.day, number)
    events.append(
        ev.TicketIssued(
            at=at,
            ticket=ticket,
            number=number,
            series=slip.letter,
            count=count,
            order=order,
            visit=visit,
            zone=where.zone,
            group=where.group,
            matter=where.matter,
            purpose=slip.purpose,
            applicant=slip.applicant,
            confirmed=True,
            channel="guide",
            seniority=issued,
            minutes=where.minutes,
            ahead=state.lines.ahead(where.windows, issued - credit, order),
            copies=turn,
            left=slip.copies - turn,
            marks=tuple(dict.fromkeys(slip.marks)),
            offline=ev.OfflineIssue(right=command.right, said=slip.issued),
        )
    )
    if slip.voided:
        events.append(ev.TicketCancelled(at=at, ticket=ticket))
    return tuple(events)


def _visit(state: HallDay, slip: cmd.OfflineSlip) -> str | None:
    """The visit that the slip belongs to, if it isn't a new one."""
    if slip.same is not None and (before := state.tickets.get(ticket_id(state.day, slip.same))) is not None:
        return before.visit
    return slip.visit if slip.visit in state.visits else None
