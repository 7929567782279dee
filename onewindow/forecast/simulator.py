"""A deterministic simulator of a hall's day (模拟器): the product's own core, driven through a drawn trace.

Nothing of the rule or of a ticket's life is modelled here. The simulator is the people: it issues, calls, starts and
finishes by the very commands that a live hall gives to `execute`, at the moments that the trace says. Events of one
moment are taken in the order: windows' hours, ends at windows, returns, arrivals; then as they were put down.
The same plan and trace give the same journal, byte by byte.

People act so: a free window calls at once; when somebody comes whom several idle windows serve, it is one that isn't
slow at the matter, then the one that takes the fewest matters, then the longest idle. Called, the person walks, is
served and goes. Later steps of an errand take a number when the steps before are done, and keep the place.
"""

from collections.abc import Sequence

from onewindow.forecast.agenda import ARRIVALS, ENDS, HOURS, RETURNS, Agenda
from onewindow.forecast.errand import Behaviour, Errand, TraceFault
from onewindow.forecast.opening import DayPlan, WindowPlan
from onewindow.forecast.record import LEFT, SERVED, UNSERVED, DayRecord, Turn, WindowUse
from onewindow.forecast.trace import Visit
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import windows_of
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, TicketState, WindowPhase


def simulate(
    plan: DayPlan, visits: Sequence[Visit], behaviour: Behaviour | None = None, *, keep: bool = False
) -> DayRecord:
    """Play a day: `visits` in any order, the rule and everything else as `plan.hall` says.

    `keep`: also keep the day's events, its journal. Raises TraceFault when the core refuses something.
    """
    return Simulator(plan, visits, behaviour or Behaviour(), keep=keep).run()


