"""Deciding again (重新裁决): from a journal's entry back to its command, and the core's own word on it.

The journal keeps events, not commands; but every command can be rebuilt from what it brought about and the state
before it. Given to the core again, it must bring about the same events: so nobody was called out of turn.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.decide_offline import right_of
from onewindow.queue.evolve import evolve_all
from onewindow.queue.journal import Entry
from onewindow.queue.refusals import Refusal
from onewindow.queue.series_right import count_of
from onewindow.queue.state import HallDay
from onewindow.zones.model import Hall

MOST_REBUILDS: Final = 10
"""After so many disagreements the rest is not decided again: the first ones tell what is wrong."""

E = TypeVar("E", bound=ev.Event)
Rebuild = Callable[[HallDay, Entry], cmd.AnyCommand]


class Disagreement(Exception):
    """An entry that the core would not have decided so. Says what it would have done."""


class Judge:
    """Follows a day entry by entry; `judge` decides each again."""

    def __init__(self, hall: Hall, day: str) -> None:
        self.hall = hall
        self.day = day
        self.state = HallDay(hall, day)
        self._past: list[ev.AnyEvent] = []
        self._rebuilt = 0

    @property
    def tired(self) -> bool:
        """Whether there were so many disagreements that nothing more is decided again."""
        return self._rebuilt >= MOST_REBUILDS

    def judge(self, entry: Entry) -> None:
        """Decide the entry again, then go on from what the journal says. Raises Disagreement, and what the core
        raises on a journal that can't be: KeyError and the like."""
        try:
            command = command_of(self.state, entry)
            found = execute(self.state, command, entry.at)
        except Exception:
            self._go_on(entry)
            raise
        if found == entry.events:
            self._past.extend(entry.events)
            return
        self._go_on(entry)
        if isinstance(found, Refusal):
            raise Disagreement(f"{entry.do}: the core refuses it: {found.en}")
        raise Disagreement(f"{entry.do}: the core says {_words(found)}, the journal says {_words(entry.events)}")

    def _go_on(self, entry: Entry) -> None:
        """Rebuild the state from the journal alone: what was decided again has spoilt it."""
        self._rebuilt += 1
        self._past.extend(entry.events)
        self.state = HallDay(self.hall, self.day)
        evolve_all(self.state, self._past)


def command_of(state: HallDay, entry: Entry) -> cmd.AnyCommand:
    """The command behind an entry; `state` is the one before it. Raises Disagreement when there can't be one."""
    rebuild = REBUILD.get(entry.do)
    if rebuild is None:
        raise Disagreement(f"{entry.do}: no such command is known")
    if not entry.events:
        raise Disagreement(f"{entry.do}: an entry without events")
    return rebuild(state, entry)


def _words(events: tuple[ev.AnyEvent, ...]) -> str:
    return " + ".join(_word(event) for event in events) or "nothing"


def _word(event: ev.AnyEvent) -> str:
    named = [str(value) for name in ("ticket", "window") if (value := getattr(event, name, None)) is not None]
    return f"{type(event).__name__}({', '.join(named)})"


def _first(entry: Entry, kind: type[E]) -> E:
    found = _maybe(entry, kind)
    if found is None:
        raise Disagreement(f"{entry.do}: no {kind.__name__} among its events")
    return found


def _maybe(entry: Entry, kind: type[E]) -> E | None:
    return next((event for event in entry.events if isinstance(event, kind)), None)


def _item(matter: str | None, group: str) -> cmd.Item:
    return cmd.Item(matter=matter) if matter is not None else cmd.Item(group=group)


def _open_day(state: HallDay, entry: Entry) -> cmd.OpenDay:
    opened = _first(entry, ev.DayOpened)
    return cmd.OpenDay(
        day=opened.day,
        hall_digest=opened.hall_digest,
        previous_day=opened.previous_day,
        previous_head=opened.previous_head,
        carried=opened.carried,
    )


def _tick(state: HallDay, entry: Entry) -> cmd.Tick:
    lunch = _maybe(entry, ev.BreakStarted)
    still = state.on_break is not None and _maybe(entry, ev.BreakEnded) is None
    return cmd.Tick(
        closing_due=_maybe(entry, ev.IntakeStopped) is not None,
        break_until=lunch.until if lunch is not None else 0 if still else None,
        full_groups=tuple(event.group for event in entry.events if isinstance(event, ev.GroupStopped)),
    )


