"""A snapshot (快照): one area of the hall at one moment, as plain data: all that driving it forward needs.

An **area** (片区) is the windows that belong together, because they share a matter set or a zone; usually a zone.
What is known of the state comes from the core; how long things take and who else will come comes from what was
learned (`onewindow.forecast.model`). Times are ms since the epoch; a window, an aim or a visit is named by its place.
"""

from typing import Final

import msgspec

from onewindow.forecast.areas import Aim, Area
from onewindow.forecast.breaks import Hours, breaks_of, hours_of
from onewindow.forecast.model import Coming, Model, coming, rates, ratio_of
from onewindow.queue.capability import credit_of
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase, WindowState
from onewindow.zones.model import Hall, WindowKind

READY_MS: Final = 15_000
"""A free window with people waiting: its clerk is about to call; so long at most from when it became free."""


class Record(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The base: compact on the way to the worker."""


class WindowAt(Record, frozen=True, kw_only=True):
    """A window (窗口)."""

    no: str
    zone: str
    comprehensive: bool
    open: bool
    idle_since: int
    busy: bool
    """A ticket is called or served there, or the clerk is about to call."""
    mean_ms: float = 0.0
    """Expected length of the current service; 0: only what `rest_ms` says."""
    elapsed_ms: int = -1
    """How long it has lasted; -1: not begun."""
    rest_ms: int = 0
    """What comes beside the service: the rest of the walk, the pause until the next call."""
    visit: int = -1
    clears: bool = False
    """Before its next break it goes on until nobody waits whom it serves."""
    breaks: tuple[tuple[int, int], ...] = ()
    """When it is closed, [start, end), in order; the first of a closed window ends when it comes back."""


class TicketAt(Record, frozen=True, kw_only=True):
    """A ticket that waits, rests or is away (号票), in issue order."""

    id: str
    aim: int
    bound: int
    """The one window that may call it, or -1."""
    credit: int
    seniority: int
    issued_at: int
    work: float
    """Minutes, as the rule counts them."""
    mean_ms: float
    visit: int
    resting: bool = False
    away_until: int | None = None
    away_more: float = 0.0
    """How long after that it stays away on average, ms; 0: it comes back just then."""


class AimAt(Record, frozen=True, kw_only=True):
    """What is wanted (要办的事): the windows that serve it, and how often people come for it."""

    zone: str
    group: str
    matter: str | None
    purpose: str
    windows: tuple[int, ...]
    work: float
    mean_ms: float
    share: float
    """Of the area's arrivals."""


class Snapshot(Record, frozen=True, kw_only=True):
    """One area at `at`."""

    day: str
    at: int
    area: str
    windows: tuple[WindowAt, ...]
    aims: tuple[AimAt, ...]
    tickets: tuple[TicketAt, ...]
    sets: tuple[tuple[int, ...], ...]
    """The matter sets in the order in which the core made them, with …"""
    work: tuple[float, ...]
    """… the minutes that wait in each, to the bit."""
    credits: tuple[int, ...]
    credit_shares: tuple[float, ...]
    rates: tuple[tuple[int, float], ...]
    """(until, arrivals a ms): the stretches of time from `at` on."""
    visits: int
    headstart: int
    kappa: float
    tau: float
    sigma: float
    walk_ms: int
    gap_ms: int
    miss_share: float
    miss_ms: int
    slow: float
    patience_ms: float = 0.0
    """Median of how long people wait before they give up; 0: they never do."""
    patience_sigma: float = 0.5
    silent_share: float = 0.5
    follow_share: float = 0.0
    """Of those who come, how many go on from another ticket and keep its place …"""
    follow_ms: float = 0.0
    """… and how much earlier they count on average."""
    early: tuple[tuple[float, float], ...] = ()
    """By credit: how many come before their appointment and count from it, and how long before on average, ms."""


class Ground:
    """What all snapshots of an area share while windows and model stay as they are."""

    def __init__(self, hall: Hall, area: Area, model: Model) -> None:
        self.area = area
        self.model = model
        self._hall = hall
        self._hours: tuple[str, Hours] | None = None
        self.coming: Coming = coming(hall, area, model)
        self.follow = next((model.follows[zone] for zone in area.zones if zone in model.follows), (0.0, 0.0))
        self.places = {no: place for place, no in enumerate(area.windows)}
        self.place_of = {aim: place for place, aim in enumerate(area.aims)}
        self.mean_ms = {aim: minutes * 60_000 * ratio_of(model, aim) for aim, minutes in area.minutes.items()}
        self._shared = frozenset(
            aim
            for aim, windows in area.aims.items()
            if any(hall.windows[no].kind is not WindowKind.COMPREHENSIVE for no in windows)
        )
        self.aims = tuple(
            AimAt(
                zone=aim.zone,
                group=aim.group,
                matter=aim.matter,
                purpose=aim.purpose,
                windows=tuple(sorted(self.places[no] for no in windows)),
                work=area.minutes[aim],
                mean_ms=self.mean_ms[aim],
                share=self.coming.shares.get(aim, 0.0),
            )
            for aim, windows in area.aims.items()
        )

    def hours(self, day: str) -> Hours:
        """The hall's hours on this day."""
        if self._hours is None or self._hours[0] != day:
            self._hours = (day, hours_of(self._hall.settings, day))
        return self._hours[1]

    def expected_at(self, window: WindowState, ticket: Ticket) -> float:
        """The same at this window: comprehensive ones are slower at what others serve too."""
        slow = window.kind is WindowKind.COMPREHENSIVE and key_of(ticket) in self._shared
        return self.expected_ms(ticket) * (self.model.slow if slow else 1.0)

    def expected_ms(self, ticket: Ticket) -> float:
        """Expected length of a ticket's turn, without the walk; by the rule's minutes for what isn't served here."""
        return self.mean_ms.get(key_of(ticket), ticket.minutes * 60_000) * ticket.copies


def snapshot(state: HallDay, ground: Ground, now: int) -> Snapshot:
    """The area as it stands; never before the state's last event. Reads, changes nothing."""
    at = max(now, state.last_at)
    area, model, places = ground.area, ground.model, ground.places
    waiting = _waiting(state, ground)
    visits = _visits(state, waiting, area)
    rule = state.hall.settings.routing
    sets = [s for s in state.lines.sets.values() if next(iter(s.windows)) in places]
    credits_ms = sorted({round(a.credit_minutes * 60_000) for a in state.hall.settings.applicants})
    seen = sum(1 for ticket in state.tickets.values() if ticket.zone in area.zones)
    timing = state.hall.settings.timing
    return Snapshot(
        day=state.day,
        at=at,
        area=area.name,
        windows=tuple(_window(state, no, ground, at, visits) for no in area.windows),
        aims=ground.aims,
        tickets=tuple(_ticket(state, t, ground, visits, at) for t in waiting),
        sets=tuple(tuple(sorted(places[no] for no in s.windows)) for s in sets),
        work=tuple(s.work for s in sets),
        credits=tuple(credits_ms),
        credit_shares=tuple(ground.coming.credits.get(c, 0.0) for c in credits_ms),
        rates=rates(state, ground.coming, seen, at),
        visits=len(visits),
        headstart=round(rule.headstart_minutes * 60_000),
        kappa=rule.kappa,
        tau=rule.tau_minutes,
        sigma=model.sigma,
        walk_ms=round(model.walk_ms),
        gap_ms=round(model.gap_ms),
        miss_share=model.miss_share,
        miss_ms=timing.no_show_after_seconds * 1000,
        slow=model.slow,
        patience_ms=model.patience_ms,
        patience_sigma=model.patience_sigma,
        silent_share=model.silent_share,
        follow_share=ground.follow[0],
        follow_ms=ground.follow[1],
        early=tuple(ground.coming.early.get(c, (0.0, 0.0)) for c in credits_ms),
    )


def key_of(ticket: Ticket) -> Aim:
    """What the ticket is for."""
    return Aim(ticket.zone, ticket.group, ticket.matter, ticket.purpose)


def _waiting(state: HallDay, ground: Ground) -> list[Ticket]:
    """Who waits here or is held, in issue order; a step whose turn has not come yet is left out."""
    found = []
    for ticket in state.tickets.values():
        if ticket.state not in (TicketState.WAITING, TicketState.HELD) or key_of(ticket) not in ground.place_of:
            continue
        if ticket.choice == "tomorrow" or (ticket.bound is not None and ticket.bound not in ground.places):
            continue
        resting = ticket.line is None and ticket.away_until is None and ticket.state is TicketState.WAITING
        if resting and state.visits[ticket.visit].busy is None:
            continue
        found.append(ticket)
    return found


def _visits(state: HallDay, waiting: list[Ticket], area: Area) -> dict[str, int]:
    """The visits with more than one ticket here, one of which may be at a window of the area."""
    counts: dict[str, int] = {}
    for ticket in waiting:
        counts[ticket.visit] = counts.get(ticket.visit, 0) + 1
    for no in area.windows:
        name = state.windows[no].ticket
        if name is not None and (visit := state.tickets[name].visit) in counts:
            counts[visit] += 1
    return {visit: place for place, visit in enumerate(v for v, n in counts.items() if n > 1)}


def _window(state: HallDay, no: str, ground: Ground, at: int, visits: dict[str, int]) -> WindowAt:
    window, model = state.windows[no], ground.model
    ticket = state.tickets[window.ticket] if window.ticket is not None else None
    is_open = window.phase is WindowPhase.OPEN
    common = WindowAt(
        no=no,
        zone=window.zone,
        comprehensive=window.kind is WindowKind.COMPREHENSIVE,
        open=is_open,
        idle_since=window.free_since if window.free_since is not None else at,
        busy=False,
        clears=model.clears and is_open and not window.pause_after,
        breaks=breaks_of(window, model, ground.hours(state.day), at),
    )
    if ticket is not None:
        serving = ticket.state is TicketState.SERVING and ticket.started_at is not None
        rest = round(model.gap_ms)
        if not serving:
            rest += max(0, round(model.walk_ms) - (at - (ticket.called_at or at)))
        return msgspec.structs.replace(
            common,
            busy=True,
            mean_ms=ground.expected_at(window, ticket),
            elapsed_ms=max(0, at - (ticket.started_at or at)) if serving else -1,
            rest_ms=rest,
            visit=visits.get(ticket.visit, -1),
        )
    if is_open and state.lines.waiting_at(no):
        return msgspec.structs.replace(common, busy=True, rest_ms=min(READY_MS, round(model.gap_ms)))
    return common


def _ticket(state: HallDay, ticket: Ticket, ground: Ground, visits: dict[str, int], at: int) -> TicketAt:
    visit = visits.get(ticket.visit, -1)
    busy = state.visits[ticket.visit].busy
    resting, away, more = False, ticket.away_until, 0.0
    mean = ground.expected_ms(ticket)
    if ticket.state is TicketState.HELD:
        # Back sooner or later, with a paper or a form: at least as long away as half of the usual time.
        half = ground.model.held_ms / 2
        away, more = max(at, round((ticket.held_at or at) + half)), half
        mean *= ground.model.second
    elif busy is not None and away is None:
        other = state.tickets[busy]
        resting = visit >= 0 and other.window in ground.places
        if not resting:  # the person is at a window of another area: back when that service ends, as far as we know
            away = max(at + 60_000, (other.called_at or at) + round(ground.expected_ms(other)))
    return TicketAt(
        id=ticket.id,
        aim=ground.place_of[key_of(ticket)],
        bound=ground.places[ticket.bound] if ticket.bound is not None else -1,
        credit=credit_of(state, ticket),
        seniority=ticket.seniority,
        issued_at=ticket.issued_at,
        work=ticket.minutes * ticket.copies,
        mean_ms=mean,
        visit=visit,
        resting=resting,
        away_until=away,
        away_more=more,
    )
