"""What the guide's desk, the kiosk and the phone may do: issue, cancel, return, step away, reroute, confirm."""

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import capable_windows, credit_of, expected_minutes, windows_of
from onewindow.queue.checks import Decision, find_ticket, known, suspended, wrong_state
from onewindow.queue.decide_service import BY_HAND, group_stopped
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.series_right import is_reserved
from onewindow.queue.state import MARKS, DayPhase, HallDay, Ticket, TicketState
from onewindow.queue.stopped import elapsed

MOST_ITEMS = 40
MOST_FOLDERS = 60
HANDLE = "handle"
CHANNELS = frozenset({"guide", "kiosk", "phone", "appointment", "agent", "station"})


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket belongs: zone, group, matter, and the windows that can serve it."""

    zone: str
    group: str
    matter: str | None
    windows: frozenset[str]
    minutes: float
    name: str


def target(state: HallDay, item: cmd.Item, purpose: str) -> Target | Refusal:
    """Resolve what was asked for: a matter has its group and zone, a zone its default group."""
    hall = state.hall
    if (kind := hall.purpose(purpose)) is None:
        return refuse("unknown_purpose", name=purpose, known="、".join(p.code for p in hall.settings.purposes))
    matter = None
    if item.matter is not None:
        if (found := hall.matters.get(item.matter)) is None:
            return refuse("unknown_matter", name=item.matter)
        zone, group, matter, name = found.zone, found.group, found.code, found.zh
    elif item.group is not None:
        if (named := hall.groups.get(item.group)) is None:
            return refuse("unknown_group", name=item.group)
        zone, group, name = named.zone, named.letter, named.zh
    elif item.zone is not None:
        if (area := hall.zones.get(item.zone)) is None:
            return refuse("unknown_zone", name=item.zone)
        zone, group, name = area.code, area.default_group, area.zh
    else:
        return refuse("nothing_asked")
    windows = capable_windows(state, zone, group, matter, purpose)
    if not windows:
        return refuse("no_window_serves", name=f"{name}（{kind.zh}）")
    return Target(
        zone=zone,
        group=group,
        matter=matter,
        windows=windows,
        minutes=expected_minutes(hall, group, matter, purpose),
        name=name,
    )


def asked_wrongly(state: HallDay, applicant: str, copies: int, marks: tuple[str, ...]) -> Refusal | None:
    """What no ticket can have, wherever it is issued: an unknown class or mark, too many folders."""
    if state.hall.applicant(applicant) is None:
        return refuse("unknown_applicant", name=applicant, known=known(state.hall.settings.applicants))
    if not 1 <= copies <= MOST_FOLDERS:
        return refuse("bad_copies", most=MOST_FOLDERS)
    if (unknown := next((mark for mark in marks if mark not in MARKS), None)) is not None:
        return refuse("unknown_mark", name=unknown, known="、".join(MARKS))
    return None


def numbering(state: HallDay, counts: dict[str, int], where: Target) -> tuple[str, int, str]:
    """The next number of the ticket's series: (series, count, printed number). Skipped numbers are passed over.

    `counts` holds what the same command has given out already.
    """
    numbers = state.hall.settings.numbers
    by_group = numbers.series == "group"
    series = where.group if by_group else state.hall.zones[where.zone].letter
    count = counts.get(series, state.series.get(series, 0)) + 1
    while count in numbers.skip or is_reserved(numbers.width, count):
        count += 1
    counts[series] = count
    return series, count, f"{series}{count:0{numbers.width}d}"


def ticket_id(day: str, number: str) -> str:
    """The id of a ticket: its day and its number, unique for ever."""
    return f"{day.replace('-', '')}-{number}"


def issue(state: HallDay, command: cmd.IssueTickets, at: int) -> Decision:
    """Issue tickets of one visit (取号)."""
    hall = state.hall
    if state.phase is DayPhase.CLOSING:
        return refuse("intake_stopped")
    if state.phase is not DayPhase.OPEN:
        return refuse("day_not_open")
    if not command.items:
        return refuse("nothing_asked")
    if len(command.items) > MOST_ITEMS:
        return refuse("too_many_items", most=MOST_ITEMS)
    if (wrong := asked_wrongly(state, command.applicant, command.copies, command.marks)) is not None:
        return wrong
    if command.channel not in CHANNELS:
        return refuse("unknown_channel", name=command.channel)
    if command.channel not in BY_HAND and (stands := suspended(state)) is not None:
        return stands
    turn = min(command.copies, hall.settings.timing.copies_per_turn)
    known_visit, seniority = command.visit, counted_from(state, command, at)
    if isinstance(seniority, Refusal):
        return seniority
    if command.follows is not None and known_visit is None:
        known_visit = state.tickets[command.follows].visit
    if known_visit is not None and known_visit not in state.visits:
        return refuse("unknown_visit", name=known_visit)
    visit = known_visit or f"v{state.visits_given + 1}"
    events: list[ev.AnyEvent] = [] if known_visit else [ev.VisitStarted(at=at, visit=visit)]
    confirmed = command.confirmed or command.applicant == hall.settings.applicants[0].code
    counts: dict[str, int] = {}
    names: list[str] = []
    for index, item in enumerate(command.items):
        where = target(state, item, command.purpose)
        if isinstance(where, Refusal):
            return where
        if command.purpose == HANDLE and (stopped := group_stopped(state, where.group)) is not None:
            return stopped
        series, count, number = numbering(state, counts, where)
        if any(not 0 <= step < index for step in item.after):
            return refuse("bad_order_of_steps")
        names.append(ticket_id(state.day, number))
        order = len(state.tickets) + index + 1
        applicant = hall.applicant(command.applicant)
        credit = round(applicant.credit_minutes * 60_000) if applicant is not None and confirmed else 0
        events.append(
            ev.TicketIssued(
                at=at,
                ticket=names[-1],
                number=number,
                series=series,
                count=count,
                order=order,
                visit=visit,
                zone=where.zone,
                group=where.group,
                matter=where.matter,
                purpose=command.purpose,
                applicant=command.applicant,
                confirmed=confirmed,
                channel=command.channel,
                seniority=seniority,
                minutes=where.minutes,
                ahead=state.lines.ahead(where.windows, seniority - credit, order),
                wait=command.waits[index] if index < len(command.waits) else None,
                copies=turn,
                left=command.copies - turn,
                after=tuple(names[step] for step in item.after),
                marks=tuple(dict.fromkeys(command.marks)),
                previous=command.follows,
                slot=command.slot,
            )
        )
    return tuple(events)


def counted_from(state: HallDay, command: cmd.IssueTickets, at: int) -> int | Refusal:
    """The seniority of new tickets.

    It is now; for an appointment its own time, unless its visitor is late; for an errand's next step that of the
    step before.
    """
    if command.follows is not None:
        before = find_ticket(state, command.follows)
        if isinstance(before, Refusal):
            return before
        if before.state is not TicketState.FINISHED:
            return wrong_state(before, "接续下一步", "followed by a next step")
        if command.visit is not None and command.visit != before.visit:
            return refuse("unknown_visit", name=command.visit)
        return before.seniority
    late = state.hall.settings.timing.appointment_late_minutes * 60_000
    return command.slot if command.slot is not None and at <= command.slot + late else at


def carry_over(state: HallDay, command: cmd.OpenDay, at: int) -> list[ev.AnyEvent]:
    """The tickets taken over from the day before: new numbers, linked to the old, with the old seniority."""
    events: list[ev.AnyEvent] = []
    counts: dict[str, int] = {}
    visits: dict[str, str] = {}
    names: dict[str, str] = {}
    issued = 0
    for old in command.carried:
        item = cmd.Item(matter=old.matter, group=old.group)
        where = target(state, item, old.purpose)
        if isinstance(where, Refusal):
            # The hall's files have changed overnight: the group's default set takes the ticket.
            where = target(state, cmd.Item(zone=old.zone), "handle")
            if isinstance(where, Refusal):
                continue
        series, count, number = numbering(state, counts, where)
        issued += 1
        after = tuple(names[step] for step in old.after if step in names)
        names[old.ticket] = ticket_id(command.day, number)
        together = old.visit or old.ticket
        visit = visits.get(together, "")
        if not visit:
            visit = visits[together] = f"v{len(visits) + 1}"
            events.append(ev.VisitStarted(at=at, visit=visit))
        events.append(
            ev.TicketIssued(
                at=at,
                ticket=names[old.ticket],
                number=number,
                series=series,
                count=count,
                order=issued,
                visit=visit,
                zone=where.zone,
                group=where.group,
                matter=where.matter,
                purpose=old.purpose,
                applicant=old.applicant,
                confirmed=old.confirmed,
                channel="carried",
                seniority=old.seniority,
                minutes=where.minutes,
                ahead=issued - 1,
                copies=old.copies,
                previous=old.ticket,
                left=old.left,
                after=after,
                marks=old.marks,
                more=old.more,
            )
        )
    return events


def consult(state: HallDay, command: cmd.CountConsult, at: int) -> Decision:
    """Count a consultation (咨询)."""
    if state.phase not in (DayPhase.OPEN, DayPhase.CLOSING):
        return refuse("day_not_open")
    if command.matter is not None and command.matter not in state.hall.matters:
        return refuse("unknown_matter", name=command.matter)
    if command.zone is not None and command.zone not in state.hall.zones:
        return refuse("unknown_zone", name=command.zone)
    return (ev.ConsultCounted(at=at, zone=command.zone, matter=command.matter),)


def cancel(state: HallDay, command: cmd.CancelTicket, at: int) -> Decision:
    """Take a ticket out (取消)."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.state not in (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW):
        return wrong_state(ticket, "取消", "cancelled")
    return (ev.TicketCancelled(at=at, ticket=ticket.id),)


