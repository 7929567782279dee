"""The second golden day: the day's edges, and everything that the first knows nothing of.

Two tickets come over from the day before; lunch, a suspension, a power cut; a group that stops, a merged window,
matters that another window takes; marks, an agent's folders, a chain's steps, appointments, ratings; at the end a
choice for everybody who remains. Written by `tests.queue.golden_day`.
"""

import random
from collections.abc import Callable

from onewindow.queue import commands as cmd
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase
from onewindow.zones.model import Hall
from tests.core_hall import DAY, MINUTE

Do = Callable[[cmd.AnyCommand, int], None]
"""Does a command so many ms after the one before."""
YESTERDAY = ("20261123-C009", "20261123-Q030")
SECOND = 1_000


def opening(hall: Hall) -> cmd.OpenDay:
    """The day begins with whom the day before has left."""
    carried = (
        cmd.Carried(
            ticket=YESTERDAY[0],
            number="C009",
            zone="real_estate",
            group="C",
            matter="REA-001",
            purpose="handle",
            applicant="standard",
            confirmed=True,
            seniority=1_795_425_000_000,
            visit="20261123-V7",
        ),
        cmd.Carried(
            ticket=YESTERDAY[1],
            number="Q030",
            zone="convenience",
            group="Q",
            matter="CNV-002",
            purpose="handle",
            applicant="standard",
            confirmed=True,
            seniority=1_795_426_000_000,
            copies=3,
            left=2,
            marks=("deaf",),
        ),
    )
    return cmd.OpenDay(
        day=DAY, hall_digest=hall.digest, previous_day="2026-11-23", previous_head="0" * 64, carried=carried
    )


