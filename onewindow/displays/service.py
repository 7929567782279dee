"""What stops the hall, a group or a window, as everybody reads it (停摆的公示). Pure; no word of the staff's own."""

from onewindow.queue.capability import capable_windows
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase
from onewindow.queue.words import SUSPENSIONS
from onewindow.views.clock import hhmm
from onewindow.views.ticket import View

EVACUATION = "evacuation"
ABSENT = (TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW)
"""Who may still set out for a window."""


def banner(state: HallDay) -> View | None:
    """What stops the hall's clocks now, for the large banner: a suspension before a break; None while they run.

    {"kind": "suspended"|"break", "zh", "en", "text_zh", "text_en", "wait_zh", "wait_en"}; `wait_*` stands where an
    expected wait would.
    """
    if (stop := state.suspended) is not None:
        why_zh, why_en = SUSPENSIONS.get(stop.reason, SUSPENSIONS["other"])
        since = hhmm(state.hall, stop.since)
        leaves = stop.reason == EVACUATION
        return {
            "kind": "suspended",
            "zh": f"暂停服务 · {why_zh}",
            "en": f"Service suspended · {why_en}",
            "text_zh": "请听从工作人员引导，次序保留" if leaves else f"{since} 起不计时，次序保留",
            "text_en": "Follow the staff; your place is kept" if leaves else f"Since {since}; your place is kept",
            "wait_zh": "暂停计时",
            "wait_en": "No time runs",
        }
    if (stop := state.on_break) is not None:
        until = hhmm(state.hall, stop.planned) if stop.planned else ""
        return {
            "kind": "break",
            "zh": f"午休，{until} 继续" if until else "午休",
            "en": f"Lunch break until {until}" if until else "Lunch break",
            "text_zh": "午休不计时，次序保留",
            "text_en": "No time runs; your place is kept",
            "wait_zh": "午休",
            "wait_en": "Lunch break",
        }
    return None


def stopped(state: HallDay, zone: str) -> list[View]:
    """The zone's groups that take no more numbers today, with the last one given: [{"letter", "zh", "last"}]."""
    return [
        {"letter": letter, "zh": state.hall.groups[letter].public_zh, "last": known.last or ""}
        for letter, known in state.stopped_groups.items()
        if state.hall.groups[letter].zone == zone
    ]


def stopped_notices(state: HallDay, zone: str | None = None) -> list[tuple[str, str]]:
    """The same as sentences for the foot of the screens, in Chinese and English; None: of all zones."""
    said = []
    for code in state.hall.zones:
        for one in stopped(state, code) if zone in (None, code) else []:
            group, last = state.hall.groups[one["letter"]], one["last"]
            zh, en = f"{one['zh']}已停止取号", f"No more numbers for {group.public_en or group.en}"
            said.append((f"{zh}，最后一号 {last}", f"{en}; the last is {last}") if last else (zh, en))
    return said


def heir(state: HallDay, no: str) -> str | None:
    """The working window that has taken this closed one's people over; None when it has none (any more)."""
    seen = {no}
    while (into := state.windows[no].merged_into) is not None and into not in seen:
        seen.add(into)
        no = into
    return no if len(seen) > 1 and state.windows[no].phase is not WindowPhase.CLOSED else None


def merged(state: HallDay, zone: str | None = None) -> list[tuple[str, str]]:
    """Closed windows with the window that took their people over, of one zone or of all."""
    closed = (w for w in state.windows.values() if w.merged_into is not None and zone in (None, w.zone))
    found = ((w.no, heir(state, w.no)) for w in closed)
    return [(no, into) for no, into in found if into is not None]


def moved_words(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """Where the people of merged windows go, in Chinese and English; empty when there are none."""
    zh = "；".join(f"{no} 号窗口已并入 {into} 号窗口" for no, into in pairs)
    return zh, "; ".join(f"Window {no} is now at window {into}" for no, into in pairs)


def moved(state: HallDay, ticket: Ticket) -> list[tuple[str, str]]:
    """The merged windows whose number the ticket's holder may have in mind, each with its heir.

    Whoever took the ticket after the merger never heard of the old window.
    """
    if ticket.state not in ABSENT or ticket.choice == "tomorrow" or not (pairs := merged(state)):
        return []
    able = capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
    return [(no, into) for no, into in pairs if no in able and ticket.issued_at < (state.windows[no].since or 0)]
