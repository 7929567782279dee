"""Days in files (归档): one file a day, a commit's exact bytes a line; readable with any tool, never appended to."""

import os
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Final

from onewindow.queue.journal import GENESIS, Head, StoredCommit, hash_of

SUFFIX: Final = ".ndjson"


class DayFiles:
    """The days that lie in files under one folder."""

    def __init__(self, folder: Path, hall: str) -> None:
        """`hall`: its code."""
        self.folder = folder
        self._hall = hall

    def path(self, day: str) -> Path:
        """The day's file."""
        return self.folder / f"{self._hall}-{day}{SUFFIX}"

    async def store(self, day: str, commits: AsyncIterable[StoredCommit], instead_of: Head) -> None:
        """Write a whole day; on the disk, under its name, when it returns. An older file of the day is replaced."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(day)
        fresh = path.with_suffix(".part")
        with fresh.open("wb") as file:
            fresh.chmod(0o600)
            async for stored in commits:
                file.write(stored.body + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        if os.name != "nt":
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of `day` with n > `after`, in order; their hashes are those of their bytes."""
        path = self.path(day)
        if not path.is_file():
            return
        with path.open("rb") as lines:
            for n, line in enumerate(lines, 1):
                body = line.rstrip(b"\n")
                if n > after:
                    yield StoredCommit(day, n, body, hash_of(body))

    async def days(self) -> list[str]:
        """The days that have a file, oldest first."""
        begin = len(self._hall) + 1
        return sorted(path.stem[begin:] for path in self.folder.glob(f"{self._hall}-*{SUFFIX}"))

    async def head(self, day: str) -> Head:
        """Where the day ends; n = 0 for a day without a file."""
        head = Head(0, GENESIS)
        async for stored in self.read(day):
            head = Head(stored.n, stored.hash)
        return head

    async def forget(self, day: str, head: Head, *, served: bool = False) -> None:
        """Remove the day's file."""
        self.path(day).unlink(missing_ok=True)
