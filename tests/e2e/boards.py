"""Boards (看板): screens that follow a hall through every fault, and must show what it shows in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from loadtest.fold import Fold
from tests.e2e.stage import Stage
from tests.server import Server

CHANNELS = ("hall", "windows/07")
SILENCE_SECONDS = 15.0
"""A server that says nothing for so long is gone: it beats every 2 s."""
AGAIN_SECONDS = 0.2
SETTLED_SECONDS = 30.0


class Board:
    """One screen at one server: it connects again whenever it is cut off, and names what it shows."""

    def __init__(self, server: Server, channel: str) -> None:
        self.server = server
        self.channel = channel
        self.fold = Fold(channel)
        self.epoch = ""
        self.connections = 0

    async def follow(self) -> None:
        """Show what comes, for ever."""
        while True:
            with suppress(WebSocketException, OSError, TimeoutError):
                await self._one()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _one(self) -> None:
        shows = f"?epoch={self.epoch}&v={self.fold.v}" if self.epoch else ""
        async with connect(f"{self.server.ws}/ws/{self.channel}{shows}", proxy=None) as socket:
            self.connections += 1
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    frame = msgspec.json.decode(await socket.recv())
                self.epoch = frame.get("epoch", self.epoch)
                self.fold.take(frame, 1)

    async def fresh(self) -> tuple[int, dict[str, Any]]:
        """Version and cells of a snapshot that is asked for now."""
        async with (
            asyncio.timeout(SILENCE_SECONDS),
            connect(f"{self.server.ws}/ws/{self.channel}", proxy=None) as new,
        ):
            frame = msgspec.json.decode(await new.recv())
            assert frame["kind"] == "snapshot"
            return frame["v"], frame["cells"]


class Boards:
    """Some screens at each server of a stage."""

    def __init__(self, stage: Stage) -> None:
        self.all = [Board(server, channel) for channel in CHANNELS for server in stage.servers]

    async def converge(self) -> int:
        """Each comes to show what a snapshot of its channel says, the same at every server; how often they came back.

        AssertionError when they don't, or when a frame came out of its order.
        """
        try:
            async with asyncio.timeout(SETTLED_SECONDS):
                while True:
                    if await self._same():
                        break
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            told = {f"{board.channel} at {board.server.port}": board.fold.cells for board in self.all}
            raise AssertionError(f"the screens don't come to show the same: {told}") from None
        for board in self.all:
            assert board.fold.v and not board.fold.watched.faults, board.fold.watched.faults
        return sum(board.connections - 1 for board in self.all)

    async def _same(self) -> bool:
        for board in self.all:
            if (board.fold.v, board.fold.cells) != await board.fresh():
                return False
        shown: dict[str, list[dict[str, Any]]] = {}
        for board in self.all:
            shown.setdefault(board.channel, []).append(board.fold.cells)
        return all(one == same[0] for same in shown.values() for one in same)


@asynccontextmanager
async def followed(stage: Stage) -> AsyncIterator[Boards]:
    """Screens at all servers, until the block ends."""
    boards = Boards(stage)
    tasks = [asyncio.create_task(board.follow()) for board in boards.all]
    try:
        yield boards
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
