"""What a ticket's holder follows on the phone (持号人看到的): where it stands, why, and what to do now. Pure."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import islice, takewhile

from onewindow.displays.service import moved, moved_words
from onewindow.queue.capability import windows_of
from onewindow.queue.decide_desk import ahead_of
from onewindow.queue.standing import waits_for
from onewindow.queue.state import ALIVE, HallDay, Ticket, TicketState
from onewindow.queue.stopped import away_ends_at, standing_still
from onewindow.queue.words import TICKET_EN, TICKET_ZH
from onewindow.routing.reasons import reason
from onewindow.views.clock import hhmm, rfc3339
from onewindow.views.marks import mark_of
from onewindow.views.ticket import OWN_WORDS, View, shown_windows, soon, wait_of, wait_view

CARRIED = "carried"
"""The channel of a ticket that was taken over from the day before."""
PASSED = 6
"""How many of those who went first a phone is told."""


def call_id(state: HallDay, call: int) -> str:
    """A call's id beyond its day, for example "20261124-17"; a recall has another one."""
    return f"{state.day.replace('-', '')}-{call}"


def holder_cell(state: HallDay, ticket: Ticket) -> View:
    """A ticket as its holder's phone follows it."""
    group, zone = state.hall.groups[ticket.group], state.hall.zones[ticket.zone]
    windows, is_open = shown_windows(state, ticket)
    waiting = ticket.state is TicketState.WAITING
    at_window = ticket.state in (TicketState.CALLED, TicketState.SERVING)
    busy = state.visits[ticket.visit].busy
    moved_zh, moved_en = moved_words(moved(state, ticket))
    return {
        "number": ticket.number,
        "zone": ticket.zone,
        "zone_zh": zone.short_zh,
        "hue": zone.hue,
        "group_zh": group.public_zh,
        "group_en": group.public_en or group.en,
        "state": ticket.state.value,
        "state_zh": TICKET_ZH[ticket.state],
        "state_en": TICKET_EN[ticket.state],
        "window": ticket.window if at_window else None,
        "call": call_id(state, ticket.call) if at_window and ticket.call is not None else "",
        "since": rfc3339(state.hall, ticket.called_at) if at_window and ticket.called_at else None,
        "recalled": at_window and ticket.recalls > 0,
        "priority": (mark := mark_of(state, ticket)) == "priority",
        "booked": mark == "booked",
        "windows": windows,
        "open": is_open,
        "moved_zh": moved_zh,
        "moved_en": moved_en,
        "ahead": ahead_of(state, ticket) if waiting else 0,
        "wait": wait_view(wait_of(state, ticket)),
        "issued": hhmm(state.hall, ticket.issued_at),
        "carried_from": carried_from(state, ticket),
        "away_until": away_until(state, ticket),
        "after": [t.number for t in waits_for(state, ticket)],
        "elsewhere": state.tickets[busy].number if waiting and busy is not None else None,
        "can_step_away": waiting and ticket.away_until is None and not ticket.away_used,
        "can_return": ticket.away_until is not None or ticket.state in (TicketState.NO_SHOW, TicketState.HELD),
        "can_cancel": ticket.state in (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW),
        "alive": ticket.state in ALIVE or ticket.state is TicketState.NO_SHOW,
        **folders(ticket),
        **lead(state, ticket),
        **_own_reason(state, ticket),
        "soon": soon(state, ticket),
        "can_rate": can_rate(ticket),
        "rated": ticket.rating,
        "papers": papers_mark(ticket),
    }


def can_rate(ticket: Ticket) -> bool:
    """Whether its service is over and nobody has rated it, neither here nor at the window."""
    return ticket.state is TicketState.FINISHED and ticket.window is not None and ticket.rating is None


def carried_from(state: HallDay, ticket: Ticket) -> str:
    """The number that the ticket had on the day before; empty for one that was issued today."""
    if ticket.channel != CARRIED:
        return ""
    return next((old.number for old in state.carried if old.ticket == ticket.previous), "")


def folders(ticket: Ticket) -> View:
    """An agent's turns in words: which one this is, and what is left for later; empty for everybody else."""
    if (ticket.turn == 1 and not ticket.left) or ticket.state not in ALIVE:
        return {"folders_zh": "", "folders_en": ""}
    zh, en = f"第 {ticket.turn} 轮：{ticket.copies} 件", f"Turn {ticket.turn}: {ticket.copies} folders"
    if ticket.left:
        zh, en = f"{zh}，其后还有 {ticket.left} 件", f"{en}, {ticket.left} more later"
    return {"folders_zh": zh, "folders_en": en}


def away_until(state: HallDay, ticket: Ticket) -> str | None:
    """When the time away ends, "10:40"; while the clocks stand still what is left of it; None for who isn't away."""
    at = state.last_at
    ends = away_ends_at(state, ticket, at)
    if ends is None:
        return None
    if standing_still(state) is None:
        return hhmm(state.hall, ends)
    return f"{max(-(-(ends - at) // 60_000), 0)} 分钟"


