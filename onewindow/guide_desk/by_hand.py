"""The list to call by (叫号清单): who waits, zone by zone in the rule's order, so that the hall goes on by voice.

A window takes the topmost line that isn't ticked and names its number. Each ticket stands on one line only, so that
two windows with the same list in hand can't call one person. It is for staff: no class and no matter is on it, but
what a clerk must know of a visitor.
"""

from collections.abc import Iterator

from onewindow.guide_desk.slip import ranges
from onewindow.queue.capability import credit_of, windows_of
from onewindow.queue.standing import waits_for
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase
from onewindow.queue.words import TICKET_ZH
from onewindow.views.clock import hhmm, local
from onewindow.zones.model import Frozen

MARKS_ZH = {"deaf": "听障：到座位上招呼", "accompany": "陪同前往"}


class HandLine(Frozen, frozen=True, kw_only=True):
    """One ticket of the list (清单行)."""

    number: str
    group_zh: str
    windows: str
    """Those that may serve it, as they are read: "07–09、12"."""
    issued: str
    """When the number was taken, "09:41"."""
    notes: tuple[str, ...]


class HandWindow(Frozen, frozen=True, kw_only=True):
    """What is at a window now (窗口现状)."""

    no: str
    state: str
    held: tuple[str, ...]
    """Numbers on its list, to be gone on with when their people are back."""


class HandZone(Frozen, frozen=True, kw_only=True):
    """A zone's list (分区清单)."""

    zh: str
    hue: int
    lines: tuple[HandLine, ...]
    """Who may be called, the first to be called first."""
    resting: tuple[HandLine, ...]
    """Who waits but isn't to be called now, and why."""
    windows: tuple[HandWindow, ...]


class HandList(Frozen, frozen=True, kw_only=True):
    """The hall's list at one moment (叫号清单)."""

    day: str
    at: str
    """Local date and time."""
    last: tuple[str, ...]
    """The last number of each series: whoever has a later one came after this list."""
    zones: tuple[HandZone, ...]
    rule_zh: str


def by_hand(state: HallDay, now: int) -> HandList:
    """The list at `now` (ms)."""
    zones = []
    for code, zone in state.hall.zones.items():
        waiting = [t for t in state.alive() if t.state is TicketState.WAITING and t.zone == code]
        waiting.sort(key=lambda t: (t.seniority - credit_of(state, t), t.order))
        zones.append(
            HandZone(
                zh=zone.zh,
                hue=zone.hue,
                lines=tuple(_line(state, t) for t in waiting if t.line is not None),
                resting=tuple(_line(state, t, why=_resting(state, t)) for t in waiting if t.line is None),
                windows=tuple(_window(state, no) for no in zone.windows if no in state.windows),
            )
        )
    width = state.hall.settings.numbers.width
    return HandList(
        day=state.day,
        at=local(state.hall, now).strftime("%Y-%m-%d %H:%M"),
        last=tuple(f"{series}{count:0{width}d}" for series, count in sorted(state.series.items())),
        zones=tuple(zones),
        rule_zh=state.hall.settings.slip_zh,
    )


def by_hand_text(found: HandList) -> str:
    """The list as plain text, for a printer without a browser."""
    return "\n".join(_text(found)) + "\n"


def _line(state: HallDay, ticket: Ticket, why: str = "") -> HandLine:
    notes = [why] if why else []
    if credit_of(state, ticket) > 0:
        notes.append("优先")
    notes += [MARKS_ZH[mark] for mark in ticket.marks]
    if ticket.copies + ticket.left > 1:
        notes.append(f"{ticket.copies} 件" + (f"，另有 {ticket.left} 件排到队尾" if ticket.left else ""))
    others = [n for n in state.visits[ticket.visit].tickets if n != ticket.id]
    alive = [state.tickets[n].number for n in others if state.tickets[n].state is TicketState.WAITING]
    if alive:
        notes.append(f"同一人：{'、'.join(alive)}")
    return HandLine(
        number=ticket.number,
        group_zh=state.hall.groups[ticket.group].public_zh,
        windows="、".join(ranges(sorted(windows_of(state, ticket)))),
        issued=hhmm(state.hall, ticket.issued_at),
        notes=tuple(notes),
    )


def _resting(state: HallDay, ticket: Ticket) -> str:
    """Why it isn't to be called now."""
    if ticket.away_until is not None:
        return f"暂离，{hhmm(state.hall, ticket.away_until)} 前回来"
    if (busy := state.visits[ticket.visit].busy) is not None:
        other = state.tickets[busy]
        return f"本人正在 {other.window} 号窗口办 {other.number}"
    if before := waits_for(state, ticket):
        return f"先办 {'、'.join(t.number for t in before)}"
    return "没有窗口能办，请到导询台"


def _window(state: HallDay, no: str) -> HandWindow:
    window = state.windows[no]
    if window.ticket is not None:
        ticket = state.tickets[window.ticket]
        said = f"{TICKET_ZH[ticket.state]} {ticket.number}"
    else:
        said = {WindowPhase.OPEN: "空闲", WindowPhase.PAUSED: "暂停", WindowPhase.CLOSED: "未开"}[window.phase]
    return HandWindow(no=no, state=said, held=tuple(state.tickets[name].number for name in window.held))


def _text(found: HandList) -> Iterator[str]:
    yield f"叫号清单 {found.at}"
    yield f"各号段到：{'、'.join(found.last) or '还没有人取号'}；之后的号排在后面。"
    for zone in found.zones:
        yield ""
        yield f"== {zone.zh}：{len(zone.lines)} 人 =="
        yield "窗口 " + "；".join(
            f"{w.no} {w.state}{'（挂起 ' + '、'.join(w.held) + '）' if w.held else ''}" for w in zone.windows
        )
        for line in zone.lines:
            told = (f"[ ] {line.number}", line.group_zh, f"窗口 {line.windows}", line.issued, "；".join(line.notes))
            yield "  ".join(told).rstrip()
        if zone.resting:
            yield "暂不叫："
        for line in zone.resting:
            yield f"    {line.number}  {line.group_zh}  窗口 {line.windows}  {'；'.join(line.notes)}"
    yield ""
    yield found.rule_zh
