"""The study's days (研究): the worlds' days under each way of running the hall, and the bounds of some of them."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final, TypeVar

import msgspec
from tqdm import tqdm

from bench.routing.bound import lower_bound
from bench.routing.figures import GROUPS, DayFigures, Tally
from bench.routing.ideal import ideal_services, staff_of, tasks_of
from bench.routing.policies import WAYS, Way
from bench.routing.reading import Reading, Seen
from bench.routing.visitors import MINUTE, Conduct, draw
from bench.routing.world import World, make_world
from onewindow.forecast.errand import Behaviour
from onewindow.forecast.record import LEFT, DayRecord
from onewindow.forecast.simulator import simulate
from onewindow.forecast.trace import Visit

WORLDS: Final = {"U": False, "B": True}
HALLS_A_SEED: Final = 10_000
"""So that no two seeds share a hall."""
BEHAVIOUR: Final = Behaviour(same_window=False)
BOUNDED: Final = ("fcfs", "rule", "max_weight", "help", "pooled")
"""Ways that are held against the bound."""
FINE: Final = 1
COARSE: Final = 2
"""Widths of the bound's buckets, minutes: of the one that every figure is held against, and of the others."""
T = TypeVar("T")
R = TypeVar("R")


class Sizes(msgspec.Struct, frozen=True):
    """How much is simulated."""

    days: int = 100
    bound_days: int = 8
    read_days: int = 4
    """Days whose journal under the rule is read call by call, of each world."""
    calls: int = 1_000_000
    networks: int = 20
    tickets: int = 5000
    """Of each network."""
    repeats: int = 20
    formula_tickets: int = 5000
    waiting: int = 200_000
    speed_calls: int = 5000
    load: float = 1.0
    jobs: int = os.cpu_count() or 1


QUICK: Final = Sizes(
    days=4, bound_days=2, read_days=1, calls=4000, networks=3, tickets=600, repeats=5, formula_tickets=800,
    waiting=5000, speed_calls=500,
)  # fmt: skip


class Job(msgspec.Struct, frozen=True):
    """A day to play: the world's name, the seed, the day's number, the load, the ways' names."""

    world: str
    seed: int
    day: int
    load: float
    ways: tuple[str, ...]


class BoundDay(msgspec.Struct):
    """One day against its bounds; pairs are (Σ weight · minutes, Σ weight).

    On a *bare* day nothing that comes depends on how long anybody waited, and the bounds hold for any policy. On a
    *whole* day, as in the study, later steps are released in the bound as if nobody had waited, while their waits
    count from when they were really released: a yardstick of the same kind, but not a bound.
    """

    bounds: dict[str, tuple[float, float]]
    """By `whole work`, `bare work`, `bare one`, `bare pooled work`."""
    reached: dict[str, dict[str, tuple[float, float]]]
    """By way, then by `whole work`, `bare work`, `bare one`."""


def hall_of(world: str, seed: int, day: int) -> World:
    """The hall of a world's day: one of its own, so that days stay independent whatever a hall is like."""
    return make_world(seed * HALLS_A_SEED + day, balanced=WORLDS[world])


def play(job: Job) -> dict[str, DayFigures]:
    """One day under each way."""
    world = hall_of(job.world, job.seed, job.day)
    visits = draw(world, job.seed, job.day, Conduct(load=job.load))
    return {
        way.name: figures_of(world, visits, simulate(way.plan(world), visits, BEHAVIOUR)) for way in _ways(job.ways)
    }


