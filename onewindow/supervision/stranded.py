"""Whom a closing window would leave behind (谁没有窗口), and which windows can take them. Pure."""

from collections.abc import Iterable
from typing import Final

from onewindow.queue.decide_moves import stranded, would_serve
from onewindow.queue.state import HallDay, Ticket, WindowPhase, WindowState
from onewindow.queue.words import TICKET_ZH
from onewindow.views.ticket import View
from onewindow.zones.model import WindowKind

APART: Final = (WindowKind.ISSUING, WindowKind.AGENT)


def stranded_view(state: HallDay, no: str, matters: Iterable[str] | None = None) -> View:
    """What closing window `no` would do, or letting it serve only `matters`.

    {"window", "tickets": those that nobody would serve any more, "own": held by it or transferred to it,
    "heirs": open windows of its zone, whoever could take most of them as it is first}.
    """
    window = state.windows[no]
    kept = frozenset(matters) if matters is not None else frozenset[str]()

    def keeps(ticket: Ticket) -> bool:
        return matters is not None and would_serve(ticket, kept, window.public)

    left = stranded(state, window, keeps)
    own = [] if matters is not None else [t for t in state.alive() if t.id in window.held or t.bound == no]
    heirs = [
        w for w in state.windows.values() if w.zone == window.zone and w.no != no and w.phase is WindowPhase.OPEN
    ]
    # An issuing or an agents' window can take them, too, but is the last one to ask.
    heirs.sort(key=lambda w: (-_takes(w, left), w.kind in APART, state.lines.waiting_at(w.no), w.no))
    return {
        "window": no,
        "tickets": [_ticket(state, t) for t in left],
        "own": [_ticket(state, t) for t in own if t not in left],
        "heirs": [
            {
                "no": heir.no,
                "zh": state.hall.windows[heir.no].zh,
                "clerk": heir.clerk,
                "waiting": state.lines.waiting_at(heir.no),
                "takes": _takes(heir, left),
                "busy": heir.ticket is not None,
            }
            for heir in heirs
        ],
    }


def _takes(heir: WindowState, left: list[Ticket]) -> int:
    """How many of them it serves by its own matters already; the others come with the merge."""
    return sum(ticket.matter in heir.matters for ticket in left)


def _ticket(state: HallDay, ticket: Ticket) -> View:
    matter = state.hall.matters[ticket.matter] if ticket.matter is not None else None
    return {
        "id": ticket.id,
        "number": ticket.number,
        "state_zh": TICKET_ZH[ticket.state],
        "what_zh": matter.zh if matter is not None else state.hall.groups[ticket.group].zh,
        "issued_ms": ticket.issued_at,
    }
