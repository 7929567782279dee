"""Learning from past days (从往日学习): what a day's journal tells of the hall's habits, and what many days tell.

A day is folded into a small summary once; the model is made of the last days' summaries. Service times are ratios to
what the hall's files say, per matter, drawn towards those of its group, zone and hall while it was seen seldom:
r = (n·mean + K·coarser) / (n + K), with K = (spread within a matter / spread between matters)² as in credibility
theory (Bühlmann 1967). Pure.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from onewindow.forecast.areas import Aim
from onewindow.forecast.calibration import Outcome, learned_shifts
from onewindow.forecast.model import Lunch, Model, aim_name, first_model, weekday_of
from onewindow.forecast.scoring import Scores
from onewindow.queue import events as ev
from onewindow.queue.capability import COLLECT
from onewindow.zones.calendar import local_minute
from onewindow.zones.hours import WEEKDAYS
from onewindow.zones.model import Hall, WindowKind

TRUST: Final = 6.0
"""K: services of a matter that weigh as much as what is known of its group (0.6² within / 0.25² between)."""
DAYS: Final = 30
"""How many past days count."""
SHORTEST_MS: Final = 5_000
LONGEST_MS: Final = 4 * 3_600_000
"""Services outside these bounds are slips of the key, not services."""
STEP_MS: Final = 300_000
MOST_GAP_MS: Final = 120_000
"""A clerk who calls later than this after a service did something else first."""
LEAST_LUNCH: Final = 20
MOST_LUNCH: Final = 120
"""Minutes that a pause must take to count as lunch."""
LEAST_DAYS: Final = 3


class Sum(msgspec.Struct, array_like=True):
    """A sum of values: how many, their sum, and the sum of their squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """One value more."""
        self.count += 1
        self.total += value
        self.squares += value * value

    def join(self, other: "Sum") -> None:
        """All values of the other."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares


class DaySummary(msgspec.Struct, kw_only=True):
    """What one day tells (当天摘要)."""

    day: str
    factor: float = 1.0
    """How busy its weekday usually is."""
    services: dict[str, Sum] = {}
    """Ratio of the service to what the files say, first services, by aim."""
    logs: dict[str, Sum] = {}
    """The logarithms of the same ratios."""
    slow: dict[str, Sum] = {}
    """The ratios at comprehensive windows, for aims that specialist windows serve too; `+` for those elsewhere."""
    second: Sum = msgspec.field(default_factory=Sum)
    """Ratios of services after a hold."""
    walks: Sum = msgspec.field(default_factory=Sum)
    """ms from the call to the start."""
    gaps: Sum = msgspec.field(default_factory=Sum)
    """ms from an end to the next call at the window, while somebody waited at its number."""
    calls: int = 0
    absent: int = 0
    """Called in vain, and back later."""
    stayed: dict[int, int] = {}
    """Tickets that were served, by their wait in steps of five minutes …"""
    gave_up: dict[int, int] = {}
    """… that were taken out while they waited …"""
    silent: dict[int, int] = {}
    """… and that were called in vain and never came back."""
    held: Sum = msgspec.field(default_factory=Sum)
    """ms from a hold until the ticket is called again."""
    tickets: dict[str, int] = {}
    half_hours: dict[str, dict[str, int]] = {}
    classes: dict[str, int] = {}
    follows: dict[str, Sum] = {}
    """By zone: how much earlier (ms) than they were issued the tickets count that go on from another."""
    lunches: dict[str, Lunch] = {}
    outcomes: tuple[Outcome, ...] = ()


def summarise(hall: Hall, day: str, events: Iterable[ev.AnyEvent]) -> DaySummary:
    """Fold a day's events into its summary."""
    fold = DayFold(hall, day)
    for event in events:
        fold.feed(event)
    return fold.done()


