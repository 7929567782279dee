"""The server's key for push services (VAPID, RFC 8292): derived from the store's secret, so that it is made once.

A key of its own file would have to be shared by several processes and be kept with the store anyway; derived, it
lasts as long as the store does, and every process of a hall has the same one.
"""

import base64
import hmac
from importlib.util import find_spec
from typing import Any, Final

from onewindow.zones.model import Hall

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the group of P-256 (FIPS 186-4, D.1.2.3)."""


def possible(hall: Hall) -> bool:
    """Whether notes can be sent at all: the public address is https, and `pywebpush` is installed."""
    return hall.settings.public_url.startswith("https://") and find_spec("pywebpush") is not None


def private_key(secret: bytes, hall: str) -> Any:
    """The hall's private key, a `cryptography` EC key on P-256. Needs the extra `push`."""
    from cryptography.hazmat.primitives.asymmetric import ec

    seed = hmac.digest(secret, b"onewindow.push\0" + hall.encode(), "sha512")
    return ec.derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, ec.SECP256R1())


def public_text(key: Any) -> str:
    """Its public half as browsers want it: the uncompressed point, base64url without padding."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")
