"""What the journal has lost (日志丢失) isn't given out a second time.

A Redis that comes back as an older copy has forgotten numbers that people hold on paper, and calls that loudspeakers
have said. The tickets are gone with it; but who had seen them says which they were, and the day goes on behind them.
"""

from itertools import islice

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision
from onewindow.queue.refusals import refuse
from onewindow.queue.state import ALIVE, DayPhase, HallDay


class Given(msgspec.Struct, frozen=True):
    """How far a day has come that anybody was told of (已发出); more may be decided that never will be told."""

    tickets: int
    """How many."""
    series: dict[str, int]
    calls: int
    visits: int


def given_of(state: HallDay) -> Given:
    """How far the day has come."""
    return Given(len(state.tickets), state.series.copy(), state.calls, state.visits_given)


def known_of(state: HallDay, given: Given) -> cmd.NoteLoss:
    """What to keep of a day whose journal may be gone: as far as anybody was told of it."""
    tickets = islice(state.tickets.values(), given.tickets)
    return cmd.NoteLoss(
        day=state.day,
        series=given.series,
        calls=given.calls,
        visits=given.visits,
        rights=tuple(cmd.KnownRight(no=r.no, device=r.device, at=r.at, most=r.most) for r in state.rights.values()),
        missing=(*state.missing, *(ticket.number for ticket in tickets if ticket.state in ALIVE)),
    )


def both(one: cmd.NoteLoss, other: cmd.NoteLoss) -> cmd.NoteLoss:
    """What either of the two knows of the same day."""
    rights = {right.no: right for right in (*other.rights, *one.rights)}
    return cmd.NoteLoss(
        day=one.day,
        series={s: max(one.series.get(s, 0), other.series.get(s, 0)) for s in sorted({*one.series, *other.series})},
        calls=max(one.calls, other.calls),
        visits=max(one.visits, other.visits),
        rights=tuple(rights[no] for no in sorted(rights)),
        missing=tuple(dict.fromkeys((*one.missing, *other.missing))),
    )


def note(state: HallDay, command: cmd.NoteLoss, at: int) -> Decision:
    """Go on behind what was lost. Nothing when the journal has it all, or it was said before, or of another day."""
    if state.phase is DayPhase.BEFORE:
        return refuse("day_not_open")
    if command.day != state.day:
        return ()
    series = {s: count for s, count in sorted(command.series.items()) if count > state.series.get(s, 0)}
    # The clock was set back since, and what held the hall's time there is lost, too: no slip is of the future.
    lost = [right for right in command.rights if right.no not in state.rights]
    rights = tuple(msgspec.structs.replace(right, at=min(right.at, at)) for right in lost)
    known = {ticket.number for ticket in state.tickets.values()} | state.missing.keys()
    missing = tuple(number for number in command.missing if number not in known)
    calls, visits = max(command.calls, state.calls), max(command.visits, state.visits_given)
    if not (series or rights or missing or calls > state.calls or visits > state.visits_given):
        return ()
    return (ev.LossNoted(at=at, series=series, calls=calls, visits=visits, rights=rights, missing=missing),)
