"""The lines (队列): who waits, by matter set and credit, in the order of seniority.

A **line** is the waiting tickets of one matter set (the set of windows that can serve them) and one credit. Within
a line the order is seniority, then issue order: so strict first-come-first-served holds inside a line whatever
the rule between lines is, and the front of a line is always its most senior ticket. A window's candidates are the
fronts of the lines that contain it. Adding, removing and ranking cost O(log n); a call looks at the fronts only.

What a call needs of a matter set is kept at hand in the set itself (`best`, `second`, `earliest`, how many of its
specialist windows are open), and brought up to date when a front changes: a call then touches a few objects a set,
not all lines, which with a full hall are rarely in the processor's caches.
"""

from collections.abc import Iterable, Iterator, Mapping

from sortedcontainers import SortedList

from onewindow.zones.model import WindowKind

Place = tuple[int, int, str]
"""(seniority ms, issue order, ticket id)"""


class Line:
    """One line: the waiting tickets of a matter set that share one credit (同一事项集、同一优先分钟)."""

    __slots__ = ("behind", "credit", "head", "places", "windows")

    def __init__(self, windows: frozenset[str], credit: int) -> None:
        self.windows = windows
        self.credit = credit
        """C in ms."""
        self.places: SortedList[Place] = SortedList()
        self.head: Place | None = None
        """The most senior place, at hand because every call looks at it; None when the line is empty."""
        self.behind: Place | None = None
        """The place after it, for the same reason; None when there is none."""

    def __len__(self) -> int:
        return len(self.places)

    def front(self) -> Place:
        """The most senior place. Raises IndexError when the line is empty."""
        if self.head is None:
            raise IndexError("the line is empty")
        return self.head

    def add(self, place: Place) -> None:
        """Put a place where it belongs."""
        self.places.add(place)
        if self.head is None or place < self.head:
            self.head, self.behind = place, self.head
        elif self.behind is None or place < self.behind:
            self.behind = place

    def remove(self, place: Place) -> None:
        """Take a place out. Raises ValueError when it isn't there."""
        self.places.remove(place)
        if place == self.head:
            self.head = self.behind
        elif place != self.behind:
            return
        self.behind = self.places[1] if len(self.places) > 1 else None


class MatterSet:
    """A set of windows that serve the same tickets (事项集), with its lines and the work that waits in them."""

    __slots__ = (
        "best",
        "count",
        "earliest",
        "lines",
        "second",
        "specialists",
        "specialists_open",
        "windows",
        "work",
        "zone",
    )

    def __init__(self, windows: frozenset[str], specialists: tuple[str, ...], zone: str) -> None:
        self.windows = windows
        self.specialists = specialists
        """The specialist windows among them; none: only comprehensive windows can serve this set."""
        self.zone = zone
        self.lines: dict[int, Line] = {}
        """By credit (ms)."""
        self.count = 0
        """How many tickets wait."""
        self.work = 0.0
        """Sum of the expected minutes of the waiting tickets."""
        self.specialists_open = 0
        """How many of the specialist windows are open."""
        self.best: Front | None = None
        """Of the lines' fronts, that with the smallest static key …"""
        self.second: Front | None = None
        """… the next after it …"""
        self.earliest: tuple[Place, Line] | None = None
        """… and the most senior one; None where nobody waits, or for `second`, where only one line isn't empty."""

    def __len__(self) -> int:
        return self.count

    def rank(self) -> None:
        """Bring the fronts at hand up to date, after a line's front has changed."""
        self.best = self.second = self.earliest = None
        for line in self.lines.values():
            place = line.head
            if place is None:
                continue
            front = (place[0] - line.credit, place[1], line)
            if self.best is None or front < self.best:
                self.best, self.second = front, self.best
            elif self.second is None or front < self.second:
                self.second = front
            if self.earliest is None or place < self.earliest[0]:
                self.earliest = (place, line)


Front = tuple[int, int, Line]
"""(static key ms, issue order, line) of the most senior ticket of a line; no two have the same order."""


