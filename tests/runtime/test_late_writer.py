"""A process that stood still between deciding and appending, and goes on when another one has turned the day.

Its append fits its day's stream: nothing was written there since. But the hall is a day further, and took over what
that day left. What came afterwards would be in no queue, and its key would be known to nobody.
"""

import asyncio

import pytest

from onewindow.runtime.answers import Reply
from onewindow.runtime.shared_hall import SharedHall
from tests.core_hall import DAY
from tests.runtime.support import BY, DAY_MS, issue, numbers_of
from tests.runtime.test_shared_hall import Hall, halls, same, server, until

__all__ = ["halls", "server"]
pytestmark = pytest.mark.redis


async def stands_still(process: SharedHall) -> None:
    """It doesn't notice that its lease ends, and what others write."""
    role = process._tasks[0]
    role.cancel()
    await asyncio.wait((role,))
    process._wake.clear()


def goes_on(process: SharedHall) -> None:
    process._tasks[0] = asyncio.create_task(process._keep_role())


async def test_nothing_is_added_to_a_day_that_others_have_left(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY, key="k1")
    await stands_still(first)
    await until(lambda: second.writes)
    halls.clock.now += DAY_MS
    await second.turn()
    assert second.day != DAY and first.day == DAY and first.writes
    elsewhere = await second.submit(issue(), by=BY, key="k2")
    asked = [asyncio.create_task(first.submit(issue(), by=BY, key=key)) for key in ("k2", "k3")]
    async with asyncio.timeout(20):
        await first._wake.wait()
    goes_on(first)
    again, later = await asyncio.gather(*asked)
    assert isinstance(again, Reply) and isinstance(elsewhere, Reply) and again.body == elsewhere.body
    assert numbers_of(later) == ["A003"]
    await until(lambda: first.day == second.day)
    await same(halls, first, second, day=second.day)
    assert len((await second.committed()).tickets) == 3, "the one that was taken over, and each key's once"
