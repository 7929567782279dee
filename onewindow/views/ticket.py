"""A ticket as the API and the pages show it."""

from typing import Any

from onewindow.forecast.waits import ticket_wait
from onewindow.queue.capability import credit_of, windows_of
from onewindow.queue.commands import Wait
from onewindow.queue.decide_desk import ahead_of
from onewindow.queue.standing import waits_for
from onewindow.queue.state import HallDay, Ticket, TicketState
from onewindow.queue.words import TICKET_EN, TICKET_ZH
from onewindow.routing.reasons import Reasoned, reason
from onewindow.views.clock import hhmm, rfc3339

OWN_WORDS = Reasoned("指定叫号，已记录。", "Called out of order, on record.")
"""What a holder is told of such a call: the clerk's own words may name a class, and are for staff."""

SOON = 2
"""So many may be ahead when a holder is told to come near."""

View = dict[str, Any]
"""JSON-able: str, int, float, bool, None, lists and dicts of these."""


def wait_view(wait: Wait | None) -> View | None:
    """A wait in seconds: {"low", "expected", "high"}; None while it is unknown."""
    return None if wait is None else {"low": wait.low, "expected": wait.expected, "high": wait.high}


def wait_of(state: HallDay, ticket: Ticket) -> Wait | None:
    """The live wait of a waiting ticket; None when it stands in no line, or nothing is known."""
    if ticket.state is not TicketState.WAITING or waits_for(state, ticket):
        return None
    return ticket_wait(state, ticket)


def shown_windows(state: HallDay, ticket: Ticket) -> tuple[list[str], bool]:
    """The open windows that may serve it, and True; when none is open, all that could, and False."""
    able = windows_of(state, ticket)
    open_now = sorted(no for no in able if no in state.lines.open)
    return (open_now, True) if open_now else (sorted(able), False)


def soon(state: HallDay, ticket: Ticket) -> bool:
    """Whether its holder should come near now: at most `SOON` are ahead, and nothing else keeps it from a call."""
    if ticket.state is not TicketState.WAITING or ticket.away_until is not None or state.suspended is not None:
        return False
    if state.visits[ticket.visit].busy is not None or waits_for(state, ticket):
        return False
    return shown_windows(state, ticket)[1] and ahead_of(state, ticket) <= SOON


def public_ticket(state: HallDay, ticket: Ticket) -> View:
    """What anybody may see of a ticket: its number, its group, where it is called; 优先 and no more of its class."""
    group = state.hall.groups[ticket.group]
    return {
        "number": ticket.number,
        "zone": ticket.zone,
        "group": ticket.group,
        "group_zh": group.public_zh,
        "group_en": group.public_en or group.en,
        "state": ticket.state.value,
        "window": ticket.window,
        "call": ticket.call,
        "priority": credit_of(state, ticket) > 0,
    }


def holder_ticket(state: HallDay, ticket: Ticket) -> View:
    """What its holder may see: the public view, its place, its wait, the papers, and why it was called."""
    hall = state.hall
    windows, is_open = shown_windows(state, ticket)
    matter = hall.matters[ticket.matter] if ticket.matter is not None else None
    waiting = ticket.state is TicketState.WAITING
    view: View = public_ticket(state, ticket) | {
        "id": ticket.id,
        "matter": ticket.matter,
        "matter_zh": matter.zh if matter else None,
        "matter_en": matter.en if matter else None,
        "purpose": ticket.purpose,
        "papers": list(matter.papers) if matter else [],
        "promised_days": matter.promised_days if matter else None,
        "on_the_spot": matter.on_the_spot if matter else None,
        "state_zh": TICKET_ZH[ticket.state],
        "state_en": TICKET_EN[ticket.state],
        "windows": windows,
        "open": is_open,
        "ahead": ahead_of(state, ticket) if waiting else 0,
        "wait": wait_view(wait_of(state, ticket)),
        "issued_at": rfc3339(hall, ticket.issued_at),
        "issued_hhmm": hhmm(hall, ticket.issued_at),
        "called_at": rfc3339(hall, ticket.called_at) if ticket.called_at else None,
        "started_at": rfc3339(hall, ticket.started_at) if ticket.started_at else None,
        "ended_at": rfc3339(hall, ticket.ended_at) if ticket.ended_at else None,
        "away_until": rfc3339(hall, ticket.away_until) if ticket.away_until else None,
        "held_reason": ticket.held_reason or None,
        "copies": ticket.copies,
        "left": ticket.left,
        "after": [t.number for t in waits_for(state, ticket)],
        "more": list(ticket.more),
        "previous": ticket.previous,
        "bound": ticket.bound,
        "rating": ticket.rating,
        "why": None,
        "why_en": None,
    }
    if ticket.why is not None and ticket.call is not None:
        said = OWN_WORDS if ticket.why.term == "clerk" else reason(ticket.why, lambda at: hhmm(hall, at))
        view["why"], view["why_en"] = said.zh, said.en
    return view


def staff_ticket(state: HallDay, ticket: Ticket) -> View:
    """What staff see: everything, the class and its confirmation included."""
    applicant = state.hall.applicant(ticket.applicant)
    view = holder_ticket(state, ticket)
    if ticket.why is not None and ticket.why.term == "clerk":
        said = reason(ticket.why, lambda at: hhmm(state.hall, at))
        view |= {"why": said.zh, "why_en": said.en}
    return view | {
        "visit": ticket.visit,
        "visit_tickets": [state.tickets[t].number for t in state.visits[ticket.visit].tickets],
        "applicant": ticket.applicant,
        "applicant_zh": applicant.zh if applicant else ticket.applicant,
        "applicant_en": applicant.en if applicant else ticket.applicant,
        "confirmed": ticket.confirmed,
        "channel": ticket.channel,
        "minutes": round(ticket.minutes, 1),
        "recalls": ticket.recalls,
        "seniority": rfc3339(state.hall, ticket.seniority),
        "choice": ticket.choice,
        "note": ticket.note,
        "marks": list(ticket.marks),
        "absent": ticket.absent,
        "accompanied": ticket.accompanied,
        "called_ms": ticket.called_at,
        "first_called_ms": ticket.first_called_at,
        "started_ms": ticket.started_at,
        "issued_ms": ticket.issued_at,
        "offline": ticket.offline,
    }
