"""The journal read by somebody who knows the rule's definition and nothing of its code (日志独立复核).

`Reading` takes a day's events one by one. It keeps of each ticket what its events say, and works out everything else
anew at each call by brute force: who could be called, which windows could take them, how much work waits, every key.
It shares no code with `onewindow.routing` or with the core's own bookkeeping; it imports the shapes of events and of
the hall, to read them.
"""

import copy
from collections.abc import Iterator
from typing import Final

import msgspec

from onewindow.queue import events as ev
from onewindow.zones.model import Hall, WindowKind

MINUTE: Final = 60_000
UNDONE: Final = ("waiting", "called", "serving", "held", "missed")
"""States of a step that the next one waits for."""


class Broken(AssertionError):
    """A promise of the rule was broken; the text says which, at which event."""


class Known(msgspec.Struct):
    """What the events say of a ticket."""

    number: str
    visit: str
    matter: str
    seniority: int
    order: int
    minutes: float
    copies: int
    applicant: str
    confirmed: bool
    after: tuple[str, ...]
    """The steps that must be done first."""
    state: str = "waiting"
    away: bool = False
    only: str | None = None
    """The one window that may call it."""


class Contender(msgspec.Struct, frozen=True):
    """A ticket that the window could have called, with all terms of its key."""

    key: int
    order: int
    number: str
    seniority: int
    credit: int
    shift: int
    able: frozenset[str]
    ticket: str


class Seen(msgspec.Struct):
    """What the reading has checked, and the widest overtakes that it saw (ms)."""

    calls: int = 0
    alone: int = 0
    """Calls by the rule that had no competitor."""
    passed: int = 0
    """Calls in which somebody with an earlier number was passed."""
    empty: int = 0
    """Times that a free window asked and nobody whom it serves waited."""
    terms: dict[str, int] = msgspec.field(default_factory=dict)
    widest_any: int = 0
    widest_class: int = 0
    bound_any: int = 0
    """C_max + δ of the hall (ms)."""
    bound_class: int = 0