class Lines:
    """All lines of a hall, and which windows are open: what a rule looks at when it chooses."""

    def __init__(self, windows: Mapping[str, tuple[WindowKind, str]]) -> None:
        """Take the hall's windows: number -> (kind, zone)."""
        self.kinds = {no: kind for no, (kind, _) in windows.items()}
        self.zones = {no: zone for no, (_, zone) in windows.items()}
        self.comprehensive: dict[str, list[str]] = {zone: [] for zone in self.zones.values()}
        """The comprehensive windows of each zone."""
        for no, zone in self.zones.items():
            if self.kinds[no] is WindowKind.COMPREHENSIVE:
                self.comprehensive[zone].append(no)
        self.comprehensive_open = dict.fromkeys(self.comprehensive, 0)
        """How many of them are open."""
        self.open: set[str] = set()
        """Windows that are open and not paused; changed by `opened` and `shut` alone."""
        self.sets: dict[frozenset[str], MatterSet] = {}
        self.by_window: dict[str, list[MatterSet]] = {no: [] for no in self.kinds}

    def set_of(self, windows: frozenset[str]) -> MatterSet:
        """The matter set of these windows, made when first asked for."""
        matter_set = self.sets.get(windows)
        if matter_set is None:
            specialists = tuple(sorted(no for no in windows if self.kinds[no] is not WindowKind.COMPREHENSIVE))
            zone = self.zones[min(windows)]
            matter_set = self.sets[windows] = MatterSet(windows, specialists, zone)
            matter_set.specialists_open = self.open_among(specialists)
            for no in windows:
                self.by_window[no].append(matter_set)
        return matter_set

    def add(self, windows: frozenset[str], credit: int, place: Place, minutes: float) -> None:
        """Put a ticket into its line. `windows` must not be empty."""
        matter_set = self.set_of(windows)
        line = matter_set.lines.get(credit)
        if line is None:
            line = matter_set.lines[credit] = Line(windows, credit)
        before = line.head
        line.add(place)
        if line.head is not before:
            matter_set.rank()
        matter_set.count += 1
        matter_set.work += minutes

    def remove(self, windows: frozenset[str], credit: int, place: Place, minutes: float) -> None:
        """Take a ticket out of its line. Raises ValueError when it doesn't stand there."""
        matter_set = self.sets[windows]
        line = matter_set.lines[credit]
        before = line.head
        line.remove(place)
        if line.head is not before:
            matter_set.rank()
        matter_set.count -= 1
        matter_set.work = matter_set.work - minutes if matter_set.count else 0.0

    def opened(self, window: str) -> None:
        """The window is open from now on."""
        if window not in self.open:
            self.open.add(window)
            self._count(window, 1)

    def shut(self, window: str) -> None:
        """The window is closed or paused from now on."""
        if window in self.open:
            self.open.remove(window)
            self._count(window, -1)

    def _count(self, window: str, by: int) -> None:
        if self.kinds[window] is WindowKind.COMPREHENSIVE:
            self.comprehensive_open[self.zones[window]] += by
        else:
            for matter_set in self.by_window[window]:
                matter_set.specialists_open += by

    def candidates(self, window: str) -> Iterator[tuple[MatterSet, Line]]:
        """The lines with somebody in them that this window may serve."""
        for matter_set in self.by_window[window]:
            for line in matter_set.lines.values():
                if line.head is not None:
                    yield matter_set, line

    def waiting_at(self, window: str) -> int:
        """How many tickets the window could call now."""
        return sum(matter_set.count for matter_set in self.by_window[window])

    def sharing(self, windows: frozenset[str]) -> list[MatterSet]:
        """The matter sets that share a window with `windows`, each once."""
        found: dict[frozenset[str], MatterSet] = {}
        for no in windows:
            for matter_set in self.by_window[no]:
                found[matter_set.windows] = matter_set
        return list(found.values())

    def ahead(self, windows: frozenset[str], key: int, order: int) -> int:
        """How many waiting tickets stand before (key, order) at the windows that can serve them (前面人数).

        Counted by the static key `seniority - credit` over all lines that share a window with `windows`; the
        bounded head start may let one or the other pass in addition, a colleague's window may take one away.
        """
        count = 0
        for matter_set in self.sharing(windows):
            for credit, line in matter_set.lines.items():
                count += line.places.bisect_left((key + credit, order, ""))
        return count

    def open_among(self, windows: Iterable[str]) -> int:
        """How many of these windows, each named once, are open."""
        return len(self.open.intersection(windows))
