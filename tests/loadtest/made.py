"""A journal made by the core, with what its users were told; and ways to doctor it."""

import random
from collections.abc import Callable
from typing import Any

import msgspec

from loadtest.evidence import Called, Evidence, Issued, Told, Watched
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.journal import GENESIS, VERSION, Commit, Entry, StoredCommit, encode, hash_of
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, TicketState
from onewindow.zones.model import Hall
from tests.core_hall import DAY, T0, core_hall


class MadeDay:
    """A day under commands, a commit each, with the evidence that honest users would keep."""

    def __init__(self) -> None:
        self.hall: Hall = core_hall()
        self.state = HallDay(self.hall, DAY)
        self.commits: list[Commit] = []
        self.evidence = Evidence()
        self.at = T0
        self.do(cmd.OpenDay(day=DAY, hall_digest=self.hall.digest))

    def do(self, command: cmd.AnyCommand, *, seconds: float = 1.0) -> tuple[ev.AnyEvent, ...] | Refusal:
        """Execute; an obeyed command with events becomes a commit, and its sender remembers the reply."""
        self.at += round(seconds * 1000)
        events = execute(self.state, command, self.at)
        if isinstance(events, Refusal) or not events:
            return events
        key = f"key-{len(self.commits)}"
        entry = Entry(at=self.at, by="test", do=str(command.__struct_config__.tag), events=events, key=key)
        n = len(self.commits) + 1
        self.commits.append(Commit(version=VERSION, hall="core", day=DAY, n=n, prev="", entries=(entry,)))
        self._tell(key, events)
        return events

    def _tell(self, key: str, events: tuple[ev.AnyEvent, ...]) -> None:
        issued = [Told(id=e.ticket, number=e.number) for e in events if isinstance(e, ev.TicketIssued)]
        if issued:
            self.evidence.issued.append(Issued(key=key, tickets=issued))
        for event in events:
            if isinstance(event, ev.TicketCalled):
                told = Called(key=key, window=event.window, ticket=event.ticket, call=event.call, why="先到先叫")
                self.evidence.called.append(told)

    def watch(self, channel: str = "hall") -> Watched:
        """A screen that has seen everything so far, from long before."""
        calls = [
            f"{DAY.replace('-', '')}-{event.call}"
            for event in self.events()
            if isinstance(event, ev.TicketCalled | ev.TicketRecalled)
            and (channel == "hall" or channel.endswith(event.window))
        ]
        watched = Watched(
            channel=channel, since_ms=T0 - 60_000, until_ms=self.at + 60_000, frames=9, snapshots=1, calls=calls
        )
        self.evidence.watched.append(watched)
        return watched

    def events(self) -> list[ev.AnyEvent]:
        return [event for commit in self.commits for entry in commit.entries for event in entry.events]


def usual_day() -> MadeDay:
    """Two windows, some tickets of each kind, calls, a recall, a service with its successor, a held one."""
    day = MadeDay()
    for matter in ("N-1", "N-2", "N-2", "S-1", "N-1", "N-2"):
        day.do(cmd.IssueTickets(items=(cmd.Item(matter=matter),)))
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-2"), cmd.Item(matter="S-2")), applicant="elderly"))
    for window in ("01", "03", "05"):
        day.do(cmd.OpenWindow(window=window, clerk=f"clerk-{window}"))
        day.do(cmd.CallNext(window=window))
    day.do(cmd.Recall(window="03"))
    for window in ("01", "03", "05"):
        day.do(cmd.StartService(window=window), seconds=30)
    day.do(cmd.CallNext(window="03", finish=True), seconds=300)
    day.do(cmd.StartService(window="03"), seconds=30)
    day.do(cmd.HoldTicket(window="03", reason="papers"), seconds=30)
    day.do(cmd.CallTicket(window="03", ticket=day.state.windows["03"].held[0]), seconds=90)
    day.watch()
    day.watch("windows/03")
    return day


