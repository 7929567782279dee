"""A Redis whose settings could lose what was answered is told from one that keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onewindow.shared.link import client, shown
from onewindow.shared.promise import weaknesses
from tests.redis_server import DURABLE, RedisServer, redis_served

pytestmark = pytest.mark.redis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_served(tmp_path / "redis") as server:
        yield server


async def test_the_documented_settings_have_no_weakness(server: RedisServer) -> None:
    redis = client(server.url)
    assert await weaknesses(redis) == []
    await redis.aclose()


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("appendonly", "no", "appendonly yes"),
        ("appendfsync", "everysec", "appendfsync always"),
        ("no-appendfsync-on-rewrite", "yes", "no-appendfsync-on-rewrite no"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ],
)
async def test_a_weak_setting_is_named_with_what_to_do(
    server: RedisServer, setting: str, value: str, named: str
) -> None:
    redis = client(server.url)
    await redis.config_set(setting, value)
    (found,) = await weaknesses(redis)
    assert named in found.todo_en and named in found.todo_zh
    await redis.aclose()


async def test_missing_replicas_are_named(server: RedisServer) -> None:
    redis = client(server.url)
    (found,) = await weaknesses(redis, replicas=1)
    assert "1 replica" in found.en
    await redis.aclose()


async def test_a_replica_is_no_place_to_write(server: RedisServer, tmp_path: Path) -> None:
    replica_of = ("--replicaof", "127.0.0.1", str(server.port))
    with redis_served(tmp_path / "replica", settings=(*DURABLE, *replica_of)) as replica:
        redis = client(replica.url)
        (found,) = await weaknesses(redis)
        assert str(server.port) in found.todo_en and str(server.port) in found.todo_zh
        await redis.aclose()


def test_a_password_is_not_shown() -> None:
    assert shown("redis://user:secret@host:6379/0") == "redis://…@host:6379/0"
    assert shown("redis://host:6379/0") == "redis://host:6379/0"
