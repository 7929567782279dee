"""A day goes from SQLite to Redis, to a file and back, byte for byte; nothing is let go too early."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from onewindow.admin import Refused
from onewindow.moving import ARCHIVE, Kind, archive, move
from onewindow.queue.file_lock import FileInUse
from onewindow.queue.journal import Head, JournalBroken, StoredCommit, hash_of
from onewindow.queue.journal_file import DayFiles
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.runtime.answers import Reply
from onewindow.runtime.hall import journal_path, open_runtime
from onewindow.runtime.shared_hall import open_shared
from onewindow.shared.link import client
from tests.core_hall import DAY, T0, core_hall
from tests.redis_server import RedisServer, redis_served
from tests.runtime.support import BY, DAY_MS, ManualClock, issue, numbers, numbers_of

pytestmark = pytest.mark.redis
HALL = core_hall()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_served(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
async def url(server: RedisServer) -> str:
    redis = client(server.url)
    await redis.flushall()
    await redis.aclose()
    return server.url


async def days_of(data: Path, count: int) -> ManualClock:
    """A hall of so many days in SQLite, two tickets each."""
    clock = ManualClock(T0)
    for day in range(count):
        clock.now = T0 + day * DAY_MS
        async with open_runtime(HALL, data, clock=clock, build_reply=numbers, tick_seconds=None) as hall:
            for n in range(2):
                await hall.submit(issue(), by=BY, key=f"{day}-{n}")
    return clock


async def sqlite_bytes(data: Path, day: str) -> list[bytes]:
    journal = await SqliteJournal.open(journal_path(HALL, data))
    try:
        return [stored.body async for stored in journal.read(day)]
    finally:
        await journal.close()


async def test_a_day_goes_round_all_places_unchanged(url: str, tmp_path: Path) -> None:
    clock = await days_of(tmp_path, 1)
    before = await sqlite_bytes(tmp_path, DAY)
    await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    assert await sqlite_bytes(tmp_path, DAY) == []
    async with open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None) as hall:
        assert numbers_of(await hall.submit(issue(), by=BY, key="0-1")) == ["A002"], "the first reply again"
        with pytest.raises(Refused):
            await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.SQLITE)
    await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.FILE)
    assert (tmp_path / ARCHIVE / f"{HALL.settings.code}-{DAY}.ndjson").read_bytes().splitlines() == before
    await move(HALL, tmp_path, url, DAY, source=Kind.FILE, target=Kind.REDIS)
    await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.SQLITE)
    assert await sqlite_bytes(tmp_path, DAY) == before
    async with open_runtime(HALL, tmp_path, clock=clock, build_reply=numbers, tick_seconds=None) as alone:
        assert numbers_of(await alone.submit(issue(), by=BY)) == ["A003"]
        with pytest.raises(FileInUse):
            await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)


async def test_a_day_that_was_moved_away_is_not_begun_anew_where_it_was(url: str, tmp_path: Path) -> None:
    """A server started at the old place says where the day has gone, at once."""
    clock = await days_of(tmp_path, 1)
    await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.SQLITE)
    async with asyncio.timeout(20):
        with pytest.raises(JournalBroken, match="move-day 2026-11-24"):
            async with open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None):
                pass


async def test_old_days_are_put_away_while_the_hall_is_served(url: str, tmp_path: Path) -> None:
    clock = await days_of(tmp_path, 4)
    days = [f"2026-11-{24 + n}" for n in range(4)]
    for day in days:
        await move(HALL, tmp_path, url, day, source=Kind.SQLITE, target=Kind.REDIS)
    async with open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None) as hall:
        assert [day for day, _ in await archive(HALL, tmp_path, url, keep=0)] == days[:2]
        assert await hall.journal.days() == days[2:]
        again = await hall.submit(issue(), by=BY, key="2-1")
        assert isinstance(again, Reply) and again.replayed, "the keys of the day before are still answered"
    assert await archive(HALL, tmp_path, url, keep=2) == []
    async with open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None) as hall:
        assert hall.day == days[-1]


async def test_a_day_that_is_not_whole_stays_where_it_is(url: str, tmp_path: Path) -> None:
    await days_of(tmp_path, 1)
    await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.FILE)
    path = DayFiles(tmp_path / ARCHIVE, HALL.settings.code).path(DAY)
    path.write_bytes(path.read_bytes().replace(b"N-1", b"N-2", 1))
    with pytest.raises(JournalBroken):
        await move(HALL, tmp_path, url, DAY, source=Kind.FILE, target=Kind.REDIS)
    assert path.exists()


async def test_another_day_of_the_same_name_is_not_overwritten(url: str, tmp_path: Path) -> None:
    await days_of(tmp_path, 1)
    other = RedisJournal(url, HALL.settings.code)
    await other.append(DAY, 1, b"other", hash_of(b"other"))
    with pytest.raises(Refused):
        await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    assert [stored.body async for stored in other.read(DAY)] == [b"other"]
    await other.close()
    assert len(await sqlite_bytes(tmp_path, DAY)) == 3


async def test_an_interrupted_move_is_finished(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await days_of(tmp_path, 1)
    before = await sqlite_bytes(tmp_path, DAY)

    async def cut(*_: object) -> None:
        raise ConnectionError("cut")

    with monkeypatch.context() as patched:
        patched.setattr(RedisJournal, "head", cut)
        with pytest.raises(ConnectionError):
            await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    assert await sqlite_bytes(tmp_path, DAY) == before
    there = RedisJournal(url, HALL.settings.code)
    await there.append(DAY, 1, before[0], hash_of(before[0]))
    await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    assert [stored.body async for stored in there.read(DAY)] == before
    await there.close()


@pytest.mark.parametrize(("source", "target"), [(Kind.SQLITE, Kind.REDIS), (Kind.REDIS, Kind.SQLITE)])
async def test_a_move_that_dies_half_way_leaves_no_half_of_a_day(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Kind, target: Kind
) -> None:
    """Whoever starts a server there by mistake would go on with half a day, and give its numbers twice."""
    await days_of(tmp_path, 1)
    before = await sqlite_bytes(tmp_path, DAY)
    if source is Kind.REDIS:
        await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    journal = RedisJournal if source is Kind.REDIS else SqliteJournal
    read, reads = journal.read, 0

    async def torn(self: Any, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        nonlocal reads
        reads += 1
        async for stored in read(self, day, after):
            if reads > 1 and stored.n > 2:
                raise ConnectionError("the power goes")
            yield stored

    with monkeypatch.context() as patched:
        patched.setattr(journal, "read", torn)
        with pytest.raises(ConnectionError):
            await move(HALL, tmp_path, url, DAY, source=source, target=target)
    if target is Kind.REDIS:
        there = RedisJournal(url, HALL.settings.code)
        assert await there.days() == [] and (await there.head(DAY)).n == 0
        await there.close()
    else:
        assert await sqlite_bytes(tmp_path, DAY) == []
    await move(HALL, tmp_path, url, DAY, source=source, target=target)
    if target is Kind.REDIS:
        await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.SQLITE)
    assert await sqlite_bytes(tmp_path, DAY) == before


async def test_what_a_server_wrote_while_a_day_was_moved_is_not_let_go(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was started between the first look and the last."""
    clock = await days_of(tmp_path, 1)
    await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    store = DayFiles.store
    async with AsyncExitStack() as stack:

        async def and_begin(self: DayFiles, day: str, commits: AsyncIterable[StoredCommit], before: Head) -> None:
            await store(self, day, commits, before)
            opened = open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None)
            hall = await stack.enter_async_context(opened)
            assert numbers_of(await hall.submit(issue(), by=BY)) == ["A003"]

        with monkeypatch.context() as patched:
            patched.setattr(DayFiles, "store", and_begin)
            with pytest.raises(Refused):
                await move(HALL, tmp_path, url, DAY, source=Kind.REDIS, target=Kind.FILE)
    there = RedisJournal(url, HALL.settings.code)
    assert len([stored async for stored in there.read(DAY)]) == 4
    await there.close()


