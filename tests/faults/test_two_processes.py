"""Two processes on one Redis: killed, stopped, cut off, or left without Redis: nothing lost or doubled."""

from functools import partial
from pathlib import Path

import pytest

from tests.faults import clock, redis_faults, stops
from tests.faults.clock import Clock
from tests.faults.hall import drilled, staged

pytestmark = pytest.mark.redis
KILLS = 20


async def test_the_writer_is_killed_over_and_over(tmp_path: Path) -> None:
    async with staged(tmp_path, shared=True) as stage:
        await drilled(stage, [partial(stops.killed, times=KILLS)], seed=20)


async def test_they_are_ended_stand_still_and_lose_redis(tmp_path: Path) -> None:
    """… and their clocks step, each its own."""
    clocks: list[Clock] = []
    first = lambda stage: clocks.append(Clock(stage, tmp_path, apart=600))  # noqa: E731
    async with staged(tmp_path, shared=True, first=first) as stage:
        await drilled(
            stage,
            [
                partial(redis_faults.mangled, rounds=10),
                partial(stops.stood_still, seconds=0),
                partial(stops.terminated, times=1),
                partial(redis_faults.redis_killed, times=1),
                partial(redis_faults.redis_paused, seconds=3),
                partial(clock.steps, clock=clocks[0]),
            ],
            seed=21,
        )
