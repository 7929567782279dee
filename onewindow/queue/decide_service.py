"""What stops the hall and lets it go on: suspension, outage, lunch, a group's intake."""

from collections.abc import Iterable

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision, suspended
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import DayPhase, HallDay, WindowPhase
from onewindow.queue.words import SUSPENSIONS

WORKING = (DayPhase.OPEN, DayPhase.CLOSING)
LEAST_OUTAGE = 20_000
"""Shorter than this (ms), a restart was no outage that anybody noticed."""
BY_HAND = ("guide", "agent", "station", "carried")
"""Who may still take numbers while service is suspended: people at the desk, not machines."""


def suspend(state: HallDay, command: cmd.SuspendService, at: int) -> Decision:
    """Suspend service (暂停服务)."""
    if state.phase not in WORKING:
        return refuse("day_not_open")
    if command.reason not in SUSPENSIONS:
        return refuse("unknown_reason", name=command.reason, known="、".join(SUSPENSIONS))
    if (already := suspended(state)) is not None:
        return already
    return (ev.ServiceSuspended(at=at, reason=command.reason, note=command.note.strip()),)


def resume(state: HallDay, command: cmd.ResumeService, at: int) -> Decision:
    """Go on (恢复服务)."""
    if state.suspended is None:
        return refuse("service_running")
    return (ev.ServiceResumed(at=at),)


def note_outage(state: HallDay, command: cmd.NoteOutage, at: int) -> Decision:
    """The system was away (系统中断); nothing when that was short, or nobody was there."""
    since = max(command.since, state.last_at)
    if state.phase not in WORKING or at - since < LEAST_OUTAGE:
        return ()
    if all(w.phase is WindowPhase.CLOSED for w in state.windows.values()) and not state.alive():
        return ()
    return (ev.OutageNoted(at=at, since=since),)


def stop_group(state: HallDay, command: cmd.StopGroup, at: int) -> Decision:
    """No more numbers for a group (业务组停止取号), by a person's word."""
    if command.group not in state.hall.groups:
        return refuse("unknown_group", name=command.group)
    if state.phase is not DayPhase.OPEN:
        return refuse("intake_stopped" if state.phase is DayPhase.CLOSING else "day_not_open")
    if (stopped := group_stopped(state, command.group)) is not None:
        return stopped
    return (_stopped(state, command.group, at, forecast=False),)


def resume_group(state: HallDay, command: cmd.ResumeGroup, at: int) -> Decision:
    """Numbers for a group again (业务组恢复取号)."""
    if command.group not in state.hall.groups:
        return refuse("unknown_group", name=command.group)
    if command.group not in state.stopped_groups:
        return refuse("intake_not_stopped")
    return (ev.GroupResumed(at=at, group=command.group),)


def group_stopped(state: HallDay, letter: str) -> Refusal | None:
    """The refusal of a number for a group that takes no more; None while it does."""
    stop = state.stopped_groups.get(letter)
    if stop is None:
        return None
    group = state.hall.groups[letter]
    return refuse("group_stopped", name=group.zh, name_en=group.en, last=stop.last or "-")


def pass_time(state: HallDay, command: cmd.Tick, at: int) -> Iterable[ev.AnyEvent]:
    """What the passing of time means for the hall as a whole: lunch, and groups that would run past closing."""
    if command.break_until is not None and state.on_break is None:
        yield ev.BreakStarted(at=at, until=command.break_until)
    if command.break_until is None and state.on_break is not None:
        yield ev.BreakEnded(at=at)
    if state.phase is DayPhase.OPEN:
        for letter in command.full_groups:
            if letter not in state.stopped_groups and letter not in state.resumed_groups:
                yield _stopped(state, letter, at, forecast=True)


def _stopped(state: HallDay, letter: str, at: int, *, forecast: bool) -> ev.GroupStopped:
    last = next((t.number for t in reversed(state.tickets.values()) if t.group == letter), None)
    return ev.GroupStopped(at=at, group=letter, last=last, forecast=forecast)
