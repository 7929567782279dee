"""The link to Redis (Redis 连接): clients without redis-py's own retries, and the names of the keys.

redis-py sends a command again when its reply got lost. For an append that would be a second append, so nothing here
is retried by the library; who may ask again, and how, is decided where the meaning of the command is known.
"""

import asyncio
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

Client: TypeAlias = "Redis"

LOST: Final = (RedisConnectionError, RedisTimeoutError, OSError)
"""What is raised when a reply didn't come: the command may have been done or not. (A server that still loads its
file says so with a `ConnectionError`, too.)"""

REPLY_SECONDS: Final = 2.0
"""So long a reply may take: a sync of a slow disk, never a hung server."""


def client(url: str, *, timeout: float = REPLY_SECONDS, single: bool = False) -> Client:
    """A client of the server at `url` (`redis://`, `rediss://` or `unix://`). Nothing is sent before its first use.

    `single`: all commands over one connection, in their order. Raises ValueError for an address that is none.
    """
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        single_connection_client=single,
        client_name="onewindow",
    )


async def ended(task: "asyncio.Task[Any]") -> None:
    """Cancel a task that talks to Redis, until it has ended: redis-py 8.1 now and then swallows a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=0.1)


class Keys:
    """The keys of one hall. The braces keep them on one shard of a cluster."""

    def __init__(self, hall: str) -> None:
        """Take the hall's code."""
        self.prefix = f"onewindow:{{{hall}}}:"
        self.days = self.prefix + "days"
        """Stream: one entry for each day that was begun."""
        self.lease = self.prefix + "lease"
        """Who writes at the moment."""
        self.fence = self.prefix + "fence"
        """Under which lease the journal is written: an append under an older one is refused."""
        self.alive = self.prefix + "alive"
        """When somebody last wrote, ms."""
        self.files = self.prefix + "files"
        """Digest of the hall's files as the process has them that writes."""
        self.name = self.prefix + "name"
        """The hall's name, as that process has it."""
        self.news = self.prefix + "news"
        """Channel to all processes."""
        self.mark = self.prefix + "mark"
        """Channel that nobody hears: a place in what goes to the replicas."""

    def day(self, day: str) -> str:
        """Stream: the day's commits, `N-0` each."""
        return f"{self.prefix}day:{day}"

    def head(self, day: str) -> str:
        """Hash: where the day ends."""
        return f"{self.prefix}head:{day}"

    def ask(self, token: str) -> str:
        """Channel to the writer that holds the lease under this token."""
        return f"{self.prefix}ask:{token}"

    def peer(self, process: str) -> str:
        """Channel of the rooms' messages to a process."""
        return f"{self.prefix}peer:{process}"

    def told(self, process: str) -> str:
        """Channel back to a process."""
        return f"{self.prefix}told:{process}"


def shown(url: str) -> str:
    """The address without its password, for messages."""
    head, at, rest = url.rpartition("@")
    return f"{head.split('://', 1)[0]}://…@{rest}" if at else url
