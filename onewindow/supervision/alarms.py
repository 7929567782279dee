"""Alarms (告警): what is wrong in the hall now, the most urgent first, each with what to do about it. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from onewindow.queue.state import DayPhase, HallDay, Ticket, WindowPhase, WindowState
from onewindow.queue.stopped import elapsed
from onewindow.supervision.alarm import Alarm, Urgency
from onewindow.supervision.paper_alarms import Paper, of_papers
from onewindow.supervision.people_alarms import of_people
from onewindow.supervision.service_alarms import of_service
from onewindow.supervision.voice_alarms import Trouble, of_voices
from onewindow.supervision.working_time import is_working, working_ms
from onewindow.views.clock import hhmm

MINUTE: Final = 60_000
PAUSE_MINUTES: Final = 15
"""A pause longer than this, counted over opening hours only (lunch is no fault), is too long."""
WAIT_MINUTES: Final = 30
"""Somebody who has waited longer than this has waited too long."""
CALLED_MINUTES: Final = 5
"""A ticket that was called so long ago and is neither served nor missed keeps its window from calling."""
SILENT_SECONDS: Final = 24
"""A device that hasn't been heard of for longer raises an alarm. It is to be read within 30 s of the cut (the design,
"Staleness"): seconds are whole, the displays look every two, and the page may read a second later."""
MOST_NAMED: Final = 6
"""Windows named in one sentence."""


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A screen or loudspeaker as its hub last heard of it."""

    id: str
    zh: str
    heard_at: int | None
    """ms; None: not once since the server started."""
    muted: bool = False
    zone: str | None = None
    window: str | None = None


def alarms(
    state: HallDay,
    now: int,
    devices: Iterable[Silent] = (),
    papers: Iterable[Paper] = (),
    voices: Iterable[Trouble] = (),
) -> tuple[Alarm, ...]:
    """Everything that is wrong at `now` (ms): by urgency, then the longest standing, then by place."""
    found: list[Alarm] = []
    if state.phase in (DayPhase.OPEN, DayPhase.CLOSING):
        found += of_service(state, now)
        found += of_people(state, now)
        found += _of_windows(state, now)
        if state.suspended is None:  # Then nobody is called, and everybody waits: that is one alarm, not twenty.
            found += _of_groups(state, now)
    found += _of_forecasts(state)
    found += _of_devices(state, tuple(devices), now)
    found += of_papers(papers)
    found += of_voices(voices)
    return tuple(sorted(found, key=_order))


def _of_forecasts(state: HallDay) -> Iterator[Alarm]:
    """Zones whose waits are kept back, because they have been wrong lately."""
    for code in sorted(state.outlook.withheld if state.outlook is not None else ()):
        zone = state.hall.zones[code]
        yield Alarm(
            code="forecast_withheld",
            urgency=Urgency.LATER,
            zh=f"{zone.short_zh}的预计等候近来不准，已停止显示",
            en=f"Expected waits in {zone.en} have been wrong lately and are not shown",
            todo_zh="屏幕和小票只显示前面人数；准了会自动恢复。请看是否有窗口没有按实际状态开、停。",
            todo_en="People ahead are shown instead; it comes back by itself. Do windows say what they really do?",
            zone=code,
        )


def _order(alarm: Alarm) -> tuple[int, int, str]:
    """What has no beginning on record, a call for help, comes first among its like."""
    return (alarm.urgency, alarm.since or 0, alarm.window or alarm.group or alarm.code)


def _of_windows(state: HallDay, now: int) -> Iterator[Alarm]:
    for window in state.windows.values():
        if window.help:
            yield _help(window)
        if window.phase is WindowPhase.PAUSED and window.since is not None:
            minutes = working_ms(state.hall, window.since, now) // MINUTE
            if minutes > PAUSE_MINUTES:
                yield _paused(state, window, minutes)
        ticket = state.tickets[window.ticket] if window.ticket is not None else None
        if ticket is not None and ticket.started_at is None and ticket.first_called_at is not None:
            minutes = elapsed(state, ticket.first_called_at, now) // MINUTE
            if minutes >= CALLED_MINUTES:
                yield _called(window, ticket.number, ticket.first_called_at, minutes)


