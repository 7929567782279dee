"""What the device shows (评价器画面): the window, the number being served, the service that may be rated. Pure."""

from typing import Any, Final

from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase

RATE_MS: Final = 90_000
"""So long after its end a service is offered to be rated, while the visitor still stands there."""

View = dict[str, Any]


def device_view(state: HallDay, no: str, now: int) -> View:
    """The window, its clerk, the number there and its state, and `rate`: {"ticket", "number", "until_ms"} or None."""
    window = state.windows[no]
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    serving = ticket is not None and ticket.state is TicketState.SERVING
    last = None if serving else _to_rate(state, no, now)
    return {
        "window": no,
        "phase": window.phase.value,
        "clerk": window.clerk if window.phase is not WindowPhase.CLOSED else "",
        "now": ticket.number if ticket is not None else None,
        "state": ticket.state.value if ticket is not None else None,
        "rate": None
        if last is None
        else {"ticket": last.id, "number": last.number, "until_ms": (last.ended_at or 0) + RATE_MS},
    }


def _to_rate(state: HallDay, no: str, now: int) -> Ticket | None:
    """The latest service that ended here, if it is recent and has not been rated; never an older one."""
    done = [
        t
        for t in state.tickets.values()
        if t.window == no and t.state is TicketState.FINISHED and now - (t.ended_at or 0) <= RATE_MS
    ]
    latest = max(done, key=lambda t: t.ended_at or 0, default=None)
    return latest if latest is not None and latest.rating is None else None
