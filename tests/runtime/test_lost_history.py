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

from onewindow.moving import Kind, move
from onewindow.queue import events as ev
from onewindow.queue.journal import JournalBroken
from onewindow.queue.upcast import decode
from onewindow.runtime.answers import JournalUnavailable
from onewindow.runtime.hall import loss_path, open_runtime
from onewindow.runtime.shared_hall import SharedHall
from onewindow.shared.link import client
from tests.core_hall import DAY
from tests.redis_server import RedisServer, redis_served
from tests.runtime.support import BY, DAY_MS, issue, numbers, numbers_of
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


async def lost(halls: Hall, tmp_path: Path, *files: Path) -> None:
    """A process for each file sees two numbers, the journal keeps the first; all end."""
    async with AsyncExitStack() as stack:
        gone = Hall(halls.server, stack)
        processes = [await gone.process(loss=file) for file in files]
        await processes[0].submit(issue(), by=BY)
        shutil.copytree(halls.server.folder, tmp_path / "older")
        await processes[-1].submit(issue(), by=BY)
        await same(halls, *processes)
        await asyncio.to_thread(back_to, halls.server, tmp_path / "older")
        await refuses(*processes)
    assert all(file.exists() for file in files)


async def test_after_a_restart_the_hall_goes_on_behind_what_is_lost(halls: Hall, tmp_path: Path) -> None:
    """Whoever starts it again has read what it says; nobody gets a number that is on somebody's paper."""
    file = tmp_path / "hall.lost"
    await lost(halls, tmp_path, file)
    again = await halls.process(loss=file)
    assert (await again.committed()).missing.keys() == {"A002"}
    assert numbers_of(await again.submit(issue(), by=BY)) == ["A003"]
    assert not file.exists()
    third = await halls.process(loss=file)
    assert numbers_of(await third.submit(issue(), by=BY)) == ["A005"]


async def test_so_it_does_when_the_whole_day_is_lost(halls: Hall, tmp_path: Path) -> None:
    file = tmp_path / "hall.lost"
    async with AsyncExitStack() as stack:
        first = await Hall(halls.server, stack).process(loss=file)
        await first.submit(issue(), by=BY)
        await emptied(halls)
        await refuses(first)
    again = await halls.process(loss=file)
    assert (again.day, [*(await again.committed()).missing]) == (DAY, ["A001"])
    assert numbers_of(await again.submit(issue(), by=BY)) == ["A002"]
    assert not file.exists()


async def test_a_process_that_follows_tells_the_one_that_writes(halls: Hall, tmp_path: Path) -> None:
    """Started before those that know: a process of another machine, with a folder of its own."""
    files = tmp_path / "one.lost", tmp_path / "two.lost"
    await lost(halls, tmp_path, *files)
    stranger = await halls.process(loss=tmp_path / "stranger.lost")
    back = [await halls.process(loss=file) for file in files]
    assert stranger.writes and not any(file.exists() for file in files)
    await same(halls, stranger, *back)
    assert (await stranger.committed()).missing.keys() == {"A002"}
    assert numbers_of(await stranger.submit(issue(), by=BY)) == ["A003"]
    commits = [decode(stored.body) async for stored in stranger.journal.read(DAY)]
    noted = [e for c in commits for entry in c.entries for e in entry.events if isinstance(e, ev.LossNoted)]
    assert len(noted) == 1, "told twice, noted once"


async def test_the_right_data_put_back_are_gone_on_with_as_if_nothing_had_been(halls: Hall, tmp_path: Path) -> None:
    file = tmp_path / "hall.lost"
    async with AsyncExitStack() as stack:
        first = await Hall(halls.server, stack).process(loss=file)
        await first.submit(issue(), by=BY)
        shutil.copytree(halls.server.folder, tmp_path / "right")
        await asyncio.to_thread(halls.server.kill)
        shutil.rmtree(halls.server.folder)
        await asyncio.to_thread(halls.server.start)
        await refuses(first)
    await asyncio.to_thread(back_to, halls.server, tmp_path / "right")
    again = await halls.process(loss=file)
    head = again.writer.head
    assert not (await again.committed()).missing and not file.exists()
    assert numbers_of(await again.submit(issue(), by=BY)) == ["A002"]
    assert again.writer.head.n == head.n + 1


async def test_what_is_left_of_yesterday_is_nothing_to_today(halls: Hall, tmp_path: Path) -> None:
    file = tmp_path / "hall.lost"
    await lost(halls, tmp_path, file)
    halls.clock.now += DAY_MS
    again = await halls.process(loss=file)
    await again.turn()
    # A001 is who was carried over.
    assert numbers_of(await again.submit(issue(), by=BY)) == ["A002"]
    third = await halls.process(loss=file)
    assert third.day == again.day and not file.exists()


async def test_a_hall_that_goes_on_without_redis_goes_on_behind_it_too(halls: Hall, tmp_path: Path) -> None:
    """Who has had enough of a Redis that forgets moves the day to the file."""
    file = loss_path(halls.hall, tmp_path)
    await lost(halls, tmp_path, file)
    await move(halls.hall, tmp_path, halls.server.url, DAY, source=Kind.REDIS, target=Kind.SQLITE)
    async with open_runtime(halls.hall, tmp_path, clock=halls.clock, build_reply=numbers, tick_seconds=None) as alone:
        assert (await alone.committed()).missing.keys() == {"A002"}
        assert numbers_of(await alone.submit(issue(), by=BY)) == ["A003"]
    assert not file.exists()


async def test_a_file_that_cannot_be_read_is_not_passed_over(halls: Hall, tmp_path: Path) -> None:
    file = tmp_path / "hall.lost"
    file.write_text("{", encoding="ascii")
    with pytest.raises(JournalBroken, match="must not be given out again"):
        await halls.process(loss=file)
