"""The projection (投影): which cells a commit's events touch. Pure.

It may name a cell that turns out unchanged, never leave one out that changed: folding a snapshot and the touched
cells gives what a fresh snapshot holds. What depends on a queue (the zones' figures, the places of those who wait) is
told apart from what people act upon at once (calls, windows), because it may be shown a little later.
"""

from collections.abc import Sequence

import msgspec

from onewindow.displays.cells import Cells
from onewindow.displays.channels import Channel, Kind
from onewindow.displays.holder import call_id
from onewindow.queue import events as ev
from onewindow.queue.capability import capable_windows, windows_of
from onewindow.queue.journal import Entry
from onewindow.queue.state import HallDay, Ticket, WindowState
from onewindow.zones.model import Hall, Window, WindowKind

DAY_EVENTS = (ev.DayOpened, ev.IntakeStopped, ev.IntakeResumed, ev.DayClosed)
STOP_EVENTS = (ev.BreakStarted, ev.BreakEnded, ev.ServiceSuspended, ev.ServiceResumed, ev.OutageNoted)
"""Events after which clocks stand still, or run again, for everybody."""
GROUP_EVENTS = (ev.GroupStopped, ev.GroupResumed)
PHASE_EVENTS = (ev.WindowOpened, ev.WindowPaused, ev.WindowClosed)
UNROOTED = (
    ev.TicketRerouted,
    ev.TicketSettled,
    ev.TicketReturned,
    ev.HeldReleased,
    ev.CommandUndone,
    ev.WindowMattersChanged,
    ev.WindowMerged,
    ev.DayOpened,
)
"""Events after which nothing tells in which line a ticket stood before: every queue may have moved."""


class Called(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call, a recall or a correction, as the displays flash it once (叫号、重呼、更正)."""

    id: str
    number: str
    window: str
    group_zh: str
    kind: str
    at: int
    """When it was made, ms."""


class Touched(msgspec.Struct):
    """What a commit's events have touched."""

    windows: set[str] = msgspec.field(default_factory=set)
    """Windows that look different."""
    queues: set[str] = msgspec.field(default_factory=set)
    """Windows whose queue or whose colleagues changed: it may count for everybody whom one of them may call."""
    zones: set[str] = msgspec.field(default_factory=set)
    """Zones of which more or fewer people wait."""
    tickets: set[str] = msgspec.field(default_factory=set)
    """Tickets that changed themselves."""
    day: bool = False
    stops: bool = False
    """The hall's clocks stand still, or run again."""
    phases: bool = False
    """A window opened, paused, closed or merged, or a group's intake: what the notices tell of."""
    everything: bool = False
    calls: list[Called] = msgspec.field(default_factory=list)

    def merge(self, later: "Touched") -> None:
        """Add what a later commit touched; its calls are its own."""
        self.windows |= later.windows
        self.queues |= later.queues
        self.zones |= later.zones
        self.tickets |= later.tickets
        self.day |= later.day
        self.phases |= later.phases
        self.stops |= later.stops
        self.everything |= later.everything


class Projection:
    """Tells what events touch in one hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._interest = {
            code: frozenset(zone.windows).union(*(g.windows for g in hall.groups.values() if g.zone == code))
            for code, zone in hall.zones.items()
        }
        """The windows that a zone's figures depend on: its own, and those that its groups are served at."""
        self._rooted: bool | None = None
        """Whether every window serves what the hall's files say; None: not looked at since that may have changed."""

    def touched(self, state: HallDay, entries: Sequence[Entry], *, fresh: bool = False) -> Touched:
        """What these entries have touched; `state` is the one after them. `fresh`: another object than before."""
        found = Touched()
        if fresh or any(isinstance(event, ev.WindowMattersChanged) for entry in entries for event in entry.events):
            self._rooted = None
        if self._rooted is None:
            self._rooted = all(_as_filed(self._hall.windows[no], window) for no, window in state.windows.items())
        for entry in entries:
            for event in entry.events:
                _touch(state, event, found, self._rooted)
        if found.everything:
            found.queues = set(state.windows)
        else:
            found.queues = _reach(state, found.queues)
        return found

    def now(self, state: HallDay, touched: Touched, channel: Channel) -> set[str]:
        """The touched cells of a channel that are shown at once."""
        keys = {"day"} if touched.day else set()
        if touched.stops:
            keys.add("service")
        if (touched.day or touched.phases) and channel.kind in (Kind.HALL, Kind.ZONE):
            keys.add("notice")
        match channel.kind:
            case Kind.HALL:
                keys |= {f"{what}/{no}" for no in touched.windows for what in ("window", "call")}
            case Kind.ZONE:
                keys |= {f"window/{no}" for no in touched.windows if state.windows[no].zone == channel.name}
            case Kind.WINDOW if channel.name in touched.windows:
                keys.add("strip")
            case Kind.TICKET if channel.name in touched.tickets:
                keys |= {"ticket", "passed"}
            case Kind.SUPERVISOR:
                keys |= {f"window/{no}" for no in touched.windows}
        return keys

    def later(self, state: HallDay, touched: Touched, channel: Channel, cells: Cells | None = None) -> set[str]:
        """The touched cells of a channel that depend on a queue, and may be shown a little later.

        `cells`: of this state, if there are any already.
        """
        match channel.kind:
            case Kind.HALL | Kind.SUPERVISOR:
                appointed = (cells or Cells(state)).appointed
                codes = (code for code in self._hall.zones if code in appointed or self._moved(touched, code))
                keys = {f"zone/{code}" for code in codes}
                return keys | {"totals"} if channel.kind is Kind.SUPERVISOR else keys
            case Kind.ZONE:
                moved = self._moved(touched, channel.name) or channel.name in (cells or Cells(state)).appointed
                return {"zone"} if moved else set()
            case Kind.TICKET:
                ticket = state.tickets.get(channel.name)
                if ticket is None or touched.everything or _known_to(state, ticket) & touched.queues:
                    return {"ticket", "passed"}
        return set()

    def _moved(self, touched: Touched, zone: str) -> bool:
        """Whether the zone's figures may have changed."""
        return touched.everything or zone in touched.zones or bool(self._interest[zone] & touched.queues)

    def keys(self, state: HallDay, touched: Touched, channel: Channel) -> set[str]:
        """All touched cells of a channel."""
        return self.now(state, touched, channel) | self.later(state, touched, channel)


def project(state: HallDay, entries: Sequence[Entry], channels: Sequence[Channel]) -> dict[Channel, set[str]]:
    """The touched cells of each of these channels that has any; `state` is the one after the entries."""
    projection = Projection(state.hall)
    touched = projection.touched(state, entries)
    found = {channel: projection.keys(state, touched, channel) for channel in channels}
    return {channel: keys for channel, keys in found.items() if keys}


def _touch(state: HallDay, event: ev.AnyEvent, found: Touched, rooted: bool) -> None:
    """Note what one event touches. `rooted`: every window serves what the hall's files say."""
    if isinstance(event, DAY_EVENTS):
        found.day = True
    if isinstance(event, STOP_EVENTS):
        found.stops = found.day = found.everything = True
        found.windows |= set(state.windows)
    if isinstance(event, GROUP_EVENTS):
        found.phases = True
        found.zones.add(state.hall.groups[event.group].zone)
    if isinstance(event, (*PHASE_EVENTS, ev.WindowMerged)):
        found.phases = True
        # A window that points to this one looks otherwise when this one opens or closes.
        found.windows |= {w.no for w in state.windows.values() if w.merged_into is not None}
        # Who counts how early at a comprehensive window depends on which specialists are open: people may come to
        # stand before or behind others at windows that this one shares nothing with but those people.
        found.queues |= set(state.windows)
    if isinstance(event, UNROOTED):
        found.everything = True
    window: str | None = getattr(event, "window", None)
    if window is not None:
        found.windows.add(window)
        found.queues.add(window)
    name: str | None = getattr(event, "ticket", None)
    if name is not None:
        found.everything |= not rooted
        _touch_ticket(state, name, found)
    if isinstance(event, (*UNROOTED, ev.TicketCancelled, ev.TicketAbandoned)):
        # One of them may have held the ticket, or had it before the undo: the event doesn't tell which.
        found.windows |= set(state.windows)
    if (called := _called(state, event)) is not None:
        found.calls.append(called)


def _known_to(state: HallDay, ticket: Ticket) -> frozenset[str]:
    """The windows that the ticket's page tells of: those that may call it, and those that could have."""
    windows = windows_of(state, ticket)
    if ticket.bound is None:
        return windows
    return windows | capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)


