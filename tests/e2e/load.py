"""A hall under load, from outside: guides and clerks that remember every acknowledgement."""

import asyncio
import random
from typing import Any

import httpx

from tests.e2e.history import Memory
from tests.server import Server

MATTERS = ("BIZ-002", "BIZ-006", "REA-001", "REA-009", "CNV-001", "CNV-020", "INV-001", "INV-016")
WINDOWS = ("01", "05", "07", "08", "14", "17", "18", "20")


class Crowd:
    """Guides and clerks at work over HTTP until they are stopped or the server is gone."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.memory = Memory()
        self.luck = random.Random(seed)
        self.keys = 0
        self.changed = asyncio.Event()

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys:06d}"

    async def open_windows(self) -> None:
        """Open the windows that are not open yet."""
        async with self.client() as client:
            for no in WINDOWS:
                reply = await client.post(f"/api/windows/{no}/open", headers=self.server.bearer("supervisor"))
                assert reply.status_code in (200, 409), reply.text

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.server.url, timeout=10.0, limits=httpx.Limits(max_connections=40), trust_env=False
        )

    async def ask(
        self, client: httpx.AsyncClient, path: str, headers: dict[str, str], body: dict[str, Any], key: str
    ) -> bool:
        """One command; False when the server is gone. Its reply is remembered, or that it is owed."""
        self.memory.owed[key] = (path, headers, body)
        self.memory.ask(key)
        try:
            reply = await client.post(path, json=body, headers=headers | {"Idempotency-Key": key})
        except httpx.TransportError:
            return False
        del self.memory.owed[key]
        self.memory.note(key, path, reply)
        self.changed.set()
        return True

    async def guide(self, client: httpx.AsyncClient) -> None:
        headers = self.server.bearer("guide")
        while await self.ask(client, "/api/tickets", headers, {"matter": self.luck.choice(MATTERS)}, self.key()):
            pass

    async def clerk(self, client: httpx.AsyncClient, window: str) -> None:
        headers = self.server.bearer("supervisor")
        path = f"/api/windows/{window}"
        while await self.ask(client, f"{path}/call-next", headers, {"finish": True}, self.key()):
            if not await self.ask(client, f"{path}/start", headers, {}, self.key()):
                return

    async def work_until(self, acknowledgements: int, within: float = 0.0) -> None:
        """Work until so many more commands have been acknowledged, then kill the server in mid-flight.

        The kill comes up to `within` seconds later, at a moment that chance picks.
        """
        goal = self.memory.acknowledged + acknowledgements
        async with self.client() as client, asyncio.TaskGroup() as tasks:
            for _ in range(6):
                tasks.create_task(self.guide(client))
            for window in WINDOWS:
                tasks.create_task(self.clerk(client, window))
            async with asyncio.timeout(60):
                while self.memory.acknowledged < goal:
                    self.changed.clear()
                    await self.changed.wait()
            await asyncio.sleep(self.luck.random() * within)
            self.server.kill()

    async def ask_again(self) -> None:
        """Send every command whose reply was lost again, with its key; and some that were answered."""
        async with self.client() as client:
            for key, (path, headers, body) in list(self.memory.owed.items()):
                assert await self.ask(client, path, headers, body, key)
            for key in self.luck.sample(sorted(self.memory.tickets), min(3, len(self.memory.tickets))):
                again = await client.post(
                    "/api/tickets",
                    json={"matter": MATTERS[0]},
                    headers=self.server.bearer("guide") | {"Idempotency-Key": key},
                )
                assert again.status_code in (201, 422), again.text
                if again.status_code == httpx.codes.CREATED:
                    assert again.json()["ticket"]["id"] == self.memory.tickets[key]
