"""Reading a journal (读日志): lifting old formats, and checking the chain.

A commit's hash is over its bytes as they were written, so lifting never touches the chain. To change the format:
raise `VERSION` in `onewindow.queue.journal`, add to `LIFTS` the function that turns a commit of the version before
into the new one, and add a golden day of the old version to the tests.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from typing import Any, Final

import msgspec

from onewindow.queue.journal import GENESIS, VERSION, Commit, Head, JournalBroken, StoredCommit, hash_of

Lift = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a commit (plain JSON) of one version into one of the next; it may change its argument."""

LIFTS: Final[Mapping[int, Lift]] = {}
"""From each earlier version to the next. Empty while version 1 is the first that was ever written."""


class _Versioned(msgspec.Struct):
    version: int


class _Linked(msgspec.Struct):
    prev: str


_version_of = msgspec.json.Decoder(_Versioned)
_prev_of = msgspec.json.Decoder(_Linked)
_decoder = msgspec.json.Decoder(Commit)


def decode(body: bytes, where: str = "journal", lifts: Mapping[int, Lift] = LIFTS) -> Commit:
    """The commit in these bytes, lifted to today's version.

    `where` names the place in messages ("2026-11-24 commit 7"). Raises JournalBroken when the bytes are no commit,
    or of a version that is newer than this program or has no way up from it.
    """
    try:
        version = _version_of.decode(body).version
        if version == VERSION:
            return _decoder.decode(body)
        if version in lifts and version < VERSION:
            return _decoder.decode(_lifted(body, version, lifts, where))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # ValidationError is a DecodeError.
        raise JournalBroken(
            f"{where}：内容无法读懂（{error}）。请从备份恢复这一天的日志。\n"
            f"{where}: its content can't be read ({error}). Restore this day's journal from a backup."
        ) from error
    raise _unknown(version, where)


def prev_of(body: bytes) -> str:
    """The hash that a commit of any version names as its previous one; empty when the bytes are no commit."""
    try:
        return _prev_of.decode(body).prev
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _lifted(body: bytes, version: int, lifts: Mapping[int, Lift], where: str) -> bytes:
    plain: dict[str, Any] = msgspec.json.decode(body)
    while version < VERSION:
        if version not in lifts:
            raise _unknown(version, where)
        plain = lifts[version](plain)
        version += 1
        plain["version"] = version
    return msgspec.json.encode(plain)


def _unknown(version: int, where: str) -> JournalBroken:
    return JournalBroken(
        f"{where}：日志格式是版本 {version}，本程序能读版本 {VERSION}。请换用能读它的程序版本，不要改动文件。\n"
        f"{where}: the journal's format is version {version}, this program reads version {VERSION}. "
        "Use a version of the program that reads it; don't change the file."
    )


class Chain:
    """Follows a day's commits one by one and stops at the first that doesn't fit (校验链).

    `day`: every commit must be of it. `head`: where the chain stands; the next commit must be `head.n + 1` and name
    `head.hash` as its previous one. A head of None takes the first commit's word for what came before.
    """

    def __init__(self, day: str, head: Head | None = None, *, hall: str | None = None) -> None:
        self.day = day
        self.hall = hall
        self.head = head

    def follow(self, stored: StoredCommit, lifts: Mapping[int, Lift] = LIFTS) -> Commit:
        """The commit, decoded, with the head moved on to it. Raises JournalBroken naming the day and the number."""
        expected = 1 if self.head is None else self.head.n + 1
        where = f"{self.day} #{expected}"
        if stored.day != self.day or stored.n != expected:
            raise _broken(
                where, f"应为第 {expected} 条，却是 {stored.day} 第 {stored.n} 条", f"found {stored.day} #{stored.n}"
            )
        if hash_of(stored.body) != stored.hash:
            raise _broken(where, "内容与校验值不符", "its bytes don't match its hash")
        commit = decode(stored.body, where, lifts)
        if (commit.day, commit.n) != (self.day, expected):
            raise _broken(where, f"内容写的是 {commit.day} #{commit.n}", f"its bytes say {commit.day} #{commit.n}")
        if self.hall is not None and commit.hall != self.hall:
            raise _broken(
                where, f"属于大厅“{commit.hall}”，不是“{self.hall}”", f"hall {commit.hall}, not {self.hall}"
            )
        if self.head is not None and commit.prev != self.head.hash:
            raise _broken(where, "与前一条不相连", "it doesn't follow the commit before")
        self.head = Head(commit.n, stored.hash)
        return commit


def _broken(where: str, zh: str, en: str) -> JournalBroken:
    return JournalBroken(
        f"日志 {where} 不可信：{zh}。请从备份恢复这一天的日志，并查明是谁改动了它。\n"
        f"The journal can't be trusted at {where}: {en}. Restore this day from a backup and find out what changed it."
    )


async def verify(
    stored: AsyncIterable[StoredCommit], day: str, prev: str | None = GENESIS, *, hall: str | None = None
) -> AsyncIterator[Commit]:
    """The commits of a whole day, checked one by one: no gap, every hash right, every link closed.

    `prev`: the hash that commit 1 must name; None takes its word. Raises JournalBroken naming the day and the number.
    """
    chain = Chain(day, None if prev is None else Head(0, prev), hall=hall)
    async for one in stored:
        yield chain.follow(one)
