"""The agenda of a simulated day (日程): what happens when, in an order that only the plan and the trace decide."""

import heapq
from collections.abc import Callable
from typing import Final

HOURS: Final = 0
"""Windows open and stop."""
ENDS: Final = 1
"""Something ends at a window."""
RETURNS: Final = 2
"""Somebody comes back, or leaves."""
ARRIVALS: Final = 3
"""The order within one moment; then as things were put down."""


class Agenda:
    """A heap of things to do, and the time."""

    def __init__(self) -> None:
        self.now = 0
        """ms since the epoch."""
        self._heap: list[tuple[int, int, int, Callable[..., None], tuple[object, ...]]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, time: int, order: int, what: Callable[..., None], *given: object) -> None:
        """Let `what(*given)` happen at `time` (ms since the epoch)."""
        self._count += 1
        heapq.heappush(self._heap, (time, order, self._count, what, given))

    def play(self) -> None:
        """Do everything, the things put down meanwhile included."""
        heap = self._heap
        while heap:
            self.now, _, _, what, given = heapq.heappop(heap)
            what(*given)
