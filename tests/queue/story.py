"""A day told in a few lines: commands at minutes, the replies checked as they come."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.evolve import evolve_all
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, Stop, Ticket, TicketState
from onewindow.zones.model import Hall
from tests.core_hall import DAY, MINUTE, T0, core_hall


class Story:
    """A hall's day under commands; `events` is its journal."""

    def __init__(self, hall: Hall | None = None) -> None:
        self.hall = hall or core_hall()
        self.state = HallDay(self.hall)
        self.events: list[ev.AnyEvent] = []
        self.at = T0
        self.do(cmd.OpenDay(day=DAY, hall_digest=self.hall.digest))

    def do(self, command: cmd.AnyCommand, *, after: float = 0.0) -> tuple[ev.AnyEvent, ...]:
        """Execute, `after` minutes later; a refusal fails the test."""
        self.at += round(after * MINUTE)
        done = execute(self.state, command, self.at)
        assert not isinstance(done, Refusal), done.en
        self.events.extend(done)
        return done

    def refused(self, command: cmd.AnyCommand, *, after: float = 0.0) -> str:
        """The code with which the command is refused."""
        self.at += round(after * MINUTE)
        before = fingerprint(self.state)
        done = execute(self.state, command, self.at)
        assert isinstance(done, Refusal), done
        assert fingerprint(self.state) == before
        assert done.zh and done.en and "{" not in done.zh + done.en
        return done.code

    def issue(self, matter: str, *, after: float = 0.0, applicant: str = "standard", **rest: object) -> Ticket:
        done = self.do(
            cmd.IssueTickets(items=(cmd.Item(matter=matter),), applicant=applicant, **rest),  # type: ignore[arg-type]
            after=after,
        )
        issued = done[-1]
        assert isinstance(issued, ev.TicketIssued)
        return self.state.tickets[issued.ticket]

    def open(self, *windows: str) -> None:
        for no in windows:
            self.do(cmd.OpenWindow(window=no, clerk=f"clerk{no}"))

    def call(self, window: str, *, finish: bool = False, after: float = 0.0) -> Ticket | None:
        done = self.do(cmd.CallNext(window=window, finish=finish), after=after)
        calls = [e for e in done if isinstance(e, ev.TicketCalled)]
        return self.state.tickets[calls[0].ticket] if calls else None

    def serve(self, window: str, *, minutes: float = 5.0) -> Ticket | None:
        ticket = self.call(window)
        if ticket is not None:
            self.do(cmd.StartService(window=window))
            self.do(cmd.FinishService(window=window), after=minutes)
        return ticket


def replayed(hall: Hall, events: list[ev.AnyEvent]) -> HallDay:
    """A fresh state with the events folded in."""
    state = HallDay(hall)
    evolve_all(state, events)
    return state


def fingerprint(state: HallDay) -> object:
    """Everything a state holds, comparable."""
    return {
        "day": (state.day, state.phase, state.calls, state.consults, state.closing_noticed, state.last_at),
        "tickets": {k: tuple(getattr(t, f) for f in Ticket.__struct_fields__) for k, t in state.tickets.items()},
        "visits": {k: (v.busy, tuple(v.tickets)) for k, v in state.visits.items()},
        "series": dict(state.series),
        "windows": {
            k: tuple(tuple(v) if isinstance(v := getattr(w, f), list) else v for f in w.__struct_fields__)
            for k, w in state.windows.items()
        },
        "open": frozenset(state.lines.open),
        "sets": (frozenset(state.away), frozenset(state.bound)),
        "stops": tuple(tuple(getattr(s, f) for f in Stop.__struct_fields__) for s in state.stops),
        "groups": (dict(state.stopped_groups), frozenset(state.resumed_groups)),
        "offline": (
            state.closing_since,
            (dict(state.missing), state.lost_visits),
            {no: (r.device, r.at, r.most, dict(r.taken)) for no, r in state.rights.items()},
        ),
        "waiting": +state.waiting,
        "lines": {
            (windows, credit): tuple(line.places)
            for windows, matter_set in state.lines.sets.items()
            for credit, line in matter_set.lines.items()
            if line.places
        },
    }


__all__ = ["Story", "TicketState", "fingerprint", "replayed"]
