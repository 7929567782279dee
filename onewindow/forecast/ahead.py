"""One path ahead (顺推): the hall's own rule, driven forward once, with everything as long as it is on average.

The deterministic forecast of the routing study (its E5): what is told while the worker that drives many paths by
chance doesn't run. It computes within the serving process: plain Python, in small steps between which others get
their turn (`steps`). Nothing is stated a second time: the lines and the rule are those that serve the hall.

A service lasts its mean, one under way the mean of what is left of it; people come evenly, at the rate that is
expected (`onewindow.forecast.expected`). Who may give up before the call counts for a likely part of a service.
At one moment services end (by window), breaks begin, breaks end, people come; a window that was freed lets go of its
person first, then calls, then that person's other tickets are offered to idle windows, as in the worker's kernel.
"""

import heapq
from collections.abc import Iterator
from typing import Final

from onewindow.forecast.expected import Newly, arrivals, left_of, stays
from onewindow.forecast.snapshot import Snapshot, TicketAt, WindowAt
from onewindow.routing.lines import Lines, Place
from onewindow.routing.policy import Policy
from onewindow.zones.model import WindowKind

FAR_MS: Final = 6 * 3_600_000
"""So far ahead it looks."""
ENDS, STOPS, OPENS, COMES = range(4)
"""What happens, in the order of one moment."""


class Person:
    """Somebody who waits, will come, or is only imagined (号票)."""

    __slots__ = ("credit", "imagined", "issued", "lasts", "place", "stands", "there", "visit", "windows", "work")

    def __init__(self, windows: frozenset[str], credit: int, place: Place, work: float, *, issued: int = 0) -> None:
        self.windows = windows
        self.credit = credit
        self.place = place
        self.work = work
        self.issued = issued
        """ms from the snapshot."""
        self.lasts = 0
        """From the call until the window is free again, ms."""
        self.visit = -1
        self.there = True
        """Has come, isn't away, and was not called."""
        self.stands = False
        self.imagined = False


class Window:
    """A window on the path (窗口)."""

    __slots__ = ("at", "breaks", "idle_since", "open", "visit")

    def __init__(self, at: WindowAt, breaks: list[tuple[int, int]]) -> None:
        self.at = at
        self.breaks = breaks
        """What is left of them, ms from the snapshot; of a closed one, the first ends when it comes back."""
        self.open = at.open or at.busy
        self.idle_since: int | None = None
        """ms from the snapshot; None: it serves, or is closed."""
        self.visit = -1


