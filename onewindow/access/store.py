"""The store (账号库): the signing secret, accounts, revoked tokens, sign-ins and paired screens.

It lies in a file (`store_sqlite`), or in Redis for servers that share a hall (`store_redis`); `open_store` opens it.
"""

from typing import Final, Protocol

import msgspec

from onewindow.access.principal import Role

SECRET_BYTES: Final = 32


class StoreUnusable(Exception):
    """The file is not a store of ours, or can't be opened. Says which and what to do; Chinese first."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in with a password (账号)."""

    name: str
    role: Role
    window: str | None
    """A clerk's fixed window; None: chosen at sign-in."""
    hash: str
    """argon2id, as the library writes it."""
    changed: int
    """When the password was last set, seconds since the epoch; sessions from before end."""


class SignInRow(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk's sign-in at a window (登录记录); times in seconds since the epoch."""

    token: str
    name: str
    window: str
    at: int
    until: int
    """When the session ends by itself."""


class ScreenRow(msgspec.Struct, frozen=True):
    """What is kept of a paired screen (已配对的屏)."""

    body: bytes
    """As the screens' room wrote it."""
    seen: int = 0
    """When it was last there, seconds since the epoch; 0: it never came."""


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pairing code that some screen shows (配对码); times in seconds since the epoch."""

    code: str
    """Six digits."""
    claim: str
    """SHA-256 of the secret that only the browser has which shows the code, hex."""
    address: str
    about: str
    """What that browser says of itself: its size and its kind."""
    made: int
    until: int
    screen: str = ""
    """The screen that it became, once it is confirmed; a code is confirmed once."""


class Store(Protocol):
    """The open store, wherever it lies. Loop-only; make it with `open_store`."""

    secret: bytes
    """Signs the tokens."""
    place: str
    """Where it lies, for messages."""

    async def account(self, name: str) -> Account | None:
        """The account with this name, or None."""

    async def accounts(self) -> list[Account]:
        """All accounts, by name."""

    async def begin(self) -> bool:
        """Whether the store is new, so that its first accounts are to be made; True for one of several who ask."""

    async def put_account(self, account: Account) -> None:
        """Add the account, or replace the one with its name."""

    async def remove_account(self, name: str) -> bool:
        """Remove an account; whether there was one. Its sessions end."""

    async def revoke(self, token: str, until: int) -> None:
        """Refuse the token with this id until `until` (seconds since the epoch), when it ends by itself."""

    async def revoked(self, now: int) -> set[str]:
        """The ids that are revoked; those that have ended by `now` are forgotten."""

    async def put_sign_in(self, row: SignInRow) -> None:
        """Note a clerk's sign-in."""

    async def sign_ins(self, now: int) -> list[SignInRow]:
        """The sign-ins whose session is still good at `now`, the earliest first; those that have ended are forgotten.

        A session ends when it is revoked, when its account is gone or has a new password or role.
        """

    async def screens(self) -> dict[str, ScreenRow]:
        """The paired screens by id."""

    async def put_screen(self, name: str, body: bytes) -> None:
        """Keep a paired screen, or replace the body of the one with this id."""

    async def screen_seen(self, name: str, at: int) -> None:
        """A paired screen was there at `at`, seconds; nothing for one that isn't paired."""

    async def remove_screen(self, name: str) -> bool:
        """Forget a paired screen; whether there was one."""

    async def codes(self, now: int) -> list[CodeRow]:
        """The pairing codes that are good at `now`, the oldest first; the others are forgotten."""

    async def put_code(self, row: CodeRow) -> bool:
        """Keep a code that nobody shows at `row.made`; False when somebody does, and nothing is done."""

    async def confirm_code(self, code: str, screen: str, now: int) -> bool:
        """Let the code be this screen's; False when it isn't good at `now`, or is another's. One asker wins."""

    async def drop_code(self, code: str) -> None:
        """Forget a code."""
