"""`python -m bench.forecast`: measure the forecast, and write its section of `docs/performance.md`."""

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench import machine, sections
from bench.forecast import accuracy, moves
from bench.forecast.days import Anqiu, Source, StudyWorld
from bench.forecast.page import Results, section
from bench.forecast.speed import Speed, speed
from loadtest.server import ROOT
from onewindow.zones.load import load_hall

PAGE: Final = ROOT / "docs" / "performance.md"
SEED: Final = 2026


class Sizes(msgspec.Struct, frozen=True):
    """How much is measured."""

    days: tuple[int, int, int] = (6, 10, 10)
    """To learn from, to calibrate on, to judge."""
    share: float = 0.15
    """Of the tickets, how many are forecast."""
    both: int = 10
    """Days that are played with and without a window more."""
    runs: int = 300


QUICK: Final = Sizes(days=(2, 2, 2), share=0.1, both=2, runs=20)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.forecast", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: for a look, not for figures")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    asked = parser.parse_args(arguments)
    sizes = QUICK if asked.quick else Sizes()
    begun, before = time.monotonic(), machine.busy()
    worker: Speed = speed(sizes.runs)
    _tell("speed measured")
    judged = [accuracy.measure(source, sizes.days, sizes.share, _tell) for source in _sources(SEED)]
    hall = load_hall(ROOT / "halls" / "anqiu")
    closed = {"real_estate": "12", "business": "19", "convenience": "33"}
    effects = moves.measure(Anqiu(hall, SEED + 1), closed, sizes.days[0], sizes.both, _tell)
    results = Results(
        speed=worker,
        accuracy=judged,
        effects=effects,
        share=sizes.share,
        machine=machine.facts(),
        busy_before=before,
        minutes=(time.monotonic() - begun) / 60,
        command=shlex.join(["python", "-m", "bench.forecast", *(["--quick"] if asked.quick else [])]),
        day=datetime.now(UTC).date(),
    )
    text = section(results)
    sections.put(asked.page, "forecast", text)
    print(text)
    return 0


def _sources(seed: int) -> list[Source]:
    return [StudyWorld("U", seed), StudyWorld("B", seed), Anqiu(load_hall(ROOT / "halls" / "anqiu"), seed)]


def _tell(text: str) -> None:
    print(f"bench.forecast: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
