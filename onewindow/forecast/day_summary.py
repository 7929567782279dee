"""A past day in a small summary (当天摘要): what its journal tells of the hall's habits, folded event by event."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec

from onewindow.forecast.areas import Aim
from onewindow.forecast.calibration import Outcome
from onewindow.forecast.model import Lunch, aim_name, weekday_of
from onewindow.forecast.scoring import Scores
from onewindow.queue import events as ev
from onewindow.zones.calendar import local_minute
from onewindow.zones.hours import WEEKDAYS
from onewindow.zones.model import Hall, WindowKind

SHORTEST_MS: Final = 5_000
LONGEST_MS: Final = 4 * 3_600_000
"""Services outside these bounds are slips of the key, not services."""
STEP_MS: Final = 300_000
"""Waits are counted in steps of five minutes."""
MOST_GAP_MS: Final = 120_000
"""A clerk who calls later than this after a service did something else first."""
LEAST_LUNCH: Final = 20
MOST_LUNCH: Final = 120
"""Minutes that a pause must take to count as lunch."""


class Sum(msgspec.Struct, array_like=True):
    """A sum of values: how many, their sum, and the sum of their squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """One value more."""
        self.count += 1
        self.total += value
        self.squares += value * value

    def join(self, other: "Sum") -> None:
        """All values of the other."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares


class DaySummary(msgspec.Struct, kw_only=True):
    """What one day tells (当天摘要)."""

    day: str
    factor: float = 1.0
    """How busy its weekday usually is."""
    services: dict[str, Sum] = {}
    """Ratio of the service to what the files say, first services, by aim."""
    logs: dict[str, Sum] = {}
    """The logarithms of the same ratios."""
    slow: dict[str, Sum] = {}
    """The ratios at comprehensive windows, for aims that specialist windows serve too; `+` for those elsewhere."""
    second: Sum = msgspec.field(default_factory=Sum)
    """Ratios of services after a hold."""
    walks: Sum = msgspec.field(default_factory=Sum)
    """ms from the call to the start."""
    gaps: Sum = msgspec.field(default_factory=Sum)
    """ms from an end to the next call at the window, while somebody waited at its number."""
    calls: int = 0
    absent: int = 0
    """Called in vain, and back later."""
    stayed: dict[int, int] = {}
    """Tickets that were served, by their wait in steps of five minutes …"""
    gave_up: dict[int, int] = {}
    """… that were taken out while they waited …"""
    silent: dict[int, int] = {}
    """… and that were called in vain and never came back."""
    held: Sum = msgspec.field(default_factory=Sum)
    """ms from a hold until the ticket is called again."""
    tickets: dict[str, int] = {}
    half_hours: dict[str, dict[str, int]] = {}
    classes: dict[str, int] = {}
    follows: dict[str, Sum] = {}
    """By zone: how much earlier (ms) than they were issued the tickets count that go on from another."""
    early: dict[str, Sum] = {}
    """By class: how much later (ms) than their issue the tickets count whose visitors came before the appointment."""
    lunches: dict[str, Lunch] = {}
    lunches_at_once: int = 0
    """Lunches for which a window asked to stop after its current ticket: it didn't clear its line first."""
    outcomes: tuple[Outcome, ...] = ()


def summarise(hall: Hall, day: str, events: Iterable[ev.AnyEvent]) -> DaySummary:
    """Fold a day's events into its summary."""
    fold = DayFold(hall, day)
    for event in events:
        fold.feed(event)
    return fold.done()


