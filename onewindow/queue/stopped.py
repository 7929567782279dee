"""Clocks that stand still (停摆): lunch, a suspension, an outage cost nobody their place.

A no-show's minute, the time away, the time to come back: none of them runs while the hall stands still. Pure sums
over `HallDay.stops`; all times in ms.
"""

from onewindow.queue.state import HallDay, Stop, Ticket


def _overlap(stops: list[Stop], since: int, at: int) -> int:
    total, cursor = 0, since
    for stop in stops:
        start, end = max(stop.since, cursor), min(at if stop.until is None else stop.until, at)
        if end > start:
            total += end - start
            cursor = end
    return total


def elapsed(state: HallDay, since: int, at: int) -> int:
    """How much of the hall's time has passed from `since` to `at`: what a visitor's deadline is measured by."""
    return at - since - _overlap(state.stops, since, at)


def called_for(state: HallDay, since: int, at: int) -> int:
    """The same for a window's clock that began at `since`: only what stopped the hall afterwards counts.

    Who is called during lunch, by a window that works on, is given the usual time and no more.
    """
    return at - since - _overlap([stop for stop in state.stops if stop.since > since], since, at)


def away_ends_at(state: HallDay, ticket: Ticket, at: int) -> int | None:
    """When the time away ends, as far as is known at `at`; None for a ticket that isn't away."""
    if ticket.away_until is None:
        return None
    return ticket.away_until + _overlap(state.stops, ticket.away_at or at, at)


def standing_still(state: HallDay) -> Stop | None:
    """What stops the hall's clocks now: a suspension before a break; None while they run."""
    return state.suspended or state.on_break
