"""A stage (舞台) for drills: one process of a hall on SQLite, or two on one Redis of their own."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from onewindow.queue.journal import Commit
from tests.callers.browsers import always_open
from tests.e2e.history import Memory, check, journal, judge
from tests.redis_proxy import RedisProxy
from tests.redis_server import RedisServer, redis_served
from tests.server import Server


class Stage:
    """The servers of one hall; each has a data folder of its own, as on machines of their own."""

    def __init__(
        self,
        folder: Path,
        redis: RedisServer | None = None,
        urls: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`urls`: where each process finds its Redis; without `redis` there is one process on SQLite.

        `env`: variables of all; without any they forecast nothing.
        """
        self._redis = redis
        self.proxies: list[RedisProxy] = []
        """Before Redis, one for each process, where there are some."""
        self.hall = always_open(folder)
        self.servers = [
            Server(folder / f"var{n}", self.hall, env={**(env or {}), **({"ONEWINDOW_REDIS": url} if url else {})})
            for n, url in enumerate(urls or ("",))
        ]

    @property
    def redis(self) -> RedisServer:
        """The Redis of a stage that has one."""
        assert self._redis is not None, "this stage is on SQLite"
        return self._redis

    @property
    def shared(self) -> bool:
        """Whether there are several processes on one Redis."""
        return self._redis is not None

    def bearer(self, role: str) -> dict[str, str]:
        """The header of a token that all take, good for days of a clock that steps."""
        return self.servers[0].bearer(role, hours="100")

    async def writer(self) -> int:
        """Which of them writes; waits until one says so."""
        async with asyncio.timeout(30), httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            while True:
                for n, server in enumerate(self.servers):
                    try:
                        reply = await client.get(server.url + "/readyz")
                    except httpx.TransportError:
                        continue
                    if reply.status_code == httpx.codes.OK and reply.json()["writes"]:
                        return n
                await asyncio.sleep(0.02)

    async def converge(self) -> None:
        """All come to show the same end of the journal."""
        async with asyncio.timeout(30), httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            while True:
                replies = [await client.get(server.url + "/readyz") for server in self.servers]
                if all(r.status_code == httpx.codes.OK for r in replies):
                    ends = {(r.json()["commits"], r.json()["hash"]) for r in replies}
                    if len(ends) == 1 and sum(r.json()["writes"] for r in replies) == 1:
                        return
                await asyncio.sleep(0.02)

    def judge(self, memory: Memory, days: tuple[str, ...] = ("",)) -> list[Commit]:
        """Every acknowledgement exactly once, and each command decided again as the core decides it.

        `days`: those that the journal holds, in their order; "" is the live one.
        """
        told = [[commit for day in days for commit in journal(server, day)] for server in self.servers]
        assert all(one == told[0] for one in told)
        check(told[0], memory)
        judge(told[0], self.hall)
        return told[0]


@contextmanager
def paired(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """Two at work on a Redis of their own."""
    with redis_served(folder / "redis") as redis:
        stage = Stage(folder, redis, (redis.url, redis.url), env)
        try:
            for server in stage.servers:
                server.start()
            yield stage
        finally:
            for server in stage.servers:
                server.kill()
