"""Figures of judged forecasts (统计), each with its 95 % interval: days drawn again, as in the routing study."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np

from bench.forecast.accuracy import MINUTE, Judged, Told
from bench.routing.figures import Floats, Interval, interval_of, over, samples

LONG_MS: Final = 15 * MINUTE


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some tickets that had to queue; minutes, and shares."""

    tickets: int
    wait: Interval
    mae: Interval
    bias: Interval
    relative: Interval
    """Mean error over mean wait."""
    path_mae: Interval
    path_covered: Interval
    """Share within the range that is told around the one path."""
    work_ahead_mae: Interval
    naive_mae: Interval
    of_naive: Interval
    """Mean error over that of people ahead times minutes."""
    raw: Interval
    """Share within the raw 10-90 % band."""
    covered: Interval
    """Share within the calibrated range."""
    near: Interval
    """Share within max(5 min, 25 %)."""
    width: Interval


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """A world's figures, over its halls."""

    world: str
    halls: int
    days: int
    """That judged, of all halls."""
    whole: Figures
    classes: dict[str, Figures]
    by_hall: list[Figures]
    long: Figures
    """Of those who waited more than a quarter of an hour."""
    run_ms: list[float]
    path_ms: list[float]


def accuracy(judged: Sequence[Judged]) -> Accuracy:
    """The figures of one world's halls together."""
    days = [day for one in judged for day in one.days]
    kinds = sorted({told.kind for day in days for told in day})

    def of_kind(kind: str) -> Figures:
        return figures(days, lambda told: told.kind == kind)

    return Accuracy(
        world=judged[0].world,
        halls=len(judged),
        days=len(days),
        whole=figures(days, lambda told: True),
        classes={kind: of_kind(kind) for kind in kinds},
        by_hall=[figures(one.days, lambda told: True) for one in judged],
        long=figures(days, lambda told: told.wait > LONG_MS),
        run_ms=[ms for one in judged for ms in one.run_ms],
        path_ms=[ms for one in judged for ms in one.path_ms],
    )


def figures(days: Sequence[Sequence[Told]], chosen: Callable[[Told], bool]) -> Figures:
    """The figures of the chosen tickets; a ticket counts as often as it stands for."""
    mine = [[told for told in day if chosen(told)] for day in days]
    drawn = samples(len(days))

    def mean(value: Callable[[Told], float | None]) -> Floats:
        """Of those for whom there is a value."""
        sums, weights = np.zeros(len(mine)), np.zeros(len(mine))
        for place, day in enumerate(mine):
            for told in day:
                if (one := value(told)) is not None:
                    sums[place] += told.stands_for * one
                    weights[place] += told.stands_for
        return over(drawn @ sums, drawn @ weights)

    wait, mae = mean(lambda t: t.wait / MINUTE), mean(lambda t: abs(t.found.p50 - t.wait) / MINUTE)
    naive = mean(lambda t: abs(t.naive - t.wait) / MINUTE)
    return Figures(
        tickets=sum(map(len, mine)),
        wait=interval_of(wait),
        mae=interval_of(mae),
        bias=interval_of(mean(lambda t: (t.found.p50 - t.wait) / MINUTE)),
        relative=interval_of(over(mae, wait)),
        path_mae=interval_of(mean(lambda t: t.path and abs(t.path.p50 - t.wait) / MINUTE)),
        path_covered=interval_of(mean(lambda t: t.path and float(t.path.low <= t.wait <= t.path.high))),
        work_ahead_mae=interval_of(mean(lambda t: abs(t.work_ahead - t.wait) / MINUTE)),
        naive_mae=interval_of(naive),
        of_naive=interval_of(over(mae, naive)),
        raw=interval_of(mean(lambda t: float(t.found.p10 <= t.wait <= t.found.p90))),
        covered=interval_of(mean(lambda t: float(t.found.low <= t.wait <= t.found.high))),
        near=interval_of(mean(lambda t: float(abs(t.found.p50 - t.wait) <= max(5 * MINUTE, 0.25 * t.wait)))),
        width=interval_of(mean(lambda t: (t.found.high - t.found.low) / MINUTE)),
    )
