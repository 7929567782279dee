"""A hall under a drill (演练中的大厅): its processes, a crowd at work in it, and screens that follow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from onewindow.queue.journal import Commit
from tests.e2e.boards import Boards, followed
from tests.e2e.roamers import Roamers
from tests.e2e.stage import Stage
from tests.redis_proxy import RedisProxy, proxied
from tests.redis_server import redis_served

MOST_SECONDS = 900.0
NEVER_SAID = ("wrote can't be followed", "could not be kept", "never retrieved", "can't be understood")
"""What no server may have logged, whatever was done to it."""


@dataclass
class Hall:
    """What a drill has in hand."""

    stage: Stage
    crowd: Roamers
    boards: Boards
    proxies: list[RedisProxy]
    """Before Redis, one for each process; none on SQLite."""
    days: tuple[str, ...] = ("",)
    """The days that the journal holds, in their order; "" is the live one."""

    async def strike(self, most: int = 60, within: float = 0.02) -> int:
        """Wait for a moment that chance picks, some commands from now; the process that writes then."""
        await self.crowd.reach(self.crowd.luck.randint(1, most))
        writer = await self.stage.writer()
        await asyncio.sleep(self.crowd.luck.random() * within)
        return writer

    async def judged(self) -> list[Commit]:
        """What must be true in the end, whatever was done. AssertionError or Disagreement: a fault."""
        await self.stage.converge()
        await self.crowd.ask_again()
        commits = await asyncio.to_thread(self.stage.judge, self.crowd.memory, self.days)
        assert len(commits) > 10, "hardly anything was done"
        await self.boards.converge()
        for server in self.stage.servers:
            for sign in NEVER_SAID:
                assert sign not in server.output(), server.output()
        last = self.stage.servers[-1]
        if not self.stage.shared:
            await asyncio.to_thread(last.stop)
        said = await asyncio.to_thread(last.run, "verify", "--hall", str(last.hall))
        assert commits[-1].day in said
        return commits


Drill = Callable[[Hall], Awaitable[str]]


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    shared: bool,
    redis_folder: Path | None = None,
    first: Callable[[Stage], None] = lambda _: None,
) -> AsyncIterator[Stage]:
    """Servers at work: one on SQLite, or (`shared`) two on one Redis, each behind a proxy that a drill may spoil.

    `redis_folder`: where Redis keeps its files, if not in `folder`. `first`: what is done before they start.
    """
    async with AsyncExitStack() as stack:
        if shared:
            redis = stack.enter_context(redis_served(redis_folder or folder / "redis"))
            proxies = [await stack.enter_async_context(proxied(redis.url)) for _ in range(2)]
            stage = Stage(folder, redis, tuple(proxy.url for proxy in proxies))
            stage.proxies = proxies
        else:
            stage = Stage(folder)
        first(stage)
        try:
            await asyncio.gather(*(asyncio.to_thread(server.start) for server in stage.servers))
            yield stage
        finally:
            await asyncio.gather(*(asyncio.to_thread(server.kill) for server in stage.servers))


async def drilled(stage: Stage, drills: list[Drill], seed: int) -> list[str]:
    """One drill after the other in one life of the hall, then the judgement; what each said, and the history last."""
    crowd = await asyncio.to_thread(Roamers, stage, seed)
    async with followed(stage) as boards:
        hall = Hall(stage, crowd, boards, stage.proxies)
        said: list[str] = []

        async def all_of_them() -> None:
            for drill in drills:
                said.append(await drill(hall))

        await crowd.work(all_of_them, MOST_SECONDS)
        commits = await hall.judged()
    memory = crowd.memory
    said.append(
        f"{memory.acknowledged:,} commands answered ({len(memory.tickets):,} numbers, {len(memory.calls):,} calls) "
        f"in {len(commits):,} commits"
    )
    return said
