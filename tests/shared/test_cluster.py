"""Real nodes of a cluster: the one that has a hall's keys serves it, another one says which it is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.exceptions import RedisError

from onewindow.access.open_store import open_store
from onewindow.access.store import StoreUnusable
from onewindow.queue.journal import hash_of
from onewindow.queue.journal_redis import RedisJournal
from onewindow.shared.link import client
from tests.redis_server import DURABLE, RedisServer
from tests.server import free_port

pytestmark = pytest.mark.redis

DAY = "2026-11-24"
SLOTS = 16384
HALVES = ((0, SLOTS // 2 - 1), (SLOTS // 2, SLOTS - 1))


@pytest_asyncio.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[list[RedisServer]]:
    """Two nodes, half of the slots each."""
    cluster = ("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port")
    buses = [free_port() for _ in HALVES]
    found = [RedisServer(tmp_path / str(bus), settings=(*DURABLE, *cluster, str(bus))) for bus in buses]
    try:
        for node, half in zip(found, HALVES, strict=True):
            redis: Any = client(node.start().url)
            await redis.execute_command("CLUSTER", "ADDSLOTSRANGE", *half)
            if node is not found[0]:
                await redis.execute_command("CLUSTER", "MEET", "127.0.0.1", found[0].port, buses[0])
            await redis.aclose()
        async with asyncio.timeout(60):
            for node in found:
                await whole(node)
        yield found
    finally:
        for node in found:
            node.kill()


async def whole(node: RedisServer) -> None:
    """Wait until this node knows who has each slot."""
    redis: Any = client(node.url)
    while True:
        if b"cluster_state:ok" in await redis.execute_command("CLUSTER", "INFO", NEVER_DECODE=True):
            break
        await asyncio.sleep(0.05)
    await redis.aclose()


async def test_the_node_with_the_keys_serves_and_another_one_names_it(
    nodes: list[RedisServer], tmp_path: Path
) -> None:
    served, told = list[RedisServer](), list[str]()
    for node in nodes:
        journal = RedisJournal(node.url, "anqiu")
        try:
            await journal.append(DAY, 1, b"{}", hash_of(b"{}"))
            assert [stored.body async for stored in journal.read(DAY)] == [b"{}"]
            assert await journal.days() == [DAY]
            served.append(node)
        except RedisError:
            with pytest.raises(StoreUnusable) as refused:
                async with open_store(tmp_path, node.url, "anqiu"):
                    pass
            told.append(str(refused.value))
        finally:
            await journal.close()
    assert len(served) == 1 and len(told) == 1
    assert told[0].count(f"127.0.0.1:{served[0].port}") == 2 and "--redis" in told[0]
