"""Evidence (证据): what the users of the load were told and saw, and when. Written as JSON: by Locust's process what
people were told, by the crowd's what screens, phones and loudspeakers got.

Times without a unit in their name are seconds of the machine's steady clock, which all processes share.
"""

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


class Timed(msgspec.Struct, array_like=True):
    """One request."""

    name: str
    at: float
    """When it was begun."""
    ms: float


class Shown(msgspec.Struct, array_like=True):
    """A call that came to a screen."""

    call: str
    at: float


class Spoken(msgspec.Struct, array_like=True):
    """An announcement at a loudspeaker: of which call, and when."""

    call: str
    """As screens name it; a recall is a call of its own."""
    free: float
    """Since when the loudspeaker had been silent."""
    sent: float
    """When its frame came."""
    started: float
    """When its sound was there and had begun; 0: it could not be had."""


class Crowd(msgspec.Struct, kw_only=True):
    """What the crowd's process saw."""

    watched: list[Watched] = msgspec.field(default_factory=list)
    shown: list[Shown] = msgspec.field(default_factory=list)
    spoken: list[Spoken] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)
    """Sockets that the server ended or refused, silences, sounds that could not be had."""
    sockets: list[tuple[float, int]] = msgspec.field(default_factory=list)
    """How many were connected, second by second."""
    most: int = 0
    """Sockets at one time."""
    connected: int = 0
    """Connections in all."""
    frames: int = 0
    silent: float = 0.0
    """The longest that any of them heard nothing, seconds; the server beats every 2 s."""
    all_there: float = 0.0
    """When everybody was connected for the first time; 0: never."""
    cpu: float = 0.0
    """Seconds of processor."""


class Evidence(msgspec.Struct, kw_only=True):
    """All that is kept of a run."""

    issued: list[Issued] = msgspec.field(default_factory=list)
    called: list[Called] = msgspec.field(default_factory=list)
    watched: list[Watched] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)
    """What a user saw that must not be, such as another reply to the same key."""
    figures: list[Figure] = msgspec.field(default_factory=list)
    seconds: float = 0.0
    begun: float = 0.0
    requests: list[Timed] = msgspec.field(default_factory=list)
    """Each issue, and each call that brought somebody."""
    clicks: dict[str, float] = msgspec.field(default_factory=dict)
    """Call -> when its clerk clicked."""
    refused: dict[str, int] = msgspec.field(default_factory=dict)
    """Refusals that are no error, counted by request and code."""
    expected: int = 0
    """People with a wish who were to get numbers …"""
    unserved: int = 0
    """… and those for whom the run ended before."""
    behind: float = 0.0
    """The longest that anybody stood at the desk or kiosk because those before took so long, seconds."""
    cpu: float = 0.0
    """Seconds of processor that Locust took."""
    server_cpu: dict[str, float] = msgspec.field(default_factory=dict)
    """The same of the server's process, and of those that it started (voice, forecast)."""
    crowd: Crowd = msgspec.field(default_factory=Crowd)


def write(evidence: Evidence | Crowd, path: Path) -> None:
    """Write it as JSON."""
    path.write_bytes(msgspec.json.encode(evidence))


def read(path: Path) -> Evidence:
    """Read it back. Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Evidence)


def read_crowd(path: Path) -> Crowd:
    """Read the crowd's. Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Crowd)