def busy_day(seed: int, commands: int = 500) -> MadeDay:
    """Commands of every kind at random; most are refused, the others make the journal."""
    luck, day = random.Random(seed), MadeDay()
    hall, state = day.hall, day.state
    windows, matters = list(hall.windows), list(hall.matters)
    for _ in range(commands):
        window, matter = luck.choice(windows), luck.choice(matters)
        ticket = luck.choice(list(state.tickets) or ["none"])
        waiting = [t.id for t in state.tickets.values() if t.state is TicketState.WAITING] or [ticket]
        item = luck.choice([cmd.Item(matter=matter), cmd.Item(group=luck.choice("ABC")), cmd.Item(zone="north")])
        applicant = luck.choice(hall.settings.applicants).code
        drawn: list[cmd.AnyCommand] = [
            *[cmd.IssueTickets(items=(item, cmd.Item(matter=matter)), applicant=applicant)] * 3,
            cmd.IssueTickets(items=(item,), applicant=applicant, confirmed=False, channel="kiosk", copies=2),
            cmd.IssueTickets(items=(item,), visit="v1"),
            cmd.IssueTickets(items=(item,), purpose="collect"),
            cmd.CountConsult(matter=matter),
            cmd.CancelTicket(ticket=luck.choice(waiting)),
            *[cmd.ReturnTicket(ticket=t, finished=True) for t in [*sorted(state.away), ticket][:2]],
            cmd.StepAway(ticket=luck.choice(waiting)),
            cmd.RerouteTicket(ticket=luck.choice(waiting), to=item),
            cmd.ConfirmApplicant(ticket=luck.choice(waiting), applicant=applicant),
            *[cmd.OpenWindow(window=window, clerk="li")] * 4,
            cmd.PauseWindow(window=window, reason="lunch", after_current=luck.random() < 0.5),
            cmd.CloseWindow(window=window),
            cmd.HandOver(window=window, clerk=f"clerk-{luck.randrange(9)}"),
            cmd.SetWindowMatters(window=window, matters=(matter,)),
            cmd.SetWindowMatters(window="06", public=luck.random() < 0.5),
            cmd.CallHelp(window=window, on=luck.random() < 0.5),
            *[cmd.CallNext(window=window, finish=luck.random() < 0.8)] * 8,
            cmd.CallTicket(window=window, ticket=luck.choice(waiting), reason="行动不便"),
            cmd.Recall(window=window),
            *[cmd.StartService(window=window, matter=luck.choice([None, matter]))] * 6,
            cmd.FinishService(window=window),
            cmd.MarkNoShow(window=window),
            *[
                cmd.MarkNoShow(window=no)
                for no, w in state.windows.items()
                if w.ticket and state.tickets[w.ticket].recalls
            ],
            cmd.HoldTicket(window=window, reason="papers"),
            cmd.TransferTicket(window=window, to=item, note="走错了"),
            cmd.TransferTicket(window=window, to_window=luck.choice(windows)),
            cmd.AddMatter(window=window, matter=matter, replace=luck.random() < 0.5),
            cmd.Undo(window=window, reason="误操作"),
            cmd.Tick(),
            cmd.Tick(break_until=day.at + 600_000, full_groups=("A",) if luck.random() < 0.1 else ()),
            *[cmd.RateService(ticket=t, grade=luck.randint(1, 5)) for t in finished(state)[:1]],
            cmd.SuspendService(reason="power"),
            *[cmd.ResumeService()] * 3,
            cmd.NoteOutage(since=day.at - 60_000),
            lost(state, luck),
            cmd.StopGroup(group=luck.choice("ABC")),
            *[cmd.ResumeGroup(group=luck.choice("ABC"))] * 2,
            cmd.MergeWindow(window=window, into=luck.choice(windows)),
            cmd.MarkTicket(ticket=luck.choice(waiting), marks=luck.choice([(), ("deaf",), ("accompany",)])),
            cmd.MarkTicket(ticket=luck.choice(waiting), marks=("deaf", "accompany")),
            *[cmd.ConfirmAbsent(ticket=t) for t in called_with(state, "deaf") or [ticket]] * 2,
            *[cmd.TakeAlong(ticket=t) for t in called_with(state, "accompany") or [ticket]] * 2,
            *[cmd.GrantSeries(device=luck.choice(["d1", "d2"]), spent=luck.choice([0, 0, 1]))] * 2,
            *[cmd.TakeInSlip(right=luck.choice([1, 2]), slip=slip_of(day, luck))] * 2,
            cmd.WithdrawAsking(),
            cmd.StartClosing(),
            cmd.ResumeIntake(),
            cmd.ResumeIntake(),
            cmd.SettleTicket(ticket=luck.choice(waiting), choice=luck.choice(["late", "tomorrow", "give_up"])),
        ]
        day.do(luck.choice(drawn), seconds=luck.choice([1, 10, 90]))
    return day


