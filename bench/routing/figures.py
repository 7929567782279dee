"""Figures over days (统计): waits kept as counts, so that days add up and can be drawn again for an interval."""

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
Floats = NDArray[np.float64]
Figure = Callable[[Days, Floats], Floats]
"""(days, samples) -> the figure of each sample. A sample is a row that says how often each day is in it."""


def mean(group: str = "all") -> Figure:
    """Mean wait of a class."""
    return _mean_of(lambda day: day.waits[group])


def mean_later() -> Figure:
    """Mean wait of later steps."""
    return _mean_of(lambda day: day.later)


def mean_further() -> Figure:
    """Mean wait of all numbers of a visit but the first that is called."""
    return _mean_of(lambda day: day.further)


def mean_again() -> Figure:
    """Mean wait before second services."""
    return _mean_of(lambda day: day.again)


def p95(group: str = "all") -> Figure:
    """95th percentile of a class's waits, to the width of a bin."""

    def of(days: Days, samples: Floats) -> Floats:
        bins = np.stack([day.waits[group].bins for day in days])
        filled = np.flatnonzero(bins.any(axis=0))
        if not len(filled):
            return np.full(len(samples), np.nan)
        up_to = np.cumsum(samples @ bins[:, : filled[-1] + 1].astype(np.float64), axis=1)
        # The middle of the bin in which the quantile lies.
        bin_of: Floats = np.argmax(up_to >= 0.95 * up_to[:, -1:], axis=1).astype(np.float64)
        return (bin_of + 0.5) * STEP

    return of


def longest() -> Figure:
    """The longest wait of a day, averaged over days."""
    return _averaged(lambda day: day.waits["all"].longest)


def share_left() -> Figure:
    """Share of tickets whose visitors lost patience."""
    return lambda days, samples: over(
        _summed(samples, [day.left for day in days]), _summed(samples, [day.waits["all"].count for day in days])
    )


def use(which: int) -> Figure:
    """Utilisation of comprehensive (0) or specialist (1) windows."""
    return _averaged(lambda day: day.use[which])


def value(figure: Figure, days: Days) -> float:
    """The figure of these days."""
    return float(figure(days, np.ones((1, len(days))))[0])


def interval(figure: Figure, days: Days) -> Interval:
    """The figure, with days drawn again and again."""
    return interval_of(figure(days, samples(len(days))))


def ratio(top: Figure, days: Days, bottom: Figure, other: Days) -> Interval:
    """One figure over another, on the same days: paired, so that busy days don't blur it."""
    drawn = samples(len(days))
    return interval_of(over(top(days, drawn), bottom(other, drawn)))


def weighted(values: Sequence[tuple[float, float]], under: Sequence[tuple[float, float]]) -> Interval:
    """Ratio of two weighted means on the same days; each day gives (sum of weight · value, sum of weight)."""
    drawn = samples(len(values))
    top, bottom = drawn @ np.array(values, dtype=np.float64), drawn @ np.array(under, dtype=np.float64)
    return interval_of(over(over(top[:, 0], top[:, 1]), over(bottom[:, 0], bottom[:, 1])))


def by_way(found: Sequence[Mapping[str, DayFigures]]) -> dict[str, list[DayFigures]]:
    """Days by way, from ways by day."""
    return {way: [day[way] for day in found] for way in found[0]}


def samples(days: int) -> Floats:
    """All days once, then as many days drawn of them with replacement, again and again."""
    rng = np.random.default_rng(1)
    found = np.ones((1 + RESAMPLES, days))
    for row in found[1:]:
        row[:] = np.bincount(rng.integers(days, size=days), minlength=days)
    return found


def interval_of(values: Floats) -> Interval:
    """The first value, with the interval of the others."""
    drawn = sorted(values[1:])
    cut = RESAMPLES // 40
    return Interval(float(values[0]), float(drawn[cut]), float(drawn[-1 - cut]))


def _mean_of(tally: Callable[[DayFigures], Tally]) -> Figure:
    return lambda days, samples: over(
        _summed(samples, [tally(day).total for day in days]), _summed(samples, [tally(day).count for day in days])
    )


def _averaged(of: Callable[[DayFigures], float]) -> Figure:
    return lambda days, samples: over(_summed(samples, [of(day) for day in days]), samples.sum(axis=1))


def _summed(samples: Floats, values: Sequence[float]) -> Floats:
    summed: Floats = samples @ np.array(values, dtype=np.float64)
    return summed


def over(top: Floats, bottom: Floats) -> Floats:
    """The ratio of each sample; not a number where nothing was seen."""
    ratios: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)
    return ratios
