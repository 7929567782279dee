"""The lower bound against every schedule there is, on instances small enough to try them all."""

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest

from bench.routing.bound import Staff, Task, lower_bound


def best_schedule(tasks: Sequence[Task], comprehensive: int, specialists: int, *, by_work: bool) -> float:
    """The least weighted mean wait of all orders and assignments, each task as early as they allow."""
    windows = [0] * comprehensive + [1] * specialists
    best = float("inf")
    for order in itertools.permutations(tasks):
        for places in itertools.product(range(len(windows)), repeat=len(order)):
            if any(windows[w] not in (0, task.group) for task, w in zip(order, places, strict=True)):
                continue
            free = [0.0] * len(windows)
            total = weights = 0.0
            for task, w in zip(order, places, strict=True):
                begun = max(free[w], task.release)
                free[w] = begun + task.minutes
                weight = task.minutes if by_work else 1.0
                total += weight * max(0.0, begun - task.clock)
                weights += weight
            best = min(best, total / weights)
    return best


def staff(*windows: int) -> Staff:
    return Staff(np.array([[count] * 120 for count in windows], dtype=np.int64))


@pytest.mark.parametrize("seed", range(6))
def test_no_schedule_is_better_than_the_bound(seed: int) -> None:
    rng = random.Random(seed)
    tasks = []
    for _ in range(rng.randint(3, 5)):
        release = rng.uniform(0, 12)
        tasks.append(Task(release, release + rng.choice((0, 0, 4)), rng.uniform(3, 15), rng.randint(0, 1)))
    for by_work in (True, False):
        best = best_schedule(tasks, 1, 1, by_work=by_work)
        for bucket in (1, 2):
            assert lower_bound(tasks, staff(1, 1), by_work=by_work, bucket=bucket).minutes <= best + 1e-9


def test_one_window_by_hand() -> None:
    """Services of 10, 4 and 6 minutes at once: whatever the order, the work that waits is the same."""
    tasks = [Task(0, 0, minutes, 0) for minutes in (10.0, 4.0, 6.0)]
    by_hand = (4 * 10 + 6 * 14) / 20
    assert best_schedule(tasks, 1, 0, by_work=True) == pytest.approx(by_hand)
    assert lower_bound(tasks, staff(1), by_work=True).minutes == pytest.approx(by_hand)
    # By tasks the shortest come first: 0, 4 and 10 minutes; a bucket counts from its start, so at most 1 / 2 is lost.
    assert (0 + 4 + 10) / 3 - 0.5 <= lower_bound(tasks, staff(1), by_work=False).minutes <= (0 + 4 + 10) / 3


def test_specialists_work_flows_over_and_not_back() -> None:
    """Two hours of work: for the specialist it can be shared with the comprehensive window, not the other way."""
    special = [Task(0, 0, 10.0, 1) for _ in range(12)]
    general = [Task(0, 0, 10.0, 0) for _ in range(12)]
    # Two windows, six services each, one after the other: 0, 10, …, 50 minutes; one window: 0, 10, …, 110.
    shared = lower_bound(special, staff(1, 1), by_work=True).minutes
    alone = lower_bound(general, staff(1, 1), by_work=True).minutes
    assert shared == pytest.approx(25.0) and alone == pytest.approx(55.0)


def test_columns_that_were_left_out_at_first_are_found() -> None:
    tasks = [Task(0.3 * k, 0.3 * k, 7.0, k % 2) for k in range(30)]
    few = lower_bound(tasks, staff(1, 1), by_work=True, first=5)
    all_of_them = lower_bound(tasks, staff(1, 1), by_work=True, first=500)
    assert few.rounds > 1 and all_of_them.rounds == 1
    assert few.minutes == pytest.approx(all_of_them.minutes, abs=1e-6)


def test_lunch_takes_capacity_away() -> None:
    tasks = [Task(5.0 * k, 5.0 * k, 4.0, 0) for k in range(20)]
    windows = np.ones((1, 101), dtype=np.int64)
    open_all_day = lower_bound(tasks, Staff(windows.copy()), by_work=True).minutes
    windows[0, 30:60] = 0
    assert open_all_day < 0.5
    assert lower_bound(tasks, Staff(windows), by_work=True).minutes > 8
