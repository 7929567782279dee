"""The store in Redis (Redis 账号库): what several processes must agree on, the signing secret first."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from redis.exceptions import RedisError

from onewindow.access.principal import Role
from onewindow.access.store import SECRET_BYTES, Account, CodeRow, ScreenRow, SignInRow, Store, StoreUnusable
from onewindow.shared.link import LOST, Client, Keys, client, shown
from onewindow.shared.promise import unreachable

BEGIN_SECONDS: Final = 60
"""A process that was to make the first accounts and died leaves it to another one after so long."""

_encode = msgspec.json.Encoder().encode
_account = msgspec.json.Decoder(Account)
_row = msgspec.json.Decoder(SignInRow)
_code = msgspec.json.Decoder(CodeRow)


class _Names:
    """The keys of one hall's store, on the shard of its journal: a hall's accounts and secret are its own."""

    def __init__(self, hall: str) -> None:
        prefix = Keys(hall).prefix + "store:"
        self.secret = prefix + "secret"
        self.accounts = prefix + "accounts"
        """Hash: name -> Account, JSON."""
        self.revoked = prefix + "revoked"
        """Sorted set: a token's id by the second at which it ends by itself."""
        self.sign_ins = prefix + "sign-ins"
        """Hash: a token's id -> SignInRow, JSON."""
        self.screens = prefix + "screens"
        """Hash: a screen's id -> its body."""
        self.seen = prefix + "screens-seen"
        """Hash: a screen's id -> when it was last there, seconds."""
        self.codes = prefix + "codes"
        """Hash: a pairing code -> CodeRow, JSON."""
        self.confirmed = prefix + "confirmed"
        """Hash: a pairing code -> the screen that it became; set once."""
        self.begun = prefix + "begun"


class RedisStore(Store):
    """The open store. Loop-only; make it with `open_redis_store`. Its methods raise RedisError."""

    def __init__(self, redis: Client, names: _Names, secret: bytes, place: str) -> None:
        self.place = place
        self.secret = secret
        self._redis = redis
        self._names = names

    async def account(self, name: str) -> Account | None:
        """As `Store.account`."""
        found: Any = await self._redis.hget(self._names.accounts, name)
        return _account.decode(found) if found is not None else None

    async def accounts(self) -> list[Account]:
        """As `Store.accounts`."""
        found: Any = await self._redis.hvals(self._names.accounts)
        return sorted((_account.decode(one) for one in found), key=lambda account: account.name)

    async def begin(self) -> bool:
        """As `Store.begin`."""
        if await self._redis.hlen(self._names.accounts):
            return False
        return bool(await self._redis.set(self._names.begun, 1, nx=True, ex=BEGIN_SECONDS))

    async def put_account(self, account: Account) -> None:
        """As `Store.put_account`."""
        await self._redis.hset(self._names.accounts, account.name, _encode(account))

    async def remove_account(self, name: str) -> bool:
        """As `Store.remove_account`."""
        return bool(await self._redis.hdel(self._names.accounts, name))

    async def revoke(self, token: str, until: int) -> None:
        """As `Store.revoke`."""
        await self._redis.zadd(self._names.revoked, {token: until})

    async def revoked(self, now: int) -> set[str]:
        """As `Store.revoked`."""
        await self._redis.zremrangebyscore(self._names.revoked, "-inf", now)
        found: Any = await self._redis.zrange(self._names.revoked, 0, -1)
        return {token.decode() for token in found}

    async def put_sign_in(self, row: SignInRow) -> None:
        """As `Store.put_sign_in`."""
        await self._redis.hset(self._names.sign_ins, row.token, _encode(row))

    async def sign_ins(self, now: int) -> list[SignInRow]:
        """As `Store.sign_ins`."""
        found: Any = await self._redis.hvals(self._names.sign_ins)
        rows = [_row.decode(one) for one in found]
        if ended := [row.token for row in rows if row.until <= now]:
            await self._redis.hdel(self._names.sign_ins, *ended)
        accounts = {account.name: account for account in await self.accounts()}
        revoked = await self.revoked(now)
        return sorted(
            (row for row in rows if row.until > now and row.token not in revoked and _good(row, accounts)),
            key=lambda row: (row.at, row.token),
        )

    async def screens(self) -> dict[str, ScreenRow]:
        """As `Store.screens`."""
        found: Any = await self._redis.hgetall(self._names.screens)
        seen: Any = await self._redis.hgetall(self._names.seen)
        return {name.decode(): ScreenRow(bytes(body), int(seen.get(name, 0))) for name, body in sorted(found.items())}

    async def put_screen(self, name: str, body: bytes) -> None:
        """As `Store.put_screen`."""
        await self._redis.hset(self._names.screens, name, body)

    async def screen_seen(self, name: str, at: int) -> None:
        """As `Store.screen_seen`."""
        if await self._redis.hexists(self._names.screens, name):
            await self._redis.hset(self._names.seen, name, at)

    async def remove_screen(self, name: str) -> bool:
        """As `Store.remove_screen`."""
        await self._redis.hdel(self._names.seen, name)
        return bool(await self._redis.hdel(self._names.screens, name))

    async def codes(self, now: int) -> list[CodeRow]:
        """As `Store.codes`."""
        found: Any = await self._redis.hvals(self._names.codes)
        rows = [_code.decode(one) for one in found]
        if ended := [row.code for row in rows if row.until <= now]:
            await self._redis.hdel(self._names.codes, *ended)
            await self._redis.hdel(self._names.confirmed, *ended)
        confirmed: Any = await self._redis.hgetall(self._names.confirmed)
        good = [row for row in rows if row.until > now]
        return sorted(
            (msgspec.structs.replace(r, screen=confirmed.get(r.code.encode(), b"").decode()) for r in good),
            key=lambda row: (row.made, row.code),
        )

    async def put_code(self, row: CodeRow) -> bool:
        """As `Store.put_code`."""
        await self.codes(row.made)
        return bool(await self._redis.hsetnx(self._names.codes, row.code, _encode(row)))

    async def confirm_code(self, code: str, screen: str, now: int) -> bool:
        """As `Store.confirm_code`."""
        if not any(row.code == code for row in await self.codes(now)):
            return False
        if await self._redis.hsetnx(self._names.confirmed, code, screen):
            return True
        held: Any = await self._redis.hget(self._names.confirmed, code)
        return bool(held == screen.encode())

    async def drop_code(self, code: str) -> None:
        """As `Store.drop_code`."""
        await self._redis.hdel(self._names.codes, code)
        await self._redis.hdel(self._names.confirmed, code)


def _good(row: SignInRow, accounts: dict[str, Account]) -> bool:
    account = accounts.get(row.name)
    return account is not None and account.role is Role.CLERK and row.at >= account.changed


@asynccontextmanager
async def open_redis_store(url: str, hall: str) -> AsyncIterator[RedisStore]:
    """The hall's store in the Redis at `url`, made on first use, with a new secret. Raises StoreUnusable.

    `hall`: the hall's code.
    """
    names = _Names(hall)
    try:
        redis = client(url)
    except ValueError as error:
        raise StoreUnusable(unreachable(shown(url), error)) from error
    try:
        try:
            await redis.set(names.secret, secrets.token_bytes(SECRET_BYTES), nx=True)
            secret: Any = await redis.get(names.secret)
        except (RedisError, *LOST) as error:
            raise StoreUnusable(unreachable(shown(url), error)) from error
        yield RedisStore(redis, names, bytes(secret), shown(url))
    finally:
        await redis.aclose()