def lead(state: HallDay, ticket: Ticket) -> View:
    """The sentence under a ticket's number: where it stands, or what to do now."""
    zh, en = _lead(state, ticket)
    return {"lead_zh": zh, "lead_en": en}


def _lead(state: HallDay, ticket: Ticket) -> tuple[str, str]:
    window = ticket.window
    match ticket.state:
        case TicketState.CALLED if state.suspended is not None:
            return f"已叫到 {window} 号窗口，恢复服务后再过去", f"Called to window {window}; go when service resumes"
        case TicketState.CALLED:
            return f"请到 {window} 号窗口", f"Please go to window {window}"
        case TicketState.SERVING:
            return f"正在 {window} 号窗口办理", f"Being served at window {window}"
        case TicketState.WAITING:
            return _waiting(state, ticket)
        case TicketState.HELD if ticket.choice == "tomorrow":
            return (
                "转下一个工作日，到时本页或导询台给您新号",
                "Moved to the next working day; you get a new number then",
            )
        case TicketState.HELD if ticket.bound is not None:
            return f"已挂起，备齐后回到 {ticket.bound} 号窗口", f"On hold; come back to window {ticket.bound}"
        case TicketState.HELD:
            return "已挂起，备齐后回到导询台", "On hold; come back to the guide desk"
        case TicketState.NO_SHOW:
            return "已过号，请尽快找导询台，不用重新取号", "You were missed; see the guide desk soon"
    return TICKET_ZH[ticket.state], TICKET_EN[ticket.state]


def _waiting(state: HallDay, ticket: Ticket) -> tuple[str, str]:
    busy = state.visits[ticket.visit].busy
    if (until := away_until(state, ticket)) is not None:
        if standing_still(state) is not None:
            minutes = until.removesuffix(" 分钟")
            return f"已暂离，现在不计时；继续后还有 {until}", f"You stepped out; no time runs, {minutes} min remain"
        return f"已暂离，请在 {until} 前回来", f"You stepped out; be back by {until}"
    if busy is not None:
        other = state.tickets[busy].number
        return f"您的 {other} 正在办理，本号次序保留", f"{other} of yours is being served; this one keeps its place"
    if first := waits_for(state, ticket):
        others = [t.number for t in first]
        return f"先办 {'、'.join(others)}，办完轮到本号", f"{', '.join(others)} first, then this one"
    ahead = ahead_of(state, ticket)
    return (f"前面 {ahead} 人", f"{ahead} ahead of you") if ahead else ("下一位就是您", "You are next")


def passed(state: HallDay, mine: Ticket, called: Iterable[Ticket]) -> list[View] | None:
    """Who was called before this ticket at its windows though they had come later, and why, newest first.

    `called`: the day's called tickets, the last call first.
    """
    if mine.state is not TicketState.WAITING:
        return None
    windows = windows_of(state, mine)
    since = takewhile(lambda t: (t.called_at or 0) >= mine.issued_at, called)
    found = islice((t for t in since if t.window in windows and _after(t, mine)), PASSED)
    return [
        {
            "number": t.number,
            "window": t.window,
            "at": hhmm(state.hall, t.first_called_at or 0),
            "zh": passed_words(t)[0],
            "en": passed_words(t)[1],
        }
        for t in found
    ]


def papers_mark(ticket: Ticket) -> str:
    """Changes when the ticket's matters change, so that the phone fetches its papers anew; says nothing else."""
    return sha256("\n".join((ticket.id, ticket.matter or "", *ticket.more)).encode()).hexdigest()[:8]


def passed_words(ticket: Ticket) -> tuple[str, str]:
    """Why a later ticket was called first, in words that tell nothing of its person but 优先."""
    term = ticket.why.term if ticket.why is not None else "clerk"
    priority = ("优先", "Priority")
    known = {
        "credit": priority,
        "both": priority,
        "head_start": ("只有综合窗口能办", "Only a comprehensive window can do it"),
        "held": ("先前已在窗口办理，补齐后继续", "Was at the window before, and went on"),
        "clerk": ("指定叫号，理由已记录", "Called out of order, on record"),
        "rule": ("按号先到，或您的事项不在该窗口优先序内", "First by the rule of that window"),
    }
    return known.get(term, ("该窗口可办的最早一位", "The earliest that window could serve"))


def _own_reason(state: HallDay, ticket: Ticket) -> View:
    if ticket.why is None or ticket.state not in (TicketState.CALLED, TicketState.SERVING):
        return {"why": None, "why_en": None}
    # The clerk's own words may name a class.
    said = OWN_WORDS if ticket.why.term == "clerk" else reason(ticket.why, lambda at: hhmm(state.hall, at))
    return {"why": said.zh, "why_en": said.en}


def _after(other: Ticket, mine: Ticket) -> bool:
    """Whether `other` had come later than `mine`."""
    return (other.seniority, other.order) > (mine.seniority, mine.order)
