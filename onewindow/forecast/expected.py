"""What is expected (预期值): the means that a single path goes by, where chance would draw.

Arrivals keep their expected distances, and take turns among matters and classes so that every stretch of them has
nearly the expected mix: a low-discrepancy sequence, the multiples of an irrational number (Weyl 1916).
"""

import math
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from onewindow.forecast.snapshot import Snapshot, WindowAt

AIM_STEP: Final = (math.sqrt(5) - 1) / 2
CREDIT_STEP: Final = math.sqrt(2) - 1
FOLLOW_STEP: Final = math.sqrt(3) - 1


class Newly(NamedTuple):
    """Somebody who will come (将到的人)."""

    at: int
    """ms from the snapshot."""
    aim: int
    credit: int
    counts_from: int
    """Seniority, ms from the snapshot: earlier than `at` for one who goes on from another ticket."""


def arrivals(taken: Snapshot) -> Iterator[Newly]:
    """Who comes to the area from the snapshot on, in order."""
    aims = [(place, aim.share) for place, aim in enumerate(taken.aims) if aim.share > 0]
    if not aims or sum(taken.credit_shares) <= 0:
        return
    aim_shares = list(accumulate(share for _, share in aims))
    credit_shares = list(accumulate(taken.credit_shares))
    for number, at in enumerate(_moments(taken)):
        aim = aims[_place(aim_shares, number * AIM_STEP)][0]
        credit = taken.credits[_place(credit_shares, number * CREDIT_STEP)]
        follows = (0.5 + number * FOLLOW_STEP) % 1 < taken.follow_share
        yield Newly(at, aim, credit, at - round(taken.follow_ms) if follows else at)


def _moments(taken: Snapshot) -> Iterator[int]:
    """The moments at which half a person, one and a half, … are expected to have come."""
    now, owed = 0.0, 0.5
    for until, rate in taken.rates:
        end = float(until - taken.at)
        while rate > 0 and now + owed / rate <= end:
            now += owed / rate
            owed = 1.0
            yield int(now)
        owed -= max(0.0, end - now) * max(0.0, rate)
        now = max(now, end)


def _place(shares: list[float], number: float) -> int:
    return min(len(shares) - 1, bisect_left(shares, (0.5 + number) % 1 * shares[-1]))


def left_of(window: WindowAt, sigma: float) -> int:
    """When a busy window is free, ms from the snapshot: the mean of what is left of a lognormal service.

    E[X - e | X > e] = mean · Φ(σ - z) / Φ(-z) - e, with z = (ln e - μ) / σ.
    """
    mean, elapsed = window.mean_ms, window.elapsed_ms
    if mean <= 0:
        return window.rest_ms
    if elapsed <= 0:
        return window.rest_ms + round(mean)
    z = (math.log(elapsed) - math.log(mean) + sigma * sigma / 2) / sigma
    over = _normal(-z)
    if over < 1e-9:
        return window.rest_ms + elapsed // 20
    return window.rest_ms + max(0, round(mean * _normal(sigma - z) / over - elapsed))


def stays(taken: Snapshot, issued: int, now: int) -> float:
    """How likely it is that who took the number at `issued`, and waited at the snapshot, still waits at `now`."""
    if taken.patience_ms <= 0:
        return 1.0
    known = _waits(taken, max(0, -issued))
    return _waits(taken, now - issued) / known if known > 1e-9 else 0.0


def _waits(taken: Snapshot, waited: int) -> float:
    """How likely somebody waits so long (ms): the patience is lognormal around its median."""
    if waited <= 0:
        return 1.0
    return _normal(-(math.log(waited) - math.log(taken.patience_ms)) / max(1e-6, taken.patience_sigma))


def _normal(z: float) -> float:
    """The standard normal's distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2))
