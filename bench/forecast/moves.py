"""How good what-if is (推演准确度): one window more at 10:10, foretold, against the same day played both ways."""

import math
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
import numpy as np

from bench.forecast.days import Day, Source, Watched
from bench.routing.figures import Interval, interval_of, samples
from onewindow.forecast.areas import areas_of
from onewindow.forecast.day_summary import summarise
from onewindow.forecast.learning import model_of
from onewindow.forecast.model import Model
from onewindow.forecast.moves import Move
from onewindow.forecast.opening import WindowPlan
from onewindow.forecast.record import DayRecord
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.outlook.compute import compare
from onewindow.queue.state import HallDay

MINUTE: Final = 60_000
MOMENT: Final = (10 * 60 + 10) * MINUTE
HORIZON: Final = 120 * MINUTE
PATHS: Final = 100


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A zone's figures: p95 minutes as it was and with one window more, foretold and real, and the effects' error."""

    zone: str
    windows: int
    days: int
    foretold: tuple[float, float]
    real: tuple[float, float]
    effect_mae: Interval
    mean_effect_mae: Interval
    """The same of the mean wait."""
    run_ms: list[float]


def measure(
    source: Source, zones: dict[str, str], learn: int, days: int, tell: Callable[[str], None] = lambda text: None
) -> list[Effect]:
    """`zones`: zone -> its window that stays closed until 10:10, and then opens or doesn't."""
    summaries = []
    for _ in range(learn):
        day = source.next()
        summaries.append(summarise(day.plan.hall, day.plan.day, Watched(day).run().events))
    model = model_of(source.hall, summaries)
    found: dict[str, list[tuple[tuple[float, float], tuple[float, float], float, float]]] = {z: [] for z in zones}
    spent: dict[str, list[float]] = {z: [] for z in zones}
    for _ in range(days):
        day = source.next()
        for zone, window in zones.items():
            one = _both(day, zone, window, model, spent[zone])
            if one is not None:
                found[zone].append(one)
    tell(f"{source.name}: {days} days played both ways in {len(zones)} zones")
    return [
        Effect(
            zone=zone,
            windows=len(source.hall.zones[zone].windows),
            days=len(rows),
            foretold=(statistics.fmean(r[0][0] for r in rows), statistics.fmean(r[0][1] for r in rows)),
            real=(statistics.fmean(r[1][0] for r in rows), statistics.fmean(r[1][1] for r in rows)),
            effect_mae=_mean(abs((r[0][1] - r[0][0]) - (r[1][1] - r[1][0])) for r in rows),
            mean_effect_mae=_mean(abs(r[2] - r[3]) for r in rows),
            run_ms=spent[zone],
        )
        for zone, rows in found.items()
        if rows
    ]


def _mean(errors: Iterable[float]) -> Interval:
    """Over days, with its 95 % interval."""
    values = np.array(list(errors), dtype=np.float64)
    return interval_of(samples(len(values)) @ values / len(values))


def _both(
    day: Day, zone: str, window: str, model: Model, spent: list[float]
) -> tuple[tuple[float, float], tuple[float, float], float, float] | None:
    taken: list[Snapshot] = []

    def glance(state: HallDay, at: int) -> None:
        areas = areas_of(state)
        area = areas.all[areas.of_window[window]]
        taken.append(snapshot(state, Ground(state.hall, area, model), at))

    without = _with(day, window, None)
    as_it_was = Watched(without, glance=glance, moment=MOMENT).run()
    opened = Watched(_with(day, window, MOMENT)).run()
    begun = time.perf_counter()
    (effect,) = compare(taken[0], [[Move(do="open", window=window)]], PATHS, 7, HORIZON)
    spent.append((time.perf_counter() - begun) * 1000)
    real = _real(as_it_was, day, zone), _real(opened, day, zone)
    if real[0] is None or real[1] is None:
        return None
    return (
        (effect.now.p95.mean, effect.then.p95.mean),
        (real[0][1], real[1][1]),
        effect.change.mean.mean,
        real[1][0] - real[0][0],
    )


def _with(day: Day, window: str, opens: int | None) -> Day:
    """The day with this window closed all day, or open from `opens` on until its last hour, without a lunch."""
    spans = {w.window: w.spans for w in day.plan.windows}
    last = spans[window][-1][1]
    changed = tuple(
        WindowPlan(window=w.window, spans=((opens, last),) if opens is not None else (), clears=w.clears)
        if w.window == window
        else w
        for w in day.plan.windows
    )
    return msgspec.structs.replace(day, plan=msgspec.structs.replace(day.plan, windows=changed))


def _real(record: DayRecord, day: Day, zone: str) -> tuple[float, float] | None:
    """(mean, p95) minutes of those who were called, or still waited, between 10:10 and 12:10."""
    start, end = day.plan.midnight + MOMENT, day.plan.midnight + MOMENT + HORIZON
    waits = []
    for turn in record.turns:
        until = min(x for x in (turn.first_called, turn.left, turn.ended, end) if x is not None)
        if turn.zone == zone and turn.purpose == "handle" and turn.clock < end and until > start:
            waits.append((min(until, end) - turn.clock) / MINUTE)
    if len(waits) < 10:
        return None
    waits.sort()
    return statistics.fmean(waits), waits[math.ceil(0.95 * len(waits)) - 1]
