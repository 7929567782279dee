"""The store in a file (账号库文件): `store.sqlite` under the data directory, readable by its owner only.

Several processes may have it open at once: a server, and `run.py token` or `passwd` beside it.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiosqlite
import msgspec

from onewindow.access.principal import Role
from onewindow.access.store import SECRET_BYTES, Account, CodeRow, ScreenRow, SignInRow, Store, StoreUnusable

FILE: Final = "store.sqlite"
APPLICATION_ID: Final = 0x4F574143
"""Marks the file as ours ("OWAC")."""

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS accounts(
        name TEXT PRIMARY KEY, role TEXT NOT NULL, window TEXT, hash TEXT NOT NULL, changed INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS revoked(id TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS sign_ins(
        token TEXT PRIMARY KEY, name TEXT NOT NULL, window TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS screens(
        id TEXT PRIMARY KEY, body BLOB NOT NULL, seen INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS codes(
        code TEXT PRIMARY KEY, body BLOB NOT NULL, until INTEGER NOT NULL, screen TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID""",
)

_code = msgspec.json.Decoder(CodeRow)


class SqliteStore(Store):
    """The store in `store.sqlite`."""

    def __init__(self, path: Path, connection: aiosqlite.Connection, secret: bytes) -> None:
        self.place = str(path)
        self.secret = secret
        self._connection = connection

    async def account(self, name: str) -> Account | None:
        """The account with this name, or None."""
        return next((account for account in await self.accounts() if account.name == name), None)

    async def accounts(self) -> list[Account]:
        """All accounts, by name."""
        rows = await self._connection.execute_fetchall(
            "SELECT name, role, window, hash, changed FROM accounts ORDER BY name"
        )
        return [
            Account(name=name, role=Role(role), window=window, hash=hashed, changed=changed)
            for name, role, window, hashed, changed in rows
        ]

    async def begin(self) -> bool:
        """As `Store.begin`; the journal's lock keeps a second process away."""
        return not await self.accounts()

    async def put_account(self, account: Account) -> None:
        """Add the account, or replace the one with its name."""
        await self._connection.execute(
            "INSERT OR REPLACE INTO accounts(name, role, window, hash, changed) VALUES (?, ?, ?, ?, ?)",
            (account.name, account.role.value, account.window, account.hash, account.changed),
        )

    async def remove_account(self, name: str) -> bool:
        """Remove an account; whether there was one. Its sessions end."""
        cursor = await self._connection.execute("DELETE FROM accounts WHERE name = ?", (name,))
        return cursor.rowcount == 1

    async def revoke(self, token: str, until: int) -> None:
        """Refuse the token with this id until `until` (seconds since the epoch), when it ends by itself."""
        await self._connection.execute("INSERT OR REPLACE INTO revoked(id, until) VALUES (?, ?)", (token, until))

    async def revoked(self, now: int) -> set[str]:
        """The ids that are revoked; those that have ended by `now` are forgotten."""
        await self._connection.execute("DELETE FROM revoked WHERE until <= ?", (now,))
        return {token for (token,) in await self._connection.execute_fetchall("SELECT id FROM revoked")}

    async def put_sign_in(self, row: SignInRow) -> None:
        """Note a clerk's sign-in."""
        await self._connection.execute(
            "INSERT OR REPLACE INTO sign_ins(token, name, window, at, until) VALUES (?, ?, ?, ?, ?)",
            (row.token, row.name, row.window, row.at, row.until),
        )

    async def sign_ins(self, now: int) -> list[SignInRow]:
        """The sign-ins whose session is still good at `now`, the earliest first; those that have ended are forgotten.

        A session ends when it is revoked, when its account is gone or has a new password or role.
        """
        await self._connection.execute("DELETE FROM sign_ins WHERE until <= ?", (now,))
        rows = await self._connection.execute_fetchall(
            """SELECT s.token, s.name, s.window, s.at, s.until FROM sign_ins AS s JOIN accounts AS a USING (name)
            WHERE a.role = 'clerk' AND s.at >= a.changed AND s.token NOT IN (SELECT id FROM revoked)
            ORDER BY s.at, s.rowid"""
        )
        return [SignInRow(token=t, name=n, window=w, at=at, until=until) for t, n, w, at, until in rows]

    async def screens(self) -> dict[str, ScreenRow]:
        """As `Store.screens`."""
        rows = await self._connection.execute_fetchall("SELECT id, body, seen FROM screens ORDER BY id")
        return {name: ScreenRow(body, seen) for name, body, seen in rows}

    async def put_screen(self, name: str, body: bytes) -> None:
        """As `Store.put_screen`."""
        await self._connection.execute(
            "INSERT INTO screens(id, body) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
            (name, body),
        )

    async def screen_seen(self, name: str, at: int) -> None:
        """As `Store.screen_seen`."""
        await self._connection.execute("UPDATE screens SET seen = ? WHERE id = ?", (at, name))

    async def remove_screen(self, name: str) -> bool:
        """As `Store.remove_screen`."""
        return (await self._connection.execute("DELETE FROM screens WHERE id = ?", (name,))).rowcount == 1

    async def codes(self, now: int) -> list[CodeRow]:
        """As `Store.codes`."""
        await self._connection.execute("DELETE FROM codes WHERE until <= ?", (now,))
        rows = await self._connection.execute_fetchall("SELECT body, screen FROM codes")
        found = [msgspec.structs.replace(_code.decode(body), screen=screen) for body, screen in rows]
        return sorted(found, key=lambda row: (row.made, row.code))

    async def put_code(self, row: CodeRow) -> bool:
        """As `Store.put_code`."""
        await self.codes(row.made)
        cursor = await self._connection.execute(
            "INSERT OR IGNORE INTO codes(code, body, until) VALUES (?, ?, ?)",
            (row.code, msgspec.json.encode(row), row.until),
        )
        return cursor.rowcount == 1

    async def confirm_code(self, code: str, screen: str, now: int) -> bool:
        """As `Store.confirm_code`."""
        cursor = await self._connection.execute(
            "UPDATE codes SET screen = ?1 WHERE code = ?2 AND until > ?3 AND screen IN ('', ?1)", (screen, code, now)
        )
        return cursor.rowcount == 1

    async def drop_code(self, code: str) -> None:
        """As `Store.drop_code`."""
        await self._connection.execute("DELETE FROM codes WHERE code = ?", (code,))


