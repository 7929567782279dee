"""What a note says (推送内容): that it is nearly one's turn, or where to go. Pure; a number and a window, no more."""

import msgspec

from onewindow.queue.state import ALIVE, HallDay, TicketState
from onewindow.views.ticket import soon


class Note(msgspec.Struct, frozen=True):
    """A note, sent once for each `stage` of its ticket."""

    stage: str
    """"soon", or a call of the day: a recall is another one."""
    number: str
    zh: str
    en: str


def note_of(state: HallDay, ticket: str) -> Note | None:
    """What the ticket's holder should hear of now; None: nothing, or no such ticket today."""
    held = state.tickets.get(ticket)
    if held is None:
        return None
    if held.state is TicketState.CALLED and held.call is not None and state.suspended is None:
        window = held.window
        return Note(f"call-{held.call}", held.number, f"请到 {window} 号窗口", f"Please go to window {window}")
    if soon(state, held):
        return Note("soon", held.number, "请现在到窗口附近等", "Go now: wait near the window")
    return None


def over(state: HallDay, ticket: str) -> bool:
    """Whether nothing will ever be told of the ticket again: its day or its life is over."""
    held = state.tickets.get(ticket)
    return held is None or (held.state not in ALIVE and held.state is not TicketState.NO_SHOW)
