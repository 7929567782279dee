"""The journal in one SQLite file (SQLite 日志), through aiosqlite: the default of a hall with one server.

A commit is one row, and the connection runs in autocommit mode: one INSERT is one transaction, one fdatasync of
the write-ahead log (`synchronous=FULL`) and one hop to the connection's thread. The INSERT itself looks whether the
number follows the last one, so that no second statement is needed for compare-and-append.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiosqlite

from onewindow.queue.file_lock import FileLock
from onewindow.queue.journal import GENESIS, AppendConflict, Head, JournalBroken, StoredCommit

log = logging.getLogger(__name__)

APPLICATION_ID: Final = 0x4F57494E
"""Marks the file as a OneWindow journal ("OWIN"), for `file` and for us."""

LAYOUT: Final = 1
"""Version of the table (`user_version`); the commits inside carry their own."""

CHUNKS: Final = (4, 500)
"""Rows that are read at once: few at first, for those who want the first commit only, then many. No cursor stays open
between two chunks, so that reading never keeps the log from being carried over."""

AUTOCHECKPOINT_PAGES: Final = 2_048
"""The log grows to about 8 MiB before SQLite checkpoints inside an append, which then takes 11 to 14 ms instead of
0.6 (after 32 MiB: 36 to 48). Idle moments come before in all but a rush."""

IDLE_SECONDS: Final = 3.0
"""After so long without an append the log is carried over into the file."""

TABLE: Final = """
CREATE TABLE IF NOT EXISTS commits(
    day TEXT NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (day, n)
) WITHOUT ROWID
"""

APPEND: Final = """
INSERT INTO commits(day, n, hash, body)
SELECT ?1, ?2, ?3, ?4 WHERE ?2 = 1 + coalesce((SELECT max(n) FROM commits WHERE day = ?1), 0)
"""

READ: Final = "SELECT n, hash, body FROM commits WHERE day = ? AND n > ? ORDER BY n LIMIT ?"


class SqliteJournal:
    """A `Journal` in one file that this process alone may write. Loop-only; make it with `open`."""

    def __init__(self, path: Path, connection: aiosqlite.Connection, lock: FileLock, idle_seconds: float) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._idle_seconds = idle_seconds
        self._idle: asyncio.TimerHandle | None = None
        self._checkpointing: asyncio.Task[None] | None = None
        self.rested = asyncio.Event()
        """Set while everything that was appended has been carried over in an idle moment."""

    @classmethod
    async def open(
        cls, path: Path, *, synchronous: str = "FULL", idle_seconds: float = IDLE_SECONDS
    ) -> "SqliteJournal":
        """Open the file, or make it (mode 0600, its directory synced).

        `synchronous` is FULL but in the control of the durability test. Raises FileInUse when another process owns
        the file, JournalBroken when it is no journal of ours or is newer than this program.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            _make_private(path)
            connection = await aiosqlite.connect(path, isolation_level=None)
            try:
                await _prepare(connection, path, synchronous)
            except BaseException:
                await connection.close()
                raise
        except BaseException:
            lock.release()
            raise
        _sync_directory(path.parent)
        return cls(path, connection, lock, idle_seconds)

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        """Store commit `n` of `day`; returns when the disk has it. Raises AppendConflict, or sqlite3.Error."""
        cursor = await self._connection.execute(APPEND, (day, n, digest, body))
        if cursor.rowcount != 1:
            head = await self.head(day)
            raise AppendConflict(f"{day}: commit {n} doesn't follow commit {head.n} of {self.path}.")
        self._rest_later()

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of `day` with n > `after`, in order."""
        most, more = CHUNKS
        while True:
            try:
                rows = await self._connection.execute_fetchall(READ, (day, after, most))
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # busy, full, unreadable now: not the file's fault
                    raise
                raise JournalBroken(_damaged(self.path, day, after, str(error))) from error
            commits = [StoredCommit(day, n, bytes(body), digest) for n, digest, body in rows]
            for stored in commits:
                yield stored
            if len(commits) < most:
                return
            after, most = commits[-1].n, more

    async def days(self) -> list[str]:
        """The days that have commits, oldest first."""
        rows = await self._rows("SELECT day FROM commits WHERE n = 1 ORDER BY day")
        return [str(day) for (day,) in rows]

    async def head(self, day: str) -> Head:
        """Where the day ends; n = 0 for a day without commits."""
        rows = await self._rows("SELECT n, hash FROM commits WHERE day = ? ORDER BY n DESC LIMIT 1", day)
        return next((Head(n, digest) for n, digest in rows), Head(0, GENESIS))

    async def store(self, day: str, commits: AsyncIterable[StoredCommit], instead_of: Head) -> None:
        """Have the whole day there, instead of what is there of it, or leave all as it is. Raises sqlite3.Error."""
        rows = [(day, stored.n, stored.hash, stored.body) async for stored in commits]
        await self._connection.execute("BEGIN IMMEDIATE")
        try:
            await self._connection.execute("DELETE FROM commits WHERE day = ?", (day,))
            await self._connection.executemany("INSERT INTO commits(day, n, hash, body) VALUES (?, ?, ?, ?)", rows)
        except BaseException:
            await self._connection.execute("ROLLBACK")
            raise
        await self._connection.execute("COMMIT")
        self._rest_later()

    async def forget(self, day: str, head: Head, *, served: bool = False) -> None:
        """Let go of a day that lies elsewhere by now; nobody else can have touched it."""
        await self._connection.execute("DELETE FROM commits WHERE day = ?", (day,))
        self._rest_later()

    async def checkpoint(self) -> None:
        """Carry the log over into the file, as far as nobody reads it."""
        ((_, logged, carried),) = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(PASSIVE)")
        if logged == carried:
            self.rested.set()

    async def close(self) -> None:
        """Finish what is under way, close the file and let others have it. Further calls do nothing."""
        if self._idle is not None:
            self._idle.cancel()
        if self._checkpointing is not None:
            await asyncio.wait((self._checkpointing,))
        try:
            await self._connection.close()
        finally:
            self._lock.release()

    async def _rows(self, query: str, *parameters: str) -> list[Any]:
        """What the query finds. Raises JournalBroken when the file is damaged, or sqlite3.OperationalError."""
        try:
            return list(await self._connection.execute_fetchall(query, parameters))
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise JournalBroken(_torn(self.path, str(error))) from error
            raise

    def _rest_later(self) -> None:
        self.rested.clear()
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._rest)

    def _rest(self) -> None:
        self._checkpointing = asyncio.create_task(self._carry_over(), name="journal-checkpoint")

    async def _carry_over(self) -> None:
        try:
            await self.checkpoint()
        except sqlite3.Error:
            log.exception("The log of %s could not be carried over; it grows until it can.", self.path)


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, readable by its owner only; the log and its index inherit the mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _sync_directory(directory: Path) -> None:
    """Make the directory's entries durable: a synced file without a name in its directory is lost all the same."""
    if os.name == "nt":  # Windows has no such call and keeps names with the file.
        return
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


