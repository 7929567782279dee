"""The operator's commands (维护命令) beside a running server: tokens, accounts, checking a hall and a journal."""

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from redis.exceptions import RedisError

from onewindow.access.accounts import Accounts
from onewindow.access.open_store import open_store
from onewindow.access.principal import ROLE_ZH, Role
from onewindow.access.tokens import Tokens
from onewindow.guide_desk.by_hand import by_hand, by_hand_text
from onewindow.queue.evolve import evolve_all
from onewindow.queue.journal import Commit, Head, StoredCommit
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.state import HallDay
from onewindow.queue.upcast import Chain, prev_of
from onewindow.runtime.hall import journal_path
from onewindow.shared.link import LOST, shown
from onewindow.shared.promise import unreachable
from onewindow.zones.model import Hall


class Refused(Exception):
    """The command can't be done; says why and what to do, Chinese first."""


def token(
    data: Path,
    role: Role,
    *,
    name: str | None,
    window: str | None,
    device: str | None,
    hours: float,
    redis: str = "",
    hall: str = "",
) -> str:
    """A bearer token under the store's secret. The name, if none is given, is the device or made up.

    `hall`: with Redis, the code of the hall whose store it is; so below.
    """

    async def make() -> str:
        async with open_store(data, redis, hall) as store:
            tokens = Tokens(store.secret)
            return tokens.make(role, name or device or tokens.new_name(), hours=hours, window=window, device=device)

    return asyncio.run(make())


def passwd(data: Path, name: str, role: Role | None, window: str | None, *, redis: str = "", hall: str = "") -> str:
    """Set a new random password, or the one that is typed at a terminal; makes the account if `role` is given."""

    async def change() -> str:
        async with open_store(data, redis, hall) as store:
            account = await store.account(name)
            if account is None and role is None:
                raise Refused(
                    f"没有账号“{name}”。要新建请加 --role。\nThere is no account {name}. To make it, add --role."
                )
            now = role if role is not None else account.role if account is not None else Role.GUIDE
            at = window if window is not None else account.window if account is not None else None
            password = _typed() if sys.stdin.isatty() else None
            try:
                return await Accounts(store).create(name, now, window=at, password=password)
            except ValueError as error:
                raise Refused(str(error)) from error

    return asyncio.run(change())


def _typed() -> str | None:
    """A password typed twice; empty for a random one."""
    first = getpass.getpass("新密码，直接回车则随机生成 New password (Enter: random): ")
    if not first:
        return None
    if getpass.getpass("再输一次 Again: ") != first:
        raise Refused("两次输入不一样，没有改。\nThe two differ; nothing was changed.")
    return first


def accounts(data: Path, redis: str = "", hall: str = "") -> list[str]:
    """The accounts, a line each."""

    async def read() -> list[str]:
        async with open_store(data, redis, hall) as store:
            return [f"{a.name}\t{a.role}\t{ROLE_ZH[a.role]}\t{a.window or '-'}" for a in await store.accounts()]

    return asyncio.run(read())


def remove_account(data: Path, name: str, redis: str = "", hall: str = "") -> None:
    """Remove an account; its sessions end within seconds. Raises Refused."""

    async def remove() -> bool:
        async with open_store(data, redis, hall) as store:
            return await store.remove_account(name)

    if not asyncio.run(remove()):
        raise Refused(f"没有账号“{name}”。\nThere is no account {name}.")


def verify(hall: Hall, data: Path, day: str | None, redis: str = "") -> list[str]:
    """Check the hash chain of one day, or of all with the links between them. Raises JournalBroken or Refused."""
    return asyncio.run(_verify(hall, data, day, redis))


async def _verify(hall: Hall, data: Path, day: str | None, redis: str) -> list[str]:
    said: list[str] = []
    before: Head | None = None
    async with _reader(hall, data, redis) as reader:
        days = await reader.days()
        if day is not None and day not in days:
            raise Refused(f"日志里没有 {day}。\nThe journal has no {day}.")
        for one in days if day is None else [day]:
            chain = Chain(one, hall=hall.settings.code)
            entries = 0
            linked = ""
            async for stored in reader.read(one):
                if stored.n == 1 and before is not None and prev_of(stored.body) != before.hash:
                    # A day that was opened by hand under an old clock follows another one.
                    linked = " · 不接前一天 doesn't follow the day before"
                entries += len(chain.follow(stored).entries)
            head = chain.head or Head(0, "")
            before = head
            said.append(f"{one}  {head.n} 提交 commits, {entries} 命令 commands  {head.hash}{linked}")
    return said