def slip_of(day: MadeDay, luck: random.Random) -> cmd.OfflineSlip:
    """A slip that a page may have issued."""
    matter = luck.choice(list(day.hall.matters.values()))
    return cmd.OfflineSlip(
        letter=matter.group,
        count=luck.randint(1, 30),
        issued=day.at - luck.randrange(600_000),
        item=cmd.Item(matter=matter.code),
        applicant=luck.choice(day.hall.settings.applicants).code,
        voided=luck.random() < 0.2,
    )


def lost(state: HallDay, luck: random.Random) -> cmd.NoteLoss:
    """What another history of this day had seen."""
    series = {"A": state.series.get("A", 0) + luck.randint(-1, 1)}
    calls = state.calls + luck.randint(-1, 1)
    return cmd.NoteLoss(day=state.day, series=series, calls=calls, missing=("A999",))


def called_with(state: HallDay, mark: str) -> list[str]:
    """Who stands called at a window and bears this mark."""
    tickets = (state.tickets[w.ticket] for w in state.windows.values() if w.ticket is not None)
    return [t.id for t in tickets if t.state is TicketState.CALLED and mark in t.marks]


def recalled(state: HallDay) -> list[str]:
    """Windows whose ticket has been called again."""
    return [no for no, w in state.windows.items() if w.ticket is not None and state.tickets[w.ticket].recalls]


def finished(state: HallDay) -> list[str]:
    """Whose service is over and not yet rated."""
    return [t.id for t in state.tickets.values() if t.state is TicketState.FINISHED and t.rating is None]


def end_of(day: MadeDay) -> None:
    """Serve or settle whoever remains, and close the day."""
    for window, here in day.state.windows.items():
        if here.ticket is not None:
            day.do(cmd.StartService(window=window))
            day.do(cmd.FinishService(window=window))
    for ticket in day.state.alive():
        day.do(cmd.SettleTicket(ticket=ticket.id, choice="give_up"))
    day.do(cmd.LeaveDay(to=DAY))
    day.do(cmd.CloseDay())


def sealed(commits: list[Commit], prev: str = GENESIS) -> list[StoredCommit]:
    """The commits as a forger would store them: numbered and chained anew."""
    stored = []
    for n, commit in enumerate(commits, 1):
        body = encode(msgspec.structs.replace(commit, n=n, prev=prev))
        prev = hash_of(body)
        stored.append(StoredCommit(commit.day, n, body, prev))
    return stored


def changed(commits: list[Commit], kind: type[ev.Event], at: int = -1, **fields: Any) -> list[Commit]:
    """The commits with one event of this kind (by default the last) told otherwise."""
    return edited(commits, kind, lambda event: msgspec.structs.replace(event, **fields), at)


def edited(
    commits: list[Commit], kind: type[ev.Event], edit: Callable[[Any], ev.AnyEvent | None], at: int = -1
) -> list[Commit]:
    """The commits with one event of this kind edited; None takes it out."""
    places = [
        (i, j, k)
        for i, commit in enumerate(commits)
        for j, entry in enumerate(commit.entries)
        for k, event in enumerate(entry.events)
        if isinstance(event, kind)
    ]
    i, j, k = places[at]
    entry = commits[i].entries[j]
    new = edit(entry.events[k])
    events = (*entry.events[:k], *(() if new is None else (new,)), *entry.events[k + 1 :])
    entries = list(commits[i].entries)
    entries[j] = msgspec.structs.replace(entry, events=events)
    return [*commits[:i], msgspec.structs.replace(commits[i], entries=tuple(entries)), *commits[i + 1 :]]
