"""The hall of the wire bench (被测大厅): the real application, and raw TCP connections in the same loop.

    python -m bench.wire.hall --data DIR      orders as JSON lines on standard input, answers on standard output

What a call costs is counted from the moment its commit is durable: until every frame has been handed to the system,
and until everything else is done, too.
"""

import argparse
import asyncio
import os
import socket
import sys
import time
import traceback
from collections.abc import AsyncIterator
from itertools import cycle
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import uvloop

from bench.lab import even_matters, resident_kib
from bench.open_hall import SAMPLE
from bench.wire.stage import CALL, Cost, Order, Ready
from onewindow.access.principal import Role
from onewindow.app import OpenApp, open_app
from onewindow.displays.channels import HALL as BOARD
from onewindow.displays.clients import Client
from onewindow.displays.frames import Frame
from onewindow.displays.hub import Hub
from onewindow.memory import tame_allocator, tame_collector
from onewindow.queue import commands as cmd
from onewindow.queue.command import Item
from onewindow.queue.journal import Head, StoredCommit
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.refusals import Refusal
from onewindow.runtime.hall import journal_path
from onewindow.serve import HallServer, bind, config, turn_threads_quickly
from onewindow.zones.load import load_hall

NINE: Final = 1_795_482_000_000
"""A Tuesday at nine in the hall, ms: the bench runs at any hour."""


class Morning:
    """A clock that began at nine when the bench did."""

    def __init__(self) -> None:
        self.ahead_ms = NINE - time.time_ns() // 1_000_000

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as it were."""
        return time.time_ns() // 1_000_000 + self.ahead_ms


class Stamped:
    """The product's journal, which notes when the last commit was durable."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal
        self.at = self.cpu = 0.0

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        """Append, then look at both clocks."""
        await self._journal.append(day, n, body, digest)
        self.at, self.cpu = time.perf_counter(), time.process_time()

    def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """As the journal's own."""
        return self._journal.read(day, after)

    async def days(self) -> list[str]:
        """As the journal's own."""
        return await self._journal.days()

    async def head(self, day: str) -> Head:
        """As the journal's own."""
        return await self._journal.head(day)

    async def close(self) -> None:
        """As the journal's own."""
        await self._journal.close()


