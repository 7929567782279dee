"""Channels (频道): the streams that a display may follow, by name.

`hall`, `zone/<code>`, `window/<no>`, `ticket/<id>`, `supervisor`. A channel's content is a flat mapping from a cell's
key to a value that JSON can carry; `docs/adr/0004-one-frame-per-channel.md` has the keys.
"""

from enum import StrEnum

import msgspec

from onewindow.queue.state import HallDay


class Kind(StrEnum):
    """What a channel is about."""

    HALL = "hall"
    ZONE = "zone"
    WINDOW = "window"
    TICKET = "ticket"
    SUPERVISOR = "supervisor"


class Channel(msgspec.Struct, frozen=True):
    """One stream of frames (频道)."""

    kind: Kind
    name: str = ""
    """The zone's code, the window's number or the ticket's id; empty for the other kinds."""

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else str(self.kind)

    @property
    def public(self) -> bool:
        """Whether anybody may follow it; a ticket's is its holder's, the supervisor's is staff's."""
        return self.kind in (Kind.HALL, Kind.ZONE, Kind.WINDOW)

    @property
    def private(self) -> bool:
        """Whether it may hold what the public must not see."""
        return self.kind is Kind.SUPERVISOR

    @property
    def screen(self) -> bool:
        """Whether it is shown in the hall, and so served before the phones."""
        return self.kind is not Kind.TICKET


HALL = Channel(Kind.HALL)
SUPERVISOR = Channel(Kind.SUPERVISOR)


def zone(code: str) -> Channel:
    """A zone's channel."""
    return Channel(Kind.ZONE, code)


def window(no: str) -> Channel:
    """A window's channel; `no` as in the hall's files."""
    return Channel(Kind.WINDOW, no)


def ticket(name: str) -> Channel:
    """A ticket's channel; `name` is the ticket's id."""
    return Channel(Kind.TICKET, name)


def exists(state: HallDay, channel: Channel) -> bool:
    """Whether the hall has such a channel today."""
    match channel.kind:
        case Kind.ZONE:
            return channel.name in state.hall.zones
        case Kind.WINDOW:
            return channel.name in state.windows
        case Kind.TICKET:
            return channel.name in state.tickets
        case _:
            return True
