"""`run.py` with the hall's clock at the peak hour of a working day: `python -m loadtest.peak_clock SECONDS serve …`.

At night or at lunch a hall takes no numbers, and its forecasts are others. Only the hall's clock is ahead; sessions,
timeouts and patience run as ever.
"""

import sys
import time
from typing import Final

from onewindow.cli import main
from onewindow.runtime.clock import SystemClock
from onewindow.zones.calendar import at_ms_of, business_day, is_working_day
from onewindow.zones.model import Settings

DAY_MS: Final = 86_400_000
LOOKED_AHEAD: Final = 30


def ahead_of(settings: Settings, start: int, now_ms: int) -> int:
    """ms from now until the hall's clock next shows `start` (seconds since midnight) on a working day."""
    for days in range(LOOKED_AHEAD):
        day = business_day(settings, now_ms + days * DAY_MS)
        moment = at_ms_of(settings, day, start // 60)
        if moment > now_ms and is_working_day(settings, day):
            return moment - now_ms
    return 0


def put_ahead(seconds: int) -> None:
    """Let the hall's clock be so many seconds ahead of the machine's."""

    def now_ms(self: SystemClock) -> int:
        return time.time_ns() // 1_000_000 + seconds * 1000

    SystemClock.now_ms = now_ms  # type: ignore[method-assign]


if __name__ == "__main__":
    put_ahead(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
