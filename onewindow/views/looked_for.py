"""Called visitors for whom somebody must leave the desk (请导办去找、陪同): for the guides' page. Never public."""

from onewindow.queue.state import HallDay, TicketState
from onewindow.views.clock import rfc3339
from onewindow.views.ticket import View


def looked_for(state: HallDay) -> list[View]:
    """The called tickets whose visitor doesn't hear and was not looked for yet, or waits for a helper.

    The longest called first. `deaf`: a guide should look, and then says so (`/api/tickets/{id}/absent`, or the
    visitor has come); `asked`: the window's clerk asks for it, because nobody has come. `accompany`: a helper should
    walk along (`/api/tickets/{id}/accompany`).
    """
    called = [state.tickets[w.ticket] for w in state.windows.values() if w.ticket is not None]
    found: list[tuple[int, View]] = []
    for ticket in called:
        deaf = "deaf" in ticket.marks and not ticket.absent
        accompany = "accompany" in ticket.marks and not ticket.accompanied
        if ticket.state is not TicketState.CALLED or ticket.window is None or not (deaf or accompany):
            continue
        view: View = {
            "id": ticket.id,
            "number": ticket.number,
            "window": ticket.window,
            "window_zh": state.hall.windows[ticket.window].zh,
            "since": rfc3339(state.hall, ticket.first_called_at or 0),
            "since_ms": ticket.first_called_at,
            "deaf": deaf,
            "asked": deaf and state.windows[ticket.window].help,
            "accompany": accompany,
        }
        found.append((ticket.first_called_at or 0, view))
    return [view for _, view in sorted(found, key=lambda pair: pair[0])]
