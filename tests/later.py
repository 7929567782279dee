"""`run.py` with a clock that is ahead, for tests: `python -m tests.later SECONDS serve …`.

A power cut takes minutes; a test that starts the server again on a later clock needn't wait for them. Only the
hall's clock is ahead: sessions, timeouts and patience run as ever.
"""

import sys

from onewindow.cli import main
from onewindow.runtime.clock import SystemClock


def ahead(seconds: int) -> None:
    """Let the hall's clock be so many seconds ahead of the machine's."""
    real = SystemClock.now_ms

    def now_ms(clock: SystemClock) -> int:
        return real(clock) + seconds * 1000

    SystemClock.now_ms = now_ms  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    ahead(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