class Simulator(Agenda):
    """One day under way; `run` plays it to its end."""

    def __init__(self, plan: DayPlan, visits: Sequence[Visit], behaviour: Behaviour, *, keep: bool = False) -> None:
        super().__init__()
        self.plan, self.behaviour, self.keep = plan, behaviour, keep
        self.hall = plan.hall
        self.state = HallDay(self.hall)
        timing = self.hall.settings.timing
        self.absent_ms = max(behaviour.absent_ms, timing.no_show_after_seconds * 1000)
        self.recalls = timing.no_show_after_recalls
        self.release_ms = timing.held_release_minutes * 60_000
        self.errands = [Errand(index, visit) for index, visit in enumerate(visits)]
        self.of_ticket: dict[str, Turn] = {}
        self.idle: dict[str, int] = {}
        self.breaks: set[str] = set()
        """Windows that shall stop once their line is empty."""
        self.rank = {no: len(window.matters) for no, window in self.hall.windows.items()}
        self.hold = next((each.code for each in self.hall.settings.hold_reasons), "")
        self.pause = next((each.code for each in self.hall.settings.pause_reasons), "")
        self.record = DayRecord(
            day=plan.day, turns=[], visits=[UNSERVED] * len(visits), calls=[], windows={}, events=[], ended=0
        )
        self._tick_at: int | None = None

    def run(self) -> DayRecord:
        """The whole day, until the last visitor has gone."""
        plan = self.plan
        first = min((w.spans[0][0] for w in plan.windows if w.spans), default=0)
        begin = min([first, *(errand.visit.at_ms for errand in self.errands)])
        self.now = plan.midnight + begin
        self.do(cmd.OpenDay(day=plan.day, hall_digest=self.hall.digest))
        for window in plan.windows:
            self._plan(window)
        for errand in self.errands:
            self.at(plan.midnight + errand.visit.at_ms, ARRIVALS, self.arrive, errand)
        self.play()
        self._close()
        return self.record

    def do(self, command: cmd.AnyCommand) -> tuple[ev.AnyEvent, ...]:
        """Give the core a command now."""
        done = execute(self.state, command, self.now)
        if isinstance(done, Refusal):
            raise TraceFault(f"{type(command).__name__}: {done.en} {command}")
        if self.keep:
            self.record.events.extend(done)
        return done

    # --- windows' hours ---

    def _plan(self, window: WindowPlan) -> None:
        spans = window.spans
        self.record.windows[window.window] = WindowUse(planned_ms=sum(end - start for start, end in spans))
        for number, (start, end) in enumerate(spans):
            self.at(self.plan.midnight + start, HOURS, self.open, window.window)
            last = number == len(spans) - 1
            if not last or not window.stays:
                self.at(self.plan.midnight + end, HOURS, self.stop, window.window, window.clears and not last)

    def open(self, no: str) -> None:
        """The window's clerk sits down, or stays because the break is used up."""
        self.breaks.discard(no)
        window = self.state.windows[no]
        if window.phase is WindowPhase.OPEN and not window.pause_after:
            return
        self.do(cmd.OpenWindow(window=no, clerk=f"clerk {no}"))
        if window.ticket is None:
            self.call(no)

    def stop(self, no: str, clears: bool) -> None:
        """A break, or the end, is due: now, after the current ticket, or when nobody waits whom the window serves.

        At its end a window pauses for the rest of the day: closing it could leave people without any window, which
        the core refuses. The end of the day closes it.
        """
        if self.state.windows[no].ticket is None:
            self._rest(no)
        elif clears:
            self.breaks.add(no)
        else:
            self.do(cmd.PauseWindow(window=no, reason=self.pause, after_current=True))

    def _rest(self, no: str) -> None:
        """The window stops now: it is free."""
        self.idle.pop(no, None)
        self.breaks.discard(no)
        self.do(cmd.PauseWindow(window=no, reason=self.pause))
        self._tick_due()

    def _tick_due(self) -> None:
        """A gone window's own tickets are set free in time."""
        if self.state.bound and self._tick_at is None:
            self._tick_at = self.now + self.release_ms
            self.at(self._tick_at, HOURS, self.tick)

    def tick(self) -> None:
        """What the hall's clock does by itself."""
        self._tick_at = None
        for event in self.do(cmd.Tick()):
            if isinstance(event, ev.HeldReleased):
                self.offer(event.ticket)
        bound = [self.state.tickets[name].bound for name in self.state.bound]
        gone = any(no is not None and self.state.windows[no].phase is not WindowPhase.OPEN for no in bound)
        if gone and len(self):
            self._tick_at = self.now + 60_000
            self.at(self._tick_at, HOURS, self.tick)

    # --- visitors ---

    def arrive(self, errand: Errand) -> None:
        """The visitor takes the numbers of all steps that need no other one first."""
        steps = [index for index, step in enumerate(errand.visit.steps) if not step.after]
        self.issue(errand, steps, None)

    def issue(self, errand: Errand, steps: list[int], follows: str | None) -> None:
        """Numbers for these steps of an errand; `follows`: the ticket of the step before."""
        if errand.gone or not steps:
            return
        visit = errand.visit
        errand.taken.update(steps)
        items = [errand.visit.steps[index] for index in steps]
        slot = None if visit.slot_ms is None or follows is not None else self.plan.midnight + visit.slot_ms
        done: list[ev.TicketIssued] = []
        for purpose in dict.fromkeys(step.purpose for step in items):
            command = cmd.IssueTickets(
                items=tuple(cmd.Item(matter=s.matter, zone=s.zone) for s in items if s.purpose == purpose),
                applicant=visit.applicant,
                purpose=purpose,
                channel=visit.channel,
                visit=errand.id or None,
                slot=slot,
                follows=follows,
            )
            issued = [event for event in self.do(command) if isinstance(event, ev.TicketIssued)]
            errand.id = issued[0].visit
            done += issued
        in_order = [i for p in dict.fromkeys(s.purpose for s in items) for i in steps if visit.steps[i].purpose == p]
        for index, event in zip(in_order, done, strict=True):
            self._turn(errand, index, event.ticket, again=index in errand.halfway)
        for event in done:
            self.offer(event.ticket)

    def _turn(self, errand: Errand, index: int, name: str, *, again: bool) -> None:
        ticket = self.state.tickets[name]
        clock = self.now if ticket.slot is None else max(self.now, ticket.slot)
        turn = Turn(
            visit=errand.index,
            step=index,
            again=again,
            ticket=name,
            number=ticket.number,
            zone=ticket.zone,
            group=ticket.group,
            matter=ticket.matter,
            purpose=ticket.purpose,
            applicant=ticket.applicant,
            seniority=ticket.seniority,
            windows=ticket.line or windows_of(self.state, ticket),
            issued=self.now,
            clock=clock,
        )
        if name not in errand.tickets:
            errand.tickets.append(name)
        self.of_ticket[name] = turn
        self.record.turns.append(turn)
        self._wait(errand, turn)

    def _wait(self, errand: Errand, turn: Turn) -> None:
        patience = errand.visit.steps[turn.step].patience_ms
        if patience is not None and not turn.again:
            self.at(turn.clock + patience, RETURNS, self.lose_patience, errand, turn, turn.clock)

    def lose_patience(self, errand: Errand, turn: Turn, clock: int) -> None:
        """The visitor leaves for good, if still waiting for that number: on record, or silently."""
        ticket = self.state.tickets[turn.ticket]
        waits = turn.first_called is None and turn.clock == clock and ticket.state is TicketState.WAITING
        if errand.gone or not waits or self.state.visits[errand.id].busy is not None:
            return
        errand.gone = True
        self.record.visits[errand.index] = LEFT
        for name in errand.tickets:
            open_turn = self.of_ticket[name]
            if open_turn.ended is None and open_turn.called is None:
                open_turn.left = self.now
                open_turn.outcome = LEFT
            state = self.state.tickets[name].state
            if not errand.visit.silent and state in (TicketState.WAITING, TicketState.HELD):
                self.do(cmd.CancelTicket(ticket=name))
            elif state is not TicketState.NO_SHOW:
                continue
            open_turn.ended = open_turn.ended or self.now

    def offer(self, name: str) -> None:
        """Somebody stands in a line: an idle window that serves it calls at once."""
        ticket = self.state.tickets[name]
        idle = [no for no in ticket.line or () if no in self.idle] if self.idle else []
        if idle:
            slow, matter = self.plan.slow, ticket.matter
            self.call(min(idle, key=lambda no: (matter in slow.get(no, ()), self.rank[no], self.idle[no], no)))

    # --- at the window ---

    def call(self, no: str, *, finish: bool = False) -> None:
        """The window's next ticket, in one commit with the end of the one before if it has one."""
        for event in self.do(cmd.CallNext(window=no, finish=finish)):
            if isinstance(event, ev.TicketCalled):
                self.idle.pop(no, None)
                self._called(event)
        self._settle(no)

    def _settle(self, no: str) -> None:
        """A free window is idle from now on, unless its break is due."""
        window = self.state.windows[no]
        if window.ticket is not None:
            return
        if no in self.breaks:
            self._rest(no)
        elif window.phase is WindowPhase.OPEN:
            self.idle.setdefault(no, self.now)
        else:
            self._tick_due()

    def _called(self, event: ev.TicketCalled) -> None:
        self.record.calls.append(event)
        turn = self.of_ticket[event.ticket]
        errand = self.errands[turn.visit]
        first = turn.first_called is None
        if first:
            # A wait begins when another window lets the person go: here in the very commit of this call.
            turn.first_called, turn.clock = self.now, max(turn.clock, errand.free_since)
        turn.window = event.window
        if errand.gone or (first and not turn.again and errand.visit.steps[turn.step].absent):
            for number in range(1, self.recalls + 1):
                self.at(self.now + self.absent_ms * number // (self.recalls + 1), ENDS, self.recall, event.window)
            self.at(self.now + self.absent_ms, ENDS, self.miss, event.window, self.now)
            return
        turn.called = self.now
        if self.behaviour.walk_ms:
            self.at(self.now + self.behaviour.walk_ms, ENDS, self.start, event.window)
        else:
            self.start(event.window)

    def _at(self, no: str) -> tuple[Turn, Errand]:
        """Who is called to this window or served at it."""
        name = self.state.windows[no].ticket
        assert name is not None
        turn = self.of_ticket[name]
        return turn, self.errands[turn.visit]

    def recall(self, no: str) -> None:
        """Called once more, in vain."""
        self.do(cmd.Recall(window=no))

    def miss(self, no: str, called: int) -> None:
        """Nobody came: the next, please. Whoever was only away for a moment is back later."""
        turn, errand = self._at(no)
        self.do(cmd.MarkNoShow(window=no))
        self._freed(no, called)
        if errand.gone:
            turn.ended = self.now
        else:
            self.at(self.now + errand.visit.absent_ms, RETURNS, self.come_back, errand, turn.ticket)
        self._next(no)
        self._others(errand)

    def come_back(self, errand: Errand, name: str) -> None:
        """Back at the desk, with the old place: after a call that was missed, or with the missing paper."""
        if errand.gone:
            return
        self.do(cmd.ReturnTicket(ticket=name))
        self.offer(name)

    def back_with_paper(self, errand: Errand, turn: Turn) -> None:
        """The missing paper is here: to the same window, or with a new number of the old place to any."""
        if errand.gone:
            return
        if self.behaviour.same_window:
            self.do(cmd.ReturnTicket(ticket=turn.ticket))
            self._turn(errand, turn.step, turn.ticket, again=True)
            self.offer(turn.ticket)
            self._tick_due()
        else:
            self.issue(errand, [turn.step], turn.ticket)

    def start(self, no: str) -> None:
        """The visitor sits down; how long it takes was drawn with the visit."""
        self.do(cmd.StartService(window=no))
        turn, errand = self._at(no)
        turn.started = self.now
        step = errand.visit.steps[turn.step]
        length = step.back.service_ms if turn.again and step.back is not None else step.service_ms
        if turn.matter in self.plan.slow.get(no, ()):
            length = round(length * self.plan.slow_factor)
        self.at(self.now + length, ENDS, self.finish, no)

    def finish(self, no: str) -> None:
        """The service ends: the next, please; and what the visitor does then."""
        turn, errand = self._at(no)
        step = errand.visit.steps[turn.step]
        turn.ended, turn.outcome, errand.free_since = self.now, SERVED, self.now
        self._freed(no, turn.called or self.now)
        self.record.windows[no].served += 1
        if step.back is not None and not turn.again:
            errand.halfway.add(turn.step)
            if self.behaviour.same_window:
                self.do(cmd.HoldTicket(window=no, reason=self.hold))
                self._next(no)
            else:
                self.call(no, finish=True)
            self.at(self.now + step.back.away_ms, RETURNS, self.back_with_paper, errand, turn)
        else:
            self.call(no, finish=True)
            errand.done.add(turn.step)
            self._go_on(errand, turn)
        self._others(errand)

    def _go_on(self, errand: Errand, turn: Turn) -> None:
        """Steps that waited for this one get their numbers after their lag; the last step ends the visit."""
        steps = errand.visit.steps
        for index, other in enumerate(steps):
            if turn.step in other.after and index not in errand.taken and errand.done.issuperset(other.after):
                errand.taken.add(index)
                self.at(self.now + other.lag_ms, RETURNS, self.issue, errand, [index], turn.ticket)
        if len(errand.done) == len(steps):
            self.record.visits[errand.index] = SERVED

    def _freed(self, no: str, since: int) -> None:
        self.record.windows[no].busy_ms += self.now - since

    def _next(self, no: str) -> None:
        """The free window calls again, if it is still open."""
        if self.state.windows[no].phase is WindowPhase.OPEN:
            self.call(no)
        else:
            self._settle(no)

    def _others(self, errand: Errand) -> None:
        """The visitor is free: the other numbers stand in their lines again; a wait begins anew after a service."""
        if self.state.visits[errand.id].busy is not None:
            return
        for name in errand.tickets:
            turn = self.of_ticket[name]
            if self.state.tickets[name].line is None:
                continue
            if turn.first_called is None and turn.clock < errand.free_since:
                turn.clock = errand.free_since
                self._wait(errand, turn)
            self.offer(name)

    # --- the end ---

    def _close(self) -> None:
        """Everybody has gone; what is left was never served."""
        self.now = self.state.last_at
        for ticket in self.state.alive():
            turn = self.of_ticket[ticket.id]
            turn.ended = turn.ended or self.now
            turn.outcome = turn.outcome or UNSERVED
            self.do(cmd.SettleTicket(ticket=ticket.id, choice="give_up"))
        self.do(cmd.CloseDay())
        self.record.ended = self.now