class Raw(asyncio.Protocol):
    """A connection of the floor: it is only written to."""

    all: Final[dict["Raw", asyncio.WriteTransport]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bounded as the product's are."""
        self.all[self] = cast(asyncio.WriteTransport, transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.all.pop(self, None)


class Board:
    """An outlet that keeps the last frame with a call: what the floor is to send, too."""

    open = True
    pending = 0

    def __init__(self) -> None:
        self.frame = b""

    def offer(self, frame: Frame, room: int | None = None) -> int:
        """Look at it."""
        if CALL in frame.wire:
            self.frame = frame.wire
        return 0

    def abort(self) -> None:
        """Nothing to end."""


class Stage:
    """The hall at work, under orders."""

    def __init__(self, opened: OpenApp, journal: Stamped, hub: Hub) -> None:
        self._runtime = opened.runtime
        self._opened = opened
        self._journal = journal
        self._hub = hub
        self._board = Board()
        self._handed = 0.0
        """The process's processor seconds when every frame of the last commit was with the system."""
        hall = opened.runtime.hall
        self._matters = cycle(even_matters(hall))
        self._windows = cycle([no for no, w in hall.windows.items() if w.matters])

    async def begin(self) -> None:
        """Open the windows; let each have somebody at it."""
        for no, window in self._runtime.hall.windows.items():
            if window.matters:
                await self._do(cmd.OpenWindow(window=no, clerk="bench"))
        await self.issue(600)
        await self._hub.follow(Client(BOARD, self._board))
        self._runtime.subscribe(lambda _: self._look())

    def _look(self) -> None:
        if self._hub.idle and not self._handed:
            self._handed = time.process_time()

    async def _do(self, command: cmd.AnyCommand) -> None:
        answer = await self._runtime.submit(command, by="bench")
        if isinstance(answer, Refusal):
            raise RuntimeError(answer.en)

    async def issue(self, count: int) -> list[str]:
        """So many tickets; their tracking tokens."""
        before = len((await self._runtime.committed()).tickets)
        one = [cmd.IssueTickets(items=(Item(matter=next(self._matters)),)) for _ in range(count)]
        for start in range(0, count, 100):
            await asyncio.gather(*(self._do(command) for command in one[start : start + 100]))
        names = list((await self._runtime.committed()).tickets)[before:]
        return [self._opened.tracking.token(name) for name in names]

    async def press(self) -> None:
        """Have a window call, as its clerk would, and watch nothing: that would take the loop's time."""
        for _ in range(200):
            no = next(self._windows)
            before = (await self._runtime.committed()).windows[no].ticket
            if before is not None:
                await self._do(cmd.StartService(window=no))
            await self._do(cmd.CallNext(window=no, finish=before is not None))
            if (await self._runtime.committed()).windows[no].ticket is not None:
                return
        raise RuntimeError("no window has anybody to call")

    async def call(self) -> Cost:
        """Have a window call; from its commit until every frame is with the system."""
        for _ in range(200):
            no, before = next(self._windows), self._board.frame
            state = await self._runtime.committed()
            busy = state.windows[no].ticket is not None
            if busy:
                await self._do(cmd.StartService(window=no))
                await self._settled()
            self._handed = 0.0
            await self._do(cmd.CallNext(window=no, finish=busy))
            at, cpu = self._journal.at, self._journal.cpu
            await self._settled()
            if self._board.frame is not before:
                whole = time.process_time() - cpu
                return Cost(at=at, cpu=self._handed - cpu, whole=whole, size=len(self._board.frame))
            await self.issue(10)  # Nobody waited there.
        raise RuntimeError("no window has anybody to call")

    async def _settled(self) -> None:
        await asyncio.sleep(0)
        while not self._hub.idle:  # noqa: ASYNC110 - the product tells nobody when it is done
            await asyncio.sleep(0)
        self._look()
        await asyncio.sleep(0)

    async def floor(self, straight: bool) -> Cost:
        """The same bytes to every raw connection, by the transport or straight to the socket."""
        wire = self._board.frame
        transports = list(Raw.all.values())
        ends = [transport.get_extra_info("socket").fileno() for transport in transports]
        at, cpu = time.perf_counter(), time.process_time()
        if straight:
            for end in ends:
                os.write(end, wire)
        else:
            for transport in transports:
                transport.write(wire)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return Cost(at=at, cpu=time.process_time() - cpu, size=len(wire))

    async def stop_all(self, stop: bool) -> Cost:
        """What every screen and phone shows: service suspended, or resumed."""
        await self._do(cmd.SuspendService(reason="other") if stop else cmd.ResumeService())
        return Cost(at=self._journal.at, cpu=0.0, size=0)

    @property
    def frame(self) -> str:
        """The text of the last frame with a call."""
        head = 2 if self._board.frame[1] < 126 else 4
        return self._board.frame[head:].decode()

    @property
    def slow(self) -> int:
        """Clients that don't take their frames at once."""
        return self._hub.slow

    async def stuck(self, seconds: float) -> list[float]:
        """Watch for a client that takes nothing: seconds from the first byte refused until it is cut off."""
        begun, since = time.perf_counter(), None
        while time.perf_counter() - begun < seconds:
            slow = self._hub.slow
            if slow and since is None:
                since = time.perf_counter()
            if since is not None and not slow:
                return [time.perf_counter() - since]
            await asyncio.sleep(0.02)
        return []


async def obey(stage: Stage, order: Order) -> Any:
    """Do what is asked."""
    match order.do:
        case "call":
            return await stage.call()
        case "press":
            return await stage.press()
        case "floor" | "straight":
            return await stage.floor(order.do == "straight")
        case "issue":
            return await stage.issue(order.count)
        case "suspend" | "resume":
            return await stage.stop_all(order.do == "suspend")
        case "memory":
            return resident_kib(os.getpid())
        case "cpu":
            return time.process_time()
        case "frame":
            return stage.frame
        case "slow":
            return stage.slow
        case "stuck":
            return await stage.stuck(order.count)
        case _:
            raise RuntimeError(order.do)


async def serve(data: Path) -> None:
    """Serve until standard input ends."""
    hall = load_hall(SAMPLE)
    loop = asyncio.get_running_loop()
    journal = Stamped(await SqliteJournal.open(journal_path(hall, data)))
    clock = Morning()
    async with open_app(hall, data, journal=journal, clock=clock) as opened:
        raw = await loop.create_server(Raw, "127.0.0.1", 0, backlog=4096)
        with bind("127.0.0.1", 0) as listening:
            tame_collector()
            turn_threads_quickly()
            server = HallServer(config(opened.asgi))
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            stage = Stage(opened, journal, opened.hub)
            await stage.begin()
            say(
                Ready(
                    port=listening.getsockname()[1],
                    raw=raw.sockets[0].getsockname()[1],
                    guide=opened.tokens.make(Role.GUIDE, "bench", hours=10),
                    screen=opened.tokens.make(Role.SCREEN, "bench", hours=10),
                    ahead_ms=clock.ahead_ms,
                )
            )
            reader = asyncio.StreamReader(limit=1 << 24)
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
            running: set[asyncio.Task[None]] = set()
            while line := await reader.readline():
                order = msgspec.json.decode(line, type=Order)
                task = asyncio.create_task(_answer(stage, order))
                running.add(task)
                task.add_done_callback(running.discard)
            server.should_exit = server.force_exit = True
            await serving
        raw.close()


async def _answer(stage: Stage, order: Order) -> None:
    try:
        say([order.do, await obey(stage, order)])
    except Exception:
        traceback.print_exc()
        os._exit(1)  # The bench hears the end and ends, too.


def say(what: Any) -> None:
    """One line on standard output."""
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    tame_allocator()
    uvloop.run(serve(parser.parse_args().data))


if __name__ == "__main__":
    main()
