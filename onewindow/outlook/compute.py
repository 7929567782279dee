"""Computing (计算): from a snapshot to quantiles and effects. Of the worker's process; NumPy where it is."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from onewindow.forecast.calibration import calibrated, kind_of
from onewindow.forecast.model import Shift
from onewindow.forecast.moves import Effect, Figures, Level, Move, after
from onewindow.forecast.snapshot import Snapshot
from onewindow.outlook.arrays import arrays_of, real, whole
from onewindow.outlook.draws import forecast_paths, horizon_paths
from onewindow.queue.outlook import Quantiles

FAR_MS: Final = 6 * 3_600_000
"""So far ahead a forecast looks."""
HALF_HOUR_MS: Final = 1_800_000
NORMAL_95: Final = 1.96

Newcomers = tuple[tuple[tuple[int, ...], int, Quantiles], ...]


def forecast(
    snapshot: Snapshot, shifts: Mapping[str, Shift], paths: int, seed: int
) -> tuple[tuple[Quantiles, ...], Newcomers]:
    """Quantiles of everybody who waits, and of an imagined newcomer of each matter set and credit."""
    arrays = arrays_of(snapshot)
    world = arrays.world
    lines = world.sets * world.credits
    waits = real(paths * (world.tickets + lines))
    forecast_paths(world, arrays.chances, arrays.trace, arrays.room, seed, paths, FAR_MS, waits)
    p10, p50, p90 = _quantiles(waits, paths, world.tickets + lines)

    def made(i: int, credit: int) -> Quantiles:
        low, high = calibrated(shifts, kind_of(credit), p10[i], p50[i], p90[i]) if p90[i] > 0 else (0.0, 0.0)
        return Quantiles(round(p10[i]), round(p50[i]), round(p90[i]), round(low), round(high))

    tickets = tuple(made(i, ticket.credit) for i, ticket in enumerate(snapshot.tickets))
    newcomers = tuple(
        (windows, credit, made(world.tickets + s * world.credits + c, credit))
        for s, windows in enumerate(arrays.sets)
        for c, credit in enumerate(snapshot.credits)
    )
    return tickets, newcomers


def compare(
    snapshot: Snapshot, alternatives: Sequence[Sequence[Move]], paths: int, seed: int, horizon_ms: int
) -> tuple[Effect, ...]:
    """The effect of each alternative over the horizon, on the same visitors path by path. Raises MoveRefused."""
    before = _by_path(snapshot, paths, seed, horizon_ms)
    now = _figures(before)
    effects = []
    for moves in alternatives:
        then = _by_path(after(snapshot, moves), paths, seed, horizon_ms)
        changes = [[b - a for a, b in zip(one, two, strict=True)] for one, two in zip(before, then, strict=True)]
        change = Figures(mean=_known(changes[0]), p95=_known(changes[1]), over_30=_known(changes[2]))
        effects.append(Effect(now=now, then=_figures(then), change=change))
    return tuple(effects)


def _by_path(snapshot: Snapshot, paths: int, seed: int, horizon_ms: int) -> list[list[float]]:
    """Mean (min), p95 (min) and share over 30 min, each path by path."""
    arrays = arrays_of(snapshot)
    most = len(arrays.trace.t_set)
    waits, counts = real(paths * most), whole(paths)
    horizon_paths(
        arrays.world,
        arrays.chances,
        arrays.trace,
        arrays.room,
        seed,
        paths,
        horizon_ms,
        arrays.issued,
        waits,
        counts,
    )
    means, p95s, overs = [], [], []
    for path in range(paths):
        count = int(counts[path])
        own = waits[path * most : path * most + count]
        own.sort()
        ordered = list(own) if isinstance(own, list) else own.tolist()
        ordered = ordered or [0.0]
        means.append(math.fsum(ordered) / len(ordered) / 60_000)
        p95s.append(ordered[math.ceil(0.95 * len(ordered)) - 1] / 60_000)
        overs.append((len(ordered) - bisect_right(ordered, HALF_HOUR_MS)) / len(ordered))
    return [means, p95s, overs]


def _figures(found: list[list[float]]) -> Figures:
    return Figures(mean=_spread(found[0]), p95=_spread(found[1]), over_30=_spread(found[2]))


def _spread(values: list[float]) -> Level:
    """The mean, and the range of 80 % of the paths."""
    ordered = sorted(values)
    return Level(float(sum(values) / len(values)), float(_at(ordered, 0.1)), float(_at(ordered, 0.9)))


def _known(values: list[float]) -> Level:
    """The mean, and the 95 % interval in which it is known."""
    n = len(values)
    mean = sum(values) / n
    error = NORMAL_95 * math.sqrt(sum((v - mean) ** 2 for v in values) / max(1, n - 1) / n)
    return Level(float(mean), float(mean - error), float(mean + error))


def _quantiles(waits: Any, paths: int, width: int) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """The 10, 50 and 90 % quantiles of each column."""
    if isinstance(waits, list):
        columns = [sorted(waits[i :: width or 1]) for i in range(width)]
        p10, p50, p90 = ([_at(column, q) for column in columns] for q in (0.1, 0.5, 0.9))
        return p10, p50, p90
    ordered = waits.reshape(paths, width)
    ordered.sort(axis=0)
    found = []
    for q in (0.1, 0.5, 0.9):
        place = q * (paths - 1)
        low = math.floor(place)
        high = min(paths - 1, low + 1)
        found.append((ordered[low] + (place - low) * (ordered[high] - ordered[low])).tolist())
    return found[0], found[1], found[2]


def _at(ordered: Sequence[float], q: float) -> float:
    """The quantile of sorted values, between two of them by their distance."""
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = min(len(ordered) - 1, low + 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
