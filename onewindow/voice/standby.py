"""The standby (候补播报): what another process is to say, kept as long as it is worth saying, in case it can't."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Standby(Generic[T]):
    """Announcements by their ids, in their order; and what goes without an id, such as that a person has come."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds`: after so long nobody wants to hear it any more."""
        self._seconds = seconds
        self._clock = clock
        self._kept: list[tuple[float, str, T]] = []

    def keep(self, name: str, job: T) -> None:
        """Keep what was just to be said; an empty name for what has none."""
        now = self._clock()
        self._kept = [one for one in self._kept if now - one[0] < self._seconds]
        self._kept.append((now, name, job))

    def ended(self, name: str) -> None:
        """It was said, or is not to be said any more."""
        self._kept = [one for one in self._kept if one[1] != name]

    def take(self) -> list[tuple[float, T]]:
        """All that is still worth saying, with the time at which it was kept, in order; it is kept no more."""
        now, kept = self._clock(), self._kept
        self._kept = []
        return [(at, job) for at, _, job in kept if now - at < self._seconds]