def _help(window: WindowState) -> Alarm:
    who = f"（{window.clerk}）" if window.clerk else ""
    return Alarm(
        code="help",
        urgency=Urgency.NOW,
        zh=f"{window.no} 号窗口{who}求助",
        en=f"Window {window.no} calls for help",
        todo_zh="请马上派人到窗口；到了之后按“已到场”。",
        todo_en="Send somebody there now, then press “Help is there”.",
        zone=window.zone,
        window=window.no,
    )


def _paused(state: HallDay, window: WindowState, minutes: int) -> Alarm:
    reason = next((r for r in state.hall.settings.pause_reasons if r.code == window.reason), None)
    zh, en = (reason.zh, reason.en) if reason is not None else (window.reason, window.reason)
    return Alarm(
        code="paused_long",
        urgency=Urgency.SOON,
        zh=f"{window.no} 号窗口已暂停 {minutes} 分钟（{zh}）",
        en=f"Window {window.no} has been paused for {minutes} min ({en})",
        todo_zh="请问明情况；不能恢复就关窗，另开一个窗口。",
        todo_en="Ask why; if it can't go on, close it and open another window.",
        since=window.since,
        zone=window.zone,
        window=window.no,
    )


def _called(window: WindowState, number: str, since: int, minutes: int) -> Alarm:
    return Alarm(
        code="called_long",
        urgency=Urgency.LATER,
        zh=f"{window.no} 号窗口叫了 {number} 已 {minutes} 分钟，没有开始也没有过号",
        en=f"Window {window.no} called {number} {minutes} min ago: neither started nor a no-show",
        todo_zh="请提醒窗口：按“开始办理”或“过号”。",
        todo_en="Remind the window to press “Start” or “No-show”.",
        since=since,
        zone=window.zone,
        window=window.no,
        tickets=(number,),
    )


class _Queue(msgspec.Struct):
    """Who waits in one group: printed numbers with their time of issue, and the windows that could serve them."""

    waiting: list[tuple[int, str]] = []
    unserved: list[tuple[int, str]] = []
    """Those of them none of whose windows is open."""
    windows: set[str] = set()
    unserved_windows: set[str] = set()


