"""What concerns the day and the windows as such: open, pause, close, hand over, change matters; time passing."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import capable_windows, first_numbers
from onewindow.queue.checks import Decision, find_ticket, find_window, known, occupied, wrong_state
from onewindow.queue.decide_desk import carry_over
from onewindow.queue.decide_service import WORKING, pass_time
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import DayPhase, HallDay, Ticket, TicketState, WindowPhase
from onewindow.queue.stopped import away_ends_at, elapsed

CHOICES = ("late", "tomorrow", "give_up")


def open_day(state: HallDay, command: cmd.OpenDay, at: int) -> Decision:
    """Open the business day (开始当天)."""
    if state.phase is not DayPhase.BEFORE:
        return refuse("day_already_open", day=state.day)
    opened = ev.DayOpened(
        at=at,
        day=command.day,
        hall_digest=command.hall_digest,
        previous_day=command.previous_day,
        previous_head=command.previous_head,
        carried=command.carried,
    )
    return (opened, *carry_over(state, command, at))


def leave_day(state: HallDay, command: cmd.LeaveDay, at: int) -> Decision:
    """Leave the day for another one (离开误开的一天)."""
    return (ev.DayLeft(at=at, to=command.to),)


def start_closing(state: HallDay, command: cmd.StartClosing, at: int) -> Decision:
    """Stop intake (停止取号)."""
    if state.phase is not DayPhase.OPEN:
        return refuse("intake_stopped" if state.phase is DayPhase.CLOSING else "day_not_open")
    return (ev.IntakeStopped(at=at),)


def resume_intake(state: HallDay, command: cmd.ResumeIntake, at: int) -> Decision:
    """Take numbers again (恢复取号)."""
    if state.phase is not DayPhase.CLOSING:
        return refuse("intake_not_stopped" if state.phase is DayPhase.OPEN else "day_not_open")
    return (ev.IntakeResumed(at=at),)


def close_day(state: HallDay, command: cmd.CloseDay, at: int) -> Decision:
    """Close the day (结束当天), when everybody who remained has chosen."""
    if state.phase not in WORKING:
        return refuse("day_not_open")
    remaining = [t for t in state.alive() if t.choice != "tomorrow"]
    if remaining:
        return refuse("day_has_remaining", count=len(remaining), numbers=first_numbers(remaining))
    closed = [
        ev.WindowClosed(at=at, window=w.no) for w in state.windows.values() if w.phase is not WindowPhase.CLOSED
    ]
    return (*closed, ev.DayClosed(at=at))


def settle_ticket(state: HallDay, command: cmd.SettleTicket, at: int) -> Decision:
    """Record a remaining visitor's choice (收尾选择)."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if command.choice not in CHOICES:
        return refuse("unknown_choice", name=command.choice)
    if ticket.state not in (TicketState.WAITING, TicketState.HELD) or ticket.choice == "tomorrow":
        return wrong_state(ticket, "做收尾选择", "settled")
    settled = ev.TicketSettled(at=at, ticket=ticket.id, choice=command.choice)
    if command.choice == "give_up":
        return (settled, ev.TicketAbandoned(at=at, ticket=ticket.id))
    return (settled,)


def tick(state: HallDay, command: cmd.Tick, at: int) -> Decision:
    """Let time pass (时钟); events only where something is due. While the hall stands still no time runs out."""
    if state.phase not in WORKING:
        return ()
    events: list[ev.AnyEvent] = []
    if command.closing_due and state.phase is DayPhase.OPEN and not state.closing_noticed:
        events.append(ev.IntakeStopped(at=at))
    events.extend(pass_time(state, command, at))
    for name in sorted(state.away):
        until = away_ends_at(state, state.tickets[name], at)
        if until is not None and until <= at:
            events.append(ev.AwayEnded(at=at, ticket=name))
    for name in sorted(state.bound):
        if _to_release(state, state.tickets[name], at):
            events.append(ev.HeldReleased(at=at, ticket=name))
    return tuple(events)


def _to_release(state: HallDay, ticket: Ticket, at: int) -> bool:
    """Whether its one window has been away too long, and another one could serve it."""
    if ticket.bound is None:
        return False
    window = state.windows[ticket.bound]
    if window.phase is WindowPhase.OPEN:
        return False
    gone = elapsed(state, max(window.since or 0, ticket.bound_at or 0), at)
    if gone < state.hall.settings.timing.held_release_minutes * 60_000:
        return False
    return bool(capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose))


def open_window(state: HallDay, command: cmd.OpenWindow, at: int) -> Decision:
    """Open, go on after a pause, or take back the pause after the current ticket (开窗、恢复)."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    if state.phase not in WORKING:
        return refuse("day_not_open")
    if window.phase is WindowPhase.OPEN:
        if window.pause_after:
            return (ev.PauseWithdrawn(at=at, window=window.no),)
        return refuse("window_already_open", window=window.no)
    return (ev.WindowOpened(at=at, window=window.no, clerk=command.clerk),)


def pause_window(state: HallDay, command: cmd.PauseWindow, at: int) -> Decision:
    """Pause, now or after the current ticket (暂停)."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    reasons = state.hall.settings.pause_reasons
    if command.reason not in {r.code for r in reasons}:
        return refuse("unknown_reason", name=command.reason, known=known(reasons))
    if window.phase is not WindowPhase.OPEN:
        return refuse("window_closed", window=window.no)
    if window.ticket is not None:
        if command.after_current:
            return (ev.PauseRequested(at=at, window=window.no, reason=command.reason),)
        return occupied(window, state.tickets[window.ticket])
    return (ev.WindowPaused(at=at, window=window.no, reason=command.reason),)


def hand_over(state: HallDay, command: cmd.HandOver, at: int) -> Decision:
    """Hand over to a colleague (交接)."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    if window.phase is WindowPhase.CLOSED:
        return refuse("window_closed", window=window.no)
    if window.clerk == command.clerk:
        return refuse("same_clerk", clerk=command.clerk, window=window.no)
    return (ev.WindowHandedOver(at=at, window=window.no, clerk=command.clerk),)


def call_help(state: HallDay, command: cmd.CallHelp, at: int) -> Decision:
    """Ask for help silently, or say that it came (呼叫支援). Asking twice changes nothing."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    if window.help == command.on:
        return ()
    return (ev.HelpCalled(at=at, window=window.no, on=command.on),)
