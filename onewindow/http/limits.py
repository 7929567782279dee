"""Limits (限流): token buckets, per device or token first and per address only for the unknown.

A hall's Wi-Fi is one address, so an address has much room. Staff are known by name and can be revoked: no limit.
"""

import math
import time
from collections.abc import Callable, Hashable
from typing import Final

import msgspec

BUCKETS: Final = 10_000
"""Buckets kept; when there are more, the full ones are dropped."""


class Rate(msgspec.Struct, frozen=True):
    """So many at once, and so many a second in the long run."""

    burst: float
    per_second: float


class Limiter:
    """One token bucket for each key. Loop-only."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> int:
        """Take one; 0 when there was one, else in how many seconds (at least 1) there will be."""
        now = self._clock()
        left = self._left(key, now)
        if left < 1:
            return max(1, math.ceil((1 - left) / self.rate.per_second))
        if key not in self._buckets and len(self._buckets) >= BUCKETS:
            self._forget(now)
        self._buckets[key] = left - 1, now
        return 0

    def give_back(self, key: Hashable) -> None:
        """Fill the key's bucket again: what it took for turned out well."""
        self._buckets.pop(key, None)

    def _left(self, key: Hashable, now: float) -> float:
        left, since = self._buckets.get(key, (self.rate.burst, now))
        return min(self.rate.burst, left + (now - since) * self.rate.per_second)

    def _forget(self, now: float) -> None:
        for key in [k for k in self._buckets if self._left(k, now) >= self.rate.burst]:
            del self._buckets[key]
        while len(self._buckets) >= BUCKETS:
            del self._buckets[next(iter(self._buckets))]