async def test_a_server_started_while_a_day_comes_keeps_what_it_began(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = await days_of(tmp_path, 1)
    read, reads = SqliteJournal.read, 0
    async with AsyncExitStack() as stack:

        async def and_begin(self: SqliteJournal, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
            nonlocal reads
            reads += 1
            async for stored in read(self, day, after):
                yield stored
            if reads == 2:
                opened = open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None)
                hall = await stack.enter_async_context(opened)
                assert numbers_of(await hall.submit(issue(), by=BY)) == ["A001"]

        with monkeypatch.context() as patched:
            patched.setattr(SqliteJournal, "read", and_begin)
            with pytest.raises(Refused):
                await move(HALL, tmp_path, url, DAY, source=Kind.SQLITE, target=Kind.REDIS)
    there = RedisJournal(url, HALL.settings.code)
    assert len([stored async for stored in there.read(DAY)]) == 2, "its own day"
    await there.close()
    assert len(await sqlite_bytes(tmp_path, DAY)) == 3


async def test_the_live_day_is_not_put_away_though_later_ones_were_begun(url: str, tmp_path: Path) -> None:
    """A wrong clock has opened two days of the future before a person confirmed the day again."""
    clock = ManualClock(T0)
    async with open_shared(HALL, url, clock=clock, build_reply=numbers, tick_seconds=None) as hall:
        await hall.submit(issue(), by=BY)
        for days in (300, 301):
            clock.now = T0 + days * DAY_MS
            await hall.turn()
        clock.now = T0
        await hall.turn()
        await hall.confirm_day(BY)
        assert hall.day == DAY
        assert await archive(HALL, tmp_path, url, keep=2) == []
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]