class DayFold:
    """A day being folded, event by event."""

    def __init__(self, hall: Hall, day: str) -> None:
        weekday = hall.profile.weekday_factor.get(WEEKDAYS[weekday_of(day)], 1.0)
        self.found = DaySummary(day=day, factor=weekday)
        self.hall = hall
        self.scores = Scores(hall)
        self.issued: dict[str, ev.TicketIssued] = {}
        self.aims: dict[str, Aim] = {}
        self.called: dict[str, int] = {}
        self.started: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.seconds: set[str] = set()
        self.counted: set[str] = set()
        self.vain: dict[str, int] = {}
        self.freed: dict[str, int] = {}
        self.paused: dict[str, int] = {}
        self.special = frozenset[str]().union(
            *(w.matters for w in hall.windows.values() if w.kind is WindowKind.SPECIALIST)
        )

    def done(self) -> DaySummary:
        """The summary, once all events were fed."""
        for waited in self.vain.values():
            self.found.silent[waited] = self.found.silent.get(waited, 0) + 1
        outcomes = [outcome for one in self.scores.scored() if (outcome := one.outcome()) is not None]
        self.found.outcomes = tuple(outcomes)
        return self.found

    def feed(self, event: ev.AnyEvent) -> None:
        """Take the next event."""
        self.scores.feed(event)
        if isinstance(event, ev.TicketIssued):
            self._issued(event)
        elif isinstance(event, ev.TicketCalled):
            self._called(event)
        elif isinstance(event, ev.ServiceStarted):
            self.started[event.ticket] = event.at
            if event.ticket in self.called:
                self.found.walks.add(event.at - self.called[event.ticket])
            self._waited(event.ticket, event.at, self.found.stayed)
        elif isinstance(event, ev.TicketMissed):
            issued = self.issued.get(event.ticket)
            if issued is not None:
                self.vain[event.ticket] = (self.called.get(event.ticket, event.at) - issued.at) // STEP_MS
            self.freed[event.window] = event.at
        elif isinstance(event, ev.TicketReturned):
            self.found.absent += self.vain.pop(event.ticket, None) is not None
        elif isinstance(event, ev.TicketCancelled):
            if event.ticket not in self.called:
                self._waited(event.ticket, event.at, self.found.gave_up)
        elif isinstance(event, ev.TicketFinished | ev.TurnEnded | ev.TicketHeld | ev.TicketTransferred):
            self._ended(event)
        elif isinstance(event, ev.TicketRerouted):
            self.aims[event.ticket] = Aim(event.zone, event.group, event.matter, event.purpose)
        elif isinstance(event, ev.WindowPaused | ev.WindowClosed):
            self.freed.pop(event.window, None)
            self.paused[event.window] = event.at
        elif isinstance(event, ev.WindowOpened):
            self._opened(event)

    def _waited(self, ticket: str, until: int, steps: dict[int, int]) -> None:
        """Count a first wait that ends at `until`."""
        issued = self.issued.get(ticket)
        if issued is None or ticket in self.counted:
            return
        self.counted.add(ticket)
        waited = (self.called.get(ticket, until) - issued.at) // STEP_MS
        steps[waited] = steps.get(waited, 0) + 1

    def _issued(self, event: ev.TicketIssued) -> None:
        aim = Aim(event.zone, event.group, event.matter, event.purpose)
        self.issued[event.ticket], self.aims[event.ticket] = event, aim
        if event.channel == "carried":
            return
        minute = local_minute(self.hall.settings, event.at)
        slot = f"{minute // 60:02}:{minute % 60 // 30 * 30:02}"
        name, found = aim_name(aim), self.found
        found.tickets[name] = found.tickets.get(name, 0) + 1
        half_hours = found.half_hours.setdefault(event.zone, {})
        half_hours[slot] = half_hours.get(slot, 0) + 1
        applicant = event.applicant if event.confirmed else self.hall.settings.applicants[0].code
        found.classes[applicant] = found.classes.get(applicant, 0) + 1
        if event.seniority < event.at:
            found.follows.setdefault(event.zone, Sum()).add(event.at - event.seniority)

    def _called(self, event: ev.TicketCalled) -> None:
        self.found.calls += 1
        self.called[event.ticket] = event.at
        freed = self.freed.pop(event.window, None)
        issued = self.issued.get(event.ticket)
        near = freed is not None and event.at - freed <= MOST_GAP_MS
        if freed is not None and near and issued is not None and issued.at < freed:
            self.found.gaps.add(event.at - freed)
        since = self.held.pop(event.ticket, None)
        if since is not None:
            self.found.held.add(event.at - since)
            self.seconds.add(event.ticket)

    def _ended(self, event: ev.TicketFinished | ev.TurnEnded | ev.TicketHeld | ev.TicketTransferred) -> None:
        self.freed[event.window] = event.at
        if isinstance(event, ev.TicketHeld):
            self.held[event.ticket] = event.at
        started, issued = self.started.pop(event.ticket, None), self.issued.get(event.ticket)
        if started is None or issued is None or not SHORTEST_MS <= event.at - started <= LONGEST_MS:
            return
        aim = self.aims[event.ticket]
        ratio = (event.at - started) / (issued.minutes * max(1, issued.copies) * 60_000)
        if event.ticket in self.seconds:
            self.found.second.add(ratio)
            return
        name = aim_name(aim)
        self.found.services.setdefault(name, Sum()).add(ratio)
        self.found.logs.setdefault(name, Sum()).add(math.log(ratio))
        if aim.matter in self.special:
            at = self.hall.windows[event.window].kind is WindowKind.COMPREHENSIVE
            self.found.slow.setdefault(name if at else name + "+", Sum()).add(math.log(ratio))
        if isinstance(event, ev.TicketTransferred):
            self.aims[event.ticket] = Aim(event.zone, event.group, event.matter, event.purpose)

    def _opened(self, event: ev.WindowOpened) -> None:
        self.freed.pop(event.window, None)
        since = self.paused.pop(event.window, None)
        if since is None:
            return
        minutes = round((event.at - since) / 60_000)
        minute = local_minute(self.hall.settings, since)
        if LEAST_LUNCH <= minutes <= MOST_LUNCH and 10 * 60 + 30 <= minute <= 14 * 60:
            self.found.lunches[event.window] = Lunch(minute=minute, minutes=minutes)


