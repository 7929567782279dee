"""The soak's watchers (看屏众): screens and phones in one process, some slow, some always coming back.

python -m bench.wire.watching        a `Crowd` as one JSON line; then `tally` lines, each answered
"""

import asyncio
import random
import sys
import time
from typing import Any

import msgspec
import uvloop

from bench.wire.watcher import Tally, Watcher

STALL_SECONDS = (12.0, 20.0)
"""So long a slow one reads nothing at all …"""
READ_SECONDS = (1.0, 3.0)
"""… and then for so long."""
STAY_SECONDS = (0.3, 3.0)
"""Between two connections of one that always comes back."""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Who watches."""

    port: int
    ahead_ms: int
    screen: str
    """The screens' token."""
    paths: tuple[str, ...]
    """One for each; those that begin with /ws/tickets are phones'."""
    slow: int = 0
    restless: int = 0


class Crew:
    """All of them, at work."""

    def __init__(self, crowd: Crowd) -> None:
        self.tally = Tally()
        self._crowd = crowd
        self._dice = random.Random(1)
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Connect everybody; then those misbehave who are to."""
        crowd = self._crowd
        for n, path in enumerate(crowd.paths):
            slow, restless = n < crowd.slow, crowd.slow <= n < crowd.slow + crowd.restless
            token = "" if path.startswith("/ws/tickets") else crowd.screen
            watcher = Watcher(path, token, crowd.port, crowd.ahead_ms, self.tally, good=not (slow or restless))
            await watcher.connect(slow=slow)
            live = self._be_slow if slow else self._be_restless if restless else self._be_good
            self._tasks.append(asyncio.create_task(live(watcher)))

    async def _be_good(self, watcher: Watcher) -> None:
        while True:
            await watcher.lost.wait()
            await watcher.connect()

    async def _be_slow(self, watcher: Watcher) -> None:
        while True:
            await self._read(watcher, self._between(READ_SECONDS))
            if not watcher.lost.is_set() and watcher.transport is not None:
                watcher.transport.pause_reading()
                await asyncio.sleep(self._between(STALL_SECONDS))
                if not watcher.transport.is_closing():
                    watcher.transport.resume_reading()

    async def _read(self, watcher: Watcher, seconds: float) -> None:
        try:
            await asyncio.wait_for(watcher.lost.wait(), seconds)
        except TimeoutError:
            return
        await watcher.connect(slow=True)

    async def _be_restless(self, watcher: Watcher) -> None:
        while True:
            try:
                await asyncio.wait_for(watcher.lost.wait(), self._between(STAY_SECONDS))
            except TimeoutError:
                watcher.hang_up()
                await watcher.lost.wait()
            await watcher.connect()

    def _between(self, bounds: tuple[float, float]) -> float:
        return self._dice.uniform(*bounds)

    def end(self) -> None:
        """Enough."""
        for task in self._tasks:
            task.cancel()


async def watch() -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    crew = Crew(msgspec.json.decode(await reader.readline(), type=Crowd))
    begun = time.perf_counter()
    await crew.begin()
    say(time.perf_counter() - begun)
    while await reader.readline():
        say(crew.tally)
        crew.tally.late.clear()
    crew.end()


def say(what: Any) -> None:
    """One line on standard output."""
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(watch())
