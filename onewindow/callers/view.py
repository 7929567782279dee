"""What a clerk's console shows of its window (窗口操作台): one value, computed from the committed state. Pure."""

from itertools import islice
from typing import Final

from onewindow.queue.capability import capable_windows, credit_of
from onewindow.queue.decide_undo import overtaken
from onewindow.queue.standing import waits_for
from onewindow.queue.state import ALIVE, HallDay, Stop, Ticket, WindowPhase, WindowState
from onewindow.queue.stopped import called_for, elapsed
from onewindow.routing.rules import rule_for
from onewindow.views.clock import hhmm
from onewindow.views.floor import public_window, waiting_in_line
from onewindow.views.service import service_view
from onewindow.views.ticket import View, shown_windows, staff_ticket

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
    "turn": ("本轮办完", "end of a turn"),
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
        **_service(state, window),
        "current": current_view(state, window, ticket, now) if ticket is not None else None,
        "onward": onward_view(state, window),
        "held": [held_view(state, state.tickets[name]) for name in window.held],
        "waiting_count": len(waiting),
        "waiting": [waiting_view(state, t) for t in islice(waiting, MOST)],
        "undo": undo_view(state, window, now),
        "matters": sorted(window.matters),
        "others_open": sum(1 for w in _colleagues(state, no) if w.phase is WindowPhase.OPEN),
        "merged_from": [w.no for w in state.windows.values() if w.merged_into == no],
        "heirs": [
            {"no": w.no, "zh": state.hall.windows[w.no].zh}
            for w in state.windows.values()
            if w.zone == window.zone and w.no != no and w.phase is WindowPhase.OPEN
        ],
    }


def _service(state: HallDay, window: WindowState) -> View:
    """What stops the hall, or a group that the window serves, as `views.service`, with the staff's own words."""
    seen, stop = service_view(state), state.suspended
    groups = {state.hall.matters[code].group for code in window.matters}
    return {
        "suspended": None if stop is None else seen["suspended"] | {"note": stop.note, "since_ms": stop.since},
        "break_until": seen["break_until"],
        "stopped_groups": [known for known in seen["stopped_groups"] if known["group"] in groups],
    }


def current_view(state: HallDay, window: WindowState, ticket: Ticket, now: int) -> View:
    """The ticket that is called to the window or served at it: its matters with their papers, where it could go.

    `no_show_left_ms` is what was left of the hall's time for a no-show at `now`; it runs unless `stands` names what
    stops the hall's clocks (`suspended`, `break`).
    """
    matters = [state.hall.matters[code] for code in ((ticket.matter, *ticket.more) if ticket.matter else ticket.more)]
    visit = [state.tickets[name] for name in state.visits[ticket.visit].tickets if name != ticket.id]
    purpose = state.hall.purpose(ticket.purpose)
    able = capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
    since, wanted = ticket.first_called_at or now, state.hall.settings.timing.no_show_after_seconds * 1000
    stop = _standing(state, since)
    return staff_ticket(state, ticket) | {
        "no_show_left_ms": max(0, wanted - called_for(state, since, now)),
        "stands": stop.kind if stop is not None else None,
        "moved_from": ticket.moved_from,
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
        "moved_from": ticket.moved_from,
        "marks": list(ticket.marks),
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
    left = timing.undo_minutes * 60_000 - elapsed(state, last.at, now)
    if left < 0 or overtaken(state, window, last):
        return None
    zh, en = UNDO_WORDS.get(last.what, (last.what, last.what))
    return {
        "what": last.what,
        "zh": zh,
        "en": en,
        "number": state.tickets[last.ticket].number,
        "until_ms": now + left,
        "reason_from_ms": last.at + timing.undo_reason_after_seconds * 1000,
    }


def onward_view(state: HallDay, window: WindowState) -> View | None:
    """Where the visitor whom the window has just finished goes on, until its next command; None: nowhere.

    `next` are the visit's other tickets that wait, with their windows; `left` the folders of an agent's later turns.
    """
    last = window.last
    if last is None or last.what not in ("finish", "turn", "next"):
        return None
    name = last.finished if last.what == "next" else last.ticket
    if name is None or name == window.ticket:
        return None
    done = state.tickets[name]
    others = (state.tickets[other] for other in state.visits[done.visit].tickets if other != name)
    rest = [t for t in others if t.state in ALIVE and t.id != window.ticket]
    left = done.copies + done.left if done.state in ALIVE else 0
    if not rest and not left:
        return None
    return {"number": done.number, "left": left, "next": [_step(state, ticket) for ticket in rest]}


def _step(state: HallDay, ticket: Ticket) -> View:
    windows, is_open = shown_windows(state, ticket)
    matter = state.hall.matters[ticket.matter] if ticket.matter is not None else None
    return {
        "number": ticket.number,
        "what_zh": matter.zh if matter is not None else state.hall.groups[ticket.group].zh,
        "windows": windows,
        "open": is_open,
        "after": [t.number for t in waits_for(state, ticket)],
    }


def _standing(state: HallDay, since: int) -> Stop | None:
    """What stops a window's clock that began at `since`, as `stopped.called_for` counts."""
    stops = (stop for stop in (state.suspended, state.on_break) if stop is not None)
    return next((stop for stop in stops if stop.since > since), None)


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
