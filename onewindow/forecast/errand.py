"""A visit under way (办事途中), and how people act where the trace leaves it open."""

import msgspec

from onewindow.forecast.trace import Visit


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """How people act where the trace leaves it open."""

    walk_ms: int = 30_000
    """From the call until the service begins: the call, the walk, the seat."""
    absent_ms: int = 45_000
    """Time that a window loses on somebody who doesn't come; at least what the hall's files demand."""
    same_window: bool = True
    """With a missing paper the visitor goes back to the same window, as the hall works; else to any capable one."""


class TraceFault(ValueError):
    """The core refused what the trace or the plan asks: they don't fit the hall. Says what and why."""


class Errand:
    """A visit under way."""

    __slots__ = ("done", "free_since", "gone", "halfway", "id", "index", "taken", "tickets", "visit")

    def __init__(self, index: int, visit: Visit) -> None:
        self.index = index
        self.visit = visit
        self.id = ""
        self.tickets: list[str] = []
        self.taken: set[int] = set()
        """Steps that have a number, or will have one after their lag."""
        self.halfway: set[int] = set()
        """Steps that lack a paper."""
        self.done: set[int] = set()
        self.gone = False
        self.free_since = 0
        """When a window last let the person go, ms since the epoch."""
