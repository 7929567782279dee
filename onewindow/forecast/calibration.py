"""Calibration (校准): from raw quantiles to a range that really holds 80 % of the waits.

Conformalized quantile regression (Romano, Patterson, Candès 2019) in its asymmetric form: on the hall's own past
tickets, how far below the 10 % quantile, and above the 90 % one, did the tenth part of the waits lie? By so much both
ends move from then on; for each class, and within it by the size of the forecast, as far as there are tickets enough.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from onewindow.forecast.model import Shift

EDGES: Final = (5 * 60_000, 15 * 60_000)
"""Median waits (ms) at which another constant begins."""
ENOUGH: Final = 60
"""Tickets below which a class or a size takes the constants of the whole."""
MISS: Final = 0.1
"""Share of the waits that may lie outside at each end."""
ALL: Final = ""


class Outcome(msgspec.Struct, frozen=True):
    """What was forecast for a ticket that had to queue, and what came, ms."""

    kind: str
    """Its class, as `calibration.kind_of` has it."""
    p10: float
    p50: float
    p90: float
    wait: float


def kind_of(credit_ms: int) -> str:
    """How a class is named in calibration: by its credit in minutes, which is all that the rule knows of it."""
    return f"{credit_ms / 60_000:g}"


def bucket(p50: float) -> int:
    """Which constant a forecast of this size takes."""
    return sum(p50 >= edge for edge in EDGES)


def learned_shifts(outcomes: Iterable[Outcome]) -> dict[str, Shift]:
    """The constants of each class, and of all together, from past tickets; empty without enough of them."""
    by_kind: dict[str, list[Outcome]] = {}
    everything: list[Outcome] = []
    for outcome in outcomes:
        everything.append(outcome)
        by_kind.setdefault(outcome.kind, []).append(outcome)
    if len(everything) < ENOUGH:
        return {}
    whole = _constants(everything)
    shifts = {ALL: _by_size(everything, whole)}
    for kind, own in by_kind.items():
        if len(own) >= ENOUGH:
            shifts[kind] = _by_size(own, _constants(own))
    return shifts


def calibrated(shifts: Mapping[str, Shift], kind: str, p10: float, p50: float, p90: float) -> tuple[float, float]:
    """The range (ms) that holds the wait in 80 % of cases; the raw quantiles while nothing was learned."""
    shift = shifts.get(kind) or shifts.get(ALL)
    if shift is None:
        return p10, p90
    place = bucket(p50)
    low, high = max(0.0, p10 - shift.low[place]), p90 + shift.high[place]
    return (low, high) if low <= high else (p50, p50)


def _by_size(outcomes: list[Outcome], whole: tuple[float, float]) -> Shift:
    low, high = [], []
    for place in range(len(EDGES) + 1):
        own = [o for o in outcomes if bucket(o.p50) == place]
        found = _constants(own) if len(own) >= ENOUGH else whole
        low.append(found[0])
        high.append(found[1])
    return Shift(low=tuple(low), high=tuple(high))


def _constants(outcomes: list[Outcome]) -> tuple[float, float]:
    """By how much the low end goes down and the high end up, ms; negative where the range was too wide."""
    below = sorted(o.p10 - o.wait for o in outcomes)
    above = sorted(o.wait - o.p90 for o in outcomes)
    rank = min(len(outcomes), math.ceil((len(outcomes) + 1) * (1 - MISS))) - 1
    return below[rank], above[rank]