class Edges:
    """The day, told to `do`; what is drawn depends on the state, which `do` changes."""

    def __init__(self, hall: Hall, state: HallDay, do: Do, seed: int) -> None:
        self._hall = hall
        self._state = state
        self._do = do
        self._luck = random.Random(seed)
        self._weights = [hall.profile.matter_weights.get(code, 0.01) for code in hall.matters]

    def play(self) -> None:
        """From the first visitor before opening to the last one's choice."""
        for _ in range(20):
            self._arrive()
        for window in list(self._hall.windows)[:-2]:
            self._do(cmd.OpenWindow(window=window, clerk=f"clerk-{window}"), SECOND)
        self._work(220)
        self._stand_still()
        self._work(120)
        self._move_windows()
        self._work(120)
        self._lunch()
        self._work(120)
        self._groups()
        self._work(60)
        self._close()

    # --- the day's work ---

    def _work(self, turns: int) -> None:
        for _ in range(turns):
            self._luck.choice([self._arrive, self._at_desk, *[self._at_window] * 4])()

    def _arrive(self) -> None:
        luck, hall = self._luck, self._hall
        matter = luck.choices(list(hall.matters), self._weights)[0]
        # What the first day knows is drawn more often than what is rare.
        plain = cmd.IssueTickets(items=(cmd.Item(matter=matter),))
        chain = luck.choice(list(hall.chains.values()))
        codes = list(dict.fromkeys(step.matter for step in chain.steps))[:3]
        steps = tuple(cmd.Item(matter=code, after=tuple(range(place))) for place, code in enumerate(codes))
        self._do(
            luck.choice(
                [
                    *[plain] * 5,
                    cmd.IssueTickets(items=(cmd.Item(matter=matter),), marks=("deaf",)),
                    cmd.IssueTickets(items=(cmd.Item(matter=matter),), marks=("accompany",)),
                    cmd.IssueTickets(items=(cmd.Item(matter=matter),), copies=luck.randrange(4, 12), channel="agent"),
                    cmd.IssueTickets(
                        items=(cmd.Item(matter=matter),),
                        applicant="appointment",
                        slot=self._state.last_at + luck.randrange(-20, 20) * MINUTE,
                    ),
                    cmd.IssueTickets(items=steps),
                    cmd.IssueTickets(
                        items=(cmd.Item(matter=matter),), channel="kiosk", applicant="elderly", confirmed=False
                    ),
                    *[self._next_step(matter)] * 2,
                ]
            ),
            luck.randrange(1, 20) * SECOND,
        )

    def _next_step(self, matter: str) -> cmd.IssueTickets:
        """Somebody who was served goes on with another matter, keeping the seniority."""
        done = self._tickets(TicketState.FINISHED)
        follows = self._luck.choice(done).id if done else None
        return cmd.IssueTickets(items=(cmd.Item(matter=matter),), follows=follows)

    def _at_desk(self) -> None:
        luck = self._luck
        ticket = self._some(TicketState.WAITING)
        called = self._some_marked()
        ended = self._some(TicketState.FINISHED, TicketState.NO_SHOW)
        commands: list[cmd.AnyCommand] = [
            cmd.CountConsult(zone=luck.choice(list(self._hall.zones))),
            cmd.MarkTicket(ticket=ticket, marks=luck.choice([(), ("deaf",), ("accompany",), ("deaf", "accompany")])),
            cmd.StepAway(ticket=ticket),
            cmd.CancelTicket(ticket=ticket),
            cmd.RerouteTicket(ticket=ticket, to=cmd.Item(group=luck.choice(list(self._hall.groups)))),
            cmd.ConfirmAbsent(ticket=called),
            cmd.TakeAlong(ticket=called),
            cmd.ReturnTicket(ticket=ended, finished=True),
            cmd.RateService(ticket=ended, grade=luck.randrange(1, 6)),
            cmd.ConfirmApplicant(ticket=ticket, applicant=luck.choice(self._hall.settings.applicants).code),
            cmd.Tick(),
        ]
        self._do(luck.choice(commands), luck.randrange(1, 15) * SECOND)

    def _at_window(self) -> None:
        luck, hall = self._luck, self._hall
        window = luck.choice([w for w in self._state.windows.values() if w.phase is not WindowPhase.CLOSED])
        no, gap = window.no, luck.randrange(2, 25) * SECOND
        ticket = self._state.tickets[window.ticket] if window.ticket is not None else None
        if window.phase is WindowPhase.PAUSED:
            self._do(cmd.OpenWindow(window=no, clerk=window.clerk), gap)
        elif ticket is None:
            mine = [t.id for t in self._tickets(TicketState.WAITING) if t.line is not None and no in t.line]
            calls: list[cmd.AnyCommand] = [
                *[cmd.CallNext(window=no)] * 14,
                cmd.CallTicket(window=no, ticket=luck.choice([*mine, "20261124-A999"]), reason="行动不便"),
                cmd.HandOver(window=no, clerk="clerk-y"),
            ]
            self._do(luck.choice(calls), gap)
            if luck.random() < 0.1:
                self._do(cmd.Undo(window=no), 5 * SECOND)
        elif ticket.state is TicketState.CALLED:
            starts: list[cmd.AnyCommand] = [*[cmd.StartService(window=no)] * 6, cmd.Recall(window=no)]
            self._do(luck.choice(starts), gap)
            if ticket.recalls and ticket.state is TicketState.CALLED:
                self._do(cmd.MarkNoShow(window=no), 70 * SECOND)
        else:
            commands: list[cmd.AnyCommand] = [
                *[cmd.FinishService(window=no)] * 5,
                *[cmd.CallNext(window=no, finish=True)] * 5,
                cmd.HoldTicket(window=no, reason=luck.choice(hall.settings.hold_reasons).code),
                cmd.TransferTicket(window=no, to_window=luck.choice(list(self._hall.zones[window.zone].windows))),
                cmd.AddMatter(window=no, matter=luck.choice(sorted(window.matters) or ["REA-001"])),
                cmd.PauseWindow(window=no, reason=luck.choice(hall.settings.pause_reasons).code, after_current=True),
                cmd.CallHelp(window=no, on=not window.help),
            ]
            if window.pause_after:
                commands = [cmd.OpenWindow(window=no, clerk=window.clerk)]
            self._do(luck.choice(commands), gap)

    # --- the edges ---

    def _stand_still(self) -> None:
        """Evacuated for a while; then, later, a power cut of four minutes."""
        self._do(cmd.SuspendService(reason="evacuation", note="消防演练"), SECOND)
        self._do(cmd.CallNext(window="07"), SECOND)
        self._arrive()
        self._do(cmd.Tick(), 10 * MINUTE)
        self._do(cmd.ResumeService(), MINUTE)
        self._work(20)
        self._do(cmd.NoteOutage(since=self._state.last_at), 4 * MINUTE)

    def _move_windows(self) -> None:
        """One window of each kind of move, emptied before it."""
        for no, into in (("35", "34"), ("40", "41")):
            self._free(no)
            for _ in range(2):
                self._do(cmd.IssueTickets(items=(cmd.Item(matter=self._only(no)),)), SECOND)
            self._do(cmd.CallNext(window=no), SECOND)
            self._do(cmd.StartService(window=no), SECOND)
            self._do(cmd.HoldTicket(window=no, reason=self._hall.settings.hold_reasons[0].code), SECOND)
            self._do(cmd.CloseWindow(window=no), SECOND)
            self._do(cmd.MergeWindow(window=no, into=into), SECOND)
        self._free("42")
        self._do(cmd.CloseWindow(window="42", anyway=True), SECOND)
        self._do(cmd.OpenWindow(window="42", clerk="clerk-42"), 20 * MINUTE)
        matter = self._only("37")
        self._do(cmd.IssueTickets(items=(cmd.Item(matter=matter),)), SECOND)
        rest = tuple(sorted(self._state.windows["37"].matters - {matter}))
        self._do(cmd.SetWindowMatters(window="37", matters=rest), SECOND)
        self._do(cmd.SetWindowMatters(window="37", matters=rest, into="38"), SECOND)
        self._do(cmd.SetWindowMatters(window="27", public=True), SECOND)

    def _lunch(self) -> None:
        until = self._state.last_at + 90 * MINUTE
        self._do(cmd.Tick(break_until=until), SECOND)
        self._work(10)
        self._do(cmd.Tick(break_until=until), 20 * MINUTE)
        self._do(cmd.Tick(), until - self._state.last_at)

    def _groups(self) -> None:
        """One is stopped by the forecast, one by a person; one is resumed."""
        self._do(cmd.Tick(full_groups=("A", "V")), SECOND)
        self._do(cmd.StopGroup(group="L"), SECOND)
        self._do(cmd.StopGroup(group="L"), SECOND)
        self._do(cmd.IssueTickets(items=(cmd.Item(group="L"),)), SECOND)
        self._do(cmd.ResumeGroup(group="V"), SECOND)
        self._do(cmd.Tick(full_groups=("A", "V")), SECOND)

    def _close(self) -> None:
        self._do(cmd.Tick(closing_due=True), SECOND)
        self._do(cmd.ResumeIntake(), SECOND)
        self._arrive()
        self._do(cmd.StartClosing(), MINUTE)
        self._do(cmd.CloseDay(), SECOND)
        for window in self._state.windows.values():
            self._free(window.no)
        choices = ("tomorrow", "give_up", "late")
        for place, ticket in enumerate(self._state.alive()):
            self._do(cmd.SettleTicket(ticket=ticket.id, choice=choices[place % 2]), SECOND)
        self._do(cmd.SettleTicket(ticket=next(iter(self._state.tickets)), choice=choices[2]), SECOND)
        self._do(cmd.CloseDay(), MINUTE)
        self._do(cmd.LeaveDay(to="2026-11-25"), MINUTE)

    # --- what is drawn from the state ---

    def _free(self, no: str) -> None:
        """Let the window finish what it has."""
        name = self._state.windows[no].ticket
        if name is None:
            return
        if self._state.tickets[name].state is TicketState.CALLED:
            self._do(cmd.StartService(window=no), SECOND)
        self._do(cmd.FinishService(window=no), MINUTE)

    def _only(self, no: str) -> str:
        """A matter that this window serves alone, if there is one; else any of its own."""
        windows = self._state.windows.values()
        mine = sorted(self._state.windows[no].matters)
        return next((m for m in mine if sum(m in w.matters for w in windows) == 1), mine[0])

    def _some_marked(self) -> str:
        """Somebody who was called and needs a person, if there is one; else anybody who was called."""
        marked = [t for t in self._tickets(TicketState.CALLED) if t.marks]
        return self._luck.choice(marked).id if marked else self._some(TicketState.CALLED)

    def _tickets(self, *states: TicketState) -> list[Ticket]:
        return [t for t in self._state.tickets.values() if t.state in states]

    def _some(self, *states: TicketState) -> str:
        found = self._tickets(*states)
        return self._luck.choice(found).id if found else "20261124-A999"
