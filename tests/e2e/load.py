"""A hall under load, from outside: guides and clerks that remember every acknowledgement, and the journal's word."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from onewindow.queue.events import ServiceStarted, TicketCalled, TicketFinished, TicketIssued
from onewindow.queue.journal import Commit
from tests.server import Server

MATTERS = ("BIZ-002", "BIZ-006", "REA-001", "REA-009", "CNV-001", "CNV-020", "INV-001", "INV-016")
WINDOWS = ("01", "05", "07", "08", "14", "17", "18", "20")


@dataclass
class Memory:
    """What the hall has acknowledged, and what it still owes an answer to."""

    tickets: dict[str, str] = field(default_factory=dict)
    """Idempotency key -> number."""
    calls: dict[str, tuple[str, str, int] | None] = field(default_factory=dict)
    """Idempotency key -> (window, ticket id, call id), or None: nobody waited."""
    owed: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    """Idempotency key -> path, headers and body of a command whose reply was lost."""
    replies: dict[str, bytes] = field(default_factory=dict)

    @property
    def acknowledged(self) -> int:
        """How many commands have been answered."""
        return len(self.replies)


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
        try:
            reply = await client.post(path, json=body, headers=headers | {"Idempotency-Key": key})
        except httpx.TransportError:
            return False
        del self.memory.owed[key]
        self.note(key, path, reply)
        return True

    def note(self, key: str, path: str, reply: httpx.Response) -> None:
        """Remember what was acknowledged."""
        if reply.status_code == httpx.codes.CREATED:
            self.memory.tickets[key] = reply.json()["ticket"]["number"]
        elif path.endswith("call-next") and reply.status_code == httpx.codes.OK:
            ticket = reply.json()["ticket"]
            window = path.split("/")[3]
            self.memory.calls[key] = (window, ticket["id"], ticket["call"]) if ticket else None
        else:
            assert reply.status_code in (200, 409), reply.text
        if reply.is_success:
            self.memory.replies[key] = reply.content
        self.changed.set()

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
                number = self.memory.tickets[key]
                again = await client.post(
                    "/api/tickets",
                    json={"matter": MATTERS[0]},
                    headers=self.server.bearer("guide") | {"Idempotency-Key": key},
                )
                assert again.status_code in (201, 422), again.text
                if again.status_code == httpx.codes.CREATED:
                    assert again.json()["ticket"]["number"] == number


def journal(server: Server) -> list[Commit]:
    """Today's commits, as the server tells them."""
    reply = httpx.get(server.url + "/api/journal", headers=server.bearer("supervisor"), timeout=30, trust_env=False)
    assert reply.status_code == httpx.codes.OK, reply.text
    decoder = msgspec.json.Decoder(Commit)
    return [decoder.decode(line) for line in reply.content.splitlines()]


def check(commits: list[Commit], memory: Memory) -> None:
    """Every acknowledgement is in the journal exactly once; nothing is doubled; nobody is at two windows."""
    events = [event for commit in commits for entry in commit.entries for event in entry.events]
    numbers = [e.number for e in events if isinstance(e, TicketIssued)]
    assert len(numbers) == len(set(numbers)), "a number was given out twice"
    by_series: dict[str, list[int]] = {}
    for event in events:
        if isinstance(event, TicketIssued):
            by_series.setdefault(event.series, []).append(event.count)
    assert all(counts == list(range(1, len(counts) + 1)) for counts in by_series.values()), "a gap in a series"
    assert set(memory.tickets.values()) <= set(numbers), "an acknowledged ticket was lost"
    assert len(set(memory.tickets.values())) == len(memory.tickets), "one number answered two keys"
    calls = {e.call: (e.window, e.ticket) for e in events if isinstance(e, TicketCalled)}
    told = [call for call in memory.calls.values() if call is not None]
    for window, ticket, call in told:
        assert calls[call] == (window, ticket), "an acknowledged call was lost"
    assert len({ticket for _, ticket, _ in told}) == len(told), "a ticket was called by two commands"
    at: dict[str, str] = {}
    for event in events:
        if isinstance(event, TicketCalled):
            assert event.ticket not in at, "a ticket was called to two windows"
            at[event.ticket] = event.window
        elif isinstance(event, ServiceStarted | TicketFinished):
            assert at[event.ticket] == event.window
    keys = [entry.key for commit in commits for entry in commit.entries if entry.key]
    assert len(keys) == len(set(keys)), "a key had two effects"
    assert set(memory.tickets) <= set(keys)