async def _prepare(connection: aiosqlite.Connection, path: Path, synchronous: str) -> None:
    try:
        application, layout = await _pragma(connection, "application_id"), await _pragma(connection, "user_version")
        tables = [name for (name,) in await connection.execute_fetchall("SELECT name FROM sqlite_master")]
    except sqlite3.DatabaseError as error:
        say = _torn if _is_damage(error) else _not_ours
        raise JournalBroken(say(path, str(error))) from error
    if application not in (0, APPLICATION_ID) or (application == 0 and tables):
        raise JournalBroken(_not_ours(path, f"application_id {application}"))
    if layout > LAYOUT:
        raise JournalBroken(
            f"日志文件 {path} 的版式是 {layout}，本程序只认识到 {LAYOUT}。请用写它的那个版本的程序打开。\n"
            f"{path} has layout {layout}; this program knows layouts up to {LAYOUT}. Open it with the newer program."
        )
    for statement in (
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        f"PRAGMA synchronous = {synchronous}",
        f"PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT_PAGES}",
        TABLE,
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {LAYOUT}",
    ):
        await connection.execute_fetchall(statement)


async def _pragma(connection: aiosqlite.Connection, name: str) -> int:
    ((value,),) = await connection.execute_fetchall(f"PRAGMA {name}")
    return int(value)


def _not_ours(path: Path, found: str) -> str:
    return (
        f"{path} 不是 OneWindow 的日志文件（{found}）。请移走它，或用 --data 指定另一个目录。\n"
        f"{path} is no journal of OneWindow ({found}). Move it away, or name another directory with --data."
    )


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite says that the file is its own but torn, and not that it is busy, full or another's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT


def _torn(path: Path, found: str) -> str:
    return (
        f"日志文件 {path} 已损坏（{found}）。请先把它连同 -wal 文件另存一份，再从备份恢复；不要删除。\n"
        f"{path} is damaged ({found}). Keep a copy of it and of its -wal file, then restore it from a backup; "
        "don't delete it."
    )


def _damaged(path: Path, day: str, after: int, found: str) -> str:
    return (
        f"日志文件 {path} 已损坏：{day} 第 {after} 条之后读不出来（{found}）。请从备份恢复。\n"
        f"{path} is damaged: {day} can't be read after commit {after} ({found}). Restore it from a backup."
    )