def model_of(hall: Hall, summaries: Sequence[DaySummary]) -> Model:
    """The habits that these days tell, oldest first; those of the files where they tell too little."""
    first = first_model(hall)
    days = list(summaries)[-DAYS:]
    if not days:
        return first
    services, logs = _joined(d.services for d in days), _joined(d.logs for d in days)
    walks, gaps, second, held = (_sum(getattr(d, name) for d in days) for name in ("walks", "gaps", "second", "held"))
    calls, absent = sum(d.calls for d in days), sum(d.absent for d in days)
    patience, silent = _patience(days, first)
    return Model(
        days=sum(d.factor for d in days),
        sigma=_sigma(logs, first.sigma),
        ratio=_ratios(services),
        walk_ms=_drawn(walks, first.walk_ms, 20),
        gap_ms=_drawn(gaps, first.gap_ms, 20),
        miss_share=(absent + 50 * first.miss_share) / (calls + 50),
        patience_ms=patience,
        patience_sigma=first.patience_sigma,
        silent_share=silent,
        slow=_slow(_joined(d.slow for d in days)),
        clears=first.clears,
        second=_drawn(second, first.second, 20),
        held_ms=_drawn(held, first.held_ms, 20),
        tickets=_counts(d.tickets for d in days),
        half_hours={zone: _counts(d.half_hours.get(zone, {}) for d in days) for zone in hall.zones},
        classes=_counts(d.classes for d in days),
        follows=_follows(hall, days),
        lunches=_lunches(days),
        shifts=learned_shifts(outcome for d in days for outcome in d.outcomes),
    )


def _ratios(services: Mapping[str, Sum]) -> dict[str, float]:
    """By matter, group and zone, each drawn towards the coarser."""
    by_group: dict[tuple[str, str], Sum] = {}
    by_zone: dict[str, Sum] = {}
    hall = Sum()
    found: dict[str, float] = {}
    for name, sum_ in services.items():
        zone, group, _, purpose = name.split(":")
        if purpose == COLLECT:
            continue
        by_group.setdefault((zone, group), Sum()).join(sum_)
        by_zone.setdefault(zone, Sum()).join(sum_)
        hall.join(sum_)
    whole = _drawn(hall, 1.0, TRUST)
    found[""] = whole
    zones = {zone: _drawn(sum_, whole, TRUST) for zone, sum_ in by_zone.items()}
    groups = {key: _drawn(sum_, zones[key[0]], TRUST) for key, sum_ in by_group.items()}
    found |= {f"zone:{zone}": ratio for zone, ratio in zones.items()}
    found |= {f"group:{group}": ratio for (_, group), ratio in groups.items()}
    for name, sum_ in services.items():
        zone, group, matter, purpose = name.split(":")
        if purpose == COLLECT:
            found[f"{purpose}@{zone}"] = _drawn(sum_, 1.0, TRUST)
        elif matter:
            found[matter] = _drawn(sum_, groups[zone, group], TRUST)
    return found


