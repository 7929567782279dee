"""Clocks, journals and replies for the tests of the runtime: what a test must hold in its hand, the rest is real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.journal import Head, Journal, StoredCommit
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import Answer, Reply
from onewindow.runtime.clock import Clock
from onewindow.runtime.hall import HallRuntime, open_runtime
from onewindow.runtime.writer import BuildReply, Prepare, as_asked
from tests.core_hall import T0, core_hall

BY = "guide:wang"
DAY_MS = 86_400_000


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self, now: int = T0) -> None:
        self.now = now

    def now_ms(self) -> int:
        return self.now


class HeldJournal:
    """A journal around another that counts, waits and fails as a test says."""

    def __init__(self, inner: Journal | None = None) -> None:
        self.inner = inner or MemoryJournal()
        self.appends = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()
        """An append has come as far as the gate."""
        self.failures: list[Exception] = []
        """Raised by the next appends, before anything is stored."""
        self.late_failures: list[Exception] = []
        """Raised by the next appends after the commit was stored: its reply got lost."""
        self.read_failures: list[Exception] = []

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        self.appends += 1
        self.reached.set()
        await self.gate.wait()
        await settle()  # as on a disk, others run meanwhile
        if self.failures:
            raise self.failures.pop(0)
        await self.inner.append(day, n, body, digest)
        if self.late_failures:
            raise self.late_failures.pop(0)

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        if self.read_failures:
            raise self.read_failures.pop(0)
        async for stored in self.inner.read(day, after):
            yield stored

    async def days(self) -> list[str]:
        return await self.inner.days()

    async def head(self, day: str) -> Head:
        return await self.inner.head(day)

    async def close(self) -> None:
        await self.inner.close()

    def hold(self) -> None:
        """Let appends wait from now on."""
        self.gate.clear()
        self.reached.clear()


def numbers(state: HallDay, command: cmd.AnyCommand, events: tuple[ev.AnyEvent, ...], at: int) -> tuple[int, bytes]:
    """201 with the printed numbers that the command gave out; 200 with an empty list for the others."""
    issued = [event.number for event in events if isinstance(event, ev.TicketIssued)]
    return (201 if issued else 200), msgspec.json.encode({"numbers": issued})


def issue(matter: str = "N-1") -> cmd.IssueTickets:
    return cmd.IssueTickets(items=(cmd.Item(matter=matter),))


def numbers_of(answer: Answer) -> list[str]:
    """The numbers in a reply of `numbers`."""
    assert isinstance(answer, Reply), answer
    found: list[str] = msgspec.json.decode(answer.body)["numbers"]
    return found


@asynccontextmanager
async def running(
    journal: Journal | None = None,
    *,
    clock: Clock | None = None,
    folder: Path | None = None,
    build_reply: BuildReply = numbers,
    prepare: Prepare = as_asked,
) -> AsyncIterator[HallRuntime]:
    """The core's test hall at work, without a ticker: on `journal`, or on the SQLite file in `folder`."""
    async with open_runtime(
        core_hall(),
        folder or Path(),
        clock=clock or ManualClock(),
        build_reply=build_reply,
        prepare=prepare,
        journal=None if folder is not None else (journal or MemoryJournal()),
        tick_seconds=None,
    ) as runtime:
        yield runtime


async def settle() -> None:
    """Let everything run that can run now."""
    for _ in range(20):
        await asyncio.sleep(0)
