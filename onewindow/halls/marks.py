"""Marks (在岗标记): which halls are at work, so that a hall whose process died is taken up again though nobody asks.

Visitors may be waiting in it, and their time runs. A mark stands from the loading of a hall until it is let go.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final, Protocol

from onewindow.shared.link import Keys, client

AT_WORK: Final = "onewindow:at-work"
"""Redis set: the codes of the halls that some process has loaded."""
FILE: Final = "at-work"


class Marks(Protocol):
    """Where the marks are kept."""

    async def put(self, halls: Collection[str]) -> None:
        """These are at work here."""
        ...

    async def take(self, hall: str) -> None:
        """Let go: it is at work no more."""
        ...

    async def orphans(self, here: Collection[str]) -> list[str]:
        """Halls that are marked, and that no process writes; but for those that are at work here."""
        ...

    async def orphan(self, hall: str) -> bool:
        """Whether one of the orphans still is."""
        ...

    async def close(self) -> None:
        """Release what is held."""
        ...


class FileMarks:
    """An empty file in each hall's data folder. Orphans are those of the run before."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._found: list[str] | None = None

    async def put(self, halls: Collection[str]) -> None:
        """As `Marks.put`."""
        for hall in halls:
            path = self._data / hall / FILE
            if not path.exists():
                path.touch(mode=0o600)

    async def take(self, hall: str) -> None:
        """As `Marks.take`."""
        (self._data / hall / FILE).unlink(missing_ok=True)

    async def orphans(self, here: Collection[str]) -> list[str]:
        """As `Marks.orphans`: those of the run before, once."""
        found = sorted(path.parent.name for path in self._data.glob(f"*/{FILE}")) if self._found is None else []
        self._found = found
        return found

    async def orphan(self, hall: str) -> bool:
        """As `Marks.orphan`."""
        return True

    async def close(self) -> None:
        """As `Marks.close`."""


class RedisMarks:
    """A set that all processes share; an orphan is in it, under nobody's lease. Methods raise RedisError."""

    def __init__(self, url: str) -> None:
        self._redis = client(url)

    async def put(self, halls: Collection[str]) -> None:
        """As `Marks.put`."""
        if halls:
            await self._redis.sadd(AT_WORK, *halls)

    async def take(self, hall: str) -> None:
        """As `Marks.take`; another process that has it puts the mark back."""
        await self._redis.srem(AT_WORK, hall)

    async def orphans(self, here: Collection[str]) -> list[str]:
        """As `Marks.orphans`."""
        found: Any = await self._redis.smembers(AT_WORK)
        halls = sorted({name.decode() for name in found} - set(here))
        asking = self._redis.pipeline(transaction=False)
        for hall in halls:
            asking.exists(Keys(hall).lease)
        leases: Any = await asking.execute() if halls else []
        return [hall for hall, held in zip(halls, leases, strict=True) if not held]

    async def orphan(self, hall: str) -> bool:
        """As `Marks.orphan`."""
        return not await self._redis.exists(Keys(hall).lease)

    async def close(self) -> None:
        """As `Marks.close`."""
        await self._redis.aclose()
