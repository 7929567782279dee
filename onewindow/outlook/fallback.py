"""The fallback (后备预测): one path of means, driven in the serving process while the worker is down or starts.

It shares the event loop with everything else, so it works in slices: after `SLICE_MS` of work others have their turn,
and after a path it pauses for many times as long as the path took. Areas with more people than `MOST` keep the
estimate by the work that stands ahead.
"""

import asyncio
import time
from typing import Final

from onewindow.forecast.ahead import Ahead
from onewindow.forecast.one_path import one_path
from onewindow.forecast.snapshot import Snapshot
from onewindow.queue.outlook import AreaOutlook
from onewindow.routing.policy import Policy

SLICE_MS: Final = 2.0
"""So long at a time the event loop is kept; a step in it takes some tens of microseconds."""
REST: Final = 50
"""The pause after a path is so many times its work: an area takes at most 2 % of the loop's time."""
MOST: Final = 3000
"""People waiting in an area."""


class Fallback:
    """Drives the paths of one hall. Loop-only."""

    def __init__(self, rule: Policy) -> None:
        self._rule = rule
        self.last_ms = 0.0
        """How much work the last path was."""
        self.longest_ms = 0.0
        """The longest that it has kept the loop at a time."""

    @property
    def pause(self) -> float:
        """Seconds until the same area may be driven again."""
        return self.last_ms * REST / 1000

    async def drive(self, taken: Snapshot) -> AreaOutlook | None:
        """The area's outlook; None where too many wait."""
        if len(taken.tickets) > MOST:
            return None
        ahead = Ahead(taken, self._rule)
        worked = 0.0
        begun = time.perf_counter()
        for _ in ahead.steps():
            if (spent := (time.perf_counter() - begun) * 1000) >= SLICE_MS:
                worked += spent
                self.longest_ms = max(self.longest_ms, spent)
                await asyncio.sleep(0)
                begun = time.perf_counter()
        self.last_ms = worked + (time.perf_counter() - begun) * 1000
        return one_path(ahead)
