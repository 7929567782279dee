"""What a Redis promises (持久化检查): whether it keeps what it has answered, looked at when the program starts."""

from typing import Any, Final

import msgspec
from redis.exceptions import MovedError, RedisError, ResponseError

from onewindow.shared.link import Client

OLDEST: Final = (7, 0)
"""The oldest Redis that this was tried on."""


class Weakness(msgspec.Struct, frozen=True):
    """A setting under which an answered command could be lost; what it is and what to do, Chinese and English."""

    zh: str
    en: str
    todo_zh: str
    todo_en: str

    def __str__(self) -> str:
        return f"{self.zh}。{self.todo_zh}\n{self.en}. {self.todo_en}"


async def weaknesses(redis: Client, replicas: int = 0) -> list[Weakness]:
    """What is wanting in the server's settings; empty when all is as it should be. Raises RedisError."""
    about: Any = await redis.info()
    found = [*_version(about), *_persistence(about), *_replicas(about, replicas)]
    try:
        settings: Any = await redis.config_get("appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy")
    except ResponseError as error:
        found.append(
            Weakness(
                f"Redis 不让查看设置（{error}），不能确认 appendfsync 和 maxmemory-policy",
                f"Redis doesn't let its settings be read ({error}): appendfsync and maxmemory-policy are not known",
                "请确认它们是 always 和 noeviction。",
                "See that they are always and noeviction.",
            )
        )
        return found
    return [*found, *_settings(settings)]


def _version(about: dict[str, Any]) -> list[Weakness]:
    version = str(about.get("redis_version", "0"))
    try:
        known = tuple(int(part) for part in version.split(".")[:2])
    except ValueError:
        known = OLDEST
    if known >= OLDEST:
        return []
    return [
        Weakness(
            f"Redis 的版本是 {version}，只在 7.0 及以上试过",
            f"Redis is version {version}; this was tried on 7.0 and later",
            "请升级 Redis。",
            "Upgrade it.",
        )
    ]


def _persistence(about: dict[str, Any]) -> list[Weakness]:
    if not int(about.get("aof_enabled", 0)):
        return [
            Weakness(
                "Redis 没有打开 AOF：它一停，已应答的取号和叫号就会丢失",
                "Redis keeps no append-only file: what was answered is lost when it stops",
                "请设 appendonly yes（CONFIG SET appendonly yes，并写进 redis.conf）。",
                "Set appendonly yes (CONFIG SET appendonly yes, and in redis.conf).",
            )
        ]
    if about.get("aof_last_write_status", "ok") != "ok":
        return [
            Weakness(
                "Redis 上一次写 AOF 失败",
                "Redis failed to write its append-only file",
                "请检查磁盘空间和权限。",
                "Look at the disk's space and permissions.",
            )
        ]
    return []


def _replicas(about: dict[str, Any], wanted: int) -> list[Weakness]:
    if about.get("role", "master") != "master":
        primary = f"{about.get('master_host', '?')}:{about.get('master_port', '?')}"
        return [
            Weakness(
                "这个 Redis 是副本，不能写",
                "This Redis is a replica: nothing can be written to it",
                f"请把 --redis 改成主库 {primary}；主库已经坏了，就先在副本上执行 REPLICAOF NO ONE。",
                f"Name its primary, {primary}, with --redis; if that is lost, REPLICAOF NO ONE here first.",
            )
        ]
    there = int(about.get("connected_slaves", 0))
    if there >= wanted:
        return []
    return [
        Weakness(
            f"要求 {wanted} 个副本，Redis 现在只有 {there} 个",
            f"{wanted} replica(s) are wanted, Redis has {there}",
            "请检查副本；缺副本时一切命令都得不到确认。",
            "Look at the replicas; without them no command is confirmed.",
        )
    ]


def _settings(settings: dict[str, Any]) -> list[Weakness]:
    found = []
    fsync, policy = settings.get("appendfsync", "?"), settings.get("maxmemory-policy", "?")
    if fsync != "always":
        found.append(
            Weakness(
                f"Redis 的 appendfsync 是 {fsync}：断电会丢掉最后一秒已应答的取号和叫号",
                f"Redis has appendfsync {fsync}: a power cut loses the last second of what was answered",
                "请设 appendfsync always。",
                "Set appendfsync always.",
            )
        )
    if settings.get("no-appendfsync-on-rewrite", "no") != "no":
        found.append(
            Weakness(
                "Redis 的 no-appendfsync-on-rewrite 是 yes：它重写 AOF 或存快照时，已应答的取号和叫号还没有落盘",
                "Redis has no-appendfsync-on-rewrite yes: while it rewrites its file, answers are not on the disk",
                "请设 no-appendfsync-on-rewrite no。",
                "Set no-appendfsync-on-rewrite no.",
            )
        )
    if policy != "noeviction":
        found.append(
            Weakness(
                f"Redis 的 maxmemory-policy 是 {policy}：内存不够时会删掉日志",
                f"Redis has maxmemory-policy {policy}: short of memory it throws the journal away",
                "请设 maxmemory-policy noeviction。",
                "Set maxmemory-policy noeviction.",
            )
        )
    return found


def unreachable(url: str, error: Exception) -> str:
    """The sentence for a Redis that doesn't answer, or is the wrong node of a cluster."""
    if isinstance(error, MovedError):
        return (
            f"这个大厅的数据不在 Redis {url}，而在集群的 {error.host}:{error.port}。请把 --redis 改成那个节点。\n"
            f"This hall's keys are not on Redis {url} but on {error.host}:{error.port} of its cluster. "
            "Name that node with --redis."
        )
    name = "RedisError" if isinstance(error, RedisError) else type(error).__name__
    return (
        f"连不上 Redis {url}（{error or name}）。请检查地址、密码，以及它是否在运行。\n"
        f"Redis {url} can't be reached ({error or name}). Check the address, the password, and whether it runs."
    )
