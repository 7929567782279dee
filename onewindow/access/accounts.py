"""Accounts (账号): creating them, checking passwords off the loop, and the first ones of a new hall."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from onewindow.access.principal import Role
from onewindow.access.store import Account, Store
from onewindow.http.limits import Limiter, Rate
from onewindow.http.problem import problem

T = TypeVar("T")

FIRST: Final = (("guide", Role.GUIDE), ("clerk", Role.CLERK), ("supervisor", Role.SUPERVISOR), ("admin", Role.ADMIN))
"""Accounts that a new store begins with; a clerk's window is chosen at sign-in."""

CONSONANTS: Final = "bdfghjkmnprstvwz"
VOWELS: Final = "aeiou"
SYLLABLES: Final = 8

PER_PAIR: Final = Rate(burst=5, per_second=1 / 20)
PER_ADDRESS: Final = Rate(burst=30, per_second=1 / 4)
PER_ACCOUNT: Final = Rate(burst=60, per_second=1 / 4)
"""Tries to sign in: for an account from one address, from an address, for an account from everywhere."""

LONGEST_NAME: Final = 40
LONGEST_PASSWORD: Final = 200


def readable_password() -> str:
    """A random password that can be read out: eight syllables, 50 bits, for example `lasi-tefo-baku-rime`."""
    syllables = [secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(SYLLABLES)]
    return "-".join("".join(syllables[i : i + 2]) for i in range(0, SYLLABLES, 2))


class Accounts:
    """The accounts of a store, with the work of argon2 kept off the loop and one at a time. Loop-only."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        # 19 MiB and two passes: the smallest setting that OWASP's password storage sheet recommends.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._turn = asyncio.Semaphore(1)
        self._pairs = Limiter(PER_PAIR)
        self._addresses = Limiter(PER_ADDRESS)
        self._names = Limiter(PER_ACCOUNT)

    async def create(self, name: str, role: Role, *, window: str | None = None, password: str | None = None) -> str:
        """Create an account, or give it a new role and password. Returns the password, a random one if none is given.

        Raises ValueError for a name or password that is empty or too long.
        """
        if not 1 <= len(name) <= LONGEST_NAME or any(letter.isspace() or letter in "@:" for letter in name):
            raise ValueError(
                f"账号名要 1–{LONGEST_NAME} 个字符，不含空格、@ 和冒号。\n"
                f"A name takes 1 to {LONGEST_NAME} characters, no spaces, @ or colons."
            )
        password = readable_password() if password is None else password
        if not 8 <= len(password) <= LONGEST_PASSWORD:
            raise ValueError(
                f"密码要 8–{LONGEST_PASSWORD} 个字符。\nA password takes 8 to {LONGEST_PASSWORD} characters."
            )
        hashed = await self._off_the_loop(self._hasher.hash, password)
        changed = int(self._clock())
        await self._store.put_account(Account(name=name, role=role, window=window, hash=hashed, changed=changed))
        return password

    async def first(self) -> list[tuple[str, str]]:
        """On an empty store, create the first accounts; names and passwords, to be shown once. Else nothing."""
        if not await self._store.begin():
            return []
        return [(name, await self.create(name, role)) for name, role in FIRST]

    async def check(self, name: str, password: str, address: str) -> Account:
        """The account, if the password is right. Raises Problem sign_in_failed, or too_many_tries."""
        name = name[: LONGEST_NAME + 1]  # Nobody's; the limits keep it for a while, so it must not be long.
        pair = (name, address)
        # One after the other: what one address tries in vain must not use up an account's tries from elsewhere.
        wait = self._pairs.take(pair) or self._addresses.take(address) or self._names.take(name)
        if wait:
            raise problem("too_many_tries", seconds=wait, headers={"Retry-After": str(wait)})
        account = await self._store.account(name)
        known = account.hash if account is not None else self._nobody
        right = len(password) <= LONGEST_PASSWORD and await self._off_the_loop(self._matches, known, password)
        if account is None or not right:
            raise problem("sign_in_failed")
        self._pairs.give_back(pair)
        return account

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _off_the_loop(self, work: Callable[..., T], *args: str) -> T:
        async with self._turn:
            return await asyncio.to_thread(work, *args)
