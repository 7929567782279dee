"""One process on SQLite: ended, stopped, without room on its disk, and on a clock that steps; nothing is lost."""

from functools import partial
from pathlib import Path

from tests.faults import clock, disk, stops
from tests.faults.clock import Clock
from tests.faults.hall import drilled, staged


async def test_it_is_ended_stands_still_and_has_no_room(tmp_path: Path) -> None:
    async with staged(tmp_path, shared=False) as stage:
        await drilled(
            stage,
            [
                partial(disk.limited, seconds=1),
                partial(stops.stood_still, seconds=1),
                partial(stops.terminated, times=1),
            ],
            seed=61,
        )


async def test_its_clock_steps_over_midnight_and_back(tmp_path: Path) -> None:
    clocks: list[Clock] = []
    async with staged(tmp_path, shared=False, first=lambda stage: clocks.append(Clock(stage, tmp_path))) as stage:
        drills = [partial(one, clock=clocks[0]) for one in (clock.steps, clock.over_midnight)]
        await drilled(stage, [*drills], seed=62)
