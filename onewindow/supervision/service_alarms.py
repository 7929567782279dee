"""Alarms of the hall's service as a whole (停摆告警): suspended, numbers lost, a group's intake stopped. Pure."""

from collections.abc import Iterator
from typing import Final

from onewindow.queue.state import DayPhase, HallDay, Stop
from onewindow.queue.words import SUSPENSIONS
from onewindow.supervision.alarm import Alarm, Urgency
from onewindow.views.clock import hhmm

LOSS_MS: Final = 90 * 60_000
"""So long it is told which numbers the journal has lost: by then who holds one has come and asked."""


def of_service(state: HallDay, now: int) -> Iterator[Alarm]:
    """What stops the hall or a group at `now` (ms)."""
    if state.suspended is not None:
        yield _suspended(state.suspended, now)
    numbers = tuple(number for number, at in state.missing.items() if now - at < LOSS_MS)
    if numbers:
        yield _lost(numbers, max(state.missing.values()))
    if state.phase is DayPhase.OPEN:
        for letter, stop in state.stopped_groups.items():
            if stop.forecast:
                yield _group(state, letter, stop.at, stop.last)


def _lost(numbers: tuple[str, ...], since: int) -> Alarm:
    return Alarm(
        code="numbers_lost",
        urgency=Urgency.SOON,
        zh=f"日志丢失过内容，系统里已没有 {len(numbers)} 个号：{'、'.join(numbers)}",
        en=f"The journal lost something; numbers that the hall no longer knows: {len(numbers)}",
        todo_zh="请到大厅收回这些号，当场重新取号；新号接在后面，不会重号。",
        todo_en="Collect these slips in the hall and issue new numbers; those go on behind, none is given twice.",
        since=since,
    )


def _suspended(stop: Stop, now: int) -> Alarm:
    zh, en = SUSPENSIONS.get(stop.reason, (stop.reason, stop.reason))
    minutes = max(0, now - stop.since) // 60_000
    note = f"：{stop.note}" if stop.note else ""
    return Alarm(
        code="suspended",
        urgency=Urgency.NOW,
        zh=f"已暂停服务 {minutes} 分钟（{zh}{note}）",
        en=f"Service suspended for {minutes} min ({en})",
        todo_zh="不叫号，所有时限停走。可以继续时请按“恢复服务”。",
        todo_en="Nobody is called, no time runs out. Press “Resume service” when the hall can go on.",
        since=stop.since,
    )


def _group(state: HallDay, letter: str, at: int, last: str | None) -> Alarm:
    group = state.hall.groups[letter]
    return Alarm(
        code="group_stopped",
        urgency=Urgency.LATER,
        zh=f"{group.zh}：按预计已停止取号（{hhmm(state.hall, at)}，末号 {last or '无'}）",
        en=f"{group.en}: no more numbers by the forecast since {hhmm(state.hall, at)} (last: {last or 'none'})",
        todo_zh="再开窗口或愿意加班，可在“业务组”里恢复取号。",
        todo_en="With one more window, or by staying longer, it can be resumed under “Groups”.",
        since=at,
        zone=group.zone,
        group=letter,
    )
