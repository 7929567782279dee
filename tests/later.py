"""`run.py` with a clock that is ahead, for tests: `python -m tests.later SECONDS serve …`.

A power cut takes minutes; a test that starts the server again on a later clock needn't wait for them. Only the
hall's clock is ahead: sessions, timeouts and patience run as ever. With the name of a file in the place of SECONDS
the file says them, whenever the time is looked at, and it is the whole program's clock that steps.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path


def ahead(seconds: int) -> None:
    """Let the hall's clock be so many seconds ahead of the machine's; behind it, if negative."""
    from onewindow.runtime.clock import SystemClock

    real = SystemClock.now_ms

    def now_ms(clock: SystemClock) -> int:
        return real(clock) + seconds * 1000

    SystemClock.now_ms = now_ms  # type: ignore[assignment, method-assign]


def steps(file: Path) -> None:
    """Let every clock but the monotonic one be ahead by what the file says; before the program is imported."""
    real: Callable[[], int] = time.time_ns

    def time_ns() -> int:
        return real() + int(file.read_text(encoding="ascii")) * 1_000_000_000

    time.time_ns = time_ns
    time.time = lambda: time_ns() / 1e9


if __name__ == "__main__":
    if sys.argv[1].lstrip("-").isdigit():
        ahead(int(sys.argv[1]))
    else:
        steps(Path(sys.argv[1]))
    from onewindow.cli import main

    sys.exit(main(sys.argv[2:]))
