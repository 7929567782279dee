"""What the guide's page is shown (导询台视图): zones, what waits for a guide, a ticket before it is issued."""

from itertools import islice
from typing import Final

from onewindow.forecast.waits import newcomer_wait
from onewindow.guide_desk.way import way_to
from onewindow.queue.commands import Item
from onewindow.queue.decide_desk import target
from onewindow.queue.decide_marks import ACCOMPANY, DEAF
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, Ticket, TicketState
from onewindow.views.clock import hhmm
from onewindow.views.floor import group_view, zone_view
from onewindow.views.service import service_view
from onewindow.views.ticket import View, public_ticket, staff_ticket, wait_view

RECENT: Final = 5
"""Slips that the page keeps at hand."""
MOST_CLAIMS: Final = 20
DESK: Final = "guide"


def desk_view(state: HallDay) -> View:
    """The desk's standing view: day, zones, groups, claims that wait for a look, who needs a person, the slips."""
    return {
        "day": state.day,
        "phase": state.phase.value,
        "service": service_view(state),
        "zones": [zone_view(state, code) for code in state.hall.zones],
        "groups": [group_view(state, letter) for letter in state.hall.groups],
        "claims": [staff_ticket(state, ticket) for ticket in claims(state)],
        "called": [_called(state, ticket) for ticket in called(state)],
        "recent": [_short(state, ticket) for ticket in recent(state)],
    }


def claims(state: HallDay) -> list[Ticket]:
    """Tickets whose priority was claimed at a kiosk and that nobody has looked at yet, the oldest first."""
    waiting = (t for t in state.alive() if not t.confirmed and t.state is TicketState.WAITING)
    return list(islice(waiting, MOST_CLAIMS))


def called(state: HallDay) -> list[Ticket]:
    """Who was called and needs a person: to be accompanied, or hard of hearing; until somebody has gone."""
    at_windows = (state.tickets[w.ticket] for w in state.windows.values() if w.ticket is not None)
    return [t for t in at_windows if t.state is TicketState.CALLED and (_alone(t) or _unheard(t))]


def _alone(ticket: Ticket) -> bool:
    return ACCOMPANY in ticket.marks and not ticket.accompanied


def _unheard(ticket: Ticket) -> bool:
    return DEAF in ticket.marks and not ticket.absent


def _called(state: HallDay, ticket: Ticket) -> View:
    return public_ticket(state, ticket) | {
        "id": ticket.id,
        "marks": list(ticket.marks),
        "accompany": _alone(ticket),
        "asked": _unheard(ticket) and ticket.window is not None and state.windows[ticket.window].help,
        "called_hhmm": hhmm(state.hall, ticket.called_at or 0),
    }


def recent(state: HallDay) -> list[Ticket]:
    """The tickets that the desk issued last, the newest first."""
    issued = (state.tickets[name] for name in reversed(state.tickets))
    return list(islice((ticket for ticket in issued if ticket.channel == DESK), RECENT))


def _short(state: HallDay, ticket: Ticket) -> View:
    matter = state.hall.matters[ticket.matter] if ticket.matter is not None else None
    return public_ticket(state, ticket) | {
        "id": ticket.id,
        "matter_zh": matter.zh if matter is not None else None,
        "away": ticket.away_until is not None,
        "issued_hhmm": hhmm(state.hall, ticket.issued_at),
        "offline": ticket.offline,
    }


def preview(state: HallDay, item: Item, applicant: str, purpose: str, now: int) -> View | Refusal:
    """A ticket as it would be if it were issued now: windows, people ahead, wait, papers, days."""
    where = target(state, item, purpose)
    if isinstance(where, Refusal):
        return where
    hall = state.hall
    known = hall.applicant(applicant) or hall.settings.applicants[0]
    credit = round(known.credit_minutes * 60_000)
    key = max(now, state.last_at) - credit
    order = len(state.tickets) + 1
    open_now = sorted(no for no in where.windows if no in state.lines.open)
    windows = open_now or sorted(where.windows)
    zone, group = hall.zones[where.zone], hall.groups[where.group]
    matter = hall.matters[where.matter] if where.matter is not None else None
    way = way_to(hall, windows)
    return {
        "matter": where.matter,
        "zh": matter.zh if matter is not None else group.zh,
        "en": matter.en if matter is not None else group.en,
        "zone": zone.code,
        "zone_zh": zone.short_zh,
        "zone_en": zone.en,
        "hue": zone.hue,
        "group": group.letter,
        "group_zh": group.zh,
        "group_en": group.en,
        "department_zh": hall.departments[matter.department].zh if matter is not None else "",
        "windows": windows,
        "open": bool(open_now),
        "ahead": state.lines.ahead(where.windows, key, order),
        "wait": wait_view(newcomer_wait(state, where.windows, credit, max(now, state.last_at))),
        "papers": list(matter.papers) if matter is not None else [],
        "promised_days": matter.promised_days if matter is not None else None,
        "on_the_spot": matter.on_the_spot if matter is not None else None,
        "no_visit": matter.no_visit if matter is not None else False,
        "minutes": round(where.minutes),
        "way": {"arrow": way.arrow, "zh": way.zh, "en": way.en} if way is not None else None,
    }
