"""`python -m bench.forecast`: measure the forecast, and write its section of `docs/performance.md`."""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench.forecast import moves
from bench.forecast.accuracy import Judged, measure
from bench.forecast.days import Anqiu, Source, StudyWorld
from bench.forecast.figures import Accuracy, accuracy
from bench.forecast.page import Results, section
from bench.forecast.speed import Speed, speed
from bench.routing.study import spread
from loadtest import machine, sections
from loadtest.server import ROOT
from onewindow.zones.load import load_hall

PAGE: Final = ROOT / "docs" / "performance.md"
SEED: Final = 2026
ANQIU: Final = "Anqiu"
WORLDS: Final = ("U", "B", ANQIU)


class Sizes(msgspec.Struct, frozen=True):
    """How much is measured."""

    days: tuple[int, int, int] = (20, 12, 16)
    """Of each hall: to learn from, to calibrate on, to judge."""
    halls: int = 3
    """Of each world; of the sample hall so many seeds."""
    share: float = 0.15
    """Of the first class's tickets, how many are forecast; of the rare classes all."""
    both: int = 40
    """Days that are played with and without a window more."""
    runs: int = 300
    jobs: int = os.cpu_count() or 1


QUICK: Final = Sizes(days=(2, 2, 2), halls=1, share=0.1, both=2, runs=20)
WRONG: Final = 0.25


class Job(msgspec.Struct, frozen=True):
    """A hall's days: the world's name, the seed, by how much the matters' minutes are wrong."""

    world: str
    seed: int
    wrong: float
    sizes: Sizes


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
    jobs = [
        Job(world, SEED + hall, wrong, sizes)
        for wrong in (0.0, WRONG)
        for world in WORLDS
        for hall in range(sizes.halls)
        if not wrong or world != ANQIU
    ]
    played = list(zip(jobs, spread(play, jobs, sizes.jobs, "halls"), strict=True))
    _tell(f"{len(jobs)} halls learned from, calibrated on and judged")

    def judged(wrong: float) -> list[Accuracy]:
        halls = [[found for job, found in played if (job.world, job.wrong) == (world, wrong)] for world in WORLDS]
        return [accuracy(found) for found in halls if found]

    hall = load_hall(ROOT / "halls" / "anqiu")
    closed = {"real_estate": "12", "business": "19", "convenience": "33"}
    effects = moves.measure(Anqiu(hall, SEED + 100), closed, sizes.days[0], sizes.both, _tell)
    results = Results(
        speed=worker,
        accuracy=judged(0.0),
        wrong=judged(WRONG),
        sizes=sizes.days,
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


def play(job: Job) -> Judged:
    """A hall's days, in a process of their own."""
    source: Source = (
        Anqiu(load_hall(ROOT / "halls" / "anqiu"), job.seed)
        if job.world == ANQIU
        else StudyWorld(job.world, job.seed)
    )
    return measure(source, job.sizes.days, job.sizes.share, wrong=job.wrong)


def _tell(text: str) -> None:
    print(f"bench.forecast: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