@asynccontextmanager
async def open_sqlite_store(data_dir: Path) -> AsyncIterator[Store]:
    """The store under `data_dir`; made on first use, with a new secret and mode 0600. Raises StoreUnusable."""
    path = data_dir / FILE
    try:
        _make_private(path)
        connection = await aiosqlite.connect(path, isolation_level=None)
    except OSError as error:
        raise StoreUnusable(
            f"打不开账号库 {path}：{error.strerror}。请检查目录和权限，或用 --data 指定另一个目录。\n"
            f"The store {path} can't be opened: {error.strerror}. Check the folder, or name another with --data."
        ) from error
    try:
        try:
            secret = await _prepare(connection, path)
        except aiosqlite.DatabaseError as error:
            raise _not_ours(path, str(error)) from error
        yield SqliteStore(path, connection, secret)
    finally:
        await connection.close()


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


async def _prepare(connection: aiosqlite.Connection, path: Path) -> bytes:
    for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL"):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    ((marked,),) = await connection.execute_fetchall("PRAGMA application_id")
    tables = await connection.execute_fetchall("SELECT name FROM sqlite_master")
    if marked not in (0, APPLICATION_ID) or (marked == 0 and list(tables)):
        raise _not_ours(path, f"application_id {marked}")
    # In one transaction, so that another process sees all of it or nothing.
    await connection.execute("BEGIN IMMEDIATE")
    await connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for table in TABLES:
        await connection.execute(table)
    await connection.execute(
        "INSERT OR IGNORE INTO meta(key, value) VALUES ('secret', ?)", (secrets.token_bytes(SECRET_BYTES),)
    )
    await connection.execute("COMMIT")
    ((secret,),) = await connection.execute_fetchall("SELECT value FROM meta WHERE key = 'secret'")
    return bytes(secret)


def _not_ours(path: Path, found: str) -> StoreUnusable:
    return StoreUnusable(
        f"{path} 不是 OneWindow 的账号库（{found}）。请移走它，或用 --data 指定另一个目录。\n"
        f"{path} is no store of OneWindow ({found}). Move it away, or name another directory with --data."
    )
