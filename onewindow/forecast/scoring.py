"""The forecast scores itself (预测评分): what a ticket was told when it was issued, against how long it waited.

A projection of a day's events. Only tickets that had to queue, and whose wait is the queue's alone, are counted: not
those that stepped out, went elsewhere, gave up, or whose person was at another window meanwhile.
"""

import math
from collections.abc import Iterable
from typing import Final

import msgspec

from onewindow.forecast.calibration import Outcome, kind_of
from onewindow.forecast.waits import source_of
from onewindow.queue import events as ev
from onewindow.queue.commands import Wait
from onewindow.zones.model import Hall

LATELY: Final = 60
"""So many of a zone's last scored tickets say whether its forecasts may be shown."""
TOO_FEW: Final = 30
LEAST_COVERED: Final = 0.6
"""Below this share within the 80 % range the waits of the zone are withheld …"""
COVERED_AGAIN: Final = 0.7
"""… until it is above this one: not to flicker."""
VOIDS: Final = (
    ev.TicketCancelled,
    ev.TicketAbandoned,
    ev.AwayStarted,
    ev.TicketRerouted,
    ev.TicketReturned,
    ev.ApplicantConfirmed,
    ev.TicketSettled,
)
"""After these a ticket's wait is no longer what was forecast."""


class Told(msgspec.Struct):
    """What a ticket was told at issue."""

    zone: str
    applicant: str
    kind: str
    at: int
    wait: Wait


class Scored(msgspec.Struct, frozen=True):
    """A ticket that was called: what was told, and what came; seconds."""

    ticket: str
    zone: str
    applicant: str
    kind: str
    expected: float
    actual: float
    inside: bool | None
    """Whether it lay within the calibrated 80 % range; None: there was none (work ahead)."""
    raw: tuple[int, int] | None
    source: str
    """`engine`, `path` or `work`."""

    def outcome(self) -> Outcome | None:
        """For the calibration, ms; None without quantiles."""
        if self.raw is None:
            return None
        return Outcome(self.kind, self.raw[0] * 1000, self.expected * 1000, self.raw[1] * 1000, self.actual * 1000)


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How good the forecasts of some tickets were (评分)."""

    tickets: int
    mean_wait_seconds: float
    mae_seconds: float
    """Mean absolute error."""
    bias_seconds: float
    """Mean of forecast - wait: above 0 people waited less than they were told."""
    within: float | None
    """Share within max(5 min, 25 %) of the wait."""
    coverage: float | None
    """Share within the 80 % range; None while no forecast had one."""


class Scores:
    """A day's scores, fed with its events in order."""

    def __init__(self, hall: Hall) -> None:
        self._credits = {a.code: round(a.credit_minutes * 60_000) for a in hall.settings.applicants}
        self._told: dict[str, Told] = {}
        self._firsts: dict[str, str] = {}
        """The first ticket of each visit …"""
        self._others: dict[str, str] = {}
        """… and that of each later one."""
        self._scored: dict[str, Scored] = {}
        self.withheld: set[str] = set()
        """Zones whose forecasts have been wrong lately."""

    def feed(self, event: ev.AnyEvent) -> Scored | None:
        """Take the next event; returns the score that it brings, if any."""
        if isinstance(event, ev.TicketIssued):
            self._issued(event)
        elif isinstance(event, ev.TicketCalled):
            return self._called(event)
        elif isinstance(event, VOIDS):
            self._told.pop(event.ticket, None)
        elif isinstance(event, ev.CommandUndone) and event.what in ("call", "next"):
            self._scored.pop(event.ticket, None)
        return None

    def feed_all(self, events: Iterable[ev.AnyEvent]) -> None:
        """Take events in their order."""
        for event in events:
            self.feed(event)

    def scored(self) -> list[Scored]:
        """All scored tickets, in the order of their calls."""
        return list(self._scored.values())

    def lately(self, zone: str) -> tuple[float, int]:
        """(share within the range, how many) of the zone's last scored tickets that had a range."""
        found: list[bool] = []
        for one in reversed(self._scored.values()):
            if one.zone == zone and one.inside is not None:
                found.append(one.inside)
                if len(found) == LATELY:
                    break
        return (sum(found) / len(found) if found else 1.0), len(found)

    def _issued(self, event: ev.TicketIssued) -> None:
        first = self._firsts.setdefault(event.visit, event.ticket)
        if first != event.ticket:
            self._others[event.ticket] = first
        wait = event.wait
        if wait is None or first != event.ticket or event.channel == "carried":
            return
        most = wait.raw or wait.range
        if wait.expected <= 0 and (most is None or most[1] <= 0):
            return  # a window stood idle: nothing was to be forecast
        kind = kind_of(self._credits.get(event.applicant, 0) if event.confirmed else 0)
        self._told[event.ticket] = Told(event.zone, event.applicant, kind, event.at, wait)

    def _called(self, event: ev.TicketCalled) -> Scored | None:
        # The person is at a window for another number: how long that lasts was not to be forecast.
        self._told.pop(self._others.get(event.ticket, ""), None)
        told = self._told.get(event.ticket)
        if told is None or event.ticket in self._scored or event.why.term == "clerk":
            return None
        actual = (event.at - told.at) / 1000
        inside = None
        if told.wait.range is not None:
            low, high = told.wait.range
            inside = low <= round(actual) <= high
        one = Scored(
            event.ticket,
            told.zone,
            told.applicant,
            told.kind,
            told.wait.expected,
            actual,
            inside,
            told.wait.raw,
            source_of(told.wait),
        )
        self._scored[event.ticket] = one
        self._judge(told.zone)
        return one

    def _judge(self, zone: str) -> None:
        coverage, count = self.lately(zone)
        if count >= TOO_FEW and coverage < LEAST_COVERED:
            self.withheld.add(zone)
        elif coverage >= COVERED_AGAIN:
            self.withheld.discard(zone)


def score(tickets: Iterable[Scored]) -> Score | None:
    """The figures of some scored tickets; None for none."""
    found = list(tickets)
    if not found:
        return None
    count = len(found)
    errors = [one.expected - one.actual for one in found]
    ranged = [one.inside for one in found if one.inside is not None]
    near = [abs(e) <= max(300.0, 0.25 * one.actual) for e, one in zip(errors, found, strict=True)]
    return Score(
        tickets=count,
        mean_wait_seconds=round(math.fsum(one.actual for one in found) / count, 1),
        mae_seconds=round(math.fsum(map(abs, errors)) / count, 1),
        bias_seconds=round(math.fsum(errors) / count, 1),
        within=round(sum(near) / count, 4),
        coverage=round(sum(ranged) / len(ranged), 4) if ranged else None,
    )
