"""One contract for every journal: what the writer relies on, tried on each adapter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from onewindow.queue.journal import GENESIS, AppendConflict, Head, Journal, StoredCommit, hash_of
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.journal_sqlite import SqliteJournal
from tests.core_hall import DAY
from tests.redis_server import RedisServer, redis_served

LATER = "2026-11-25"


async def memory(_: Path, __: pytest.FixtureRequest) -> Journal:
    return MemoryJournal()


async def sqlite(folder: Path, _: pytest.FixtureRequest) -> Journal:
    return await SqliteJournal.open(folder / "core.journal")


async def redis(folder: Path, request: pytest.FixtureRequest) -> Journal:
    server: RedisServer = request.getfixturevalue("redis_server")
    return RedisJournal(server.url, folder.name)  # A hall of its own for each test, as several share one server.


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_served(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(
    params=[memory, sqlite, pytest.param(redis, marks=pytest.mark.redis)], ids=lambda opener: opener.__name__
)
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    opener: Callable[[Path, pytest.FixtureRequest], Awaitable[Journal]] = request.param
    journal = await opener(tmp_path, request)
    yield journal
    await journal.close()


async def fill(journal: Journal, day: str, count: int) -> list[StoredCommit]:
    bodies = [f"{day} {n}".encode() for n in range(1, count + 1)]
    for n, body in enumerate(bodies, 1):
        await journal.append(day, n, body, hash_of(body))
    return [StoredCommit(day, n, body, hash_of(body)) for n, body in enumerate(bodies, 1)]


async def test_reads_back_what_was_appended_in_order(journal: Journal) -> None:
    written = await fill(journal, DAY, 3)
    assert [stored async for stored in journal.read(DAY)] == written
    assert [stored async for stored in journal.read(DAY, after=2)] == written[2:]
    assert [stored async for stored in journal.read(DAY, after=3)] == []


async def test_reads_long_days_whole(journal: Journal) -> None:
    written = await fill(journal, DAY, 1_100)
    assert [stored async for stored in journal.read(DAY)] == written
    assert [stored.n async for stored in journal.read(DAY, after=700)] == list(range(701, 1_101))


async def test_an_empty_journal_has_no_days_and_a_head_at_the_genesis(journal: Journal) -> None:
    assert await journal.days() == []
    assert await journal.head(DAY) == Head(0, GENESIS)
    assert [stored async for stored in journal.read(DAY)] == []


async def test_days_are_apart_and_sorted(journal: Journal) -> None:
    late, early = await fill(journal, LATER, 2), await fill(journal, DAY, 1)
    assert await journal.days() == [DAY, LATER]
    assert await journal.head(DAY) == Head(1, early[-1].hash)
    assert await journal.head(LATER) == Head(2, late[-1].hash)
    assert [stored async for stored in journal.read(DAY)] == early


@pytest.mark.parametrize("n", [1, 2, 4, 0, -1])
async def test_refuses_a_taken_number_and_a_gap(journal: Journal, n: int) -> None:
    written = await fill(journal, DAY, 2)
    with pytest.raises(AppendConflict):
        await journal.append(DAY, n, b"late", hash_of(b"late"))
    assert [stored async for stored in journal.read(DAY)] == written


async def test_refuses_to_begin_a_day_with_another_number_than_one(journal: Journal) -> None:
    with pytest.raises(AppendConflict):
        await journal.append(DAY, 2, b"early", hash_of(b"early"))
    assert await journal.days() == []


async def test_exactly_one_of_many_wins_a_number(journal: Journal) -> None:
    bodies = [f"writer {i}".encode() for i in range(20)]
    done = await asyncio.gather(
        *(journal.append(DAY, 1, body, hash_of(body)) for body in bodies), return_exceptions=True
    )
    assert done.count(None) == 1
    assert sum(isinstance(one, AppendConflict) for one in done) == 19
    (stored,) = [stored async for stored in journal.read(DAY)]
    assert stored.body == bodies[done.index(None)]


async def test_appending_goes_on_while_a_day_is_read(journal: Journal) -> None:
    await fill(journal, DAY, 10)
    numbers = []
    async for stored in journal.read(DAY):
        numbers.append(stored.n)
        if stored.n == 1:
            await journal.append(DAY, 11, b"meanwhile", hash_of(b"meanwhile"))
    assert numbers[:10] == list(range(1, 11))
    assert (await journal.head(DAY)).n == 11


async def test_keeps_bytes_as_they_are(journal: Journal) -> None:
    body = bytes(range(256))
    await journal.append(DAY, 1, body, hash_of(body))
    assert [stored.body async for stored in journal.read(DAY)] == [body]
