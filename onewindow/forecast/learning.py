"""Learning from past days (从往日学习): what a day's journal tells of the hall's habits, and what many days tell.

A day is folded into a small summary once; the model is made of the last days' summaries. Service times are ratios to
what the hall's files say, per matter, drawn towards those of its group, zone and hall while it was seen seldom:
r = (n·mean + K·coarser) / (n + K), with K = (spread within a matter / spread between matters)² as in credibility
theory (Bühlmann 1967). Pure.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from onewindow.forecast.calibration import learned_shifts
from onewindow.forecast.day_summary import STEP_MS, DaySummary, Sum
from onewindow.forecast.model import Lunch, Model, first_model
from onewindow.queue.capability import COLLECT
from onewindow.zones.model import Hall

TRUST: Final = 6.0
"""K: services of a matter that weigh as much as what is known of its group (0.6² within / 0.25² between)."""
DAYS: Final = 30
"""How many past days count."""
LEAST_DAYS: Final = 3
"""So many days make a window's lunch usual."""


def model_of(hall: Hall, summaries: Sequence[DaySummary]) -> Model:
    """The habits that these days tell, oldest first; those of the files where they tell too little."""
    first = first_model(hall)
    days = list(summaries)[-DAYS:]
    if not days:
        return first
    services, logs = _joined(d.services for d in days), _joined(d.logs for d in days)
    walks, gaps, second, held = (_sum(getattr(d, name) for d in days) for name in ("walks", "gaps", "second", "held"))
    calls, absent = sum(d.calls for d in days), sum(d.absent for d in days)
    patience, spread, silent = _patience(days, first)
    at_both = _joined(d.slow for d in days)
    slow = _slow(at_both)
    return Model(
        days=sum(d.factor for d in days),
        sigma=_sigma(logs, first.sigma),
        ratio=_ratios(services, at_both, slow),
        walk_ms=_drawn(walks, first.walk_ms, 20),
        gap_ms=_drawn(gaps, first.gap_ms, 20),
        miss_share=(absent + 50 * first.miss_share) / (calls + 50),
        patience_ms=patience,
        patience_sigma=spread,
        silent_share=silent,
        slow=slow,
        clears=_clears(days, first),
        second=_drawn(second, first.second, 20),
        held_ms=_drawn(held, first.held_ms, 20),
        tickets=_counts(d.tickets for d in days),
        half_hours={zone: _counts(d.half_hours.get(zone, {}) for d in days) for zone in hall.zones},
        classes=_counts(d.classes for d in days),
        follows=_follows(hall, days),
        early=_early(days),
        lunches=_lunches(days),
        shifts=learned_shifts(outcome for d in days for outcome in d.outcomes),
    )


def _ratios(services: Mapping[str, Sum], at_both: Mapping[str, Sum], slow: float) -> dict[str, float]:
    """By matter, group and zone, each drawn towards the coarser; at specialist windows' pace where they serve it.

    `at_both`, `slow`: who served what, and how many times as long comprehensive windows take; it is taken out here,
    since forecasts put it in again window by window.
    """
    services = {name: _without(sum_, slow, at_both, name) for name, sum_ in services.items()}
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


def _without(services: Sum, slow: float, at_both: Mapping[str, Sum], name: str) -> Sum:
    """The services of an aim as if none had been at a comprehensive window's slower pace."""
    there = at_both[name].count if name in at_both else 0
    other = at_both[name + "+"].count if name + "+" in at_both else 0
    pace = 1 + (slow - 1) * there / (there + other) if there + other else 1.0
    return Sum(services.count, services.total / pace, services.squares / pace**2)


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


def _patience(days: Sequence[DaySummary], first: Model) -> tuple[float, float, float]:
    """(median ms and sigma of a lognormal, share of the silent): the likeliest of a grid.

    Whoever was served had more patience than the wait.
    """
    stayed, gave_up, silent = (
        _counts({str(k): n for k, n in getattr(d, name).items()} for d in days)
        for name in ("stayed", "gave_up", "silent")
    )
    left = sum(gave_up.values()) + sum(silent.values())
    share = (sum(silent.values()) + 10 * first.silent_share) / (left + 10)
    if left < 5:
        return first.patience_ms, first.patience_sigma, share
    best = (-math.inf, first.patience_ms, first.patience_sigma)
    for sigma in (0.35, 0.5, 0.75, 1.0, 1.3, 1.6):
        for median in [15 * 60_000 * 1.1**k for k in range(45)]:

            def gone(steps: float, median: float = median, sigma: float = sigma) -> float:
                """The share that has given up after so many steps of five minutes."""
                z = math.log(max(steps, 1e-6) * STEP_MS / median) / sigma
                return 0.5 * math.erfc(-z / math.sqrt(2))

            likely = sum(n * math.log(max(1 - gone(int(s) + 0.5), 1e-9)) for s, n in stayed.items())
            likely += sum(n * math.log(max(gone(int(s) + 1) - gone(int(s)), 1e-9)) for s, n in gave_up.items())
            # Called in vain and never seen again: gone some time before.
            likely += sum(n * math.log(max(gone(int(s) + 0.5), 1e-9)) for s, n in silent.items())
            best = max(best, (likely, median, sigma))
    return best[1], best[2], share


def _clears(days: Sequence[DaySummary], first: Model) -> bool:
    """Whether windows clear their lines before lunch: unless a fifth of the lunches or more began otherwise."""
    lunches = sum(len(d.lunches) for d in days)
    return first.clears if not lunches else sum(d.lunches_at_once for d in days) < lunches / 5


def _follows(hall: Hall, days: Sequence[DaySummary]) -> dict[str, tuple[float, float]]:
    """By zone: the share of the tickets that count from an earlier time, and by how much (ms)."""
    found = {}
    for zone in hall.zones:
        own = _sum(d.follows.get(zone, Sum()) for d in days)
        tickets = sum(sum(d.half_hours.get(zone, {}).values()) for d in days)
        if own.count >= 10:
            found[zone] = (own.count / tickets, own.total / own.count)
    return found


def _early(days: Sequence[DaySummary]) -> dict[str, tuple[float, float]]:
    """By class: the share of its tickets that count from an appointment still to come, and how long before (ms)."""
    classes = _counts(d.classes for d in days)
    early = _joined(d.early for d in days)
    return {code: (s.count / classes[code], s.total / s.count) for code, s in early.items() if s.count >= 10}


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
