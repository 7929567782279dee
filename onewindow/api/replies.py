"""Replies (应答): what a command's sender is told, built inside the writer so that it is stored with its key.

They are functions of the state right after the command. A tracking token never stands in them: the journal keeps
replies, and keeps no secrets.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from onewindow.forecast.waits import newcomer_wait
from onewindow.http.answer import encode
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide_desk import counted_from, target
from onewindow.queue.decide_offline import right_of
from onewindow.queue.refusals import Refusal
from onewindow.queue.series_right import count_of
from onewindow.queue.state import ALIVE, HallDay
from onewindow.views.floor import public_window
from onewindow.views.service import service_view
from onewindow.views.ticket import View, holder_ticket, staff_ticket
from onewindow.zones.calendar import day_span

Events = tuple[ev.AnyEvent, ...]
OfTicket = (
    cmd.CancelTicket
    | cmd.ReturnTicket
    | cmd.StepAway
    | cmd.RerouteTicket
    | cmd.ConfirmApplicant
    | cmd.MarkTicket
    | cmd.ConfirmAbsent
    | cmd.TakeAlong
    | cmd.RateService
    | cmd.SettleTicket
)
OfWindow = (
    cmd.OpenWindow
    | cmd.PauseWindow
    | cmd.CloseWindow
    | cmd.MergeWindow
    | cmd.HandOver
    | cmd.SetWindowMatters
    | cmd.CallHelp
    | cmd.Recall
    | cmd.StartService
    | cmd.FinishService
    | cmd.MarkNoShow
    | cmd.HoldTicket
    | cmd.TransferTicket
    | cmd.AddMatter
    | cmd.Undo
)


def build_reply(state: HallDay, command: cmd.AnyCommand, events: Events, at: int) -> tuple[int, bytes]:
    """HTTP status and JSON body for a command that was obeyed."""
    build = REPLIES.get(type(command))
    if build is None:
        return 200, b"{}"
    status = 201 if isinstance(command, cmd.IssueTickets) else 200
    return status, encode(build(state, command, events))


def prepare(state: HallDay, command: cmd.AnyCommand, at: int) -> cmd.AnyCommand:
    """Give an issue the forecast for each item, to be recorded with the tickets and scored later."""
    if not isinstance(command, cmd.IssueTickets):
        return command
    applicant = state.hall.applicant(command.applicant)
    credit = round(applicant.credit_minutes * 60_000) if applicant is not None and command.confirmed else 0
    seniority = counted_from(state, command, at)
    if not isinstance(seniority, Refusal):
        credit += at - seniority  # an appointment counts from its slot, a step after another keeps its place
    waits = []
    for item in command.items:
        where = target(state, item, command.purpose)
        waits.append(None if isinstance(where, Refusal) else newcomer_wait(state, where.windows, credit, at))
    return msgspec.structs.replace(command, waits=tuple(waits))


def window_view(state: HallDay, no: str) -> View:
    """A window after a command about it: the public view, its clerk, what it will do next."""
    window = state.windows[no]
    return public_window(state, no) | {
        "clerk": window.clerk,
        "pause_after": window.pause_after or None,
        "help": window.help,
        "served": window.served,
        "held": len(window.held),
    }


def day_view(state: HallDay) -> View:
    """The day: its phase, what was issued, how many remain, what stands still."""
    return service_view(state) | {
        "day": state.day,
        "phase": state.phase.value,
        "issued": len(state.tickets),
        "remaining": sum(1 for ticket in state.tickets.values() if ticket.state in ALIVE),
        "consults": state.consults,
    }


def _issued(state: HallDay, command: cmd.IssueTickets, events: Events) -> View:
    """The first ticket, and all of them when there are several; a kiosk gets what the holder may see."""
    view = holder_ticket if command.channel == "kiosk" else staff_ticket
    issued = [event for event in events if isinstance(event, ev.TicketIssued)]
    tickets = [view(state, state.tickets[event.ticket]) for event in issued]
    reply = {"ticket": tickets[0], "visit": issued[0].visit}
    return reply | {"tickets": tickets} if len(tickets) > 1 else reply


def _of_holder(state: HallDay, command: OfTicket, events: Events) -> View:
    """The ticket as its holder may see it, whoever asked."""
    return {"ticket": holder_ticket(state, state.tickets[command.ticket])}


def _of_staff(state: HallDay, command: OfTicket, events: Events) -> View:
    return {"ticket": staff_ticket(state, state.tickets[command.ticket])}


def _series(state: HallDay, command: cmd.GrantSeries, events: Events) -> View:
    """The page's right, new or not."""
    right = right_of(state, command.device)
    assert right is not None
    settings = state.hall.settings
    by_group = settings.numbers.series == "group"
    return {
        "right": {
            "day": state.day,
            "no": right.no,
            "device": right.device,
            "granted_ms": right.at,
            "until_ms": day_span(settings, state.day).end_ms,
            "before": count_of(settings.numbers.width, right.no, 0),
            "most": right.most,
            "skip": sorted(settings.numbers.skip),
            "letters": {
                letter: letter if by_group else state.hall.zones[group.zone].letter
                for letter, group in state.hall.groups.items()
            },
        }
    }