def give_back(state: HallDay, command: cmd.ReturnTicket, at: int) -> Decision:
    """Bring a missed, held or away ticket back with its seniority (回队); a finished one to the same window."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if state.phase not in (DayPhase.OPEN, DayPhase.CLOSING):
        return refuse("day_not_open")
    window: str | None = None
    if ticket.state is TicketState.NO_SHOW:
        minutes = state.hall.settings.timing.reinstate_minutes
        if elapsed(state, ticket.ended_at or at, at) > minutes * 60_000:
            return refuse("too_late_to_return", number=ticket.number, minutes=minutes)
        origin = "no_show"
    elif ticket.state is TicketState.FINISHED and command.finished:
        minutes = state.hall.settings.timing.back_minutes
        if elapsed(state, ticket.ended_at or at, at) > minutes * 60_000:
            return refuse("too_late_to_come_back", number=ticket.number, minutes=minutes)
        origin, window = "finished", ticket.window
    elif ticket.state is TicketState.HELD:
        origin = "held"
    elif ticket.state is TicketState.WAITING and ticket.away_until is not None:
        origin = "away"
    else:
        return wrong_state(ticket, "回队", "returned")
    if not windows_of(state, ticket):
        return refuse("no_window_serves", name=state.hall.groups[ticket.group].zh)
    return (ev.TicketReturned(at=at, ticket=ticket.id, origin=origin, window=window),)


def step_away(state: HallDay, command: cmd.StepAway, at: int) -> Decision:
    """Step out, once with full seniority (暂离)."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.state is not TicketState.WAITING or ticket.away_until is not None:
        return wrong_state(ticket, "暂离", "set aside")
    if ticket.away_used:
        return refuse("away_used", number=ticket.number)
    until = at + state.hall.settings.timing.away_minutes * 60_000
    return (ev.AwayStarted(at=at, ticket=ticket.id, until=until),)