def last_commit(hall: Hall, data: Path, redis: str = "") -> Commit | None:
    """The last commit of the last day, its day's chain checked on the way; None for a journal without a day.

    Raises JournalBroken, sqlite3.Error, or Refused when there is no journal.
    """

    async def follow() -> Commit | None:
        last: Commit | None = None
        async with _reader(hall, data, redis) as reader:
            days = await reader.days()
            if not days:
                return None
            chain = Chain(days[-1], hall=hall.settings.code)
            async for stored in reader.read(days[-1]):
                last = chain.follow(stored)
        return last

    return asyncio.run(follow())


def by_hand_now(hall: Hall, data: Path, now: int, redis: str = "") -> str:
    """The list to call by, of the journal's last day, without a server. Raises JournalBroken or Refused."""
    return by_hand_text(by_hand(last_day(hall, data, redis), now))


def last_day(hall: Hall, data: Path, redis: str = "") -> HallDay:
    """The state at the journal's end, read without a server. Raises JournalBroken or Refused."""

    async def read() -> HallDay:
        async with _reader(hall, data, redis) as reader:
            days = await reader.days()
            if not days:
                raise Refused("日志里还没有一天。\nThe journal has no day yet.")
            chain = Chain(days[-1], hall=hall.settings.code)
            state = HallDay(hall, days[-1])
            async for stored in reader.read(days[-1]):
                for entry in chain.follow(stored).entries:
                    evolve_all(state, entry.events)
        return state

    return asyncio.run(read())


def export(hall: Hall, data: Path, day: str | None, first: int, redis: str = "") -> None:
    """Write a day's commits to standard output, their exact bytes, one a line; the last day if none is named."""

    async def write() -> None:
        async with _reader(hall, data, redis) as reader:
            days = await reader.days()
            wanted = day or (days[-1] if days else "")
            if wanted not in days:
                raise Refused(f"日志里没有 {wanted}。\nThe journal has no {wanted}.")
            async for stored in reader.read(wanted, first - 1):
                sys.stdout.buffer.write(stored.body + b"\n")

    asyncio.run(write())


class _Reader:
    """Reads a journal that a server may be writing: no lock is taken and nothing is changed."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def days(self) -> list[str]:
        """The days that have commits, oldest first."""
        rows = await self._connection.execute_fetchall("SELECT day FROM commits WHERE n = 1 ORDER BY day")
        return [day for (day,) in rows]

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of a day, in order."""
        query = "SELECT n, hash, body FROM commits WHERE day = ? AND n > ? ORDER BY n"
        async with self._connection.execute(query, (day, after)) as rows:
            async for n, digest, body in rows:
                yield StoredCommit(day, n, bytes(body), digest)


def _read_only(path: Path) -> str:
    if not path.is_file():
        raise Refused(f"没有日志文件 {path}。请检查 --data。\nThere is no journal {path}. Check --data.")
    return f"{path.absolute().as_uri()}?mode=ro"


@asynccontextmanager
async def _reader(hall: Hall, data: Path, redis: str) -> AsyncIterator[_Reader | RedisJournal]:
    """What reads the hall's journal, in Redis if its address is given."""
    if redis:
        try:
            journal = RedisJournal(redis, hall.settings.code)
        except ValueError as error:
            raise Refused(unreachable(shown(redis), error)) from error
        try:
            yield journal
        except (RedisError, *LOST) as error:
            raise Refused(unreachable(shown(redis), error)) from error
        finally:
            await journal.close()
        return
    connection = await aiosqlite.connect(_read_only(journal_path(hall, data)), uri=True)
    try:
        yield _Reader(connection)
    finally:
        await connection.close()
