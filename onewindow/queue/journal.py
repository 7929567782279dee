"""The journal (日志): numbered, hash-chained commits, the truth from which a day is rebuilt.

Pure: the structures, their encoding and the port. The adapters are `journal_sqlite` and `journal_memory`.
"""

import hashlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

import msgspec

from onewindow.queue.events import AnyEvent

VERSION = 1
"""Version of the journal's format; an older one is lifted by `onewindow.queue.upcast` as it is read."""

GENESIS = "0" * 64
"""Previous hash of the first commit of a hall's first day."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One command's effect inside a commit: its events, and the reply that was promised for its key."""

    at: int
    """Command time, ms."""
    by: str
    """The principal: `clerk:li@07`, `guide:wang`, `kiosk:k1`, `system`."""
    do: str
    """The command's tag, for readers of the journal."""
    events: tuple[AnyEvent, ...]
    key: str = ""
    """Idempotency key within the principal's scope; empty: none."""
    digest: str = ""
    """SHA-256 (hex, 32 characters) of the command as it was asked; the same key with another digest is refused."""
    status: int = 200
    reply: msgspec.Raw = msgspec.Raw(b"null")
    """The reply's body, JSON, as it was sent."""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One durable step of a day: commit `n` (from 1) with the hash of the one before (提交)."""

    version: int
    hall: str
    day: str
    n: int
    prev: str
    """Hash (hex) of the commit before; for n = 1 the head of the hall's previous day, or GENESIS."""
    entries: tuple[Entry, ...]


class StoredCommit(msgspec.Struct, frozen=True):
    """A commit as it lies in a journal: its place, its exact bytes and their hash."""

    day: str
    n: int
    body: bytes
    hash: str


class Head(msgspec.Struct, frozen=True):
    """Where a day's journal ends: the last commit's number (0: none) and hash."""

    n: int
    hash: str


class AppendConflict(Exception):
    """Another writer has appended commit `n` already: drop the state, read the journal, follow."""


class JournalBroken(Exception):
    """The journal can't be trusted or read: a gap, a wrong hash, an unknown version. Says where and what to do."""


_encoder = msgspec.json.Encoder()


def encode(commit: Commit) -> bytes:
    """The commit's exact bytes: JSON, in the order of the fields."""
    return _encoder.encode(commit)


def hash_of(body: bytes) -> str:
    """SHA-256 of a commit's bytes, hex. It covers `prev`, and so the whole day before it."""
    return hashlib.sha256(body).hexdigest()


class Journal(Protocol):
    """The port: one hall's days. `append` succeeds for exactly one writer of a number, and returns when durable."""

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        """Store commit `n` of `day`, durably. Raises AppendConflict when `n` is taken or leaves a gap."""

    def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of `day` with n > `after`, in order."""

    async def days(self) -> list[str]:
        """The days that have commits, oldest first."""

    async def head(self, day: str) -> Head:
        """Where the day ends; n = 0 for a day without commits."""

    async def close(self) -> None:
        """Give the resources back."""


async def still_held(journal: Journal, day: str, head: Head) -> None:
    """Check that the journal holds what was confirmed: `day` up to `head`. Raises JournalBroken when it doesn't.

    A Redis that lost its last second, was emptied, or whose place an older copy has taken looks like a shorter day;
    gone on with, it would give numbers out again that people hold on paper.
    """
    if not head.n:
        return
    ends = await journal.head(day)
    if ends.n >= head.n and day in await journal.days():
        async for stored in journal.read(day, head.n - 1):
            if (stored.n, stored.hash) == (head.n, head.hash):
                return
            break
    raise JournalBroken(
        f"日志丢了已经确认过的内容：{day} 确认到第 {head.n} 条，现在到第 {ends.n} 条，或不再相同。"
        "为了不重号，本进程不再写入，也不再显示。请把 Redis（或文件）恢复到原来的数据，再重新启动；"
        "恢复不了就直接重新启动：从现有的接着，新号排在丢失的号之后；丢失的号会列给主任，请给这些群众重新取号。\n"
        f"The journal has lost what was confirmed: {day} up to commit {head.n}; it now ends at {ends.n}, or differs. "
        "So that no number is given twice, this process writes and shows nothing more. Restore the data of Redis "
        "(or the file), then start again. If that can't be done, start again all the same: the hall goes on with "
        "what there is, its numbers behind the lost ones, and tells the supervisor which people need a new one."
    )


def digest_of(command: Any) -> str:
    """SHA-256 (32 hex characters) of a command's canonical JSON: what the idempotency check compares."""
    return hashlib.sha256(_encoder.encode(command)).hexdigest()[:32]
