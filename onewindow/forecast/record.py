"""What a simulated day leaves (模拟记录): one record for each turn at a window, the calls, the windows' busy time."""

import msgspec

from onewindow.queue.events import AnyEvent, TicketCalled

SERVED, LEFT, UNSERVED = "served", "left", "unserved"
"""How a turn or a visit ends: done; the visitor lost patience; no window was left that serves it."""


class Turn(msgspec.Struct, kw_only=True):
    """One wait and what came of it (一次等候). Times in ms since the epoch. A return makes a second turn."""

    visit: int
    """Index of the visit in the trace."""
    step: int
    """Index of the step in the visit."""
    again: bool
    """Back with a missing paper."""
    ticket: str
    number: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    applicant: str
    seniority: int
    windows: frozenset[str]
    """The matter set (事项集): who could serve it."""
    issued: int
    clock: int
    """When its wait began: on arrival, not before the appointed time, and anew after its visitor was at a window."""
    first_called: int | None = None
    """The first call; the wait ends here."""
    called: int | None = None
    """The call that led to the service."""
    window: str | None = None
    started: int | None = None
    ended: int | None = None
    left: int | None = None
    """When the visitor lost patience."""
    outcome: str = ""

    @property
    def waited_ms(self) -> int:
        """The wait: until the first call, or until the visitor left; until the day's end for the unserved."""
        ends = [at for at in (self.first_called, self.left) if at is not None]
        until = min(ends) if ends else self.ended
        return max(0, (self.clock if until is None else until) - self.clock)


class WindowUse(msgspec.Struct, kw_only=True):
    """How busy a window was."""

    planned_ms: int
    """Open by its plan."""
    busy_ms: int = 0
    """From each call until the window was free again, those who were called in vain included."""
    served: int = 0


class DayRecord(msgspec.Struct, kw_only=True):
    """A simulated day."""

    day: str
    turns: list[Turn]
    """In the order of issue."""
    visits: list[str]
    """Outcome of each visit of the trace: `served`, `left` or `unserved`."""
    calls: list[TicketCalled]
    """Every call with its reason."""
    windows: dict[str, WindowUse]
    events: list[AnyEvent]
    """The whole journal, if it was asked for; else empty."""
    ended: int
    """When the last visitor was done, ms since the epoch."""