def _issue(state: HallDay, entry: Entry) -> cmd.IssueTickets:
    issued = [event for event in entry.events if isinstance(event, ev.TicketIssued)]
    first = _first(entry, ev.TicketIssued)
    places = {event.ticket: place for place, event in enumerate(issued)}
    return cmd.IssueTickets(
        items=tuple(
            msgspec.structs.replace(
                _item(event.matter, event.group), after=tuple(places[name] for name in event.after)
            )
            for event in issued
        ),
        applicant=first.applicant,
        confirmed=first.confirmed,
        purpose=first.purpose,
        channel=first.channel,
        visit=None if _maybe(entry, ev.VisitStarted) is not None else first.visit,
        copies=first.copies + first.left,
        marks=first.marks,
        slot=first.slot,
        follows=first.previous,
        waits=tuple(event.wait for event in issued),
    )


def _reroute(state: HallDay, entry: Entry) -> cmd.RerouteTicket:
    event = _first(entry, ev.TicketRerouted)
    return cmd.RerouteTicket(ticket=event.ticket, to=_item(event.matter, event.group), purpose=event.purpose)


def _open_window(state: HallDay, entry: Entry) -> cmd.OpenWindow:
    if (withdrawn := _maybe(entry, ev.PauseWithdrawn)) is not None:
        return cmd.OpenWindow(window=withdrawn.window, clerk=state.windows[withdrawn.window].clerk)
    opened = _first(entry, ev.WindowOpened)
    return cmd.OpenWindow(window=opened.window, clerk=opened.clerk)


def _pause(state: HallDay, entry: Entry) -> cmd.PauseWindow:
    if (asked := _maybe(entry, ev.PauseRequested)) is not None:
        return cmd.PauseWindow(window=asked.window, reason=asked.reason, after_current=True)
    paused = _first(entry, ev.WindowPaused)
    return cmd.PauseWindow(window=paused.window, reason=paused.reason)


def _matters(state: HallDay, entry: Entry) -> cmd.SetWindowMatters:
    changes = [event for event in entry.events if isinstance(event, ev.WindowMattersChanged)]
    event = changes[-1]
    into = changes[0].window if len(changes) > 1 else None
    return cmd.SetWindowMatters(window=event.window, matters=event.matters, public=event.public, into=into)


def _close(state: HallDay, entry: Entry) -> cmd.CloseWindow:
    # Whether a supervisor's word was needed can't be seen from the event; the order of calls doesn't hang on it.
    return cmd.CloseWindow(window=_first(entry, ev.WindowClosed).window, anyway=True)


def _call_next(state: HallDay, entry: Entry) -> cmd.CallNext:
    finished = _maybe(entry, ev.TicketFinished) or _maybe(entry, ev.TurnEnded)
    window = finished.window if finished is not None else _first(entry, ev.TicketCalled).window
    return cmd.CallNext(window=window, finish=finished is not None)


def _finish(state: HallDay, entry: Entry) -> cmd.FinishService:
    return cmd.FinishService(window=(_maybe(entry, ev.TurnEnded) or _first(entry, ev.TicketFinished)).window)


def _call_ticket(state: HallDay, entry: Entry) -> cmd.CallTicket:
    event = _first(entry, ev.TicketCalled)
    return cmd.CallTicket(window=event.window, ticket=event.ticket, reason=event.why.note)


def _start(state: HallDay, entry: Entry) -> cmd.StartService:
    matter = _maybe(entry, ev.MatterSet)
    window = _first(entry, ev.ServiceStarted).window
    return cmd.StartService(window=window, matter=matter.matter if matter is not None else None)


def _transfer(state: HallDay, entry: Entry) -> cmd.TransferTicket:
    event = _first(entry, ev.TicketTransferred)
    ticket = state.tickets[event.ticket]
    stays = (ticket.zone, ticket.group, ticket.matter, ticket.minutes)
    same = event.to_window is not None and stays == (event.zone, event.group, event.matter, event.minutes)
    return cmd.TransferTicket(
        window=event.window,
        to_window=event.to_window,
        to=None if same else _item(event.matter, event.group),
        note=event.note,
    )


def _add_matter(state: HallDay, entry: Entry) -> cmd.AddMatter:
    event = _first(entry, ev.MatterSet)
    window = state.tickets[event.ticket].window
    if window is None:
        raise Disagreement(f"{entry.do}: {event.ticket} is at no window")
    return cmd.AddMatter(window=window, matter=event.matter, replace=not event.added)


def _return(state: HallDay, entry: Entry) -> cmd.AnyCommand:
    found = _first(entry, ev.TicketReturned)
    return cmd.ReturnTicket(ticket=found.ticket, finished=found.origin == "finished")


def _grant(state: HallDay, entry: Entry) -> cmd.GrantSeries:
    event = _first(entry, ev.SeriesGranted)
    before = right_of(state, event.device)
    return cmd.GrantSeries(device=event.device, spent=before.no if before is not None else 0)


