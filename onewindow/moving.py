"""Moving days (搬移日志): a whole day from one place to another, checked on both sides before the first lets go.

Places are the SQLite file and the Redis of a hall, and files, one a day, for days that are over.
"""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from onewindow.admin import Refused
from onewindow.queue.journal import Head, StoredCommit
from onewindow.queue.journal_file import DayFiles
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.journal_redis_days import DayTouched
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.upcast import verify
from onewindow.runtime.hall import journal_path
from onewindow.runtime.live_day import last_day
from onewindow.zones.model import Hall

ARCHIVE: Final = "archive"
"""Folder of the files, under the data directory."""
NEEDED: Final = 2
"""The live day and the one before it, whose keys are still answered, are never put away."""


class Kind(StrEnum):
    """A place of days (存放处)."""

    SQLITE = "sqlite"
    REDIS = "redis"
    FILE = "file"


class Place(Protocol):
    """What every place can do."""

    def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The day's commits, in order."""

    async def days(self) -> list[str]:
        """The days that are there."""

    async def head(self, day: str) -> Head:
        """Where the day ends."""

    async def store(self, day: str, commits: AsyncIterable[StoredCommit], instead_of: Head) -> None:
        """Have the whole day there, or leave all as it is. Raises DayTouched when it isn't `instead_of` any more."""

    async def forget(self, day: str, head: Head, *, served: bool = False) -> None:
        """Let go of the day, which ends at `head`. Raises DayTouched when it has gone on."""


async def move(hall: Hall, data: Path, redis: str, day: str, *, source: Kind, target: Kind) -> Head:
    """Move a day; where it ends. Raises Refused, JournalBroken, FileInUse, RedisError, OSError.

    Nothing is removed before the whole chain was read back from its new place. An interrupted move is done again.
    """
    if source is target:
        raise Refused("两处是同一个地方。\nBoth places are the same.")
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(_open(source, hall, data, redis))
        there = await stack.enter_async_context(_open(target, hall, data, redis))
        return await _move(hall, day, here, there)


async def archive(hall: Hall, data: Path, redis: str, keep: int) -> list[tuple[str, Head]]:
    """Move all but the last `keep` days from Redis to files; the days moved and where they end. Raises as `move`."""
    moved: list[tuple[str, Head]] = []
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(_open(Kind.REDIS, hall, data, redis, idle=False))
        there = DayFiles(data / ARCHIVE, hall.settings.code)
        assert isinstance(here, RedisJournal)
        live = await last_day(here) or ""
        # After a wrong clock there are days later than the live one: those stay, too.
        for day in [day for day in await here.days() if day <= live][: -max(keep, NEEDED)]:
            moved.append((day, await _move(hall, day, here, there, served=True)))
    return moved


async def _move(hall: Hall, day: str, here: Place, there: Place, *, served: bool = False) -> Head:
    there_too = day in await there.days()
    if day not in await here.days():
        raise Refused(f"那里没有 {day}。\nThere is no {day}.")
    head, already = await here.head(day), await there.head(day)
    await _check(hall, day, here)
    if there_too and already != head and not isinstance(there, DayFiles):
        part = [stored.hash async for stored in here.read(day)][already.n - 1 : already.n]
        if part != [already.hash]:
            raise Refused(f"目的地已有另一份 {day}。\nThe target has another {day} already.")
    try:
        await there.store(day, here.read(day), already)
        await _check(hall, day, there)
        if await there.head(day) != head:
            raise Refused(f"{day} 搬移后不完整，原处未动。\n{day} isn't whole in its new place; nothing was removed.")
        await here.forget(day, head, served=served)
    except DayTouched as error:
        raise Refused(
            f"搬移期间有服务器启动并写了 {day}，原处未动。请停掉服务器再搬。\n"
            f"A server was started meanwhile and may write {day}; nothing was removed. Stop it, then move again."
        ) from error
    return head


async def _check(hall: Hall, day: str, place: Place) -> None:
    """Read the day's chain to its end. Raises JournalBroken."""
    async for _ in verify(place.read(day), day, None, hall=hall.settings.code):
        pass


@asynccontextmanager
async def _open(kind: Kind, hall: Hall, data: Path, redis: str, *, idle: bool = True) -> AsyncIterator[Place]:
    """The place; `idle`: refused while a server has it."""
    if kind is Kind.FILE:
        yield DayFiles(data / ARCHIVE, hall.settings.code)
        return
    if kind is Kind.SQLITE:
        file = await SqliteJournal.open(journal_path(hall, data))
        try:
            yield file
        finally:
            await file.close()
        return
    if not redis:
        raise Refused("请用 --redis 写明 Redis 的地址。\nName the Redis with --redis.")
    journal = RedisJournal(redis, hall.settings.code)
    try:
        if idle and await journal.in_use():
            raise Refused(
                "有服务器正在写这个大厅，请先停掉。\nA server is writing this hall. Stop the servers first."
            )
        yield journal
    finally:
        await journal.close()
