"""The phones that asked for notes (订阅): kept in one small file of the data folder, bound to their tickets.

Nothing of a person stands there: a ticket's id, and the address and keys that the phone's browser made for this.
"""

import re
from pathlib import Path
from typing import Final

import msgspec

from onewindow.whole_file import put_whole

SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)
"""The push services of the browsers. Any other address is refused: nobody chooses where the server writes to."""
PER_TICKET: Final = 4
MOST: Final = 5000
LONGEST: Final = 2000
"""Characters of an address."""
_ENDPOINT: Final = re.compile(r"https://(?P<host>[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[!-\[\]-~]*)?")
"""A host, perhaps a port, and a path of visible ASCII without a backslash."""


class Keys(msgspec.Struct, frozen=True):
    """The browser's half of the encryption (RFC 8291), base64url."""

    p256dh: str
    auth: str


class Asked(msgspec.Struct, frozen=True):
    """A subscription as a browser gives it (PushSubscription.toJSON)."""

    endpoint: str
    keys: Keys


class Subscription(msgspec.Struct):
    """A phone of one ticket, and what it was last told."""

    ticket: str
    asked: Asked
    told: str = ""


def allowed(endpoint: str, services: tuple[str, ...]) -> bool:
    """Whether this is an address of one of the services.

    Only what every reader of addresses takes for the same host: at a backslash the one ends the host, the other not.
    """
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None or len(endpoint) > LONGEST:
        return False
    host = found["host"].lower()
    return any(host == one or host.endswith("." + one) for one in services)


class Subscriptions:
    """All of them, by address. Loop-only, but for `write`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "push.json"
        self.all: dict[str, Subscription] = {}
        if self._file.exists():
            try:
                found = msgspec.json.decode(self._file.read_bytes(), type=list[Subscription])
            except (msgspec.DecodeError, OSError):
                found = []  # Cut off by a power failure: the phones ask again when they are looked at.
            self.all = {one.asked.endpoint: one for one in found}

    def add(self, one: Subscription) -> bool:
        """Keep it, instead of what its phone had asked for; False: there are too many, of this ticket or of all."""
        others = [s for s in self.all.values() if s.asked.endpoint != one.asked.endpoint]
        if sum(s.ticket == one.ticket for s in others) >= PER_TICKET or len(others) >= MOST:
            return False
        self.all[one.asked.endpoint] = one
        return True

    def drop(self, endpoint: str) -> None:
        """Forget one."""
        self.all.pop(endpoint, None)

    def take_back(self, one: Subscription, before: Subscription | None) -> None:
        """Forget it for what its phone had asked for before, unless it has asked anew meanwhile."""
        if self.all.get(one.asked.endpoint) is one:
            self.drop(one.asked.endpoint)
            if before is not None:
                self.all[before.asked.endpoint] = before

    def encoded(self) -> bytes:
        """The file's content at this moment, for `write`."""
        return msgspec.json.encode(list(self.all.values()))

    def write(self, content: bytes) -> None:
        """Replace the file, readable by its owner alone, on the disk when it returns. Blocks. Raises OSError."""
        put_whole(self._file, content)
