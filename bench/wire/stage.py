"""What the processes of the wire bench say to one another (台词), one JSON line each."""

from typing import Final

import msgspec

CALL: Final = b'"calls":[{'
"""In every frame that bears a call, and in no other."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """To the hall; `hall.obey` has the orders."""

    do: str
    count: int = 0


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """From the hall, once."""

    port: int
    raw: int
    """The port of the floor."""
    guide: str
    screen: str
    ahead_ms: int
    """How far the hall's clock is ahead of the machine's."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Of one call, or of the floor's like."""

    at: float
    """When its commit was durable: the system's steady clock, which all processes share."""
    cpu: float
    """Processor seconds of the hall's process until every frame was with the system …"""
    whole: float = 0.0
    """… and until everything else that follows from the call was done: the announcement's words, the answer."""
    size: int


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """To the followers: `connect`, `stall`, `let go`, `expect`, `both`, `drain` (so many ms), `hang up`, `yield`."""

    do: str
    port: int = 0
    paths: tuple[str, ...] = ()
    """WebSocket channels to follow; empty: raw connections."""
    token: str = ""
    count: int = 0
    group: str = ""
    mark: str = ""
    """What each of the group must get."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """From the followers, for each group asked for: when each connection had it, in the order of arrival."""

    groups: list[list[float]]
