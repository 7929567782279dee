"""Pairing (配对): a screen shows six digits, a supervisor types them, and the screen is one of the hall's.

A code alone gives nothing: what is paired is collected by the browser that showed it, which has a secret beside it in
a cookie that scripts can't read. So whoever reads the code off a wall, or guesses one, has no use for it. A code ends
after ten minutes, stands for one screen only, and can be collected again by its own browser when an answer got lost.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final

from onewindow.access.principal import Principal, Role
from onewindow.access.store import CodeRow, Store
from onewindow.access.tokens import Tokens
from onewindow.http.limits import Limiter, Rate
from onewindow.http.problem import Problem, problem
from onewindow.screens.model import Fault, Screen, Settings, checked
from onewindow.screens.shelf import Shelf
from onewindow.zones.model import Hall

CODE_SECONDS: Final = 600
TOKEN_HOURS: Final = 10 * 365 * 24.0
"""A TV hangs for years, and is unpaired by hand."""
MOST: Final = 200
"""Codes that stand at a time: of a million, so that a slip of the finger hits none."""
MOST_PER_ADDRESS: Final = 60
NEW_CODES: Final = Rate(burst=60, per_second=0.5)
"""New codes for an address: all TVs of a hall after a power cut, behind one router."""
TRIES: Final = Rate(burst=10, per_second=1 / 10)
"""Codes that a supervisor may look up or confirm in vain; a right one gives the tries back."""
CLAIM_BYTES: Final = 18


class Pairing:
    """The codes of one hall, and what they become. Loop-only."""

    def __init__(
        self, hall: Hall, store: Store, tokens: Tokens, shelf: Shelf, clock: Callable[[], float] = time.time
    ) -> None:
        self._hall = hall
        self._store = store
        self._tokens = tokens
        self._shelf = shelf
        self._clock = clock
        self._new = Limiter(NEW_CODES)
        self._tries = Limiter(TRIES)

    async def show(self, address: str, about: str, held: str = "") -> tuple[CodeRow, str]:
        """A code for the browser at `address`, and the claim for its cookie; its own one before (`held`) ends.

        Raises Problem too_many_codes.
        """
        now = int(self._clock())
        if wait := self._new.take(address):
            raise problem("too_many_codes", seconds=wait, headers={"Retry-After": str(wait)})
        standing = await self._store.codes(now)
        if (own := _own(standing, held)) is not None and not own.screen:
            await self._store.drop_code(own.code)
            standing.remove(own)
        here = sum(row.address == address for row in standing)
        if len(standing) >= MOST or here >= MOST_PER_ADDRESS:
            wait = max(1, standing[0].until - now)
            raise problem("too_many_codes", seconds=wait, headers={"Retry-After": str(wait)})
        while True:
            code, secret = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(CLAIM_BYTES)
            row = CodeRow(
                code=code, claim=_digest(secret), address=address, about=about, made=now, until=now + CODE_SECONDS
            )
            if await self._store.put_code(row):
                return row, f"{code}.{secret}"

    async def collect(self, held: str) -> tuple[CodeRow, Screen | None]:
        """What the browser's code has become; None while nobody has confirmed it. Raises Problem code_ended."""
        now = int(self._clock())
        row = _own(await self._store.codes(now), held)
        if row is None:
            raise problem("code_ended")
        if not row.screen:
            return row, None
        screen = self._shelf.screens.get(row.screen)
        if screen is None:
            await self._shelf.load()  # Another process may have paired it just now.
            screen = self._shelf.screens.get(row.screen)
        return row, screen

    async def look(self, code: str, principal: Principal) -> CodeRow:
        """Whose code it is, before it is confirmed. Raises Problem unknown_code, code_used, too_many_codes."""
        row = await self._typed(code, principal)
        if row.screen:
            raise problem("code_used")
        return row

    async def confirm(self, code: str, wanted: Settings, principal: Principal) -> Screen:
        """Make the browser that shows this code a screen of the hall. The same person may ask again.

        Raises Problem as `look`, or bad_body.
        """
        row = await self._typed(code, principal)
        name = self._named(row, principal)
        standing = self._shelf.screens.get(name)
        if standing is not None:
            return standing
        settings = accepted(self._hall, wanted, self._shelf.others(name))
        now = int(self._clock())
        if not await self._store.confirm_code(row.code, name, now):
            raise problem("code_used")
        screen = Screen(
            id=name,
            token=secrets.token_hex(8),
            made=now,
            until=now + round(TOKEN_HOURS * 3600),
            by=principal.name,
            settings=settings,
        )
        await self._shelf.put(screen)
        return screen

    def token(self, screen: Screen) -> str:
        """The screen's token: the same at each asking."""
        return self._tokens.make(
            Role.SCREEN,
            screen.id,
            hours=TOKEN_HOURS,
            device=screen.id,
            token=screen.token,
            made=screen.made,
        )

    async def _typed(self, code: str, principal: Principal) -> CodeRow:
        if wait := self._tries.take(principal.name):
            raise problem("too_many_codes", seconds=wait, headers={"Retry-After": str(wait)})
        rows = await self._store.codes(int(self._clock()))
        row = next((row for row in rows if hmac.compare_digest(row.code.encode(), code.encode())), None)
        if row is None:
            raise problem("unknown_code")
        self._tries.give_back(principal.name)
        return row

    def _named(self, row: CodeRow, principal: Principal) -> str:
        """The id of the screen that this code becomes when this person confirms it: the same at each asking."""
        said = f"{row.claim} {row.code} {principal.name}".encode()
        return f"s-{hmac.digest(self._store.secret, b'onewindow.screen ' + said, 'sha256').hex()[:8]}"


def accepted(hall: Hall, wanted: Settings, others: list[Screen]) -> Settings:
    """The settings, checked. Raises Problem bad_settings."""
    try:
        return checked(hall, wanted, others)
    except Fault as fault:
        raise Problem(
            422, "bad_settings", f"{fault.zh}。", f"{fault.en[0].upper()}{fault.en[1:]}.", {"path": f"$.{fault.path}"}
        ) from None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _own(rows: list[CodeRow], held: str) -> CodeRow | None:
    """The row of the code that a browser's cookie is for."""
    code, _, secret = held.partition(".")
    digest = _digest(secret)
    return next((row for row in rows if row.code == code and hmac.compare_digest(row.claim, digest)), None)
