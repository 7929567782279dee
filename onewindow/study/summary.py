"""Figures over many simulated days (统计): means, quantiles, shares, and how sure they are.

A wait is counted for every turn, those of people who left included (until they left). Intervals are 95 % intervals
over days, since the waits of one day hang together: the mean of the daily values, plus or minus Student's t times
their standard error. Two scenarios are compared day by day on the same visitors.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

import msgspec

from onewindow.study.day_run import DayRun, Wait
from onewindow.study.fairness import Overtakes

Z = 1.959964
"""The 97.5 % point of the normal distribution."""


class Interval(msgspec.Struct, frozen=True):
    """A value and the half width of its 95 % interval; None with fewer than two days."""

    value: float
    half: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a table's row shows; minutes and shares of 0 to 1."""

    turns: int
    mean: Interval
    p50: float
    p95: float
    longest: float
    over_15: float
    over_30: Interval
    left: float
    """Share of the turns whose visitor left before being served."""


def figures(days: Sequence[DayRun], keep: Callable[[Wait], bool]) -> Figures | None:
    """Of those waits that are kept; None when there is none."""
    by_day = [[wait for wait in day.waits if keep(wait)] for day in days]
    waits = sorted(wait.ms for day in by_day for wait in day)
    if not waits:
        return None
    every = [wait for day in by_day for wait in day]
    return Figures(
        turns=len(waits),
        mean=interval([statistics.fmean(w.ms / 60_000 for w in day) for day in by_day if day]),
        p50=quantile(waits, 0.5) / 60_000,
        p95=quantile(waits, 0.95) / 60_000,
        longest=waits[-1] / 60_000,
        over_15=share(every, lambda wait: wait.ms > 15 * 60_000),
        over_30=interval([share(day, lambda wait: wait.ms > 30 * 60_000) for day in by_day if day]),
        left=share(every, lambda wait: wait.left),
    )


def quantile(ordered: Sequence[int], p: float) -> float:
    """The p-quantile of an ordered list, linear between its values."""
    at = p * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def share(waits: Iterable[Wait], holds: Callable[[Wait], bool]) -> float:
    """How many of the waits it holds for; 0 of none."""
    marks = [holds(wait) for wait in waits]
    return sum(marks) / len(marks) if marks else 0.0


def interval(values: Sequence[float]) -> Interval:
    """The mean of daily values with its 95 % interval."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return Interval(mean, None)
    return Interval(mean, student(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values)))


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, by its expansion around the normal (Abramowitz and Stegun 26.7.5)."""
    g1 = (Z**3 + Z) / 4
    g2 = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    g3 = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + g1 / freedom + g2 / freedom**2 + g3 / freedom**3


def difference(days: Sequence[DayRun], base: Sequence[DayRun], keep: Callable[[Wait], bool]) -> Interval | None:
    """Mean wait minus that of `base`, day by day on the same visitors; None when a day has no such wait."""
    pairs = []
    for one, other in zip(days, base, strict=True):
        mine, theirs = ([w.ms / 60_000 for w in day.waits if keep(w)] for day in (one, other))
        if mine and theirs:
            pairs.append(statistics.fmean(mine) - statistics.fmean(theirs))
    return interval(pairs) if pairs else None


def utilisation(days: Sequence[DayRun], windows: Iterable[str]) -> float:
    """Busy time over planned time of these windows, over all days; above 1 is overtime."""
    busy = planned = 0
    for no in windows:
        for day in days:
            busy += day.windows[no][0]
            planned += day.windows[no][1]
    return busy / planned if planned else 0.0


def fairness(days: Iterable[DayRun]) -> Overtakes:
    """All days' overtakes together."""
    found = Overtakes()
    for day in days:
        found.add(day.fairness)
    return found
