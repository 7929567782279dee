"""`python -m bench.routing`: the routing study, written to its section of `docs/performance.md`.

About twenty minutes on two idle cores, twice as long where others use them as well; `--quick` for a look. Seeds and
sizes are arguments; the same ones give the same figures, but for the speed of a call.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from bench.routing import call_speed, formulas
from bench.routing.agreement import Compared, Trial, compare
from bench.routing.figures import DayFigures, by_way
from bench.routing.goals import WORLDS, Results
from bench.routing.page import section
from bench.routing.policies import WAYS
from bench.routing.reading import Seen
from bench.routing.study import BOUNDED, QUICK, BoundDay, Job, Sizes, bound, play, read, spread
from bench.routing.walk import judge_calls
from loadtest import machine, sections
from loadtest.server import ROOT

T = TypeVar("T")
PAGE: Final = ROOT / "docs" / "performance.md"
SECTION: Final = "routing"
SEED: Final = 2026
CHUNK: Final = 20_000
"""Random calls that a process judges at a time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(given)
    sizes = QUICK if asked.quick else Sizes(days=asked.days, bound_days=asked.bound_days)
    sizes = msgspec.structs.replace(sizes, jobs=asked.jobs)
    begun, before = time.monotonic(), machine.busy()
    found = measure(sizes, asked.seed, asked.work)
    minutes = (time.monotonic() - begun) / 60
    head = (
        f"Measured on {datetime.now(UTC).date().isoformat()} by "
        f"`{shlex.join(['python', '-m', 'bench.routing', *given])}`, seed {asked.seed}, in {minutes:.0f} minutes on "
        f"{machine.facts()[0]}; processes that wanted a core: {before:.1f} before, {machine.busy():.1f} at the end."
    )
    text = section(found, head)
    sections.put(asked.page, SECTION, text)
    print(text)
    return 0


def measure(sizes: Sizes, seed: int, work: Path) -> Results:
    """Everything, one after the other; each over `sizes.jobs` processes."""
    work.mkdir(parents=True, exist_ok=True)
    ways = tuple(way.name for way in WAYS)
    jobs = sizes.jobs

    def jobs_of(world: str, days: int, ways: tuple[str, ...], load: float = 1.0) -> list[Job]:
        return [Job(world, seed, day, load, ways) for day in range(days)]

    def journals(world: str) -> list[Seen]:
        return spread(read, jobs_of(world, sizes.read_days, ("rule",)), jobs, "journals")

    def days(world: str) -> dict[str, list[DayFigures]]:
        return by_way(spread(play, jobs_of(world, sizes.days, ways), jobs, f"days {world}"))

    def busy(world: str) -> dict[str, list[DayFigures]]:
        return by_way(spread(play, jobs_of(world, sizes.days, ("rule",), 1.1), jobs, "busy days"))

    def bounds(world: str) -> list[BoundDay]:
        return spread(bound, jobs_of(world, sizes.bound_days, BOUNDED), jobs, f"bounds {world}")

    return Results(
        speed=_say("next call", lambda: call_speed.measure(sizes.waiting, sizes.speed_calls, seed, work)),
        calls=_say("random calls", lambda: random_calls(seed, sizes)),
        ciw=_say(
            "Ciw",
            lambda: sum(
                spread(compare, [Trial(seed, n, sizes.tickets) for n in range(sizes.networks)], jobs, "Ciw"),
                Compared(),
            ),
        ),
        formulas=_say("formulas", lambda: agreements(seed, sizes)),
        read={world: _say(f"journals, {world}", partial(journals, world)) for world in WORLDS},
        days={world: _say(f"days, {world}", partial(days, world)) for world in WORLDS},
        busy={world: _say(f"busy days, {world}", partial(busy, world)) for world in WORLDS},
        bounds={world: _say(f"bounds, {world}", partial(bounds, world)) for world in WORLDS},
        sizes=sizes,
        seed=seed,
    )


def random_calls(seed: int, sizes: Sizes) -> Seen:
    """So many random calls judged, in parts. Raises `Broken`."""
    starts = range(0, sizes.calls, CHUNK)
    parts = [(seed * 1000 + part, min(CHUNK, sizes.calls - start)) for part, start in enumerate(starts)]
    total = Seen()
    for part in spread(_judge, parts, sizes.jobs, "random calls"):
        total.calls += part.calls
        total.alone += part.alone
        total.passed += part.passed
        total.empty += part.empty
        for term, count in part.terms.items():
            total.terms[term] = total.terms.get(term, 0) + count
    return total


def _judge(part: tuple[int, int]) -> Seen:
    return judge_calls(*part)


def agreements(seed: int, sizes: Sizes) -> list[formulas.Agreement]:
    """The formulas, each against independent repetitions through the core."""
    much = {"seed": seed, "repeats": sizes.repeats, "tickets": sizes.formula_tickets}
    found = [formulas.against_erlang(c, load, **much) for c, load in ((1, 0.8), (5, 0.9), (12, 0.85))]
    for loads in ((0.12, 0.68), (0.3, 0.5)):
        found += formulas.against_cobham(loads, **much)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.routing", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--days", type=int, default=Sizes().days, help="of each world")
    parser.add_argument("--bound-days", type=int, default=Sizes().bound_days, help="days with their lower bounds")
    parser.add_argument("--jobs", type=int, default=Sizes().jobs, help="processes")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: for a look, not for figures")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where a journal lies while it is measured")
    return parser


def _say(what: str, measure: Callable[[], T]) -> T:
    """Measure, and tell on standard error how long that took."""
    begun = time.monotonic()
    found = measure()
    print(f"bench.routing: {what}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
