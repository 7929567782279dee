"""Evidence (证据): what the users of the load were told, for the checker. Written by Locust's process as JSON."""

from pathlib import Path

import msgspec


class Told(msgspec.Struct, kw_only=True):
    """A ticket that a reply named."""

    id: str
    number: str


class Issued(msgspec.Struct, kw_only=True):
    """An acknowledged issue: the key it was asked under, and its tickets."""

    key: str
    tickets: list[Told]


class Called(msgspec.Struct, kw_only=True):
    """An acknowledged call."""

    key: str
    window: str
    ticket: str
    call: int
    why: str
    """The sentence that the clerk was shown."""


class Watched(msgspec.Struct, kw_only=True):
    """What one screen saw in one connection."""

    channel: str
    """`hall`, `zones/<code>` or `windows/<no>`."""
    since_ms: int
    """When the first frame had come …"""
    until_ms: int
    """… and when the connection ended, ms since the epoch."""
    frames: int = 0
    snapshots: int = 0
    """More than one: it was conflated, and may have missed a call's flash by design."""
    calls: list[str] = msgspec.field(default_factory=list)
    """Ids of calls, recalls and corrections, in the order in which they came."""
    faults: list[str] = msgspec.field(default_factory=list)
    """What was wrong with the frames."""


class Figure(msgspec.Struct, kw_only=True):
    """One line of the table: a kind of request and its times in ms."""

    name: str
    count: int
    failed: int
    p50: float
    p95: float
    p99: float
    most: float


class Evidence(msgspec.Struct, kw_only=True):
    """All that is kept of a run."""

    issued: list[Issued] = msgspec.field(default_factory=list)
    called: list[Called] = msgspec.field(default_factory=list)
    watched: list[Watched] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)
    """What a user saw that must not be, such as another reply to the same key."""
    figures: list[Figure] = msgspec.field(default_factory=list)
    seconds: float = 0.0


def write(evidence: Evidence, path: Path) -> None:
    """Write it as JSON."""
    path.write_bytes(msgspec.json.encode(evidence))


def read(path: Path) -> Evidence:
    """Read it back. Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Evidence)
