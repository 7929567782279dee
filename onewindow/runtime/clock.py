"""The clock (时钟): the one place where the shell learns what time it is."""

import time
from typing import Protocol


class Clock(Protocol):
    """Says the time; tests and the demo hand in one of their own."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC. It may step back; the writer's command time doesn't."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000
