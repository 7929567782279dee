"""Alarms of visitors who need a person (需要人去的来宾): whom no window may call, or who can't hear or come. Pure."""

from collections.abc import Iterator
from typing import Final

from onewindow.queue.capability import windows_of
from onewindow.queue.decide_marks import ACCOMPANY, DEAF
from onewindow.queue.standing import waits_for
from onewindow.queue.state import HallDay, Ticket, TicketState
from onewindow.queue.stopped import elapsed
from onewindow.supervision.alarm import Alarm, Urgency

LOOK_MS: Final = 60_000
"""So long after the call of somebody who doesn't hear a guide should have looked for him."""
FETCH_MS: Final = 30_000
"""So long after the call somebody should walk along with who is to be accompanied."""


def of_people(state: HallDay, now: int) -> Iterator[Alarm]:
    """Everybody at `now` (ms) who stays where he is unless somebody goes there."""
    lost: dict[str, list[Ticket]] = {}
    for ticket in state.tickets.values():
        if ticket.state is TicketState.WAITING and _uncallable(state, ticket):
            lost.setdefault(ticket.group, []).append(ticket)
        elif ticket.state is TicketState.CALLED and ticket.called_at is not None:
            since = elapsed(state, ticket.called_at, now)
            if DEAF in ticket.marks and not ticket.absent and since >= LOOK_MS:
                yield _deaf(ticket, since)
            if ACCOMPANY in ticket.marks and not ticket.accompanied and since >= FETCH_MS:
                yield _accompany(ticket)
    for letter, tickets in lost.items():
        yield _lost(state, letter, tickets)


def _uncallable(state: HallDay, ticket: Ticket) -> bool:
    """Whether no window, open or not, may ever call it as things are."""
    rests = ticket.away_until is not None or state.visits[ticket.visit].busy is not None or waits_for(state, ticket)
    return ticket.line is None and not rests and not windows_of(state, ticket)


def _lost(state: HallDay, letter: str, tickets: list[Ticket]) -> Alarm:
    group = state.hall.groups[letter]
    return Alarm(
        code="uncallable",
        urgency=Urgency.NOW,
        zh=f"{group.zh}：{len(tickets)} 个号没有任何窗口能办",
        en=f"{group.en}: no window at all serves {len(tickets)} ticket(s)",
        todo_zh="请给一个窗口加上这些事项（点窗口，“调整事项”），或到导询台改签。",
        todo_en="Give a window these matters, or have the desk reroute them.",
        since=min(ticket.issued_at for ticket in tickets),
        zone=group.zone,
        group=letter,
        tickets=tuple(ticket.number for ticket in tickets),
    )


def _deaf(ticket: Ticket, since: int) -> Alarm:
    return Alarm(
        code="deaf_called",
        urgency=Urgency.SOON,
        zh=f"{ticket.window} 号窗口叫了 {ticket.number} 已 {since // 1000} 秒，听不到叫号，还没有人去找",
        en=f"{ticket.number}, called to window {ticket.window}, can't hear; nobody has looked yet",
        todo_zh="请导办到座位上找，招手或写字；找不到就在导询台“确认不在”。",
        todo_en="Send a guide to wave or write; if nobody is there, the desk says so.",
        since=ticket.called_at,
        zone=ticket.zone,
        window=ticket.window,
        tickets=(ticket.number,),
    )


def _accompany(ticket: Ticket) -> Alarm:
    return Alarm(
        code="accompany",
        urgency=Urgency.SOON,
        zh=f"{ticket.number} 已叫到 {ticket.window} 号窗口，需要陪同，还没有人去",
        en=f"{ticket.number}, called to window {ticket.window}, is to be accompanied; nobody has gone yet",
        todo_zh="请派一位导办陪同前往，并在导询台按“陪同”。",
        todo_en="Send a helper along, and press “accompany” at the desk.",
        since=ticket.called_at,
        zone=ticket.zone,
        window=ticket.window,
        tickets=(ticket.number,),
    )