def _sigma(logs: Mapping[str, Sum], first: float) -> float:
    """The spread of the logarithms within a matter, drawn towards that of the files."""
    squares = sum(max(0.0, s.squares - s.total**2 / s.count) for s in logs.values() if s.count > 1)
    free = sum(s.count - 1 for s in logs.values() if s.count > 1)
    return max(0.05, math.sqrt((squares + 30 * first**2) / (free + 30)))


def _slow(logs: Mapping[str, Sum]) -> float:
    """How many times as long a comprehensive window takes over the same matter, from matched aims."""
    weight = total = 0.0
    for name, own in logs.items():
        other = logs.get(name + "+")
        if name.endswith("+") or other is None or own.count < 2 or other.count < 2:
            continue
        trust = 1 / (1 / own.count + 1 / other.count)
        total += trust * (own.total / own.count - other.total / other.count)
        weight += trust
    return max(0.5, min(2.0, math.exp(total / (weight + 50))))


def _patience(days: Sequence[DaySummary], first: Model) -> tuple[float, float]:
    """(median ms of a lognormal, share of the silent): the likeliest, who was called in vain having left before.

    Whoever was served had more patience than the wait.
    """
    stayed, gave_up, silent = (
        _counts({str(k): n for k, n in getattr(d, name).items()} for d in days)
        for name in ("stayed", "gave_up", "silent")
    )
    left = sum(gave_up.values()) + sum(silent.values())
    share = (sum(silent.values()) + 10 * first.silent_share) / (left + 10)
    if left < 5:
        return first.patience_ms, share
    sigma, best = first.patience_sigma, (-math.inf, 0.0)
    for minutes in [15 * 1.1**k for k in range(45)]:
        median = minutes * 60_000

        def gone(step: str, median: float = median) -> float:
            waited = (int(step) + 0.5) * STEP_MS
            return 0.5 * math.erfc(-(math.log(max(waited, 1.0) / median)) / (sigma * math.sqrt(2)))

        def within(step: str, median: float = median) -> float:
            return gone(str(int(step) + 1), median) - gone(step, median) if int(step) >= 0 else 0.0

        likely = sum(n * math.log(max(1 - gone(s), 1e-9)) for s, n in stayed.items())
        likely += sum(n * math.log(max(within(s), 1e-9)) for s, n in gave_up.items())
        likely += sum(n * math.log(max(gone(s), 1e-9)) for s, n in silent.items())
        best = max(best, (likely, median))
    return best[1], share


def _follows(hall: Hall, days: Sequence[DaySummary]) -> dict[str, tuple[float, float]]:
    """By zone: the share of the tickets that count from an earlier time, and by how much (ms)."""
    found = {}
    for zone in hall.zones:
        own = _sum(d.follows.get(zone, Sum()) for d in days)
        tickets = sum(sum(d.half_hours.get(zone, {}).values()) for d in days)
        if own.count >= 10:
            found[zone] = (own.count / tickets, own.total / own.count)
    return found


def _lunches(days: Sequence[DaySummary]) -> dict[str, Lunch]:
    """Each window's usual lunch: the median of at least three days."""
    found = {}
    for no in {no for d in days for no in d.lunches}:
        own = [d.lunches[no] for d in days if no in d.lunches]
        if len(own) >= LEAST_DAYS:
            minutes = sorted(lunch.minute for lunch in own)
            lengths = sorted(lunch.minutes for lunch in own)
            found[no] = Lunch(minute=minutes[len(own) // 2], minutes=lengths[len(own) // 2])
    return found


def _drawn(sum_: Sum, towards: float, trust: float) -> float:
    return (sum_.total + trust * towards) / (sum_.count + trust)


def _sum(sums: Iterable[Sum]) -> Sum:
    whole = Sum()
    for each in sums:
        whole.join(each)
    return whole


def _joined(maps: Iterable[Mapping[str, Sum]]) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for each in maps:
        for name, sum_ in each.items():
            found.setdefault(name, Sum()).join(sum_)
    return found


def _counts(maps: Iterable[Mapping[str, int]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in maps:
        for name, count in each.items():
            found[name] = found.get(name, 0.0) + count
    return found
