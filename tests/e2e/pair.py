"""Two processes of one hall on one Redis, and a crowd that asks whichever answers, with its keys."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from loadtest.redecide import Judge
from onewindow.queue.journal import Commit
from onewindow.zones.load import load_hall
from tests.callers.browsers import always_open
from tests.e2e.load import MATTERS, WINDOWS, Memory, check, journal
from tests.redis_server import RedisServer, redis_served
from tests.server import Server

FORMS = ("--forecast", "off")


class Pair:
    """Two servers of one hall; each has a data folder of its own, as on two machines."""

    def __init__(self, folder: Path, redis: RedisServer, urls: tuple[str, str]) -> None:
        self.redis = redis
        self.hall = always_open(folder)
        self.servers = [
            Server(folder / f"var{n}", self.hall, env={"ONEWINDOW_REDIS": url}, options=FORMS)
            for n, url in enumerate(urls)
        ]

    def bearer(self, role: str) -> dict[str, str]:
        """The header of a token that both take."""
        return self.servers[0].bearer(role)

    async def writer(self) -> int:
        """Which of the two writes; waits until one says so."""
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
        """Both come to show the same end of the journal."""
        async with asyncio.timeout(30), httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            while True:
                replies = [await client.get(server.url + "/readyz") for server in self.servers]
                if all(r.status_code == httpx.codes.OK for r in replies):
                    ends = {(r.json()["commits"], r.json()["hash"]) for r in replies}
                    if len(ends) == 1 and sum(r.json()["writes"] for r in replies) == 1:
                        return
                await asyncio.sleep(0.02)

    def judge(self, memory: Memory) -> list[Commit]:
        """Every acknowledgement exactly once, and each command decided again as the core decides it."""
        told = [journal(server) for server in self.servers]
        assert told[0] == told[1]
        commits = told[0]
        check(commits, memory)
        judge = Judge(load_hall(self.hall), commits[0].day)
        for commit in commits:
            for entry in commit.entries:
                judge.judge(entry)
        return commits


@contextmanager
def paired(folder: Path, urls: Callable[[RedisServer], tuple[str, str]] | None = None) -> Iterator[Pair]:
    """Both at work on a Redis of their own."""
    with redis_served(folder / "redis") as redis:
        pair = Pair(folder, redis, urls(redis) if urls else (redis.url, redis.url))
        try:
            for server in pair.servers:
                server.start()
            yield pair
        finally:
            for server in pair.servers:
                server.kill()


class Roamers:
    """Guides and clerks who go to the other server, with the same key, when theirs doesn't answer."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair = pair
        self.memory = Memory()
        self.luck = random.Random(seed)
        self.guide = pair.bearer("guide")
        self.clerk = pair.bearer("supervisor")
        self._keys = 0
        self._ending = False
        self._more = asyncio.Event()
        self.moves = 0
        """How often somebody had to go to the other server."""

    async def work(self, drill: Callable[[], Any], seconds: float = 900) -> None:
        """Work while the drill goes on, and until everything that was asked is answered; so long at the most."""
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for n in range(6):
                tasks.create_task(self._guide(n % 2))
            for n, window in enumerate(WINDOWS):
                tasks.create_task(self._clerk(window, n % 2))
            try:
                await drill()
            finally:
                self._ending = True

    async def reach(self, more: int) -> None:
        """Until so many more commands have been acknowledged."""
        goal = self.memory.acknowledged + more
        async with asyncio.timeout(60):
            while self.memory.acknowledged < goal:
                self._more.clear()
                await self._more.wait()

    async def _guide(self, at: int) -> None:
        async with self._client() as client:
            while not self._ending:
                at = await self._ask(client, at, "/api/tickets", self.guide, {"matter": self.luck.choice(MATTERS)})

    async def _clerk(self, window: str, at: int) -> None:
        path = f"/api/windows/{window}"
        async with self._client() as client:
            at = await self._ask(client, at, f"{path}/open", self.clerk, {})
            while not self._ending:
                at = await self._ask(client, at, f"{path}/call-next", self.clerk, {"finish": True})
                at = await self._ask(client, at, f"{path}/start", self.clerk, {})

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=httpx.Timeout(12.0, connect=2.0), trust_env=False)

    async def _ask(
        self, client: httpx.AsyncClient, at: int, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> int:
        """One command under one key, sent to one server after the other until it is answered; who answered."""
        self._keys += 1
        key = f"key-{self._keys:06d}"
        while True:
            try:
                url = self.pair.servers[at].url + path
                reply = await client.post(url, json=body, headers=headers | {"Idempotency-Key": key})
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                break
            self.moves += 1
            at = 1 - at
            await asyncio.sleep(0.05)
        self._note(key, path, reply)
        return at

    def _note(self, key: str, path: str, reply: httpx.Response) -> None:
        if reply.status_code == httpx.codes.CREATED:
            self.memory.tickets[key] = reply.json()["ticket"]["number"]
        elif path.endswith("call-next") and reply.status_code == httpx.codes.OK:
            ticket = reply.json()["ticket"]
            called = (path.split("/")[3], ticket["id"], ticket["call"]) if ticket else None
            self.memory.calls[key] = called
        else:
            assert reply.status_code in (200, 409), reply.text
        if reply.is_success:
            self.memory.replies[key] = reply.content
        self._more.set()

    async def ask_again(self, count: int = 20) -> None:
        """Keys that were answered give the same reply again, at either server."""
        async with self._client() as client:
            for key in self.luck.sample(sorted(self.memory.tickets), min(count, len(self.memory.tickets))):
                sent = {msgspec.json.decode(self.memory.replies[key])["ticket"]["matter"]}
                for server in self.pair.servers:
                    again = await client.post(
                        server.url + "/api/tickets",
                        json={"matter": sent.copy().pop()},
                        headers=self.guide | {"Idempotency-Key": key},
                    )
                    assert again.status_code == httpx.codes.CREATED, again.text
                    assert again.json()["ticket"]["number"] == self.memory.tickets[key]
