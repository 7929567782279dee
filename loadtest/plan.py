"""The plan (方案): what one run of the load test does, handed to Locust's process as JSON."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from onewindow.demo.cast import Cast, TokenFor, cast_of
from onewindow.demo.traffic import HALF_HOUR, seconds_of
from onewindow.voice.announcer import speakers_of
from onewindow.zones.model import Hall, WindowKind

VARIABLE: Final = "ONEWINDOW_LOAD_PLAN"
"""Where Locust's process finds the plan."""
TOKEN_HOURS: Final = 4.0
LOOKERS: Final = 60
PHONES_A_TICKET: Final = 6
"""The holder's and the family's: so many phones follow one ticket. The server takes eight."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    hall: str
    """Folder of the hall's files."""
    url: str
    compress: float
    """How many times as fast the profile's hour goes by."""
    start: int
    """Where the hour begins: seconds since midnight."""
    seconds: float
    """How long the run lasts, by the clock."""
    seed: int
    name: str
    """Of this run alone: its keys begin with it, so that a second run on one server repeats no command."""
    windows: tuple[str, ...]
    cast: Cast
    screens: int
    phones: int
    guides: int
    kiosks: int
    evidence: str
    """File for what the users were told."""
    seen: str
    """File for what the crowd saw."""
    speakers: dict[str, str]
    """Loudspeaker -> a zone of its own."""
    ahead_ms: int = 0
    """By how much the hall's clock is ahead of the machine's."""
    feed: int = -1
    """The descriptor by which Locust tells the crowd of tickets."""

    @property
    def lookers(self) -> int:
        """Phones that open pages and ask now and then, as Locust's users; the others follow by socket."""
        return min(LOOKERS, self.phones // 4)

    @property
    def followers(self) -> int:
        """Phones that follow by socket."""
        return self.phones - self.lookers

    @property
    def staff(self) -> int:
        """Locust's users who are there all the time."""
        return len(self.windows) + self.guides + self.kiosks

    @property
    def early(self) -> int:
        """People before the door as it opens: one for each window, and as many as the phones need tickets."""
        return max(len(self.windows), -(-self.followers // PHONES_A_TICKET))


def public_windows(hall: Hall) -> tuple[str, ...]:
    """The windows that have a clerk in the load test: all but the agents'."""
    return tuple(w.no for w in hall.windows.values() if w.kind is not WindowKind.AGENT)


def peak_hour(hall: Hall) -> int:
    """When the profile's busiest hour begins: seconds since midnight."""
    half_hours = {seconds_of(key): visits for key, visits in hall.profile.half_hours.items()}
    return max(half_hours, key=lambda at: half_hours[at] + half_hours.get(at + HALF_HOUR, 0.0), default=0)


def channels(hall: Hall, count: int) -> list[str]:
    """What so many screens follow: the hall, each zone, each window, and then again."""
    every = ["hall", *(f"zones/{code}" for code in hall.zones), *(f"windows/{no}" for no in hall.windows)]
    return [every[i % len(every)] for i in range(count)]


def make_cast(data: Path, windows: Iterable[str], redis: str = "", hall: str = "") -> Cast:
    """Tokens under the secret of the server's store, in `data`, or by the hall's code in Redis.

    Raises StoreUnusable.
    """

    async def make() -> Cast:
        async with open_store(data, redis, hall) as store:
            return cast_of(windows, token_for(Tokens(store.secret)))

    return asyncio.run(make())


def own_zones(hall: Hall) -> dict[str, str]:
    """Each loudspeaker with a zone that leads to it."""
    return {speaker: zone for zone, speaker in reversed(speakers_of(hall).items())}


def token_for(tokens: Tokens) -> TokenFor:
    """Makes tokens that outlive the run."""
    return lambda role, window: tokens.make(Role(role), f"load-{window or role}", hours=TOKEN_HOURS, window=window)


def write(plan: Plan, path: Path) -> None:
    """Write it; only its owner may read it, for it holds tokens."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(plan))


def read(path: Path) -> Plan:
    """Read it. Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Plan)
