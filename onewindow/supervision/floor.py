"""The floor (大厅现况): all that the supervisor's page shows of one committed state. Pure."""

from collections.abc import Iterable
from typing import Any

from onewindow.queue.state import ALIVE, HallDay, Ticket, TicketState, WindowPhase
from onewindow.queue.words import TICKET_EN, TICKET_ZH
from onewindow.supervision.alarm import Alarm
from onewindow.supervision.alarms import Silent, alarms, waits_since
from onewindow.supervision.paper_alarms import Paper
from onewindow.supervision.voice_alarms import Trouble
from onewindow.views.clock import hhmm
from onewindow.views.floor import zone_view
from onewindow.views.service import service_view
from onewindow.views.ticket import View


def floor_view(
    state: HallDay,
    now: int,
    devices: Iterable[Silent] = (),
    papers: Iterable[Paper] = (),
    voices: Iterable[Trouble] = (),
) -> View:
    """Everything at `now` (ms): the day, the windows, the zones with their waits, the alarms, today's counts."""
    return {
        "now_ms": now,
        "now_hhmm": hhmm(state.hall, now),
        "day": {"day": state.day, "phase": state.phase.value},
        "service": service_view(state) | {"note": state.suspended.note if state.suspended is not None else ""},
        "totals": _totals(state),
        "zones": [zone_view(state, code) | {"longest_ms": _longest(state, code)} for code in state.hall.zones],
        "windows": [_window(state, no) for no in state.windows],
        "carried": _carried(state),
        "alarms": [_alarm(state, alarm) for alarm in alarms(state, now, devices, papers, voices)],
    }


def remaining_view(state: HallDay, now: int) -> View:
    """Who remains at closing, and what each chose: called and served first, then by the time of issue."""
    alive = [t for t in state.tickets.values() if t.state in ALIVE]
    alive.sort(key=lambda t: (t.state not in (TicketState.CALLED, TicketState.SERVING), t.issued_at, t.order))
    return {
        "now_ms": now,
        "tickets": [_remaining(state, t) for t in alive],
        "undecided": sum(1 for t in alive if t.choice != "tomorrow"),
    }


def devices_of(screens: Iterable[dict[str, Any]], state: HallDay, now: int) -> list[Silent]:
    """The displays' own account of their screens ({"device", "silent_seconds", "muted"?, …}) as alarms take it.

    A zone's loudspeaker or a paired screen need not be one of the hall's devices; it then brings its own `zh`.
    """
    found = []
    for screen in screens:
        device = state.hall.devices.get(screen["device"])
        if device is None and "zh" in screen:
            found.append(
                Silent(
                    id=screen["device"],
                    zh=screen["zh"],
                    heard_at=now - 1000 * int(screen["silent_seconds"]),
                    muted=bool(screen.get("muted", False)),
                    zone=screen.get("zone"),
                )
            )
        if device is not None:
            found.append(
                Silent(
                    id=device.id,
                    zh=device.zh,
                    heard_at=now - 1000 * int(screen["silent_seconds"]),
                    muted=bool(screen.get("muted", False)),
                    zone=device.zones[0] if len(device.zones) == 1 else None,
                    window=device.window,
                )
            )
    return found


def _window(state: HallDay, no: str) -> View:
    window, static = state.windows[no], state.hall.windows[no]
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    reason = next((r for r in state.hall.settings.pause_reasons if r.code == window.reason), None)
    return {
        "no": no,
        "zone": window.zone,
        "kind": window.kind.value,
        "zh": static.zh,
        "en": static.en,
        "phase": window.phase.value,
        "since_ms": window.since,
        "reason_zh": reason.zh if reason is not None and window.phase is WindowPhase.PAUSED else "",
        "pause_after": window.pause_after or None,
        "public": window.public,
        "merged_into": window.merged_into,
        "clerk": window.clerk,
        "help": window.help,
        "served": window.served,
        "held": len(window.held),
        "waiting": state.lines.waiting_at(no),
        "number": ticket.number if ticket is not None else "",
        "state": _state(window.phase, ticket),
        "ticket_since_ms": (ticket.started_at or ticket.called_at) if ticket is not None else None,
    }


def _state(phase: WindowPhase, ticket: Ticket | None) -> str:
    """`closed`, `paused`, `idle`, `called` or `serving`."""
    if ticket is not None:
        return "serving" if ticket.state is TicketState.SERVING else "called"
    return "idle" if phase is WindowPhase.OPEN else phase.value


def _totals(state: HallDay) -> View:
    counts = dict.fromkeys((s.value for s in TicketState), 0)
    for ticket in state.tickets.values():
        counts[ticket.state.value] += 1
    return counts | {
        "issued": len(state.tickets),
        "consults": state.consults,
        "open_windows": sum(1 for w in state.windows.values() if w.phase is WindowPhase.OPEN),
    }


def _carried(state: HallDay) -> list[View]:
    """Who was taken over from the day before and still waits: the new number and the old one."""
    old = {carried.ticket: carried.number for carried in state.carried}
    return [
        {"number": t.number, "from": old.get(t.previous, t.previous), "state": t.state.value}
        for t in state.tickets.values()
        if t.previous is not None and t.channel == "carried" and t.state in ALIVE
    ]


def _longest(state: HallDay, zone: str) -> int | None:
    """When the one who has waited longest in the zone took the number, ms."""
    fronts = (
        waits_since(state.tickets[name])
        for matter_set in state.lines.sets.values()
        if matter_set.zone == zone
        for line in matter_set.lines.values()
        for _, _, name in line.places
    )
    return min(fronts, default=None)


def _alarm(state: HallDay, alarm: Alarm) -> View:
    return {
        "code": alarm.code,
        "urgency": int(alarm.urgency),
        "zh": alarm.zh,
        "en": alarm.en,
        "todo_zh": alarm.todo_zh,
        "todo_en": alarm.todo_en,
        "since_ms": alarm.since,
        "since_hhmm": hhmm(state.hall, alarm.since) if alarm.since is not None else "",
        "zone": alarm.zone,
        "window": alarm.window,
        "group": alarm.group,
        "tickets": list(alarm.tickets),
        "open_windows": list(alarm.open_windows),
    }


def _remaining(state: HallDay, ticket: Ticket) -> View:
    matter = state.hall.matters[ticket.matter] if ticket.matter is not None else None
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state.value,
        "state_zh": TICKET_ZH[ticket.state],
        "state_en": TICKET_EN[ticket.state],
        "window": ticket.window if ticket.state is not TicketState.WAITING else None,
        "what_zh": matter.zh if matter is not None else state.hall.groups[ticket.group].zh,
        "issued_ms": ticket.issued_at,
        "choice": ticket.choice,
        "group": ticket.group,
        "away": ticket.away_until is not None,
    }