def _as_filed(static: Window, window: WindowState) -> bool:
    """Whether the window serves what the hall's files say: the supervisor has changed nothing."""
    return window.matters is static.matters and window.public is (static.kind is not WindowKind.AGENT)


def _touch_ticket(state: HallDay, name: str, found: Touched) -> None:
    """The ticket, and the others of its visit: they rest while it is busy."""
    for other in state.visits[state.tickets[name].visit].tickets:
        ticket = state.tickets[other]
        found.tickets.add(other)
        found.zones.add(ticket.zone)
        found.queues |= capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
        if ticket.bound is not None:
            found.queues.add(ticket.bound)
        if ticket.window is not None:
            # A called ticket's class may be confirmed, its matter set: its window shows what is public of that.
            found.windows.add(ticket.window)


def _reach(state: HallDay, queues: set[str]) -> set[str]:
    """These windows and all colleagues that share a line with one of them: work shifts among them."""
    reached = set(queues)
    for no in queues:
        for matter_set in state.lines.by_window[no]:
            reached |= matter_set.windows
    return reached


def _called(state: HallDay, event: ev.AnyEvent) -> Called | None:
    if isinstance(event, ev.TicketCalled | ev.TicketRecalled):
        kind = "call" if isinstance(event, ev.TicketCalled) else "recall"
        name, number = call_id(state, event.call), state.tickets[event.ticket].number
    elif isinstance(event, ev.CommandUndone) and event.what in ("call", "next"):
        kind, number = "correction", state.tickets[event.ticket].number
        name = f"{state.day.replace('-', '')}-{event.window}-{event.at}"
    else:
        return None
    group = state.hall.groups[state.tickets[event.ticket].group]
    return Called(id=name, number=number, window=event.window, group_zh=group.public_zh, kind=kind, at=event.at)
