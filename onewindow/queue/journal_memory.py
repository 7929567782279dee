"""The journal in memory (内存日志): the port's simplest adapter, for tests, simulation and replay."""

from collections.abc import AsyncIterator

from onewindow.queue.journal import GENESIS, AppendConflict, Head, StoredCommit


class MemoryJournal:
    """A `Journal` that forgets everything with its process. Loop-only."""

    def __init__(self) -> None:
        self._days: dict[str, list[StoredCommit]] = {}

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        """Store commit `n` of `day`. Raises AppendConflict when `n` is taken or leaves a gap."""
        commits = self._days.get(day, [])
        if n != len(commits) + 1:
            raise AppendConflict(f"{day}: commit {n} doesn't follow commit {len(commits)}.")
        self._days.setdefault(day, commits).append(StoredCommit(day, n, body, digest))

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of `day` with n > `after`, in order."""
        for stored in tuple(self._days.get(day, ())[after:]):
            yield stored

    async def days(self) -> list[str]:
        """The days that have commits, oldest first."""
        return sorted(self._days)

    async def head(self, day: str) -> Head:
        """Where the day ends; n = 0 for a day without commits."""
        commits = self._days.get(day)
        return Head(commits[-1].n, commits[-1].hash) if commits else Head(0, GENESIS)

    async def close(self) -> None:
        """Nothing to give back: what was stored stays readable, so that a test can open the day again."""
