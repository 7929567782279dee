"""`python -m bench`: measure everything, write `docs/performance.md`. About ten minutes; `--quick` for a look."""

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from bench import measures
from bench.growth import growth
from bench.lab import Lab, Sizes
from bench.page import Results, page
from loadtest import machine, sections
from loadtest.server import ROOT

T = TypeVar("T")

PAGE: Final = ROOT / "docs" / "performance.md"
QUICK: Final = Sizes(rounds=1, requests=300, shown=10, commits=1000, tickets=300, grown=(20, 200), seconds=0.5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    asked = _parser().parse_args(arguments)
    sizes = QUICK if asked.quick else Sizes(rounds=asked.rounds)
    begun, before = time.monotonic(), machine.busy()
    with Lab(asked.work) as lab:
        results = Results(
            http=_say("requests", lambda: measures.http(lab, sizes)),
            screens=_say("screens", lambda: measures.screens(lab, sizes)),
            replay=_say("replay", lambda: measures.replay(lab, sizes)),
            memory=_say("memory", lambda: measures.memory(lab, sizes)),
            commits=_say("commits", lambda: measures.commits(lab, sizes)),
            growth=_say("growth", lambda: growth(lab, sizes)),
            search=_say("search", lambda: measures.search(lab, sizes)),
            sizes=sizes,
            machine=machine.facts(),
            busy_before=before,
            busy_after=machine.busy(),
            minutes=(time.monotonic() - begun) / 60,
            command=shlex.join(["python", "-m", "bench", *(["--quick"] if asked.quick else [])]),
            day=datetime.now(UTC).date(),
        )
    asked.page.parent.mkdir(parents=True, exist_ok=True)
    asked.page.write_text(page(results) + sections.kept(asked.page), encoding="utf-8")
    print(page(results))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, choices=range(1, 21), default=Sizes().rounds, metavar="N")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round: for a look, not for figures")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var", help="where data lie while it runs, on a real disk"
    )
    return parser


def _say(what: str, measure: Callable[[], T]) -> T:
    """Measure, and tell on standard error how long that took."""
    begun = time.monotonic()
    found = measure()
    print(f"bench: {what}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
