"""Signed rights to issue offline (离线取号授权): what a desk's page holds, and proves its slips by."""

import hashlib
from typing import Any, Final

import msgspec
from itsdangerous import BadData, URLSafeSerializer

LONGEST: Final = 512
"""Characters of a right; anything longer is not looked at."""


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """What a right says, as it is signed."""

    hall: str
    day: str
    no: int
    """The right's number in the day's journal (`SeriesGranted`)."""
    device: str
    """The page that it was granted to."""


class Rights:
    """Signs and reads the rights of one hall; the journal keeps the grants, and no signatures."""

    def __init__(self, secret: bytes, hall: str) -> None:
        """`secret` is the store's, `hall` the hall's code."""
        self._serializer = URLSafeSerializer(
            secret,
            salt="onewindow.offline-right",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )
        self._hall = hall

    def sign(self, day: str, no: int, device: str) -> str:
        """The right number `no` of `day`, for this device."""
        right = Right(hall=self._hall, day=day, no=no, device=device)
        text = self._serializer.dumps(msgspec.to_builtins(right))
        return text if isinstance(text, str) else text.decode("ascii")

    def read(self, text: str) -> Right | None:
        """What a right says, or None for one that isn't ours."""
        if len(text) > LONGEST:
            return None
        try:
            said: Any = self._serializer.loads(text)
            right = msgspec.convert(said, Right)
        except (BadData, msgspec.ValidationError):
            return None
        return right if right.hall == self._hall else None
