"""Fairness (公平): who was passed by whom, read from a day's journal and not from what the rule said of itself.

A called ticket **overtakes** each waiting ticket with an earlier number-time that the same window could have served.
"""

from collections.abc import Iterable

import msgspec

from onewindow.queue.events import AnyEvent, TicketCalled
from onewindow.queue.evolve import evolve
from onewindow.queue.state import HallDay
from onewindow.zones.model import Hall


class Overtakes(msgspec.Struct, kw_only=True):
    """Counts over some calls; the gaps are the largest differences of number-time, ms."""

    calls: int = 0
    same_line: int = 0
    """Same class and matter set: 0 under every rule here."""
    same_class: int = 0
    any_class: int = 0
    gap_same_class: int = 0
    gap_any_class: int = 0

    def add(self, other: "Overtakes") -> None:
        """Take another day in."""
        self.calls += other.calls
        self.same_line += other.same_line
        self.same_class += other.same_class
        self.any_class += other.any_class
        self.gap_same_class = max(self.gap_same_class, other.gap_same_class)
        self.gap_any_class = max(self.gap_any_class, other.gap_any_class)


def overtakes(hall: Hall, events: Iterable[AnyEvent]) -> Overtakes:
    """Fold the day's events anew and look at the lines at each call."""
    state, found = HallDay(hall), Overtakes()
    for event in events:
        if isinstance(event, TicketCalled):
            _look(state, event, found)
        evolve(state, event)
    return found


def _look(state: HallDay, call: TicketCalled, found: Overtakes) -> None:
    ticket = state.tickets[call.ticket]
    if ticket.line is None:
        return
    found.calls += 1
    place = (ticket.seniority, ticket.order, ticket.id)
    mine = next(line for line in state.lines.sets[ticket.line].lines.values() if place in line.places)
    for _, line in state.lines.candidates(call.window):
        passed = line.places.bisect_left(place)
        if not passed:
            continue
        gap = ticket.seniority - line.front()[0]
        found.any_class += passed
        found.gap_any_class = max(found.gap_any_class, gap)
        if line.credit == mine.credit:
            found.same_class += passed
            found.gap_same_class = max(found.gap_same_class, gap)
            found.same_line += passed if line is mine else 0