class DayFold:
    """A day being folded, event by event."""

    def __init__(self, hall: Hall, day: str) -> None:
        weekday = hall.profile.weekday_factor.get(WEEKDAYS[weekday_of(day)], 1.0)
        self.found = DaySummary(day=day, factor=weekday)
        self.hall = hall
        self.scores = Scores(hall)
        self.issued: dict[str, ev.TicketIssued] = {}
        self.aims: dict[str, Aim] = {}
        self.called: dict[str, int] = {}
        self.started: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.seconds: set[str] = set()
        self.asked: dict[str, int] = {}
        self.counted: set[str] = set()
        self.vain: dict[str, int] = {}
        self.freed: dict[str, int] = {}
        self.paused: dict[str, int] = {}
        self.special = frozenset[str]().union(
            *(w.matters for w in hall.windows.values() if w.kind is WindowKind.SPECIALIST)
        )

    def done(self) -> DaySummary:
        """The summary, once all events were fed."""
        for waited in self.vain.values():
            self.found.silent[waited] = self.found.silent.get(waited, 0) + 1
        outcomes = [outcome for one in self.scores.scored() if (outcome := one.outcome()) is not None]
        self.found.outcomes = tuple(outcomes)
        return self.found

    def feed(self, event: ev.AnyEvent) -> None:
        """Take the next event."""
        self.scores.feed(event)
        if isinstance(event, ev.TicketIssued):
            self._issued(event)
        elif isinstance(event, ev.TicketCalled):
            self._called(event)
        elif isinstance(event, ev.ServiceStarted):
            self.started[event.ticket] = event.at
            if event.ticket in self.called:
                self.found.walks.add(event.at - self.called[event.ticket])
            self._waited(event.ticket, event.at, self.found.stayed)
        elif isinstance(event, ev.TicketMissed):
            issued = self.issued.get(event.ticket)
            if issued is not None:
                self.vain[event.ticket] = (self.called.get(event.ticket, event.at) - issued.issued_at) // STEP_MS
            self.freed[event.window] = event.at
        elif isinstance(event, ev.TicketReturned):
            self.found.absent += self.vain.pop(event.ticket, None) is not None
        elif isinstance(event, ev.TicketCancelled):
            if event.ticket not in self.called:
                self._waited(event.ticket, event.at, self.found.gave_up)
        elif isinstance(event, ev.TicketFinished | ev.TurnEnded | ev.TicketHeld | ev.TicketTransferred):
            self._ended(event)
        elif isinstance(event, ev.TicketRerouted):
            self.aims[event.ticket] = Aim(event.zone, event.group, event.matter, event.purpose)
        elif isinstance(event, ev.PauseRequested):
            self.asked[event.window] = event.at
        elif isinstance(event, ev.WindowPaused | ev.WindowClosed):
            self.freed.pop(event.window, None)
            self.paused[event.window] = event.at
        elif isinstance(event, ev.WindowOpened):
            self._opened(event)

    def _waited(self, ticket: str, until: int, steps: dict[int, int]) -> None:
        """Count a first wait that ends at `until`."""
        issued = self.issued.get(ticket)
        if issued is None or ticket in self.counted:
            return
        self.counted.add(ticket)
        waited = (self.called.get(ticket, until) - issued.at) // STEP_MS
        steps[waited] = steps.get(waited, 0) + 1

    def _issued(self, event: ev.TicketIssued) -> None:
        aim = Aim(event.zone, event.group, event.matter, event.purpose)
        self.issued[event.ticket], self.aims[event.ticket] = event, aim
        if event.channel == "carried":
            return
        minute = local_minute(self.hall.settings, event.issued_at)
        slot = f"{minute // 60:02}:{minute % 60 // 30 * 30:02}"
        name, found = aim_name(aim), self.found
        found.tickets[name] = found.tickets.get(name, 0) + 1
        half_hours = found.half_hours.setdefault(event.zone, {})
        half_hours[slot] = half_hours.get(slot, 0) + 1
        applicant = event.applicant if event.confirmed else self.hall.settings.applicants[0].code
        found.classes[applicant] = found.classes.get(applicant, 0) + 1
        if event.seniority < event.issued_at:
            found.follows.setdefault(event.zone, Sum()).add(event.issued_at - event.seniority)
        elif event.seniority > event.issued_at:
            found.early.setdefault(applicant, Sum()).add(event.seniority - event.issued_at)

    def _called(self, event: ev.TicketCalled) -> None:
        self.found.calls += 1
        self.called[event.ticket] = event.at
        freed = self.freed.pop(event.window, None)
        issued = self.issued.get(event.ticket)
        near = freed is not None and event.at - freed <= MOST_GAP_MS
        if freed is not None and near and issued is not None and issued.issued_at < freed:
            self.found.gaps.add(event.at - freed)
        since = self.held.pop(event.ticket, None)
        if since is not None:
            self.found.held.add(event.at - since)
            self.seconds.add(event.ticket)

    def _ended(self, event: ev.TicketFinished | ev.TurnEnded | ev.TicketHeld | ev.TicketTransferred) -> None:
        self.freed[event.window] = event.at
        if isinstance(event, ev.TicketHeld):
            self.held[event.ticket] = event.at
        started, issued = self.started.pop(event.ticket, None), self.issued.get(event.ticket)
        if started is None or issued is None or not SHORTEST_MS <= event.at - started <= LONGEST_MS:
            return
        aim = self.aims[event.ticket]
        ratio = (event.at - started) / (issued.minutes * max(1, issued.copies) * 60_000)
        if event.ticket in self.seconds:
            self.found.second.add(ratio)
            return
        name = aim_name(aim)
        self.found.services.setdefault(name, Sum()).add(ratio)
        self.found.logs.setdefault(name, Sum()).add(math.log(ratio))
        if aim.matter in self.special:
            at = self.hall.windows[event.window].kind is WindowKind.COMPREHENSIVE
            self.found.slow.setdefault(name if at else name + "+", Sum()).add(math.log(ratio))
        if isinstance(event, ev.TicketTransferred):
            self.aims[event.ticket] = Aim(event.zone, event.group, event.matter, event.purpose)

    def _opened(self, event: ev.WindowOpened) -> None:
        self.freed.pop(event.window, None)
        since = self.paused.pop(event.window, None)
        if since is None:
            self.asked.pop(event.window, None)
            return
        # Lunch was due when the window asked to stop after its ticket, not when that one was done.
        asked = self.asked.pop(event.window, None)
        since = since if asked is None else asked
        minutes = round((event.at - since) / 60_000)
        minute = local_minute(self.hall.settings, since)
        if LEAST_LUNCH <= minutes <= MOST_LUNCH and 10 * 60 + 30 <= minute <= 14 * 60:
            self.found.lunches[event.window] = Lunch(minute=minute, minutes=minutes)
            self.found.lunches_at_once += asked is not None
