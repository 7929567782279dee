"""Redis comes back without what was confirmed: an older copy, emptied, a stream thrown out. Said, never gone on with.

A number that is on paper must not be given to the next person because the journal has forgotten it.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from operator import attrgetter
from pathlib import Path

import pytest

from onewindow.runtime.answers import JournalUnavailable
from onewindow.runtime.shared_hall import SharedHall
from onewindow.shared.link import client
from tests.core_hall import DAY
from tests.redis_server import RedisServer, redis_served
from tests.runtime.support import BY, DAY_MS, issue, numbers_of
from tests.runtime.test_shared_hall import Hall, same, until

pytestmark = pytest.mark.redis

Forget = Callable[[Hall], Awaitable[None]]


@pytest.fixture
async def halls(tmp_path: Path) -> AsyncIterator[Hall]:
    with redis_served(tmp_path / "redis") as server:
        async with AsyncExitStack() as stack:
            yield Hall(server, stack)


def back_to(server: RedisServer, copy: Path) -> None:
    """Redis dies, and what is started in its place has an older file."""
    server.kill()
    shutil.rmtree(server.folder)
    shutil.copytree(copy, server.folder)
    server.start()


async def emptied(halls: Hall) -> None:
    """Somebody's FLUSHALL, or a Redis without a file that was started again."""
    redis = client(halls.server.url)
    await redis.flushall()
    await redis.aclose()


async def stream_thrown_out(halls: Hall) -> None:
    """What an eviction policy does: one key of several."""
    await _without(halls, "day:" + DAY)


async def head_thrown_out(halls: Hall) -> None:
    await _without(halls, "head:" + DAY)


async def days_thrown_out(halls: Hall) -> None:
    await _without(halls, "days")


async def _without(halls: Hall, key: str) -> None:
    redis = client(halls.server.url)
    assert await redis.delete(f"onewindow:{{{halls.hall.settings.code}}}:{key}")
    await redis.aclose()


async def refuses(*processes: SharedHall) -> None:
    """None of them answers a command, nor shows a day that has forgotten something; and they say why."""
    asked = [asyncio.create_task(p.submit(issue(), by=BY)) for p in processes]
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(answer, JournalUnavailable), answer
    for process in processes:
        await until(partial(attrgetter("writer.lost"), process))
        assert "confirmed" in str(process._broken), process._broken
        with pytest.raises(JournalUnavailable):
            await process.committed()


async def test_an_older_copy_of_redis_is_not_gone_on_with(halls: Hall, tmp_path: Path) -> None:
    first, second = await halls.process(), await halls.process()
    assert numbers_of(await first.submit(issue(), by=BY)) == ["A001"]
    shutil.copytree(halls.server.folder, tmp_path / "older")
    assert numbers_of(await second.submit(issue(), by=BY)) == ["A002"]
    await same(halls, first, second)
    await asyncio.to_thread(back_to, halls.server, tmp_path / "older")
    await refuses(first, second)


async def test_nor_an_older_copy_that_lacks_the_day(halls: Hall, tmp_path: Path) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY)
    shutil.copytree(halls.server.folder, tmp_path / "older")
    halls.clock.now += DAY_MS
    await first.turn()
    await first.submit(issue(), by=BY)
    await until(lambda: second.day != DAY and second.writer.head == first.writer.head)
    await asyncio.to_thread(back_to, halls.server, tmp_path / "older")
    await refuses(first, second)


@pytest.mark.parametrize("forget", [emptied, stream_thrown_out, head_thrown_out, days_thrown_out])
async def test_what_was_thrown_out_of_redis_is_missed(halls: Hall, forget: Forget) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY)
    await same(halls, first, second)
    await forget(halls)
    await refuses(first, second)


async def test_a_follower_that_takes_over_misses_it_too(halls: Hall, tmp_path: Path) -> None:
    """The one that wrote is gone with the machine; what is left knows what it has shown."""
    async with AsyncExitStack() as stack:
        gone = Hall(halls.server, stack)
        first = await gone.process()
        second = await halls.process()
        await first.submit(issue(), by=BY)
        shutil.copytree(halls.server.folder, tmp_path / "older")
        await first.submit(issue(), by=BY)
        await same(halls, first, second)
    await until(lambda: second.writes)
    third = await halls.process()
    await same(halls, second, third)
    await asyncio.to_thread(back_to, halls.server, tmp_path / "older")
    await refuses(second, third)


async def test_after_a_restart_the_hall_goes_on_with_what_there_is(halls: Hall, tmp_path: Path) -> None:
    """A person's word: whoever starts it again has read what it says."""
    async with AsyncExitStack() as stack:
        gone = Hall(halls.server, stack)
        first = await gone.process()
        await first.submit(issue(), by=BY)
        shutil.copytree(halls.server.folder, tmp_path / "older")
        await first.submit(issue(), by=BY)
        await asyncio.to_thread(back_to, halls.server, tmp_path / "older")
        await refuses(first)
    again = await halls.process()
    assert numbers_of(await again.submit(issue(), by=BY)) == ["A002"]