def _take_in(state: HallDay, entry: Entry) -> cmd.AnyCommand:
    event = _maybe(entry, ev.TicketIssued)
    cancelled = _maybe(entry, ev.TicketCancelled)
    if event is None and cancelled is not None:
        return cmd.CancelTicket(ticket=cancelled.ticket)  # a void that came after its slip does the same
    event = _first(entry, ev.TicketIssued)
    if event.offline is None:
        raise Disagreement(f"{entry.do}: {event.number} was not issued offline")
    right = event.offline.right
    first = count_of(state.hall.settings.numbers.width, right, 0)
    slip = cmd.OfflineSlip(
        letter=event.series,
        count=event.count - first,
        issued=event.offline.said,
        item=_item(event.matter, event.group),
        applicant=event.applicant,
        purpose=event.purpose,
        copies=event.copies + event.left,
        marks=event.marks,
        visit=None if _maybe(entry, ev.VisitStarted) is not None else event.visit,
        voided=cancelled is not None,
    )
    return cmd.TakeInSlip(right=right, slip=slip)


def _note_loss(state: HallDay, entry: Entry) -> cmd.AnyCommand:
    lost = _first(entry, ev.LossNoted)
    kept = {name: getattr(lost, name) for name in ("series", "calls", "visits", "rights", "missing")}
    return cmd.NoteLoss(day=state.day, **kept)


def _plain(command: type[cmd.AnyCommand], event: type[ev.Event], *fields: str) -> Rebuild:
    """A command whose fields are those of its one event."""

    def rebuild(state: HallDay, entry: Entry) -> cmd.AnyCommand:
        found: Any = _first(entry, event)
        return command(**{name: getattr(found, name) for name in fields})

    return rebuild


REBUILD: Final[dict[str, Rebuild]] = {
    "open_day": _open_day,
    "leave_day": _plain(cmd.LeaveDay, ev.DayLeft, "to"),
    "start_closing": _plain(cmd.StartClosing, ev.IntakeStopped),
    "resume_intake": _plain(cmd.ResumeIntake, ev.IntakeResumed),
    "close_day": _plain(cmd.CloseDay, ev.DayClosed),
    "settle_ticket": _plain(cmd.SettleTicket, ev.TicketSettled, "ticket", "choice"),
    "tick": _tick,
    "issue_tickets": _issue,
    "count_consult": _plain(cmd.CountConsult, ev.ConsultCounted, "zone", "matter"),
    "cancel_ticket": _plain(cmd.CancelTicket, ev.TicketCancelled, "ticket"),
    "return_ticket": _return,
    "step_away": _plain(cmd.StepAway, ev.AwayStarted, "ticket"),
    "reroute_ticket": _reroute,
    "confirm_applicant": _plain(cmd.ConfirmApplicant, ev.ApplicantConfirmed, "ticket", "applicant"),
    "open_window": _open_window,
    "pause_window": _pause,
    "close_window": _close,
    "merge_window": _plain(cmd.MergeWindow, ev.WindowMerged, "window", "into"),
    "suspend_service": _plain(cmd.SuspendService, ev.ServiceSuspended, "reason", "note"),
    "resume_service": _plain(cmd.ResumeService, ev.ServiceResumed),
    "note_outage": _plain(cmd.NoteOutage, ev.OutageNoted, "since"),
    "note_loss": _note_loss,
    "stop_group": _plain(cmd.StopGroup, ev.GroupStopped, "group"),
    "resume_group": _plain(cmd.ResumeGroup, ev.GroupResumed, "group"),
    "mark_ticket": _plain(cmd.MarkTicket, ev.TicketMarked, "ticket", "marks"),
    "rate_service": _plain(cmd.RateService, ev.ServiceRated, "ticket", "grade", "reasons", "via"),
    "confirm_absent": _plain(cmd.ConfirmAbsent, ev.AbsenceConfirmed, "ticket"),
    "take_along": _plain(cmd.TakeAlong, ev.AccompanyTaken, "ticket"),
    "hand_over": _plain(cmd.HandOver, ev.WindowHandedOver, "window", "clerk"),
    "set_window_matters": _matters,
    "call_help": _plain(cmd.CallHelp, ev.HelpCalled, "window", "on"),
    "call_next": _call_next,
    "call_ticket": _call_ticket,
    "recall": _plain(cmd.Recall, ev.TicketRecalled, "window"),
    "start_service": _start,
    "finish_service": _finish,
    "mark_no_show": _plain(cmd.MarkNoShow, ev.TicketMissed, "window"),
    "hold_ticket": _plain(cmd.HoldTicket, ev.TicketHeld, "window", "reason"),
    "transfer_ticket": _transfer,
    "add_matter": _add_matter,
    "grant_series": _grant,
    "take_in_slip": _take_in,
    "withdraw_asking": _plain(cmd.WithdrawAsking, ev.AskingWithdrawn),
    "undo": _plain(cmd.Undo, ev.CommandUndone, "window", "reason"),
}
"""By the command's tag."""
