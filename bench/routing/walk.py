"""A hall's day at random (随机的一天): any command at any time, each event read by `Reading`."""

import random
from collections import deque
from collections.abc import Callable
from typing import Final

from bench.routing.network import random_network
from bench.routing.reading import Reading, Seen
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, Ticket, TicketState, WindowPhase
from onewindow.zones.model import Hall

MINUTE: Final = 60_000


def random_hall(rng: random.Random) -> Hall:
    """A hall of one zone; minutes and credits are whole numbers, so that work is added up exactly."""
    return random_network(rng, stretch=1).hall()


class Walk:
    """Random commands on the product's core until so many calls by the rule have been judged."""

    def __init__(self, rng: random.Random, seen: Seen) -> None:
        self.rng = rng
        self.hall = random_hall(rng)
        self.state = HallDay(self.hall)
        self.reading = Reading(self.hall, seen)
        self.now = 0
        self.matters = list(self.hall.matters)
        self.windows = list(self.hall.windows)
        self.applicants = [a.code for a in self.hall.settings.applicants]
        self.crowd = rng.choice((2, 6, 12, 24))
        """How many wait, about."""
        self.recent: deque[Ticket] = deque(maxlen=60)
        """The last tickets of the day."""
        self.do(cmd.OpenDay(day="2026-01-05", hall_digest=""))
        for no in self.windows:
            self.do(cmd.OpenWindow(window=no, clerk="a"))

    def run(self, calls: int) -> None:
        """So many calls more. Raises `Broken`."""
        end = self.reading.seen.calls + calls
        while self.reading.seen.calls < end:
            self.now += self.rng.randrange(0, 90_000)
            if len(self.reading.waiting) < self.crowd or self.rng.random() < 0.1:
                self.issue()
            else:
                self.work(self.rng.choice(self.windows))
            if self.rng.random() < 0.25:
                self.rng.choice(UNUSUAL)(self)

    def do(self, command: cmd.AnyCommand) -> tuple[ev.AnyEvent, ...]:
        """One command; its events are read. A refusal is nothing."""
        events = execute(self.state, command, self.now)
        if isinstance(events, Refusal):
            return ()
        self.reading.read(events)
        if isinstance(command, cmd.CallNext) and not any(isinstance(e, ev.TicketCalled) for e in events):
            window = self.state.windows[command.window]
            if window.ticket is None and window.phase is WindowPhase.OPEN:
                self.reading.sent_away(command.window)
        return events

    # --- what people do ---

    def issue(self) -> None:
        """One ticket; now and then several of one visit, a chain, a folder of cases, a claimed priority."""
        count = self.rng.choice((1, 1, 1, 1, 1, 2, 3))
        chain = self.rng.random() < 0.3
        steps = [(k - 1,) if chain and k else () for k in range(count)]
        events = self.do(
            cmd.IssueTickets(
                items=tuple(cmd.Item(matter=self.rng.choice(self.matters), after=step) for step in steps),
                applicant=self.rng.choice((self.applicants[0], self.rng.choice(self.applicants))),
                confirmed=self.rng.random() < 0.9,
                channel=self.rng.choice(("guide", "kiosk")),
                copies=self.rng.choice((1, 1, 1, 1, 1, 1, 1, 2, 3, 8)),
            )
        )
        self.recent.extend(self.state.tickets[e.ticket] for e in events if isinstance(e, ev.TicketIssued))

    def work(self, no: str) -> None:
        """The window goes on with whatever is next for it."""
        window = self.state.windows[no]
        if window.phase is not WindowPhase.OPEN:
            self.do(cmd.OpenWindow(window=no, clerk="a"))
        elif window.ticket is None:
            self.do(cmd.CallNext(window=no))
        elif self.state.tickets[window.ticket].state is TicketState.CALLED:
            self.do(cmd.StartService(window=no))
        elif self.rng.random() < 0.7:
            self.do(cmd.CallNext(window=no, finish=True))
        else:
            self.do(cmd.FinishService(window=no))

    def some_window(self) -> str:
        """Any window."""
        return self.rng.choice(self.windows)

    def some_ticket(self, *states: TicketState) -> Ticket | None:
        """A ticket of late in one of these states, if a few tries find one."""
        count = len(self.recent)
        for _ in range(8):
            if count and (ticket := self.recent[self.rng.randrange(count)]).state in states:
                return ticket
        return None

    def miss(self) -> None:
        self.do(cmd.MarkNoShow(window=self.some_window()))

    def hold(self) -> None:
        self.do(cmd.HoldTicket(window=self.some_window(), reason="papers"))

    def transfer(self) -> None:
        to = cmd.Item(matter=self.rng.choice(self.matters)) if self.rng.random() < 0.5 else None
        to_window = self.some_window() if to is None else None
        self.do(cmd.TransferTicket(window=self.some_window(), to=to, to_window=to_window))

    def recall(self) -> None:
        self.do(cmd.Recall(window=self.some_window()))

    def undo(self) -> None:
        self.do(cmd.Undo(window=self.some_window(), reason="a slip"))

    def pause(self) -> None:
        self.do(cmd.PauseWindow(window=self.some_window(), reason="lunch", after_current=self.rng.random() < 0.5))

    def close(self) -> None:
        self.do(cmd.CloseWindow(window=self.some_window()))

    def tick(self) -> None:
        self.do(cmd.Tick())

    def out_of_order(self) -> None:
        ticket = self.some_ticket(TicketState.WAITING, TicketState.HELD)
        if ticket is not None:
            self.do(cmd.CallTicket(window=ticket.window or self.some_window(), ticket=ticket.id, reason="ill"))

    def away(self) -> None:
        if (ticket := self.some_ticket(TicketState.WAITING)) is not None:
            self.do(cmd.StepAway(ticket=ticket.id))

    def cancel(self) -> None:
        if (ticket := self.some_ticket(TicketState.WAITING, TicketState.HELD, TicketState.NO_SHOW)) is not None:
            self.do(cmd.CancelTicket(ticket=ticket.id))

    def come_back(self) -> None:
        states = (TicketState.NO_SHOW, TicketState.HELD, TicketState.FINISHED, TicketState.WAITING)
        if (ticket := self.some_ticket(self.rng.choice(states))) is not None:
            self.do(cmd.ReturnTicket(ticket=ticket.id, finished=True))

    def reroute(self) -> None:
        if (ticket := self.some_ticket(TicketState.WAITING)) is not None:
            self.do(cmd.RerouteTicket(ticket=ticket.id, to=cmd.Item(matter=self.rng.choice(self.matters))))

    def confirm(self) -> None:
        if (ticket := self.some_ticket(TicketState.WAITING, TicketState.HELD)) is not None:
            self.do(cmd.ConfirmApplicant(ticket=ticket.id, applicant=self.rng.choice(self.applicants)))

    def change_matters(self) -> None:
        """The supervisor takes a matter away from a window, or gives it one."""
        no = self.some_window()
        matters = set(self.state.windows[no].matters) ^ {self.rng.choice(self.matters)}
        if matters:
            self.do(cmd.SetWindowMatters(window=no, matters=tuple(sorted(matters))))


UNUSUAL: Final[tuple[Callable[[Walk], None], ...]] = (
    Walk.miss,
    Walk.hold,
    Walk.transfer,
    Walk.recall,
    Walk.undo,
    Walk.undo,
    Walk.pause,
    Walk.close,
    Walk.tick,
    Walk.out_of_order,
    Walk.away,
    Walk.cancel,
    Walk.come_back,
    Walk.come_back,
    Walk.reroute,
    Walk.confirm,
    Walk.change_matters,
)


def judge_calls(seed: int, calls: int, *, a_day: int = 400) -> Seen:
    """So many random calls, in days of `a_day`, each day another hall. Raises `Broken` with the day's number."""
    seen = Seen()
    day = 0
    while seen.calls < calls:
        Walk(random.Random(seed * 1_000_003 + day), seen).run(min(a_day, calls - seen.calls))
        day += 1
    return seen