class Ahead:
    """One area's path. `steps` drives it; then `called` and `newcomers` say what came of it, ms from the snapshot."""

    def __init__(self, taken: Snapshot, rule: Policy) -> None:
        self.taken = taken
        self.called: dict[str, int] = {}
        """Ticket -> when it is called; without those who are not called within `FAR_MS`."""
        self.newcomers: dict[tuple[frozenset[str], int], int] = {}
        """(matter set, credit ms) -> when somebody who came now would be called."""
        self.now = 0
        self._rule = rule
        kinds = {w.no: WindowKind.COMPREHENSIVE if w.comprehensive else WindowKind.SPECIALIST for w in taken.windows}
        self._lines = Lines({w.no: (kinds[w.no], w.zone) for w in taken.windows})
        self._windows = {w.no: Window(w, _breaks(w, taken.at)) for w in taken.windows}
        self._order = list(self._windows)
        self._people: dict[str, Person] = {}
        self._visits: list[list[Person]] = [[] for _ in range(taken.visits)]
        self._busy: set[int] = set()
        """Visits whose person is at a window."""
        self._heap: list[tuple[int, int, int, Person | None]] = []
        self._coming = arrivals(taken)
        self._came = 0
        self._left = 0
        """Of those whom a forecast is for, how many are not called yet."""

    def steps(self) -> Iterator[None]:
        """Drive the path to its end; between two steps of some microseconds each others may have their turn."""
        yield from self._begin()
        while self._left > 0 and self._heap:
            self.now, what, which, person = heapq.heappop(self._heap)
            if self.now > FAR_MS:
                return
            if what == COMES:
                assert person is not None
                self._come(person)
            else:
                self._turn(self._windows[self._order[which]], what, which)
            yield

    def run(self) -> "Ahead":
        """Drive it at one go; returns itself."""
        for _ in self.steps():
            pass
        return self

    # --- as it is now ---

    def _begin(self) -> Iterator[None]:
        taken, at = self.taken, self.taken.at
        bound = [(t.bound,) for t in taken.tickets if t.bound >= 0]
        for places in (*taken.sets, *(aim.windows for aim in taken.aims), *bound):
            self._lines.set_of(self._named(places))
        for which, window in enumerate(self._windows.values()):
            if window.open:
                self._lines.opened(window.at.no)
            if window.at.busy:
                window.visit = window.at.visit
                self._busy.add(window.visit)
                self._put(left_of(window.at, taken.sigma), ENDS, which)
            elif window.open:
                window.idle_since = window.at.idle_since - at
        for order, ticket in enumerate(taken.tickets):
            self._stand_first(ticket, order)
            yield
        self._imagine()
        for which, window in enumerate(self._windows.values()):
            if window.idle_since is not None:
                self._decide(window, which)
                yield
            elif not window.open:
                self._put_break(window, which)
        self._next_arrival()

    def _stand_first(self, ticket: TicketAt, order: int) -> None:
        taken, at = self.taken, self.taken.at
        windows = self._named((ticket.bound,) if ticket.bound >= 0 else taken.aims[ticket.aim].windows)
        place = (ticket.seniority, order, ticket.id)
        person = Person(windows, ticket.credit, place, ticket.work, issued=ticket.issued_at - at)
        person.lasts = self._whole(ticket.mean_ms)
        self._people[ticket.id] = person
        if ticket.visit >= 0:
            person.visit = ticket.visit
            self._visits[ticket.visit].append(person)
        if ticket.away_more == 0 and self._servable(windows):
            self._left += 1
        if ticket.away_until is not None and not ticket.resting:
            person.there = False
            self._put(max(0, ticket.away_until - at) + round(ticket.away_more), COMES, order, person)
        elif not ticket.resting:
            self._stand(person)

    def _imagine(self) -> None:
        """A newcomer of each matter set and credit, behind everybody who is here, in nobody's way."""
        order = len(self.taken.tickets)
        for windows in list(self._lines.sets):
            if not self._servable(windows):
                continue
            for credit in self.taken.credits:
                person = Person(windows, credit, (self.taken.at, order, f"+{order}"), 0.0)
                person.imagined = True
                self._people[person.place[2]] = person
                self._stand(person)
                self._left += 1
                order += 1
        self._came = order

    def _servable(self, windows: frozenset[str]) -> bool:
        """Whether one of them is open or will be; nobody waits for the others."""
        return any(self._windows[no].open or self._windows[no].at.breaks for no in windows)

    def _named(self, places: tuple[int, ...]) -> frozenset[str]:
        return frozenset([self._order[place] for place in places])

    def _whole(self, mean_ms: float) -> int:
        """From the call of somebody who is there until the window is free again."""
        taken = self.taken
        return taken.walk_ms + taken.gap_ms + round(mean_ms + taken.miss_share * taken.miss_ms)

    # --- what happens ---

    def _put(self, at: int, what: int, which: int, person: Person | None = None) -> None:
        heapq.heappush(self._heap, (at, what, which, person))

    def _put_break(self, window: Window, which: int) -> None:
        """When a window that serves nobody stops, or is back."""
        if window.breaks:
            start, end = window.breaks[0]
            self._put(max(self.now, start) if window.open else end, STOPS if window.open else OPENS, which)

    def _next_arrival(self) -> None:
        coming = next(self._coming, None)
        if coming is not None:
            self._put(coming.at, COMES, self._came, self._new(coming))
            self._came += 1

    def _new(self, coming: Newly) -> Person:
        aim = self.taken.aims[coming.aim]
        name = f"+{self._came}"
        place = (self.taken.at + coming.counts_from, self._came, name)
        person = Person(self._named(aim.windows), coming.credit, place, aim.work, issued=coming.at)
        person.lasts = self._whole(aim.mean_ms)
        person.there = False
        self._people[name] = person
        return person

    def _come(self, person: Person) -> None:
        if person.place[1] >= len(self.taken.tickets):
            self._next_arrival()
        person.there = True
        if person.visit not in self._busy or person.visit < 0:
            self._stand(person)
            self._offer([person])

    def _turn(self, window: Window, what: int, which: int) -> None:
        """Something happens at a window."""
        if what == ENDS:
            while window.breaks and window.breaks[0][1] <= self.now:
                window.breaks.pop(0)
            self._end(window, which)
        elif what == STOPS:
            if window.idle_since is not None and window.breaks and window.breaks[0][0] <= self.now:
                self._shut(window, which)
        else:
            window.breaks.pop(0)
            window.open, window.idle_since = True, self.now
            self._lines.opened(window.at.no)
            self._decide(window, which)

    def _end(self, window: Window, which: int) -> None:
        """A service ends: the person's other tickets stand again, the window calls, then they are offered."""
        window.idle_since = self.now
        due = bool(window.breaks) and window.breaks[0][0] <= self.now
        self._busy.discard(window.visit)
        others = [p for p in self._visits[window.visit] if p.there and not p.stands] if window.visit >= 0 else []
        window.visit = -1
        for person in others:
            self._stand(person)
        if due and not window.at.clears:
            self._shut(window, which)
        else:
            self._decide(window, which)
            if due and window.idle_since is not None:
                self._shut(window, which)
        self._offer(others)

    def _shut(self, window: Window, which: int) -> None:
        window.open, window.idle_since = False, None
        self._lines.shut(window.at.no)
        self._put_break(window, which)

    def _decide(self, window: Window, which: int) -> None:
        """The rule's word at a free window; an imagined one that it names is noted, and it is asked again."""
        at = self.taken.at + self.now
        while (choice := self._rule.choose(self._lines, window.at.no, _nameless, at)) is not None:
            person = self._people[choice.ticket]
            self._leave(person)
            if not person.imagined:
                self._call(person, window, which)
                return
            self.newcomers[person.windows, person.credit] = self.now
            self._left -= 1
        self._put_break(window, which)

    def _call(self, person: Person, window: Window, which: int) -> None:
        person.there = False
        window.idle_since = None
        if person.place[1] < len(self.taken.tickets):
            self.called[person.place[2]] = self.now
            ticket = self.taken.tickets[person.place[1]]
            self._left -= ticket.away_more == 0 and self._servable(person.windows)
        if person.visit >= 0:
            self._busy.add(person.visit)
            window.visit = person.visit
            for other in self._visits[person.visit]:
                if other.stands:
                    self._leave(other)
        self._put(self.now + self._lasts(person, window), ENDS, which)

    def _lasts(self, person: Person, window: Window) -> int:
        """How long the call keeps the window, as far as it is likely that the person is still there."""
        taken = self.taken
        here = stays(taken, person.issued, self.now)
        lasts = here * person.lasts + (1 - here) * taken.silent_share * (taken.miss_ms + taken.gap_ms)
        if window.at.comprehensive and self._lines.sets[person.windows].specialists:
            lasts *= taken.slow
        return int(lasts)

    def _offer(self, people: list[Person]) -> None:
        """To idle windows: specialist ones first, then whichever has been idle longest."""
        for person in people:
            while person.stands:
                idle = [
                    (w.at.comprehensive, w.idle_since, which)
                    for which, w in enumerate(self._windows.values())
                    if w.idle_since is not None and w.at.no in person.windows
                ]
                if not idle:
                    break
                which = min(idle)[2]
                self._decide(self._windows[self._order[which]], which)

    def _stand(self, person: Person) -> None:
        person.stands = True
        self._lines.add(person.windows, person.credit, person.place, person.work)

    def _leave(self, person: Person) -> None:
        person.stands = False
        self._lines.remove(person.windows, person.credit, person.place, person.work)


def _breaks(window: WindowAt, at: int) -> list[tuple[int, int]]:
    """The window's breaks from now on, ms from now; a closed window without any stays closed."""
    return [(max(0, start - at), end - at) for start, end in window.breaks if end > at]


def _nameless(ticket: str) -> str:
    """The reason of a call that nobody reads."""
    return ticket
