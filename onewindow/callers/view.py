"""What a clerk's console shows of its window (窗口操作台): one value, computed from the committed state. Pure."""

from itertools import islice
from typing import Final

from onewindow.queue.capability import capable_windows, credit_of
from onewindow.queue.decide_undo import overtaken
from onewindow.queue.state import HallDay, Ticket, WindowPhase, WindowState
from onewindow.routing.rules import rule_for
from onewindow.views.clock import hhmm
from onewindow.views.floor import public_window, waiting_in_line
from onewindow.views.ticket import View, staff_ticket

MOST: Final = 30
"""Waiting tickets that are sent; the count says how many there are."""

UNDO_WORDS: Final = {
    "call": ("叫号", "call"),
    "next": ("办结并叫号", "finish and call"),
    "start": ("开始办理", "start"),
    "finish": ("办结", "finish"),
    "no_show": ("过号", "no-show"),
    "hold": ("挂起", "hold"),
    "transfer": ("转窗", "transfer"),
}
"""What `Undo` would take back, in words."""


def console_view(state: HallDay, no: str, now: int) -> View:
    """Window `no` for its clerk at `now` (ms): the current ticket whole, what it holds, who waits and how many.

    Public members are those of `views.floor.public_window`; times of day are the hall's, others ms since the epoch.
    """
    window = state.windows[no]
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    waiting = _in_order(state, no, now)
    return public_window(state, no) | {
        "day": {"day": state.day, "phase": state.phase.value},
        "now_ms": now,
        "now_hhmm": hhmm(state.hall, now),
        "clerk": window.clerk,
        "since_ms": window.since,
        "pause_after": window.pause_after or None,
        "pause_after_zh": _pause_zh(state, window.pause_after),
        "help": window.help,
        "served": window.served,
        "current": current_view(state, window, ticket) if ticket is not None else None,
        "held": [held_view(state, state.tickets[name]) for name in window.held],
        "waiting_count": len(waiting),
        "waiting": [waiting_view(state, t) for t in islice(waiting, MOST)],
        "undo": undo_view(state, window, now),
        "matters": sorted(window.matters),
        "others_open": sum(1 for w in _colleagues(state, no) if w.phase is WindowPhase.OPEN),
    }


def current_view(state: HallDay, window: WindowState, ticket: Ticket) -> View:
    """The ticket that is called to the window or served at it: its matters with their papers, where it could go."""
    matters = [state.hall.matters[code] for code in ((ticket.matter, *ticket.more) if ticket.matter else ticket.more)]
    visit = [state.tickets[name] for name in state.visits[ticket.visit].tickets if name != ticket.id]
    purpose = state.hall.purpose(ticket.purpose)
    able = capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
    return staff_ticket(state, ticket) | {
        "zone_zh": state.hall.zones[ticket.zone].short_zh,
        "hue": state.hall.zones[ticket.zone].hue,
        "purpose_zh": purpose.zh if purpose is not None else ticket.purpose,
        "matters": [
            {
                "code": m.code,
                "zh": m.zh,
                "en": m.en,
                "papers": list(m.papers),
                "on_the_spot": m.on_the_spot,
                "promised_days": m.promised_days,
                "minutes": m.typical_minutes,
            }
            for m in matters
        ],
        "visit_others": [{"number": t.number, "state": t.state.value} for t in visit],
        "elsewhere": _places(state, able - {window.no}),
    }


def waiting_view(state: HallDay, ticket: Ticket) -> View:
    """One who waits: the number, what for, since when, and whether it has priority."""
    matter = state.hall.matters[ticket.matter] if ticket.matter is not None else None
    applicant = state.hall.applicant(ticket.applicant)
    return {
        "id": ticket.id,
        "number": ticket.number,
        "what_zh": matter.zh if matter is not None else state.hall.groups[ticket.group].zh,
        "purpose": ticket.purpose,
        "issued_ms": ticket.issued_at,
        "issued_hhmm": hhmm(state.hall, ticket.issued_at),
        "priority": credit_of(state, ticket) > 0,
        "unconfirmed": not ticket.confirmed,
        "class_zh": applicant.zh if applicant is not None else ticket.applicant,
        "bound": ticket.bound is not None,
        "copies": ticket.copies,
        "left": ticket.left,
        "note": ticket.note,
    }


def held_view(state: HallDay, ticket: Ticket) -> View:
    """One that the window holds: why, and since when."""
    reason = next((r for r in state.hall.settings.hold_reasons if r.code == ticket.held_reason), None)
    return waiting_view(state, ticket) | {
        "held_ms": ticket.held_at,
        "reason_zh": reason.zh if reason is not None else ticket.held_reason,
        "reason_en": reason.en if reason is not None else ticket.held_reason,
    }


def undo_view(state: HallDay, window: WindowState, now: int) -> View | None:
    """What may be taken back, until when it may, and from when on it needs a reason; None: nothing."""
    last, timing = window.last, state.hall.settings.timing
    if last is None or window.phase is not WindowPhase.OPEN:
        return None
    until = last.at + timing.undo_minutes * 60_000
    if now > until or overtaken(state, window, last):
        return None
    zh, en = UNDO_WORDS.get(last.what, (last.what, last.what))
    return {
        "what": last.what,
        "zh": zh,
        "en": en,
        "number": state.tickets[last.ticket].number,
        "until_ms": until,
        "reason_from_ms": last.at + timing.undo_reason_after_seconds * 1000,
    }


def _in_order(state: HallDay, no: str, now: int) -> list[Ticket]:
    """Who waits for the window: whom the rule would call now, then the others by their static key."""
    waiting = list(waiting_in_line(state, no))
    rule = rule_for(state.hall.settings.routing)
    choice = rule.choose(state.lines, no, lambda name: state.tickets[name].number, now) if waiting else None
    if choice is not None and waiting[0].id != choice.ticket:
        first = state.tickets[choice.ticket]
        waiting.remove(first)
        waiting.insert(0, first)
    return waiting


def _colleagues(state: HallDay, no: str) -> list[WindowState]:
    """The windows that could serve somebody who waits for this one."""
    reached = {other for matter_set, _ in state.lines.candidates(no) for other in matter_set.windows}
    return [state.windows[other] for other in sorted(reached - {no})]


def _places(state: HallDay, able: frozenset[str]) -> list[View]:
    """Windows to which the ticket could be sent: open ones first, the shortest queue first."""
    found: list[tuple[bool, int, str]] = []
    for no in able:
        found.append((state.windows[no].phase is not WindowPhase.OPEN, state.lines.waiting_at(no), no))
    return [
        {
            "no": no,
            "zh": state.hall.windows[no].zh,
            "phase": state.windows[no].phase.value,
            "waiting": waiting,
            "busy": state.windows[no].ticket is not None,
        }
        for _, waiting, no in sorted(found)
    ]


def _pause_zh(state: HallDay, code: str) -> str:
    return next((r.zh for r in state.hall.settings.pause_reasons if r.code == code), code)
