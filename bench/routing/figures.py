"""Figures over days (统计): waits kept as counts, so that days add up and can be drawn again for an interval."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

STEP: Final = 0.1
"""Width of a bin, minutes."""
BINS: Final = 6000
RESAMPLES: Final = 1000
GROUPS: Final = ("all", "standard", "vulnerable", "appointment")
Counts = NDArray[np.int64]


class Tally(msgspec.Struct):
    """Some tickets' waits on one day."""

    count: int = 0
    total: float = 0.0
    """Minutes."""
    longest: float = 0.0
    bins: Counts = msgspec.field(default_factory=lambda: np.zeros(BINS, dtype=np.int32))

    def add(self, minutes: float) -> None:
        """One wait."""
        self.count += 1
        self.total += minutes
        self.longest = max(self.longest, minutes)
        self.bins[min(BINS - 1, int(minutes / STEP))] += 1


class DayFigures(msgspec.Struct):
    """What one day under one way of running the hall gave."""

    waits: dict[str, Tally]
    """By applicant class, and `all`."""
    later: Tally
    """Steps that had to wait for another one, which keep its place."""
    further: Tally
    """All numbers of a visit but the first called: those that could have been served before another one, too."""
    again: Tally
    """Second services, after a missing paper was fetched."""
    left: int
    """Tickets whose visitors lost patience."""
    use: tuple[float, float]
    """Utilisation of comprehensive windows, of specialist windows."""


class Interval(msgspec.Struct, frozen=True):
    """A figure with its 95 % interval over days."""

    value: float
    low: float
    high: float

    def __format__(self, form: str) -> str:
        return f"{self.value:{form}} [{self.low:{form}}, {self.high:{form}}]"


Days = Sequence[DayFigures]
Figure = Callable[[Days], float]


def mean(group: str = "all") -> Figure:
    """Mean wait of a class."""
    return lambda days: _ratio(sum(d.waits[group].total for d in days), sum(d.waits[group].count for d in days))


def p95(group: str = "all") -> Figure:
    """95th percentile of a class's waits, to the width of a bin."""
    return lambda days: _quantile(_added([d.waits[group].bins for d in days]), 0.95)


def mean_later(days: Days) -> float:
    """Mean wait of later steps."""
    return _ratio(sum(d.later.total for d in days), sum(d.later.count for d in days))


def mean_further(days: Days) -> float:
    """Mean wait of all numbers of a visit but the first that is called."""
    return _ratio(sum(d.further.total for d in days), sum(d.further.count for d in days))


def mean_again(days: Days) -> float:
    """Mean wait before second services."""
    return _ratio(sum(d.again.total for d in days), sum(d.again.count for d in days))


def longest(days: Days) -> float:
    """The longest wait of a day, averaged over days."""
    return _ratio(sum(d.waits["all"].longest for d in days), len(days))


def share_left(days: Days) -> float:
    """Share of tickets whose visitors lost patience."""
    return _ratio(sum(d.left for d in days), sum(d.waits["all"].count for d in days))


def use(which: int) -> Figure:
    """Utilisation of comprehensive (0) or specialist (1) windows."""
    return lambda days: _ratio(sum(d.use[which] for d in days), len(days))


def interval(figure: Figure, days: Days) -> Interval:
    """The figure, with days drawn again and again."""
    return _drawn([days], lambda drawn: figure(drawn[0]))


def ratio(over: Figure, days: Days, under: Figure, other: Days) -> Interval:
    """One figure over another, on the same days: paired, so that busy days don't blur it."""
    return _drawn([days, other], lambda drawn: _ratio(over(drawn[0]), under(drawn[1])))


def weighted(values: Sequence[tuple[float, float]], under: Sequence[tuple[float, float]]) -> Interval:
    """Ratio of two weighted means on the same days; each day gives (sum of weight · value, sum of weight)."""
    tops, bottoms = np.array(values), np.array(under)

    def of(chosen: NDArray[np.int64]) -> float:
        top, bottom = tops[chosen].sum(axis=0), bottoms[chosen].sum(axis=0)
        return _ratio(float(top[0] / top[1]), float(bottom[0] / bottom[1]))

    rng = np.random.default_rng(1)
    count = len(values)
    drawn = sorted(of(rng.integers(count, size=count)) for _ in range(RESAMPLES))
    return Interval(of(np.arange(count)), drawn[RESAMPLES // 40], drawn[-1 - RESAMPLES // 40])


def by_way(found: Sequence[Mapping[str, DayFigures]]) -> dict[str, list[DayFigures]]:
    """Days by way, from ways by day."""
    return {way: [day[way] for day in found] for way in found[0]}


def _drawn(series: Sequence[Days], of: Callable[[list[Days]], float]) -> Interval:
    rng = np.random.default_rng(1)
    count = len(series[0])
    values = []
    for _ in range(RESAMPLES):
        chosen = rng.integers(count, size=count)
        values.append(of([[days[i] for i in chosen] for days in series]))
    values.sort()
    return Interval(of(list(series)), values[RESAMPLES // 40], values[-1 - RESAMPLES // 40])


def _added(bins: Sequence[Counts]) -> Counts:
    total: Counts = np.sum(bins, axis=0)
    return total


def _quantile(bins: Counts, share: float) -> float:
    """The middle of the bin in which the quantile lies."""
    total = np.cumsum(bins)
    if not total[-1]:
        return math.nan
    return (int(np.searchsorted(total, share * total[-1])) + 0.5) * STEP


def _ratio(a: float, b: float) -> float:
    return a / b if b else math.nan