def _of_groups(state: HallDay, now: int) -> Iterator[Alarm]:
    queues: dict[str, _Queue] = {}
    for matter_set in state.lines.sets.values():
        is_open = state.lines.open_among(matter_set.windows) > 0
        for line in matter_set.lines.values():
            for _, _, name in line.places:
                ticket = state.tickets[name]
                queue = queues.setdefault(ticket.group, _Queue())
                since = waits_since(ticket)
                queue.waiting.append((since, ticket.number))
                queue.windows |= matter_set.windows
                if not is_open:
                    queue.unserved.append((since, ticket.number))
                    queue.unserved_windows |= matter_set.windows
    for letter, queue in queues.items():
        # Before the first session numbers are given out while every window is still closed, and at lunch all
        # windows pause: neither is a fault.
        if queue.unserved and is_working(state.hall, now):
            yield _nobody(state, letter, queue)
        oldest, number = min(queue.waiting)
        if working_ms(state.hall, oldest, now) > WAIT_MINUTES * MINUTE:
            yield _long_wait(state, letter, queue, number, (now - oldest) // MINUTE)


def waits_since(ticket: Ticket) -> int:
    """When it began to wait, ms: its issue; of an agent's later folders, when they went to the tail."""
    return max(ticket.issued_at, ticket.seniority)


def _nobody(state: HallDay, letter: str, queue: _Queue) -> Alarm:
    group = state.hall.groups[letter]
    could = _could_open(state, queue.unserved_windows)
    zh, en = _open_words(could)
    count = len(queue.unserved)
    return Alarm(
        code="nobody_open",
        urgency=Urgency.NOW,
        zh=f"{group.zh}：{count} 人在等，没有窗口开着",
        en=f"{group.en}: {count} waiting and no window open",
        todo_zh=zh or "没有窗口可开：请给已开的窗口加上这些事项，或告知来宾。",
        todo_en=en or "No window can be opened: give an open one these matters, or tell the visitors.",
        since=min(queue.unserved)[0],
        zone=group.zone,
        group=letter,
        tickets=_numbers(queue.unserved),
        open_windows=could,
    )


def _long_wait(state: HallDay, letter: str, queue: _Queue, number: str, minutes: int) -> Alarm:
    group = state.hall.groups[letter]
    could = _could_open(state, queue.windows)
    zh, en = _open_words(could)
    return Alarm(
        code="long_wait",
        urgency=Urgency.SOON,
        zh=f"{group.zh}：{number} 已等 {minutes} 分钟，共 {len(queue.waiting)} 人在等",
        en=f"{group.en}: {number} has waited {minutes} min; {len(queue.waiting)} waiting",
        todo_zh=zh or "能办的窗口都开着：请从空闲的分区调人，或到座位上说明。",
        todo_en=en or "All its windows are open: move a clerk from a quiet zone, or tell the visitors.",
        since=min(queue.waiting)[0],
        zone=group.zone,
        group=letter,
        tickets=_numbers(queue.waiting),
        open_windows=could,
    )


def _could_open(state: HallDay, windows: set[str]) -> tuple[str, ...]:
    """Those that could be opened, paused ones first: their clerk is near."""
    shut = [state.windows[no] for no in windows if state.windows[no].phase is not WindowPhase.OPEN]
    return tuple(w.no for w in sorted(shut, key=lambda w: (w.phase is WindowPhase.CLOSED, w.no)))


def _open_words(could: tuple[str, ...]) -> tuple[str, str]:
    if not could:
        return "", ""
    named, more = could[:MOST_NAMED], len(could) > MOST_NAMED
    return (
        f"请开 {'、'.join(named)}{' 等' if more else ''} 号窗口{'中的一个' if len(could) > 1 else ''}。",
        f"Open {'one of windows' if len(could) > 1 else 'window'} {', '.join(named)}{' …' if more else ''}.",
    )


def _numbers(waiting: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(number for _, number in sorted(waiting))


def _of_devices(state: HallDay, devices: tuple[Silent, ...], now: int) -> Iterator[Alarm]:
    for device in devices:
        if device.muted:
            yield _muted(device)
    silent = [d for d in devices if d.heard_at is None or now - d.heard_at > SILENT_SECONDS * 1000]
    if silent:
        yield _silent(state, silent)


def _muted(device: Silent) -> Alarm:
    return Alarm(
        code="speaker_muted",
        urgency=Urgency.SOON,
        zh=f"{device.zh}无声",
        en=f"{device.id} makes no sound",
        todo_zh="请到设备旁点一下屏幕，让它出声；在此之前请窗口口头叫号。",
        todo_en="Touch its screen once so that it may sound; until then windows call by voice.",
        since=device.heard_at,
        zone=device.zone,
    )


def _silent(state: HallDay, devices: list[Silent]) -> Alarm:
    """One alarm for all of them: a switch that fails takes thirty screens with it."""
    devices.sort(key=lambda d: d.heard_at or 0)
    first, count = devices[0], len(devices)
    since = "一直没有连上" if first.heard_at is None else f"{hhmm(state.hall, first.heard_at)} 起没有回应"
    names = "、".join(d.zh for d in devices[:MOST_NAMED])
    return Alarm(
        code="screen_silent",
        urgency=Urgency.LATER if count == 1 else Urgency.SOON,
        zh=f"{first.zh}{since}"
        if count == 1
        else f"{count} 个设备没有回应：{names}{'等' if count > MOST_NAMED else ''}",
        en=f"{count} device(s) not answering: {', '.join(d.id for d in devices[:MOST_NAMED])}",
        todo_zh="请看电源和网线；在此之前来宾以窗口叫号为准。",
        todo_en="Check power and cable; until then visitors follow the calls at the windows.",
        since=first.heard_at,
        zone=first.zone if count == 1 else None,
        window=first.window if count == 1 else None,
    )
