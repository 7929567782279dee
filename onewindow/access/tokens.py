"""Tokens (令牌): signed bearer tokens for staff and devices, and the tracking tokens of tickets.

A token is `ow1.` and an itsdangerous signature over who it stands for and until when; the key lies in the store.
A tracking token is `<ticket id>.<mac>`: derived from the ticket, never stored, the same on every reprint.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
from itsdangerous import BadData, URLSafeSerializer

from onewindow.access.principal import Principal, Role

PREFIX: Final = "ow1."
CACHED: Final = 4096
"""Verified tokens that are remembered, so that a request costs a look-up and not a signature."""
LONGEST: Final = 1024
"""Characters of a token; anything longer is not looked at."""
MAC_BYTES: Final = 16


class TokenFault(Exception):
    """Why a token is not accepted; `code` is one of token_invalid, token_expired, token_revoked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Paired(NamedTuple):
    """What a paired screen's token stands for at the moment (已配对的屏): the supervisor may change it."""

    screen: str
    """The screen's id."""
    role: Role
    device: str
    """The id of the hall's device that it is, or its own."""


class Claims(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token says, as it is signed."""

    i: str
    """Its id."""
    r: Role
    n: str
    """Name."""
    w: str | None = None
    """Window."""
    d: str | None = None
    """Device."""
    t: int
    """Made at, seconds since the epoch."""
    e: int
    """Good until, seconds since the epoch."""
    a: bool = False
    """Made by signing in to an account: ends when the account's password is changed."""


class Tokens:
    """Makes and reads tokens under one secret. `revoked` and `changed` are kept fresh by the store's owner."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._serializer = URLSafeSerializer(
            secret,
            salt="onewindow.token",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )
        self._clock = clock
        self._known: dict[str, tuple[Claims, Principal]] = {}
        self.revoked: set[str] = set()
        """Ids of tokens that were taken back."""
        self.changed: dict[str, int] = {}
        """When each account's password was last set, seconds since the epoch; an account that is gone is absent."""
        self.paired: dict[str, Paired] = {}
        """Ids of the tokens of paired screens, with what they stand for now."""

    def make(
        self,
        role: Role,
        name: str,
        *,
        hours: float,
        window: str | None = None,
        device: str | None = None,
        account: bool = False,
        token: str = "",
        made: int | None = None,
    ) -> str:
        """A new token, good for `hours`; with `token`, its id, and `made` (seconds) the same one as before."""
        now = int(self._clock()) if made is None else made
        claims = Claims(
            i=token or secrets.token_hex(8),
            r=role,
            n=name,
            w=window,
            d=device,
            t=now,
            e=now + round(hours * 3600),
            a=account,
        )
        text = self._serializer.dumps(msgspec.to_builtins(claims))
        return PREFIX + (text if isinstance(text, str) else text.decode("ascii"))

    def new_name(self) -> str:
        """A name for a token that was given none: distinct, so that idempotency keys of two never meet."""
        return f"token-{secrets.token_hex(3)}"

    def read(self, token: str) -> Principal:
        """Whom the token stands for. Raises TokenFault."""
        claims, principal = self._known.get(token) or self._verify(token)
        if claims.e <= self._clock():
            raise TokenFault("token_expired")
        if claims.i in self.revoked or (claims.a and claims.t < self.changed.get(claims.n, claims.e)):
            raise TokenFault("token_revoked")
        if (paired := self.paired.get(claims.i)) is not None:
            return msgspec.structs.replace(principal, role=paired.role, device=paired.device, screen=paired.screen)
        return principal

    def seconds_left(self, token: str) -> int:
        """How long a token that `read` accepted is still good."""
        claims, _ = self._known.get(token) or self._verify(token)
        return max(0, int(claims.e - self._clock()))

    def _verify(self, token: str) -> tuple[Claims, Principal]:
        if not token.startswith(PREFIX) or len(token) > LONGEST:
            raise TokenFault("token_invalid")
        try:
            said: Any = self._serializer.loads(token[len(PREFIX) :])
            claims = msgspec.convert(said, Claims)
        except (BadData, msgspec.ValidationError) as error:
            raise TokenFault("token_invalid") from error
        principal = Principal(
            name=claims.n, role=claims.r, window=claims.w, device=claims.d, token=claims.i, until=claims.e
        )
        if len(self._known) >= CACHED:
            self._known.clear()
        self._known[token] = claims, principal
        return claims, principal


class Tracking:
    """Makes and checks the tracking tokens of one hall's tickets (跟踪码).

    The ticket's id begins with its day, so that the code covers hall, day and ticket.
    """

    def __init__(self, secret: bytes, hall: str) -> None:
        """`secret` is the store's, `hall` the hall's code."""
        self._key = hmac.digest(secret, b"onewindow.tracking", "sha256")
        self._hall = hall.encode() + b"\0"

    def token(self, ticket: str) -> str:
        """The ticket's tracking token, for `/t/{token}` and as its holder's bearer."""
        mac = hmac.digest(self._key, self._hall + ticket.encode(), "sha256")[:MAC_BYTES]
        return f"{ticket}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode('ascii')}"

    def ticket(self, token: str) -> str | None:
        """The id of the ticket that this token tracks, or None for a token that isn't ours."""
        if len(token) > LONGEST or not token.isascii():
            return None
        ticket, dot, _ = token.rpartition(".")
        if dot and hmac.compare_digest(self.token(ticket), token):
            return ticket
        return None