def figures_of(world: World, visits: list[Visit], record: DayRecord) -> DayFigures:
    """A day's figures."""
    waits = {group: Tally() for group in GROUPS}
    later, further, again, left = Tally(), Tally(), Tally(), 0
    been: set[int] = set()
    for turn in sorted(record.turns, key=lambda turn: math.inf if turn.first_called is None else turn.first_called):
        minutes = turn.waited_ms / MINUTE
        waits["all"].add(minutes)
        waits[turn.applicant].add(minutes)
        if turn.again:
            again.add(minutes)
        elif visits[turn.visit].steps[turn.step].after:
            later.add(minutes)
        if turn.visit in been and not turn.again:
            further.add(minutes)
        been.add(turn.visit)
        left += turn.outcome == LEFT
    busy = [0, 0]
    planned = [0, 0]
    for no, window in record.windows.items():
        kind = int(world.sets[no] > 0)
        busy[kind] += window.busy_ms
        planned[kind] += window.planned_ms
    return DayFigures(waits, later, further, again, left, (busy[0] / planned[0], busy[1] / planned[1]))


def read(job: Job) -> Seen:
    """One day under the rule, its journal judged call by call. Raises `Broken`."""
    world = hall_of(job.world, job.seed, job.day)
    visits = draw(world, job.seed, job.day)
    (way,) = _ways(job.ways)
    plan = way.plan(world)
    reading = Reading(plan.hall)
    reading.read(tuple(simulate(plan, visits, BEHAVIOUR, keep=True).events))
    return reading.seen


def bound(job: Job) -> BoundDay:
    """One day's bounds, and how near the ways come: everybody waits for ever and is there when called."""
    world = hall_of(job.world, job.seed, job.day)
    day = BoundDay({}, {name: {} for name in job.ways})
    for bare in (False, True):
        visits = draw(world, job.seed, job.day, Conduct(patient=True, bare=bare))
        kind = "bare" if bare else "whole"
        width = FINE if bare else COARSE
        day.bounds[f"{kind} work"] = _bound(world, visits, pooled=False, by_work=True, lunch=not bare, bucket=width)
        if bare:
            day.bounds["bare one"] = _bound(world, visits, pooled=False, by_work=False, lunch=False)
            day.bounds["bare pooled work"] = _bound(world, visits, pooled=True, by_work=True, lunch=False)
        minutes = {key: length for key, _, _, _, length in ideal_services(visits)}
        for way in _ways(job.ways):
            record = simulate(way.plan(world, lunch=not bare), visits, BEHAVIOUR)
            assert len(record.turns) == len(minutes), "everybody is served"
            weights = [(turn.waited_ms / MINUTE, minutes[turn.visit, turn.step, turn.again]) for turn in record.turns]
            day.reached[way.name][f"{kind} work"] = (sum(w * p for w, p in weights), sum(p for _, p in weights))
            day.reached[way.name][f"{kind} one"] = (sum(w for w, _ in weights), float(len(weights)))
    return day


def _bound(
    world: World, visits: list[Visit], *, pooled: bool, by_work: bool, lunch: bool, bucket: int = COARSE
) -> tuple[float, float]:
    """Over the zones: (Σ weight · minutes, Σ weight)."""
    total = weight = 0.0
    for zone in world.hall.zones:
        staff = staff_of(world, zone, pooled=pooled, lunch=lunch)
        tasks = tasks_of(world, visits, zone, pooled=pooled)
        found = lower_bound(tasks, staff, by_work=by_work, bucket=bucket)
        total += found.minutes * found.total_weight
        weight += found.total_weight
    return total, weight


def spread(work: Callable[[T], R], jobs: Sequence[T], processes: int, told: str) -> list[R]:
    """All jobs' results in their order, over several processes, with a progress bar on standard error."""
    if processes == 1:
        return list(_shown(map(work, jobs), len(jobs), told))
    with ProcessPoolExecutor(processes) as pool:
        return list(_shown(pool.map(work, jobs), len(jobs), told))


def _shown(results: Iterator[R], count: int, told: str) -> Iterator[R]:
    bar: Any = tqdm(results, total=count, desc=told, leave=False, mininterval=1.0)
    yield from bar


def _ways(names: Sequence[str]) -> list[Way]:
    return [way for way in WAYS if way.name in names]
