"""What only the Redis journal can meet: lost replies, a server that dies, another history, a hung link."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from onewindow.queue.journal import AppendConflict, Head, hash_of
from onewindow.queue.journal_redis import RedisJournal
from onewindow.shared.link import client, ended
from tests.core_hall import DAY
from tests.redis_proxy import proxied
from tests.redis_server import RedisServer, redis_served

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_served(tmp_path_factory.mktemp("redis")) as server:
        yield server


async def put(journal: RedisJournal, n: int, body: bytes = b"body") -> None:
    await journal.append(DAY, n, body, hash_of(body))


async def bodies(journal: RedisJournal) -> list[tuple[int, bytes]]:
    return [(stored.n, stored.body) async for stored in journal.read(DAY)]


@pytest.mark.parametrize(
    "trick",
    ["drop_when", "eat_when", "half_when"],
    ids=["its reply was dropped", "it never arrived", "half of it arrived"],
)
async def test_an_append_that_has_no_reply_is_asked_again_and_is_there_once(
    server: RedisServer, tmp_path: Path, trick: str
) -> None:
    async with proxied(server.url) as proxy:
        journal = RedisJournal(proxy.url, tmp_path.name)
        await put(journal, 1)
        setattr(proxy, trick, b"second")
        await put(journal, 2, b"second")
        assert proxy.dropped.is_set()
        await put(journal, 3)
        assert await bodies(journal) == [(1, b"body"), (2, b"second"), (3, b"body")]
        await journal.close()


@pytest.mark.parametrize("trick", ["twice_when", "echo_when"])
async def test_a_reply_that_comes_twice_is_not_taken_for_the_next_ones(
    server: RedisServer, tmp_path: Path, trick: str
) -> None:
    """What is left over of one append's answer must not vouch for an append that never arrived."""
    async with proxied(server.url) as proxy:
        journal = RedisJournal(proxy.url, tmp_path.name)
        await put(journal, 1)
        setattr(proxy, trick, b"second")
        await put(journal, 2, b"second")
        async with asyncio.timeout(10):
            await proxy.dropped.wait()
        proxy.eat_when = b"third"
        await put(journal, 3, b"third")
        assert await bodies(journal) == [(1, b"body"), (2, b"second"), (3, b"third")]
        await put(journal, 4)
        assert (await journal.head(DAY)).n == 4
        await journal.close()


async def test_the_same_bytes_of_another_process_are_not_taken_for_ours(server: RedisServer, tmp_path: Path) -> None:
    """Two processes may decide the very same; only one of them has given out the number."""
    async with proxied(server.url) as proxy:
        ours, theirs = RedisJournal(proxy.url, tmp_path.name), RedisJournal(server.url, tmp_path.name)
        await put(ours, 1)
        proxy.eat_when = b"second"
        proxy.closed = True
        asked = asyncio.create_task(put(ours, 2, b"second"))
        await proxy.dropped.wait()
        await put(theirs, 2, b"second")
        proxy.mend()
        with pytest.raises(AppendConflict):
            await asked
        assert await bodies(ours) == [(1, b"body"), (2, b"second")]
        await ours.close()
        await theirs.close()


async def test_ours_is_found_though_another_process_went_on_after_it(server: RedisServer, tmp_path: Path) -> None:
    async with proxied(server.url) as proxy:
        ours, theirs = RedisJournal(proxy.url, tmp_path.name), RedisJournal(server.url, tmp_path.name)
        await put(ours, 1)
        proxy.drop_when = b"second"
        proxy.closed = True
        asked = asyncio.create_task(put(ours, 2, b"second"))
        await proxy.dropped.wait()
        await put(theirs, 3)
        proxy.mend()
        await asked
        assert [n for n, _ in await bodies(ours)] == [1, 2, 3]
        await ours.close()
        await theirs.close()


async def test_an_append_given_up_can_never_come_to_life_later(server: RedisServer, tmp_path: Path) -> None:
    """Its bytes are still on their way when it is given up: after the first read they are done or gone for good."""
    async with proxied(server.url) as proxy:
        journal = RedisJournal(proxy.url, tmp_path.name, patience=0.0)
        await put(journal, 1)
        await bodies(journal)
        let_through = proxy.freeze()
        asked = asyncio.create_task(put(journal, 2, b"late"))
        await proxy.held.wait()
        proxy.closed = True
        with pytest.raises(RedisError):
            await asked
        proxy.mend()
        proxy.thaw()
        found = await bodies(journal)
        assert [n for n, _ in found] == [1]
        let_through()
        await proxy.carried.wait()
        other = RedisJournal(server.url, tmp_path.name)
        assert await bodies(other) == found
        await other.close()
        await journal.close()


async def test_everything_answered_survives_a_kill_of_redis(tmp_path: Path) -> None:
    with redis_served(tmp_path / "redis") as server:
        journal = RedisJournal(server.url, "core")
        done = 0

        async def write() -> None:
            nonlocal done
            while True:
                await put(journal, done + 1, b"body %d" % (done + 1))
                done += 1

        async def reach(goal: int) -> None:
            async with asyncio.timeout(30):
                while done < goal:
                    assert not writing.done(), writing.result()
                    await asyncio.sleep(0)

        for _ in range(3):
            writing = asyncio.create_task(write())
            await reach(done + 30)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await reach(done + 5)  # It goes on by itself: the append under way was asked again.
            await ended(writing)
            found = await bodies(journal)
            assert found[:done] == [(n, b"body %d" % n) for n in range(1, done + 1)]
            assert len(found) in (done, done + 1)
            done = len(found)
        await journal.close()


async def test_refuses_to_follow_another_history(server: RedisServer, tmp_path: Path) -> None:
    """After a failover to a copy that lacked the last commit, the number fits but what came before doesn't."""
    journal, other = RedisJournal(server.url, tmp_path.name), RedisJournal(server.url, tmp_path.name)
    await put(journal, 1)
    await put(journal, 2, b"mine")
    redis = client(server.url)
    await redis.delete(other.keys.day(DAY), other.keys.head(DAY), other.keys.days)
    await put(other, 1)
    await put(other, 2, b"theirs")
    with pytest.raises(AppendConflict):
        await put(journal, 3)
    assert [n for n, _ in await bodies(other)] == [1, 2]
    await redis.aclose()
    await journal.close()
    await other.close()


async def test_a_trimmed_day_takes_no_more_commits(server: RedisServer, tmp_path: Path) -> None:
    journal, late = RedisJournal(server.url, tmp_path.name), RedisJournal(server.url, tmp_path.name)
    for n in (1, 2, 3):
        await put(journal, n)
    await journal.forget(DAY, await journal.head(DAY))
    assert await journal.days() == [] and await bodies(journal) == []
    for n in (1, 2, 3, 4, 5):
        with pytest.raises(AppendConflict):
            await put(late, n)
    assert await late.head(DAY) == Head(3, hash_of(b"body"))
    await journal.close()
    await late.close()


async def test_a_missing_server_is_said_and_nothing_is_waited_for_long(tmp_path: Path) -> None:
    journal = RedisJournal("redis://127.0.0.1:1/0", "core", patience=0.0)
    with pytest.raises(RedisError):
        await put(journal, 1)
    with pytest.raises(RedisError):
        await journal.days()
    await journal.close()
