"""What a window may do with tickets: call, recall, start, finish, miss, hold, transfer, add a matter."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import can_serve, capable_windows
from onewindow.queue.checks import (
    Decision,
    current,
    find_ticket,
    known,
    occupied,
    open_window,
    suspended,
    wrong_state,
)
from onewindow.queue.decide_desk import target
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowState
from onewindow.queue.stopped import called_for
from onewindow.routing.rules import rule_for
from onewindow.routing.why import Why


def after(window: WindowState, at: int) -> tuple[ev.AnyEvent, ...]:
    """The pause that was asked for after the current ticket."""
    if window.pause_after:
        return (ev.WindowPaused(at=at, window=window.no, reason=window.pause_after),)
    return ()


def done_here(state: HallDay, ticket: Ticket, window: WindowState, at: int) -> ev.TicketFinished | ev.TurnEnded:
    """The end of a service: done, or the end of a turn of an agent who has folders left."""
    if not ticket.left:
        return ev.TicketFinished(at=at, ticket=ticket.id, window=window.no)
    turn = min(ticket.left, state.hall.settings.timing.copies_per_turn)
    return ev.TurnEnded(at=at, ticket=ticket.id, window=window.no, copies=turn, left=ticket.left - turn)


def call_next(state: HallDay, command: cmd.CallNext, at: int) -> Decision:
    """Call the next ticket by the rule (叫号). No events: nobody waits whom this window can serve."""
    window = open_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    if window.ticket is not None:
        ticket = state.tickets[window.ticket]
        if command.finish and ticket.state is TicketState.SERVING:
            return (done_here(state, ticket, window, at), *after(window, at))
        return occupied(window, ticket)
    return called(state, window.no, at, follows=None)


def called(state: HallDay, window: str, at: int, follows: str | None) -> tuple[ev.AnyEvent, ...]:
    """The call that the rule makes at a free, open window; nothing when nobody waits."""
    choice = rule_for(state.hall.settings.routing).choose(
        state.lines, window, lambda ticket: state.tickets[ticket].number, at
    )
    if choice is None:
        return ()
    return (
        ev.TicketCalled(
            at=at, ticket=choice.ticket, window=window, call=state.calls + 1, why=choice.why, follows=follows
        ),
    )


def call_ticket(state: HallDay, command: cmd.CallTicket, at: int) -> Decision:
    """Call one ticket out of order, on record (指定叫号); a ticket held here is taken up without a reason."""
    window = open_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    if window.ticket is not None:
        return occupied(window, state.tickets[window.ticket])
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if ticket.state not in (TicketState.WAITING, TicketState.HELD) or ticket.choice == "tomorrow":
        return wrong_state(ticket, "叫号", "called")
    busy = state.visits[ticket.visit].busy
    if busy is not None:
        return refuse("visit_busy", number=ticket.number, other=state.tickets[busy].number)
    held_here = ticket.state is TicketState.HELD and ticket.window == window.no
    elsewhere = ticket.bound is not None and ticket.bound != window.no
    if elsewhere or not (held_here or can_serve(state, window.no, ticket)):
        able = (
            {ticket.bound}
            if ticket.bound
            else capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
        )
        return refuse("wrong_window", window=window.no, number=ticket.number, windows="、".join(sorted(able)) or "-")
    if not held_here and not command.reason.strip():
        return refuse("reason_needed")
    why = Why(
        policy=state.hall.settings.routing.policy,
        term="held" if held_here else "clerk",
        seniority=ticket.seniority,
        waiting=state.lines.waiting_at(window.no),
        note=command.reason.strip(),
    )
    return (ev.TicketCalled(at=at, ticket=ticket.id, window=window.no, call=state.calls + 1, why=why),)


def recall(state: HallDay, command: cmd.Recall, at: int) -> Decision:
    """Call again (重呼)."""
    here = current(state, command.window)
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    if ticket.state is not TicketState.CALLED:
        return wrong_state(ticket, "重呼", "recalled")
    if (stands := suspended(state)) is not None:
        return stands
    limit = state.hall.settings.timing.recall_limit
    if ticket.recalls >= limit:
        return refuse("recall_limit", number=ticket.number, limit=limit)
    return (ev.TicketRecalled(at=at, ticket=ticket.id, window=window.no, call=state.calls + 1),)


def start(state: HallDay, command: cmd.StartService, at: int) -> Decision:
    """The visitor has come (开始办理)."""
    here = current(state, command.window)
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    if ticket.state is not TicketState.CALLED:
        return wrong_state(ticket, "开始办理", "started")
    events: list[ev.AnyEvent] = []
    if command.matter is not None and command.matter != ticket.matter:
        refusal = _matter_here(state, window, command.matter)
        if refusal is not None:
            return refusal
        events.append(ev.MatterSet(at=at, ticket=ticket.id, matter=command.matter, added=False))
    return (*events, ev.ServiceStarted(at=at, ticket=ticket.id, window=window.no))


def _matter_here(state: HallDay, window: WindowState, matter: str) -> Refusal | None:
    found = state.hall.matters.get(matter)
    if found is None:
        return refuse("unknown_matter", name=matter)
    if window.matters and matter not in window.matters:
        able = sorted(w.no for w in state.windows.values() if matter in w.matters)
        return refuse("wrong_window", window=window.no, number=found.zh, windows="、".join(able) or "-")
    return None


def finish(state: HallDay, command: cmd.FinishService, at: int) -> Decision:
    """Done (办结)."""
    here = current(state, command.window)
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    if ticket.state is not TicketState.SERVING:
        return wrong_state(ticket, "办结（请先开始办理）", "finished; start the service first")
    return (done_here(state, ticket, window, at), *after(window, at))


def mark_no_show(state: HallDay, command: cmd.MarkNoShow, at: int) -> Decision:
    """Nobody came (过号), after the hall's time and recalls."""
    here = current(state, command.window)
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    if ticket.state is not TicketState.CALLED:
        return wrong_state(ticket, "过号", "marked a no-show")
    timing = state.hall.settings.timing
    if (stands := suspended(state)) is not None:
        return stands
    if "deaf" in ticket.marks and not ticket.absent:
        return refuse("deaf_needs_guide", number=ticket.number)
    left_ms = timing.no_show_after_seconds * 1000 - called_for(state, ticket.first_called_at or at, at)
    recalls_left = timing.no_show_after_recalls - ticket.recalls
    if left_ms > 0 or recalls_left > 0:
        return refuse(
            "too_early_for_no_show",
            seconds=timing.no_show_after_seconds,
            recalls=timing.no_show_after_recalls,
            left=max(0, -(-left_ms // 1000)),
            recalls_left=max(0, recalls_left),
        )
    return (ev.TicketMissed(at=at, ticket=ticket.id, window=window.no), *after(window, at))


def _present(state: HallDay, name: str, action: str, action_en: str) -> tuple[WindowState, Ticket] | Refusal:
    """The window and its ticket, which is called or being served."""
    here = current(state, name)
    if isinstance(here, Refusal):
        return here
    _, ticket = here
    if ticket.state not in (TicketState.CALLED, TicketState.SERVING):
        return wrong_state(ticket, action, action_en)
    return here


def hold(state: HallDay, command: cmd.HoldTicket, at: int) -> Decision:
    """Put aside with a reason (挂起)."""
    here = _present(state, command.window, "挂起", "held")
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    reasons = state.hall.settings.hold_reasons
    if command.reason not in {r.code for r in reasons}:
        return refuse("unknown_reason", name=command.reason, known=known(reasons))
    held = ev.TicketHeld(at=at, ticket=ticket.id, window=window.no, reason=command.reason)
    return (held, *after(window, at))


def transfer(state: HallDay, command: cmd.TransferTicket, at: int) -> Decision:
    """Send on to a window, matter, group or zone (转窗); seniority stays."""
    here = _present(state, command.window, "转窗", "transferred")
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    zone, group, matter, minutes = ticket.zone, ticket.group, ticket.matter, ticket.minutes
    if command.to is not None:
        where = target(state, command.to, ticket.purpose)
        if isinstance(where, Refusal):
            return where
        zone, group, matter, minutes = where.zone, where.group, where.matter, where.minutes
    elif command.to_window is None:
        return refuse("nothing_asked")
    able = capable_windows(state, zone, group, matter, ticket.purpose)
    if command.to_window is not None:
        if command.to_window not in state.windows:
            return refuse("unknown_window", name=command.to_window)
        if command.to_window not in able or command.to_window == window.no:
            others = sorted(able - {window.no})
            return refuse(
                "wrong_window",
                window=command.to_window,
                number=ticket.number,
                windows="、".join(others) or "-",
            )
    return (
        ev.TicketTransferred(
            at=at,
            ticket=ticket.id,
            window=window.no,
            zone=zone,
            group=group,
            matter=matter,
            purpose=ticket.purpose,
            minutes=minutes,
            to_window=command.to_window,
            note=command.note,
        ),
        *after(window, at),
    )


def add_matter(state: HallDay, command: cmd.AddMatter, at: int) -> Decision:
    """Add or correct a matter at the window (一窗多办)."""
    here = _present(state, command.window, "加办", "given a matter")
    if isinstance(here, Refusal):
        return here
    window, ticket = here
    refusal = _matter_here(state, window, command.matter)
    if refusal is not None:
        return refusal
    if command.matter == ticket.matter or command.matter in ticket.more:
        return refuse("matter_there", number=ticket.number, name=state.hall.matters[command.matter].zh)
    added = not command.replace and ticket.matter is not None
    return (ev.MatterSet(at=at, ticket=ticket.id, matter=command.matter, added=added),)
