"""What the journal has lost (日志丢失) isn't given out a second time.

A Redis that comes back as an older copy has forgotten numbers that people hold on paper, and calls that loudspeakers
have said. The tickets are gone with it; but who had seen them says which they were, and the day goes on behind them.
"""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision
from onewindow.queue.refusals import refuse
from onewindow.queue.state import DayPhase, HallDay


def known_of(state: HallDay) -> cmd.NoteLoss:
    """What to keep of a day whose journal may be gone."""
    return cmd.NoteLoss(
        series=dict(state.series),
        calls=state.calls,
        rights=tuple(cmd.KnownRight(no=r.no, device=r.device, at=r.at, most=r.most) for r in state.rights.values()),
        missing=(*state.missing, *(ticket.number for ticket in state.alive())),
    )


def both(one: cmd.NoteLoss, other: cmd.NoteLoss) -> cmd.NoteLoss:
    """What either of the two knows of the same day."""
    rights = {right.no: right for right in (*other.rights, *one.rights)}
    return cmd.NoteLoss(
        series={s: max(one.series.get(s, 0), other.series.get(s, 0)) for s in sorted({*one.series, *other.series})},
        calls=max(one.calls, other.calls),
        rights=tuple(rights[no] for no in sorted(rights)),
        missing=tuple(dict.fromkeys((*one.missing, *other.missing))),
    )


def note(state: HallDay, command: cmd.NoteLoss, at: int) -> Decision:
    """Go on behind what was lost; nothing when the journal has it all, or another process has said it before."""
    if state.phase is DayPhase.BEFORE:
        return refuse("day_not_open")
    series = {s: count for s, count in sorted(command.series.items()) if count > state.series.get(s, 0)}
    rights = tuple(right for right in command.rights if right.no not in state.rights)
    known = {ticket.number for ticket in state.tickets.values()} | state.missing.keys()
    missing = tuple(number for number in command.missing if number not in known)
    if not (series or rights or missing or command.calls > state.calls):
        return ()
    calls = max(command.calls, state.calls)
    return (ev.LossNoted(at=at, series=series, calls=calls, rights=rights, missing=missing),)