def reroute(state: HallDay, command: cmd.RerouteTicket, at: int) -> Decision:
    """Give a waiting ticket another matter, group or zone (改签)."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.state is not TicketState.WAITING:
        return wrong_state(ticket, "改签", "rerouted")
    purpose = command.purpose or ticket.purpose
    where = target(state, command.to, purpose)
    if isinstance(where, Refusal):
        return where
    return (
        ev.TicketRerouted(
            at=at,
            ticket=ticket.id,
            zone=where.zone,
            group=where.group,
            matter=where.matter,
            purpose=purpose,
            minutes=where.minutes,
        ),
    )


def confirm_applicant(state: HallDay, command: cmd.ConfirmApplicant, at: int) -> Decision:
    """Confirm or correct the class (确认优先)."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if state.hall.applicant(command.applicant) is None:
        return refuse("unknown_applicant", name=command.applicant, known=known(state.hall.settings.applicants))
    if ticket.state not in (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW):
        return wrong_state(ticket, "改类别", "given another class")
    if ticket.applicant == command.applicant and ticket.confirmed:
        return refuse("same_class", number=ticket.number)
    return (ev.ApplicantConfirmed(at=at, ticket=ticket.id, applicant=command.applicant),)


def ahead_of(state: HallDay, ticket: Ticket) -> int:
    """How many stand before a waiting ticket at its windows (前面人数); 0 for a ticket in no line."""
    if ticket.line is None:
        return 0
    return state.lines.ahead(ticket.line, ticket.seniority - credit_of(state, ticket), ticket.order)
