"""A crowd (人群) that asks whichever process of a hall answers, under one key until it is answered."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec

from tests.e2e.history import Memory
from tests.e2e.load import MATTERS, WINDOWS
from tests.e2e.stage import Stage


class Roamers:
    """Guides and clerks who go to the next server, with the same key, when theirs doesn't answer."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.memory = Memory()
        self.luck = random.Random(seed)
        self.guide = stage.bearer("guide")
        self.clerk = stage.bearer("supervisor")
        self._keys = 0
        self._ending = False
        self._more = asyncio.Event()
        self.problems: dict[str, httpx.Response] = {}
        """Code -> the last answer 503 with it: what a clerk is shown while the hall can't take a command."""
        self.moves = 0
        """How often somebody had to ask again, of the next server if there is one."""

    async def work(self, drill: Callable[[], Awaitable[None]], seconds: float = 900) -> None:
        """Work while the drill goes on, and until everything that was asked is answered; so long at the most."""
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for n in range(6):
                tasks.create_task(self._guide(n % len(self.stage.servers)))
            for n, window in enumerate(WINDOWS):
                tasks.create_task(self._clerk(window, n % len(self.stage.servers)))
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

    async def open_windows(self) -> None:
        """Open the windows that are not open, as on a new day."""
        async with self._client() as client:
            for window in WINDOWS:
                await self._ask(client, 0, f"/api/windows/{window}/open", self.clerk, {})

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
            self.memory.ask(key)
            try:
                url = self.stage.servers[at].url + path
                reply = await client.post(url, json=body, headers=headers | {"Idempotency-Key": key})
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                break
            if reply is not None and reply.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                self.problems[reply.json()["code"]] = reply
            self.moves += 1
            at = (at + 1) % len(self.stage.servers)
            await asyncio.sleep(0.05)
        self.memory.note(key, path, reply)
        self._more.set()
        return at

    async def ask_again(self, count: int = 20) -> None:
        """Keys that were answered give the same reply again, at any server."""
        async with self._client() as client:
            for key in self.luck.sample(sorted(self.memory.tickets), min(count, len(self.memory.tickets))):
                matter = msgspec.json.decode(self.memory.replies[key])["ticket"]["matter"]
                for server in self.stage.servers:
                    again = await client.post(
                        server.url + "/api/tickets",
                        json={"matter": matter},
                        headers=self.guide | {"Idempotency-Key": key},
                    )
                    assert again.status_code == httpx.codes.CREATED, again.text
                    assert again.json()["ticket"]["id"] == self.memory.tickets[key]
