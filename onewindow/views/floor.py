"""Windows and zones as the API and the pages show them."""

from collections.abc import Iterator

from onewindow.forecast.waits import newcomer_wait, outward
from onewindow.queue.capability import capable_windows
from onewindow.queue.state import HallDay, Ticket, TicketState
from onewindow.queue.words import PHASE_EN, PHASE_ZH
from onewindow.views.ticket import View, public_ticket, staff_ticket, wait_view


def public_window(state: HallDay, no: str) -> View:
    """A window on a public screen: its phase, and the number that is called to it or served at it."""
    window, static = state.windows[no], state.hall.windows[no]
    reason = next((r for r in state.hall.settings.pause_reasons if r.code == window.reason), None)
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    return {
        "no": no,
        "zone": window.zone,
        "kind": window.kind.value,
        "zh": static.public_zh or static.zh,
        "en": static.public_en or static.en,
        "phase": window.phase.value,
        "phase_zh": PHASE_ZH[window.phase],
        "phase_en": PHASE_EN[window.phase],
        "reason_zh": reason.zh if reason else "",
        "reason_en": reason.en if reason else "",
        "public": window.public,
        "merged_into": window.merged_into,
        "ticket": public_ticket(state, ticket) if ticket is not None else None,
    }


def waiting_in_line(state: HallDay, no: str) -> Iterator[Ticket]:
    """The tickets that window `no` could call, in the order of their static key."""
    places = [
        (place[0] - line.credit, place[1], place[2])
        for _, line in state.lines.candidates(no)
        for place in line.places
    ]
    for _, _, ticket in sorted(places):
        yield state.tickets[ticket]


def staff_window(state: HallDay, no: str, most: int = 30) -> View:
    """A window for its clerk: the current ticket whole, what it holds, who waits (the first `most`) and how many."""
    window = state.windows[no]
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    waiting = list(waiting_in_line(state, no))
    return public_window(state, no) | {
        "clerk": window.clerk,
        "pause_after": window.pause_after or None,
        "help": window.help,
        "served": window.served,
        "current": staff_ticket(state, ticket) if ticket is not None else None,
        "held": [staff_ticket(state, state.tickets[t]) for t in window.held],
        "waiting_count": len(waiting),
        "waiting": [staff_ticket(state, t) for t in waiting[:most]],
        "undo": (
            None
            if window.last is None
            else {"what": window.last.what, "at_ms": window.last.at, "ticket": window.last.ticket}
        ),
        "matters": sorted(window.matters),
    }


def zone_view(state: HallDay, code: str) -> View:
    """A zone on a public screen: who waits, how many windows are open, the wait of a usual newcomer.

    One figure for many groups: the groups' waits, weighted by how many visitors each usually has.
    """
    zone = state.hall.zones[code]
    groups = [group_view(state, letter) for letter, group in state.hall.groups.items() if group.zone == code]
    sums, visits = [0.0, 0.0, 0.0], 0.0
    for group in groups:
        if (known := group["wait"]) is not None:
            share = max(state.hall.groups[group["letter"]].daily_visits, 0.1)
            sums = [sum_ + share * known[end] for sum_, end in zip(sums, ("low", "expected", "high"), strict=True)]
            visits += share
    wait = wait_view(outward(*(sum_ / visits for sum_ in sums))) if visits else None
    return {
        "code": code,
        "zh": zone.zh,
        "short_zh": zone.short_zh,
        "en": zone.en,
        "hue": zone.hue,
        "waiting": sum(g["waiting"] for g in groups),
        "open": sum(1 for no in zone.windows if no in state.lines.open),
        "windows": len(zone.windows),
        "wait": wait,
    }


def group_view(state: HallDay, letter: str) -> View:
    """A group at the desk: who waits, the windows that are open for it, the wait of a newcomer of standard class."""
    group = state.hall.groups[letter]
    windows = capable_windows(state, group.zone, letter, None, "handle")
    order = len(state.tickets) + 1
    wait = newcomer_wait(state, windows) if windows else None
    return {
        "letter": letter,
        "zone": group.zone,
        "zh": group.public_zh,
        "en": group.public_en or group.en,
        "waiting": state.waiting[letter],
        "open": state.lines.open_among(windows),
        "windows": sorted(windows),
        "ahead": state.lines.ahead(windows, state.last_at, order),
        "wait": wait_view(wait),
    }


def current_calls(state: HallDay) -> list[View]:
    """The calls that stand on the board: tickets that are called or served, newest call first."""
    standing = [state.tickets[w.ticket] for w in state.windows.values() if w.ticket is not None]
    standing.sort(key=lambda t: t.call or 0, reverse=True)
    return [public_ticket(state, t) | {"recalled": t.recalls > 0} for t in standing if t.state is TicketState.CALLED]