def _called(state: HallDay, command: cmd.CallNext | cmd.CallTicket, events: Events) -> View:
    """The called ticket with its why, or null; and the id of the one that was finished first."""
    called = next((e.ticket for e in events if isinstance(e, ev.TicketCalled)), None)
    finished = next((e.ticket for e in events if isinstance(e, ev.TicketFinished | ev.TurnEnded)), None)
    ticket = staff_ticket(state, state.tickets[called]) if called is not None else None
    return {"ticket": ticket, "finished": finished}


def _at_window(state: HallDay, command: OfWindow, events: Events) -> View:
    """The ticket that the command was about, and the window."""
    named: str = next(name for event in events if (name := getattr(event, "ticket", None)))
    return {
        "ticket": staff_ticket(state, state.tickets[named]),
        "window": window_view(state, command.window),
    }


def _of_window(state: HallDay, command: OfWindow, events: Events) -> View:
    return {"window": window_view(state, command.window)}


def _of_day(state: HallDay, command: cmd.AnyCommand, events: Events) -> View:
    return {"day": day_view(state)}


REPLIES: Final[dict[type[cmd.Command], Callable[[HallDay, Any, Events], View]]] = {
    cmd.IssueTickets: _issued,
    cmd.GrantSeries: _series,
    cmd.CallNext: _called,
    cmd.CallTicket: _called,
    **dict.fromkeys((cmd.CancelTicket, cmd.ReturnTicket, cmd.StepAway, cmd.RateService), _of_holder),
    **dict.fromkeys(
        (
            cmd.RerouteTicket,
            cmd.ConfirmApplicant,
            cmd.MarkTicket,
            cmd.ConfirmAbsent,
            cmd.TakeAlong,
            cmd.SettleTicket,
        ),
        _of_staff,
    ),
    **dict.fromkeys(
        (
            cmd.Recall,
            cmd.StartService,
            cmd.FinishService,
            cmd.MarkNoShow,
            cmd.HoldTicket,
            cmd.TransferTicket,
            cmd.AddMatter,
            cmd.Undo,
        ),
        _at_window,
    ),
    **dict.fromkeys(
        (
            cmd.OpenWindow,
            cmd.PauseWindow,
            cmd.CloseWindow,
            cmd.MergeWindow,
            cmd.HandOver,
            cmd.SetWindowMatters,
            cmd.CallHelp,
        ),
        _of_window,
    ),
    **dict.fromkeys(
        (
            cmd.StartClosing,
            cmd.ResumeIntake,
            cmd.CloseDay,
            cmd.CountConsult,
            cmd.SuspendService,
            cmd.ResumeService,
            cmd.StopGroup,
            cmd.ResumeGroup,
        ),
        _of_day,
    ),
}
"""How each command is answered; commands of the system need no answer."""
