"""A rule-based machine over all commands: whatever people do, in whatever order, the promises hold."""

from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import TicketState
from tests.core_hall import DAY
from tests.queue.machine import HALL, PromisingHall

WINDOWS = st.sampled_from(list(HALL.windows))
MATTERS = st.sampled_from([*HALL.matters, *HALL.matters, *HALL.matters, "X-9"])
ITEMS = st.sampled_from(
    [
        *[cmd.Item(matter=m) for m in [*HALL.matters, *HALL.matters]],
        *[cmd.Item(group=g) for g in HALL.groups],
        *[cmd.Item(zone=z) for z in HALL.zones],
        cmd.Item(matter="X-9"),
    ]
)
APPLICANTS = st.sampled_from(["standard", "standard", "standard", "elderly", "appointment"])


def back_if_done(ticket: str) -> cmd.AnyCommand:
    return cmd.ReturnTicket(ticket=ticket, finished=True)


class HallMachine(PromisingHall):
    """Commands at random; the invariants after each."""

    @initialize(
        windows=st.lists(WINDOWS, unique=True, min_size=2),
        items=st.lists(st.tuples(ITEMS, APPLICANTS), min_size=2, max_size=8),
    )
    def open_day(self, windows: list[str], items: list[tuple[cmd.Item, str]]) -> None:
        self.do(cmd.OpenDay(day=DAY, hall_digest=HALL.digest))
        for no in windows:
            self.do(cmd.OpenWindow(window=no, clerk="li"))
        for item, applicant in items:
            self.now += 40_000
            self.do(cmd.IssueTickets(items=(item,), applicant=applicant))

    @rule(seconds=st.sampled_from([0, 1, 20, 61, 300, 1300]))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule()
    def clock_steps_back(self) -> None:
        self.now -= 90_000

    @rule(
        closing=st.sampled_from([False] * 9 + [True]),
        lunch=st.sampled_from([False] * 4 + [True]),
        full=st.lists(st.sampled_from(list(HALL.groups)), max_size=1),
    )
    def tick(self, closing: bool, lunch: bool, full: list[str]) -> None:
        self.do(
            cmd.Tick(
                closing_due=closing,
                break_until=self.now + 5_400_000 if lunch else None,
                full_groups=tuple(full) if closing else (),
            )
        )

    @rule(
        minutes=st.sampled_from([0.1, 4, 30]),
        reason=st.sampled_from(["power", "evacuation", "whim"]),
        data=st.data(),
    )
    def suspend_and_resume(self, minutes: float, reason: str, data: st.DataObject) -> None:
        """Nobody is called while service is suspended, and no visitor's time runs out."""
        was = self.state.suspended
        done = self.do(cmd.SuspendService(reason=reason))
        assert isinstance(done, Refusal) == (was is not None or reason == "whim" or not self.working())
        states = {t.id: (t.state, t.away_until) for t in self.state.tickets.values()}
        self.now += round(minutes * 60_000)
        if self.state.suspended is not None:
            window = self.busy(data)
            for command in (
                cmd.CallNext(window=window, finish=True),
                cmd.MarkNoShow(window=window),
                cmd.Recall(window=window),
            ):
                refused = self.do(command)
                assert isinstance(refused, Refusal)
            done = self.do(cmd.Tick())
            assert not isinstance(done, Refusal)
            ended = [e.ticket for e in done if isinstance(e, ev.AwayEnded)]
            # Only who was due already before the clocks stopped may come back now.
            assert all(states[name][1] is not None for name in ended)
        if data.draw(st.booleans()):
            self.do(cmd.ResumeService())

    @rule(minutes=st.sampled_from([0.1, 4, 90]))
    def power_cut(self, minutes: float) -> None:
        since = max(self.now, self.state.last_at)
        self.now = since + round(minutes * 60_000)
        self.do(cmd.NoteOutage(since=since))

    @rule(commands=st.integers(1, 5))
    @precondition(lambda self: len(self.steps) > 6)
    def lose(self, commands: int) -> None:
        self.lose_last(commands)

    @rule(group=st.sampled_from([*HALL.groups, "Z"]), stop=st.booleans())
    def group_intake(self, group: str, stop: bool) -> None:
        self.do(cmd.StopGroup(group=group) if stop else cmd.ResumeGroup(group=group))

    @rule(marks=st.sampled_from([(), ("deaf",), ("accompany",), ("deaf", "accompany"), ("rich",)]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def mark(self, marks: tuple[str, ...], data: st.DataObject) -> None:
        self.do(cmd.MarkTicket(ticket=self.name(data), marks=marks))

    @rule(what=st.sampled_from([cmd.ConfirmAbsent, cmd.TakeAlong]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def look_after(self, what: Callable[..., cmd.AnyCommand], data: st.DataObject) -> None:
        self.do(what(ticket=self.name(data)))

    @rule(window=WINDOWS, into=WINDOWS)
    def merge(self, window: str, into: str) -> None:
        """Whoever could be called before a merge can be called after it."""
        callable_before = self.callable_now()
        done = self.do(cmd.MergeWindow(window=window, into=into))
        if not isinstance(done, Refusal):
            assert callable_before <= self.callable_now()

    @rule(
        items=st.lists(ITEMS, min_size=1, max_size=3) | st.just([]),
        applicant=APPLICANTS,
        confirmed=st.booleans(),
        purpose=st.sampled_from(["handle"] * 12 + ["collect", "consult", "sing"]),
        copies=st.sampled_from([1, 1, 1, 1, 1, 1, 2, 5, 10, 61]),
        join=st.booleans(),
        steps=st.booleans(),
        data=st.data(),
    )
    def issue(
        self,
        items: list[cmd.Item],
        applicant: str,
        confirmed: bool,
        purpose: str,
        copies: int,
        join: bool,
        steps: bool,
        data: st.DataObject,
    ) -> None:
        visit = data.draw(st.sampled_from(list(self.state.visits))) if join and self.state.visits else None
        done = [t.id for t in self.state.tickets.values() if t.state is TicketState.FINISHED]
        if steps and items:
            items = [items[0], *(msgspec.structs.replace(i, after=(n,)) for n, i in enumerate(items[1:]))]
        self.do(
            cmd.IssueTickets(
                items=tuple(items),
                applicant=applicant,
                confirmed=confirmed,
                purpose=purpose,
                copies=copies,
                visit=visit,
                channel=data.draw(st.sampled_from(["guide", "guide", "kiosk"])),
                slot=data.draw(st.sampled_from([None, None, None, -1_200_000, -300_000, 600_000]).map(self.around)),
                follows=data.draw(st.sampled_from([None, None, None, *done])),
                marks=data.draw(st.sampled_from([(), (), (), ("deaf",), ("accompany",), ("tall",)])),
            )
        )

    @rule(window=WINDOWS)
    def open_window(self, window: str) -> None:
        self.do(cmd.OpenWindow(window=window, clerk="li"))

    @rule(finish=st.booleans(), data=st.data())
    def call_next(self, finish: bool, data: st.DataObject) -> None:
        window = self.busy(data) if finish else self.free(data)
        self.call_at(window, finish)

    @rule(data=st.data())
    def call_at_a_free_window(self, data: st.DataObject) -> None:
        self.call_at(self.free(data), False)

    def call_at(self, window: str, finish: bool) -> None:
        candidates = self.candidates(window)
        done = self.do(cmd.CallNext(window=window, finish=finish))
        if isinstance(done, Refusal):
            return
        called = [e for e in done if isinstance(e, ev.TicketCalled)]
        if not finish:
            assert bool(called) == bool(candidates), "a window was idle while somebody whom it serves waited"
        if called and len(done) == 1:
            self.check_order(called[0], candidates)

    @rule(reason=st.sampled_from(["", "urgent"]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def call_ticket(self, reason: str, data: st.DataObject) -> None:
        window = self.free(data)
        if held := self.state.windows[window].held:
            self.do(cmd.CallTicket(window=window, ticket=data.draw(st.sampled_from(held))))
            return
        self.do(cmd.CallTicket(window=window, ticket=self.name(data), reason=reason))

    @rule(
        what=st.sampled_from([cmd.Recall, cmd.StartService, cmd.StartService, cmd.FinishService, cmd.MarkNoShow]),
        data=st.data(),
    )
    def at_window(self, what: type, data: st.DataObject) -> None:
        self.do(what(window=self.busy(data)))

    @rule(matter=MATTERS, data=st.data())
    def start_with_matter(self, matter: str, data: st.DataObject) -> None:
        self.do(cmd.StartService(window=self.busy(data), matter=matter))

    @rule(data=st.data())
    def finish_and_call(self, data: st.DataObject) -> None:
        window = self.busy(data)
        self.do(cmd.StartService(window=window))
        self.now += 300_000
        self.call_at(window, True)

    @rule(data=st.data())
    def serve_through(self, data: st.DataObject) -> None:
        window = self.busy(data)
        self.do(cmd.StartService(window=window))
        self.now += 240_000
        self.do(cmd.FinishService(window=window))

    @rule(data=st.data())
    def miss(self, data: st.DataObject) -> None:
        window = self.busy(data)
        self.do(cmd.Recall(window=window))
        self.now += 61_000
        self.do(cmd.MarkNoShow(window=window))

    @rule(reason=st.sampled_from(["papers", "papers", "papers", "whim"]), data=st.data())
    def hold(self, reason: str, data: st.DataObject) -> None:
        self.do(cmd.HoldTicket(window=self.busy(data), reason=reason))

    @rule(to_window=st.one_of(st.none(), WINDOWS), item=st.one_of(st.none(), ITEMS), data=st.data())
    def transfer(self, to_window: str | None, item: cmd.Item | None, data: st.DataObject) -> None:
        self.do(cmd.TransferTicket(window=self.busy(data), to_window=to_window, to=item))

    @rule(matter=MATTERS, replace=st.booleans(), data=st.data())
    def add_matter(self, matter: str, replace: bool, data: st.DataObject) -> None:
        self.do(cmd.AddMatter(window=self.busy(data), matter=matter, replace=replace))

    @rule(reason=st.sampled_from(["", "misclick"]), data=st.data())
    def undo(self, reason: str, data: st.DataObject) -> None:
        undoable = [no for no, w in self.state.windows.items() if w.last is not None]
        window = data.draw(st.sampled_from(undoable or list(HALL.windows)))
        self.do(cmd.Undo(window=window, reason=reason))

    @rule(after=st.booleans(), reason=st.sampled_from(["lunch", "lunch", "lunch", "whim"]), data=st.data())
    def pause(self, after: bool, reason: str, data: st.DataObject) -> None:
        window = self.busy(data) if after else self.free(data)
        self.do(cmd.PauseWindow(window=window, reason=reason, after_current=after))

    @rule(window=WINDOWS, what=st.sampled_from(["close", "hand", "help"]), on=st.booleans())
    def window_as_such(self, window: str, what: str, on: bool) -> None:
        if what == "close":
            callable_before = self.callable_now()
            done = self.do(cmd.CloseWindow(window=window, anyway=on))
            if not on and not isinstance(done, Refusal):
                bound = {t for t in callable_before if self.state.tickets[t].bound == window}
                assert callable_before - bound <= self.callable_now(), "closed over somebody's head"
        elif what == "hand":
            self.do(cmd.HandOver(window=window, clerk="wang"))
        else:
            self.do(cmd.CallHelp(window=window, on=on))

    @rule(
        window=WINDOWS,
        matters=st.one_of(
            st.none(),
            st.just(list(HALL.matters)),
            st.lists(st.sampled_from(list(HALL.matters)), unique=True),
        ),
        public=st.one_of(st.none(), st.booleans()),
        into=st.one_of(st.none(), st.none(), WINDOWS),
    )
    def set_matters(self, window: str, matters: list[str] | None, public: bool | None, into: str | None) -> None:
        callable_before = self.callable_now()
        done = self.do(
            cmd.SetWindowMatters(
                window=window, matters=None if matters is None else tuple(matters), public=public, into=into
            )
        )
        if not isinstance(done, Refusal):
            assert callable_before <= self.callable_now()

    @rule(what=st.sampled_from([cmd.CancelTicket, cmd.ReturnTicket, back_if_done, cmd.StepAway]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def at_desk(self, what: Callable[..., cmd.AnyCommand], data: st.DataObject) -> None:
        self.do(what(ticket=self.name(data)))

    @rule(item=ITEMS, applicant=APPLICANTS, reroute=st.booleans(), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def correct(self, item: cmd.Item, applicant: str, reroute: bool, data: st.DataObject) -> None:
        if reroute:
            self.do(cmd.RerouteTicket(ticket=self.name(data), to=item))
        else:
            self.do(cmd.ConfirmApplicant(ticket=self.name(data), applicant=applicant))

    @rule(device=st.sampled_from(["desk", "other"]), spent=st.sampled_from([0, 0, 1, 2]))
    def grant(self, device: str, spent: int) -> None:
        done = self.do(cmd.GrantSeries(device=device, spent=spent))
        if not isinstance(done, Refusal):
            assert self.do(cmd.GrantSeries(device=device)) == (), "a right is granted once"

    @rule(
        right=st.sampled_from([1, 1, 1, 2, 9]),
        letter=st.sampled_from([*HALL.groups, "?"]),
        count=st.sampled_from([1, 2, 3, 3, 99, 100]),
        ago=st.sampled_from([-60_000, 0, 1_000, 40_000, 300_000, 10**9]),
        item=ITEMS,
        applicant=APPLICANTS,
        copies=st.sampled_from([1, 1, 1, 5, 61]),
        voided=st.sampled_from([False] * 4 + [True]),
        data=st.data(),
    )
    @precondition(lambda self: self.state.rights)
    def take_in(
        self,
        right: int,
        letter: str,
        count: int,
        ago: int,
        item: cmd.Item,
        applicant: str,
        copies: int,
        voided: bool,
        data: st.DataObject,
    ) -> None:
        """Once, however often it is sent; another slip with its number is refused."""
        slip = cmd.OfflineSlip(
            letter=letter,
            count=count,
            issued=self.now - ago,
            item=item,
            applicant=applicant,
            copies=copies,
            same=data.draw(st.sampled_from([None, None, *self.given])),
            voided=voided,
        )
        done = self.do(cmd.TakeInSlip(right=right, slip=slip))
        if isinstance(done, Refusal):
            return
        assert self.do(cmd.TakeInSlip(right=right, slip=slip)) == (), "taken in twice"
        twin = msgspec.structs.replace(slip, issued=slip.issued + 1)
        refused = self.do(cmd.TakeInSlip(right=right, slip=twin))
        assert isinstance(refused, Refusal) and refused.code == "number_taken"

    @rule()
    def withdraw(self) -> None:
        self.do(cmd.WithdrawAsking())

    @rule(choice=st.sampled_from(["late", "tomorrow", "give_up", "sleep"]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def settle(self, choice: str, data: st.DataObject) -> None:
        self.do(cmd.SettleTicket(ticket=self.name(data), choice=choice))

    @rule(grade=st.integers(0, 6), reason=st.sampled_from([(), ("slow",), ("whim",)]), data=st.data())
    @precondition(lambda self: self.state.tickets)
    def rate(self, grade: int, reason: tuple[str, ...], data: st.DataObject) -> None:
        """Once a service."""
        name = self.name(data)
        done = self.do(cmd.RateService(ticket=name, grade=grade, reasons=reason))
        if not isinstance(done, Refusal):
            assert isinstance(self.do(cmd.RateService(ticket=name, grade=5)), Refusal)

    @rule(matter=MATTERS)
    def consult(self, matter: str) -> None:
        self.do(cmd.CountConsult(matter=matter))

    @rule(what=st.sampled_from([cmd.StartClosing, cmd.ResumeIntake, cmd.ResumeIntake]))
    def intake(self, what: type) -> None:
        self.do(what())

    @rule()
    def leave(self) -> None:
        self.do(cmd.LeaveDay(to="2026-11-23"))

    @rule()
    @precondition(lambda self: len(self.events) > 60)
    def close_day(self) -> None:
        done = self.do(cmd.CloseDay())
        if not isinstance(done, Refusal):
            assert all(t.choice == "tomorrow" for t in self.state.alive())


TestHall = HallMachine.TestCase
TestHall.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
