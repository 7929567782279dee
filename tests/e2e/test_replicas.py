"""A Redis with a real replica: what is answered is on both, and what isn't on both is not answered.

`--redis-replicas 1`. The replica is stopped and goes on; the primary is killed under load and the replica promoted.
"""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from onewindow.queue.events import TicketIssued
from onewindow.queue.journal import Commit
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.upcast import decode
from onewindow.zones.load import load_hall
from tests.e2e.history import journal
from tests.e2e.load import MATTERS
from tests.e2e.stage import Stage, paired
from tests.faults.hall import Hall, drilled
from tests.redis_server import DURABLE, RedisServer, redis_served

pytestmark = pytest.mark.redis
SECONDS = 60.0


@contextmanager
def copied(folder: Path) -> Iterator[tuple[Stage, RedisServer]]:
    """Two processes that ask for one copy, and the replica that is to have it."""
    with paired(folder) as pair:
        for server in pair.servers:
            server.stop()
        replica_of = ("--replicaof", "127.0.0.1", str(pair.redis.port), "--repl-diskless-sync-delay", "0")
        with redis_served(folder / "replica", settings=(*DURABLE, *replica_of)) as replica:
            linked(replica)
            for server in pair.servers:
                server._options += ("--redis-replicas", "1")
                server.start()
            yield pair, replica


def linked(replica: RedisServer) -> None:
    """Until it has caught up with its primary."""
    deadline = time.monotonic() + SECONDS
    with Redis.from_url(replica.url) as redis:
        while time.monotonic() < deadline:
            about: Any = redis.info("replication")
            if about["master_link_status"] == "up":
                return
            time.sleep(0.02)
    raise AssertionError((replica.folder / "redis.log").read_text())


async def on_it(replica: RedisServer, pair: Stage) -> list[Commit]:
    """The commits that it has of the last day."""
    copy = RedisJournal(replica.url, load_hall(pair.hall).settings.code)
    found = [decode(stored.body) async for stored in copy.read((await copy.days())[-1])]
    await copy.close()
    return found


def keys_of(commits: list[Commit]) -> list[str]:
    return [entry.key for commit in commits for entry in commit.entries if entry.key]


def issue(pair: Stage, at: int, key: str) -> httpx.Response:
    return httpx.post(
        pair.servers[at].url + "/api/tickets",
        json={"matter": MATTERS[0]},
        headers=pair.bearer("guide") | {"Idempotency-Key": key},
        timeout=20,
        trust_env=False,
    )


def state(pair: Stage, at: int) -> httpx.Response:
    return httpx.get(pair.servers[at].url + "/readyz", timeout=20, trust_env=False)


def again_until_answered(pair: Stage, at: int, key: str) -> str:
    """The same key until it is answered; the number."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        reply = issue(pair, at, key)
        if reply.status_code == httpx.codes.CREATED:
            return str(reply.json()["ticket"]["number"])
        assert reply.status_code == httpx.codes.SERVICE_UNAVAILABLE, reply.text
    raise AssertionError(reply.text)


def test_what_is_answered_is_on_the_replica_and_nothing_else_is_answered(tmp_path: Path) -> None:
    with copied(tmp_path) as (pair, replica):
        writes = asyncio.run(pair.writer())
        numbers = []
        for n in range(6):
            reply = issue(pair, n % 2, f"before-{n}")
            assert reply.status_code == httpx.codes.CREATED, reply.text
            numbers.append(reply.json()["ticket"]["number"])
            assert f"before-{n}" in keys_of(asyncio.run(on_it(replica, pair))), "at once, without waiting"
        shown = state(pair, writes).json()["commits"]

        replica.signal(signal.SIGSTOP)
        try:
            for at, key in ((writes, "during-0"), (writes, "during-0"), (1 - writes, "during-1")):
                reply = issue(pair, at, key)
                assert reply.status_code == httpx.codes.SERVICE_UNAVAILABLE, reply.text
                said = reply.json()
                assert said["code"] == "journal_unavailable" and reply.headers["Retry-After"]
                assert "副本" in reply.text and "暂时无法确认是否已登记" in reply.text
                assert "replicas" in reply.text and "isn't known yet" in reply.text
                for one in (0, 1):
                    told = state(pair, one)
                    assert told.status_code == httpx.codes.SERVICE_UNAVAILABLE or told.json()["commits"] == shown
            with Redis.from_url(pair.redis.url) as redis:
                streams: Any = redis.keys("*:day:*")
                assert redis.xlen(streams[0]) == shown + 1, "it is in the primary all the same"
        finally:
            replica.signal(signal.SIGCONT)

        numbers += [again_until_answered(pair, n, f"during-{n}") for n in (0, 1)]
        numbers.append(again_until_answered(pair, 1 - writes, "after"))
        assert again_until_answered(pair, writes, "during-0") == numbers[-3], "the same answer again"
        assert len(set(numbers)) == 9
        asyncio.run(pair.converge())
        commits = journal(pair.servers[0])
        assert commits == journal(pair.servers[1]) == asyncio.run(on_it(replica, pair))
        assert sorted(keys_of(commits)) == sorted(
            [*(f"before-{n}" for n in range(6)), "during-0", "during-1", "after"]
        ), "each once"
        issued = [
            e.number for c in commits for entry in c.entries for e in entry.events if isinstance(e, TicketIssued)
        ]
        assert sorted(issued) == sorted(numbers)


async def test_the_primary_dies_and_the_replica_is_promoted(tmp_path: Path) -> None:
    """Under load; who got no answer asks the promoted one under the same key."""
    with copied(tmp_path) as (pair, replica):

        def fail_over() -> None:
            pair.redis.kill()
            for server in pair.servers:
                server.kill()
            with Redis.from_url(replica.url) as redis:
                redis.execute_command("REPLICAOF", "NO", "ONE")
            for server in pair.servers:
                server._env["ONEWINDOW_REDIS"] = replica.url
                server._options = ()
                server.start()

        async def drill(hall: Hall) -> str:
            await hall.crowd.reach(150)
            await asyncio.to_thread(fail_over)
            await hall.crowd.reach(100)
            assert hall.crowd.moves
            return "the primary is killed, its replica promoted"

        await drilled(pair, [drill], seed=11)
