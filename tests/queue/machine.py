"""What every machine over the hall's commands needs: the hall, what has been done to it, and its promises."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import can_serve, capable_windows, credit_of, windows_of
from onewindow.queue.decide import decide, execute
from onewindow.queue.decide_loss import given_of, known_of
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import DayPhase, HallDay, TicketState, WindowPhase
from onewindow.routing.lines import Place
from tests.core_hall import T0, core_hall
from tests.queue.story import fingerprint, replayed

HALL = core_hall()
STATES = (TicketState.CALLED, TicketState.SERVING)


class PromisingHall(RuleBasedStateMachine):
    """A hall under commands; the promises are looked at after each."""

    def __init__(self) -> None:
        super().__init__()
        self.state = HallDay(HALL)
        self.now = T0
        self.events: list[ev.AnyEvent] = []
        self.steps: list[int] = []
        """How many events there were after each command that had some."""
        self.given: list[str] = []
        """Printed numbers, those that the journal has lost among them: people hold them."""
        self.lost: set[str] = set()
        self.asked: set[type] = set()

    def do(self, command: cmd.AnyCommand) -> tuple[ev.AnyEvent, ...] | Refusal:
        self.asked.add(type(command))
        before = fingerprint(self.state)
        plan = decide(self.state, command, max(self.now, self.state.last_at))
        assert fingerprint(self.state) == before, "decide changed the state"
        done = execute(self.state, command, self.now)
        if isinstance(done, Refusal):
            assert isinstance(plan, Refusal)
            assert fingerprint(self.state) == before, "a refusal changed the state"
            return done
        self.events.extend(done)
        self.steps += [len(self.events)] if done else []
        self.given.extend(e.number for e in done if isinstance(e, ev.TicketIssued))
        for event in done:
            if isinstance(event, ev.TicketMissed):
                ticket = self.state.tickets[event.ticket]
                assert "deaf" not in ticket.marks or ticket.absent, "missed without a guide's word"
            if isinstance(event, ev.TicketAbandoned):
                assert self.state.tickets[event.ticket].choice == "give_up", "given up without a choice"
        return done

    def lose_last(self, commands: int) -> None:
        """The journal comes back without its last commands; a process that had seen them says so."""
        known = known_of(self.state, given_of(self.state))
        del self.steps[-commands:]
        del self.events[self.steps[-1] :]
        left = replayed(HALL, self.events)
        gone = [ticket.number for name, ticket in self.state.tickets.items() if name not in left.tickets]
        # A slip of a desk's own is still at the desk, which may hand it in again.
        width = HALL.settings.numbers.width
        self.given = [number for number in self.given if number not in gone or len(number) == 1 + width]
        self.lost |= {number for number in gone if len(number) == 1 + width}
        self.state = left
        self.do(known)
        again = cmd.NoteLoss(day=self.state.day, series=known.series, calls=0, missing=known.missing)
        assert self.do(again) == ()
        assert self.state.series == known.series and self.state.calls == known.calls
        assert self.state.visits_given == known.visits
        assert {right.no for right in known.rights} == self.state.rights.keys()
        held = {ticket.number for ticket in self.state.tickets.values()}
        assert set(known.missing) <= held | self.state.missing.keys() and not held & self.lost

    def name(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([*self.state.tickets, "20261124-Z999"]), label="ticket")

    def busy(self, data: st.DataObject) -> str:
        """A window, mostly one that has a ticket."""
        busy = [no for no, w in self.state.windows.items() if w.ticket is not None]
        return data.draw(st.sampled_from([*busy, *busy, *busy, *busy, *HALL.windows][: max(6, 4 * len(busy) + 1)]))

    def free(self, data: st.DataObject) -> str:
        """A window, mostly one that is open and free."""
        free = [no for no in sorted(self.state.lines.open) if self.state.windows[no].ticket is None]
        return data.draw(st.sampled_from([*free, *free, *free, *HALL.windows][: max(6, 3 * len(free) + 1)]))

    def around(self, distance: int | None) -> int | None:
        """A moment this far (ms) from now."""
        return None if distance is None else self.now + distance

    def working(self) -> bool:
        return self.state.phase in (DayPhase.OPEN, DayPhase.CLOSING)

    def callable_now(self) -> set[str]:
        """Who stands in a line of a window that works."""
        return {
            t.id
            for t in self.state.tickets.values()
            if t.line is not None and any(self.state.windows[no].phase is not WindowPhase.CLOSED for no in t.line)
        }

    def unfinished(self, ticket: str) -> bool:
        """Whether a step that stands before others is still to be done."""
        return self.state.tickets[ticket].state not in (
            TicketState.FINISHED,
            TicketState.CANCELLED,
            TicketState.ABANDONED,
        )

    def candidates(self, window: str) -> list[tuple[Place, int, frozenset[str]]]:
        """Who could be called, by an independent reading of the rule's conditions."""
        return [
            ((t.seniority, t.order, t.id), credit_of(self.state, t), windows_of(self.state, t))
            for t in self.state.tickets.values()
            if t.state is TicketState.WAITING
            and t.away_until is None
            and self.state.visits[t.visit].busy is None
            and not any(self.unfinished(before) for before in t.after)
            and window in windows_of(self.state, t)
        ]

    def check_order(self, called: ev.TicketCalled, candidates: list[tuple[Place, int, frozenset[str]]]) -> None:
        mine = next(c for c in candidates if c[0][2] == called.ticket)
        head_start = HALL.settings.routing.headstart_minutes * 60_000
        for place, credit, windows in candidates:
            if place[:2] < mine[0][:2]:
                assert (credit, windows) != (mine[1], mine[2]), "passed within one class and matter set"
                assert mine[0][0] - place[0] <= 30 * 60_000 + head_start, "passed beyond the bound"
                if credit == mine[1]:
                    assert mine[0][0] - place[0] <= head_start
        why = called.why
        assert (why.seniority, why.credit, why.waiting) == (mine[0][0], mine[1], len(candidates))
        earlier = min(candidates)
        assert (why.passed is None) == (earlier[0] == mine[0])
        if why.passed is not None:
            assert why.passed.seniority == earlier[0][0]
            key = why.seniority - why.credit + why.shift
            assert key <= why.passed.seniority - why.passed.credit + why.passed.shift

    @invariant()
    def a_ticket_is_in_one_place(self) -> None:
        state = self.state
        at_windows = [w.ticket for w in state.windows.values() if w.ticket is not None]
        held = [t for w in state.windows.values() for t in w.held]
        standing = [
            (place[2], matter_set.windows, credit)
            for matter_set in state.lines.sets.values()
            for credit, line in matter_set.lines.items()
            for place in line.places
        ]
        counts = Counter([*at_windows, *held, *(s[0] for s in standing)])
        assert all(n == 1 for n in counts.values()), counts
        for no, window in state.windows.items():
            if window.ticket is not None:
                ticket = state.tickets[window.ticket]
                assert ticket.state in STATES and ticket.window == no
                assert state.visits[ticket.visit].busy == ticket.id
            assert (window.phase is WindowPhase.OPEN) == (no in state.lines.open)
        for ticket in state.tickets.values():
            assert (ticket.state in STATES) == (ticket.id in at_windows)
            assert (ticket.bound is not None) == (ticket.id in state.bound)
        for name, windows, credit in standing:
            ticket = state.tickets[name]
            assert ticket.state is TicketState.WAITING and ticket.away_until is None
            assert state.visits[ticket.visit].busy is None, "a person stands in line while being served"
            assert windows == ticket.line == windows_of(state, ticket) and credit == credit_of(state, ticket)
            assert all(can_serve(state, no, ticket) for no in windows)

    @invariant()
    def what_can_serve_whom_is_up_to_date(self) -> None:
        remembered = dict(self.state.able)
        self.state.able.clear()
        for wanted, windows in remembered.items():
            assert capable_windows(self.state, *wanted) == windows, wanted

    @invariant()
    def everybody_who_may_be_called_stands_in_a_line(self) -> None:
        for ticket in self.state.tickets.values():
            may = (
                ticket.state is TicketState.WAITING
                and ticket.away_until is None
                and self.state.visits[ticket.visit].busy is None
                and not any(self.unfinished(before) for before in ticket.after)
            )
            assert may == (ticket.line is not None), ticket

    @invariant()
    def one_person_one_place(self) -> None:
        for visit in self.state.visits.values():
            busy = [t for t in visit.tickets if self.state.tickets[t].state in STATES]
            assert len(busy) <= 1
            assert visit.busy == (busy[0] if busy else None)

    @invariant()
    def numbers_are_unique_and_gap_free(self) -> None:
        assert len(set(self.given)) == len(self.given) == len(self.state.tickets) + len(self.lost)
        skip = HALL.settings.numbers.skip
        by_series: dict[str, list[int]] = {}
        width = HALL.settings.numbers.width
        for number in (n for n in self.given if len(n) == 1 + width):
            by_series.setdefault(number[0], []).append(int(number[1:]))
        for counts in by_series.values():
            assert counts == [n for n in range(1, counts[-1] + 1) if n not in skip]

    @invariant()
    def what_was_issued_offline_is_of_its_right(self) -> None:
        """A digit more than the hall's own numbers, no older than the right, and senior by its time of issue."""
        taken = {number: right for right in self.state.rights.values() for number in right.taken}
        offline = {e.number: e for e in self.events if isinstance(e, ev.TicketIssued) and e.offline is not None}
        assert taken.keys() == offline.keys()
        for number, event in offline.items():
            right = taken[number]
            ticket = self.state.tickets[event.ticket]
            assert number[1:3] == f"9{right.no}" and len(number) == 2 + HALL.settings.numbers.width
            assert right.at <= event.seniority <= event.at and ticket.issued_at == event.seniority
            if right.at <= right.taken[number] <= event.at:
                assert event.seniority == right.taken[number]

    @invariant()
    def seniority_is_kept(self) -> None:
        """Through everything; an agent's next turn alone stands behind anew, from the end of the turn before."""
        for ticket in self.state.tickets.values():
            turns = {e.at for e in self.events if isinstance(e, ev.TurnEnded) and e.ticket == ticket.id}
            usual = ticket.issued_at if ticket.slot is None else ticket.slot
            if ticket.previous is not None:
                usual = self.state.tickets[ticket.previous].seniority
            assert ticket.seniority in {usual, ticket.issued_at} | turns

    @invariant()
    def no_folder_is_lost(self) -> None:
        for ticket in self.state.tickets.values():
            assert 1 <= ticket.copies <= HALL.settings.timing.copies_per_turn and ticket.left >= 0

    @invariant()
    def groups_count_their_waiting(self) -> None:
        standing = Counter(t.group for t in self.state.tickets.values() if t.line is not None)
        assert +self.state.waiting == standing

    @invariant()
    def waiting_work_adds_up(self) -> None:
        for matter_set in self.state.lines.sets.values():
            names = [p[2] for line in matter_set.lines.values() for p in line.places]
            work = sum(self.state.tickets[n].minutes * self.state.tickets[n].copies for n in names)
            assert abs(matter_set.work - work) < 1e-6

    def teardown(self) -> None:
        assert fingerprint(replayed(HALL, self.events)) == fingerprint(self.state), "replay differs from live"
