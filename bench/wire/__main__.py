"""`python -m bench.wire`: measure the wire, write its section of `docs/performance.md`. About five minutes."""

import argparse
import resource
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from bench.wire import measures
from bench.wire.page import section
from loadtest import machine, sections
from loadtest.server import ROOT

T = TypeVar("T")

PAGE: Final = ROOT / "docs" / "performance.md"
COUNTS: Final = (100, 500, 2000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="calls for each number of screens")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # Handed on to the processes that hold the sockets.
    busy = machine.busy()
    asked.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wire-", dir=asked.work) as folder:

        def place() -> Path:
            return Path(tempfile.mkdtemp(dir=folder))

        fans = _say("fan-out", lambda: measures.fan_out(place, COUNTS, asked.rounds))
        stalled = _say("one stalled", lambda: measures.stalled(place, 500, 50))
        squeezed = _say("compression", lambda: measures.squeezed(place))
        crowd = _say("ten thousand", lambda: measures.crowd(place))
    text = section(
        fans,
        crowd,
        stalled,
        squeezed,
        command=shlex.join(["python", "-m", "bench.wire", *(arguments if arguments is not None else sys.argv[1:])]),
        day=datetime.now(UTC).date().isoformat(),
        busy=busy,
    )
    sections.put(asked.page, "wire", text)
    print(text)
    return 0


def _say(what: str, measure: Callable[[], T]) -> T:
    begun = time.monotonic()
    found = measure()
    print(f"bench.wire: {what}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