class Reading:
    """One day's journal, read and judged."""

    def __init__(self, hall: Hall, seen: Seen | None = None) -> None:
        self.hall = hall
        self.seen = seen or Seen()
        self.tickets: dict[str, Known] = {}
        self.waiting: set[str] = set()
        self.at_window: dict[str, str] = {}
        """Tickets that are called to a window or served at it."""
        self.serves = {w.no: w.matters for w in hall.windows.values() if w.kind is not WindowKind.AGENT}
        self.open: set[str] = set()
        self.before: dict[str, list[tuple[str, Known]]] = {}
        """By window: tickets as they were before its last command, in the order in which they are put back."""
        routing = hall.settings.routing
        self.credits = {a.code: round(a.credit_minutes * MINUTE) for a in hall.settings.applicants}
        self.headstart = round(routing.headstart_minutes * MINUTE)
        self.seen.bound_class = max(self.seen.bound_class, self.headstart)
        self.seen.bound_any = max(self.seen.bound_any, self.headstart + max(self.credits.values()))

    # --- reading ---

    def read(self, events: tuple[ev.AnyEvent, ...]) -> None:
        """The events of one command, in their order. Raises `Broken`."""
        for event in events:
            if isinstance(event, ev.TicketCalled) and event.why.term not in ("clerk", "held"):
                self._judge(event)
            self._fold(event)

    def _fold(self, event: ev.AnyEvent) -> None:
        match event:
            case ev.TicketIssued():
                assert event.matter is not None
                self._place(
                    event.ticket,
                    Known(
                        event.number,
                        event.visit,
                        event.matter,
                        event.seniority,
                        event.order,
                        event.minutes,
                        event.copies,
                        event.applicant,
                        event.confirmed,
                        event.after,
                    ),
                )
            case ev.WindowOpened():
                self.open.add(event.window)
                self.before.pop(event.window, None)
            case ev.WindowPaused() | ev.WindowClosed():
                self.open.discard(event.window)
                self.before.pop(event.window, None)
            case ev.WindowMattersChanged():
                self.serves[event.window] = frozenset(event.matters)
                self.before.clear()
            case ev.TicketCalled():
                kept = self.before.get(event.window, []) if event.follows is not None else []
                self.before[event.window] = [(event.ticket, copy.copy(self.tickets[event.ticket])), *kept]
                self._only(event.ticket, None)
                self._become(event.ticket, "called")
            case ev.TicketRecalled():
                self.before.pop(event.window, None)
            case ev.ServiceStarted():
                self._remember(event.window, event.ticket)
                self._become(event.ticket, "serving")
            case ev.TicketFinished():
                self._remember(event.window, event.ticket)
                self._become(event.ticket, "finished")
            case ev.TurnEnded():
                self._remember(event.window, event.ticket)
                known = self.tickets[event.ticket]
                known.seniority, known.copies = event.at, event.copies
                self._become(event.ticket, "waiting")
            case ev.TicketMissed():
                self._remember(event.window, event.ticket)
                self._become(event.ticket, "missed")
            case ev.TicketHeld():
                self._remember(event.window, event.ticket)
                self._only(event.ticket, event.window)
                self._become(event.ticket, "held")
            case ev.HeldReleased():
                known = self.tickets[event.ticket]
                self._only(event.ticket, None)
                self._become(event.ticket, known.state)
            case ev.TicketTransferred():
                self._remember(event.window, event.ticket)
                self._retarget(event)
                self._only(event.ticket, event.to_window)
                self._become(event.ticket, "waiting")
            case ev.TicketRerouted():
                self._retarget(event)
                self._only(event.ticket, None)
                self._become(event.ticket, "waiting")
            case ev.TicketReturned():
                known = self.tickets[event.ticket]
                known.away = False
                self._only(event.ticket, event.window or known.only)
                self._become(event.ticket, "waiting")
            case ev.AwayStarted():
                self.tickets[event.ticket].away = True
            case ev.AwayEnded():
                self.tickets[event.ticket].away = False
            case ev.ApplicantConfirmed():
                self.tickets[event.ticket].applicant = event.applicant
                self.tickets[event.ticket].confirmed = True
            case ev.TicketCancelled() | ev.TicketAbandoned():
                self._only(event.ticket, None)
                self._become(event.ticket, "gone")
            case ev.CommandUndone():
                self._undone(event)
            case _:
                pass

    def _place(self, ticket: str, known: Known) -> None:
        self.tickets[ticket] = known
        self.waiting.discard(ticket)
        self.at_window.pop(ticket, None)
        if known.state == "waiting":
            self.waiting.add(ticket)
        elif known.state in ("called", "serving"):
            self.at_window[ticket] = known.visit

    def _become(self, ticket: str, state: str) -> None:
        known = self.tickets[ticket]
        known.state = state
        self._place(ticket, known)

    def _only(self, ticket: str, window: str | None) -> None:
        self.tickets[ticket].only = window

    def _retarget(self, event: ev.TicketTransferred | ev.TicketRerouted) -> None:
        assert event.matter is not None
        known = self.tickets[event.ticket]
        known.matter, known.minutes = event.matter, event.minutes

    def _remember(self, window: str, ticket: str) -> None:
        self.before[window] = [(ticket, copy.copy(self.tickets[ticket]))]

    def _undone(self, event: ev.CommandUndone) -> None:
        kept = self.before.pop(event.window)
        if event.what != "next":
            kept = kept[:1]
        for ticket, known in kept:
            now = self.tickets[ticket]
            # The class is a guide's word, which a clerk's undo doesn't take back.
            known.applicant, known.confirmed = now.applicant, now.confirmed
            self._place(ticket, known)

    # --- judging ---

    def callable_now(self) -> Iterator[tuple[str, Known]]:
        """Those who may be called: waiting, not away, not at a window with another ticket, no step before open."""
        busy = set(self.at_window.values())
        for ticket in self.waiting:
            known = self.tickets[ticket]
            undone = any(self.tickets[step].state in UNDONE for step in known.after)
            if not known.away and known.visit not in busy and not undone:
                yield ticket, known

    def able(self, known: Known) -> frozenset[str]:
        """The windows that may call it, open or not."""
        if known.only is not None:
            return frozenset((known.only,))
        return frozenset(no for no, matters in self.serves.items() if known.matter in matters)

    def contenders(self, window: str) -> list[Contender]:
        """Everybody whom this window could call now, by the definition of K, in the order of K."""
        kinds = {no: w.kind for no, w in self.hall.windows.items()}
        zone = self.hall.windows[window].zone
        work: dict[frozenset[str], float] = {}
        here: list[tuple[str, Known, frozenset[str]]] = []
        for ticket, known in self.callable_now():
            able = self.able(known)
            work[able] = work.get(able, 0.0) + known.minutes * known.copies
            if window in able:
                here.append((ticket, known, able))

        def specialists(able: frozenset[str]) -> list[str]:
            return [no for no in able if kinds[no] is not WindowKind.COMPREHENSIVE]

        only = sum(w for able, w in work.items() if window in able and not specialists(able))
        staffed = [
            no for no in self.open if kinds[no] is WindowKind.COMPREHENSIVE and self.hall.windows[no].zone == zone
        ]
        routing = self.hall.settings.routing
        enough = routing.kappa * (only / max(1, len(staffed))) + routing.tau_minutes

        def shift(able: frozenset[str]) -> int:
            own = [no for no in specialists(able) if no in self.open]
            if kinds[window] is not WindowKind.COMPREHENSIVE or not own:
                return 0
            return self.headstart if work[able] / len(own) <= enough else 0

        found = []
        for ticket, known, able in here:
            credit = self.credits[known.applicant] if known.confirmed else 0
            moved = shift(able)
            key = known.seniority - credit + moved
            found.append(Contender(key, known.order, known.number, known.seniority, credit, moved, able, ticket))
        return sorted(found, key=lambda c: (c.key, c.order))

    def sent_away(self, window: str) -> None:
        """A free, open window asked and got nobody: right only if nobody whom it serves waits."""
        waiting = self.contenders(window)
        if waiting:
            raise Broken(f"window {window} idles while {waiting[0].number} waits")
        self.seen.empty += 1

    def _judge(self, event: ev.TicketCalled) -> None:
        able = self.contenders(event.window)
        if not able:
            raise Broken(f"{event.ticket} was called to {event.window}, which can serve nobody who waits")
        best, rest = able[0], able[1:]
        if best.ticket != event.ticket:
            raise Broken(f"call {event.call}: {event.ticket} was called, but the smallest key is {best.number}'s")
        self._bounds(best, rest)
        self._reason(event, best, rest)
        self.seen.calls += 1
        self.seen.alone += not rest
        self.seen.terms[event.why.term] = self.seen.terms.get(event.why.term, 0) + 1

    def _bounds(self, best: Contender, rest: list[Contender]) -> None:
        """First come, first served within class and set; nobody passed beyond C_max + δ, or δ within a class."""
        overtaken = [c for c in rest if (c.seniority, c.order) < (best.seniority, best.order)]
        self.seen.passed += bool(overtaken)
        for other in overtaken:
            gap = best.seniority - other.seniority
            if other.credit == best.credit:
                if other.able == best.able:
                    raise Broken(f"{best.number} passed {other.number} of its own class and matter set")
                self.seen.widest_class = max(self.seen.widest_class, gap)
                if gap > self.headstart:
                    raise Broken(f"{best.number} passed {other.number} of its class by {gap} ms")
            self.seen.widest_any = max(self.seen.widest_any, gap)
            if gap > self.headstart + max(self.credits.values()):
                raise Broken(f"{best.number} passed {other.number} by {gap} ms")

    def _reason(self, event: ev.TicketCalled, best: Contender, rest: list[Contender]) -> None:
        """The reason that was stored with the call, against the terms worked out here."""
        why = event.why
        told = (why.seniority, why.credit, why.shift, why.waiting)
        true = (best.seniority, best.credit, best.shift, len(rest) + 1)
        if told != true:
            raise Broken(f"call {event.call} says {told}, true is {true}")
        earlier = [c for c in rest if (c.seniority, c.order) < (best.seniority, best.order)]
        first = min(earlier, key=lambda c: (c.seniority, c.order)) if earlier else None
        for name, told_rival, true_rival in (("passed", why.passed, first), ("next", why.next, rest[:1])):
            true_one = true_rival[0] if isinstance(true_rival, list) and true_rival else true_rival or None
            a = (told_rival.number, told_rival.seniority, told_rival.credit, told_rival.shift) if told_rival else None
            b = (
                (true_one.number, true_one.seniority, true_one.credit, true_one.shift)
                if isinstance(true_one, Contender)
                else None
            )
            if a != b:
                raise Broken(f"call {event.call}: {name} is told as {a}, true is {b}")
        if why.term != (term := _term(best, first, rest)):
            raise Broken(f"call {event.call}: decided by {why.term!r}, true is {term!r}")


def _term(best: Contender, first: Contender | None, rest: list[Contender]) -> str:
    """Which term of the key decided between the called ticket and the earliest number that it passed."""
    if not rest:
        return "only"
    if first is None:
        return "earliest"
    without_headstart = best.seniority - best.credit <= first.seniority - first.credit
    without_credit = best.seniority + best.shift <= first.seniority + first.shift
    return "credit" if without_headstart else "head_start" if without_credit else "both"
