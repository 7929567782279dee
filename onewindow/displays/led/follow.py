"""Following a window's channel (跟随频道): the newest cells, how long the server has been silent, what was called.

The page's rules hold here as well: a snapshot replaces all, a delta must follow on the version before, a gap or a
silent socket means a new connection, and a call is made much of once, while it is fresh.
"""

import asyncio
import random
import time
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

BEAT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 6.5
FIRST_RETRY: Final = 0.4
LAST_RETRY: Final = 10.0
FRESH_MS: Final = 20_000
REMEMBERED: Final = 400


class _Frame(msgspec.Struct):
    v: int
    kind: str
    cells: dict[str, Any] = {}
    set: dict[str, Any] = {}
    gone: list[str] = msgspec.field(default_factory=list, name="del")
    calls: list[dict[str, Any]] = []
    id: str = ""


_decoder = msgspec.json.Decoder(_Frame)


class Gap(Exception):
    """A frame was missed: only a new connection, with its snapshot, is to be trusted."""


class Follower:
    """One channel, followed for ever. Loop-only."""

    def __init__(self, url: str) -> None:
        """`url`: `ws://host:port/ws/windows/07`."""
        self.url = url
        self.cells: dict[str, Any] = {}
        self.changed = asyncio.Event()
        """Set when something came; whoever draws clears it."""
        self.called_at: float | None = None
        """Steady time of the latest fresh call or recall."""
        self._heard_at: float | None = None
        self._v = -1
        self._seen: dict[str, None] = {}

    @property
    def silent(self) -> float | None:
        """Seconds since the server was heard; None: never."""
        return None if self._heard_at is None else time.monotonic() - self._heard_at

    async def run(self) -> None:
        """Connect, follow, connect again, until cancelled. Raises ValueError for an address that is none."""
        wait = FIRST_RETRY
        while True:
            before = self._heard_at
            try:
                async with connect(self.url, open_timeout=5, ping_interval=None, compression=None) as socket:
                    await self._follow(socket)
            except InvalidURI as error:
                raise ValueError(f"{self.url}: {error}") from error
            except (OSError, TimeoutError, InvalidHandshake, WebSocketException, Gap, msgspec.DecodeError):
                pass
            wait = FIRST_RETRY if self._heard_at != before else min(wait * 2, LAST_RETRY)
            # Jitter spreads a hall's bars over time after a restart; it decides nothing.
            await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311

    async def _follow(self, socket: ClientConnection) -> None:
        self._v = -1
        beats = asyncio.create_task(self._beat(socket))
        try:
            while True:
                text = await asyncio.wait_for(socket.recv(decode=False), SILENT_SECONDS)
                self.take(text)
        finally:
            beats.cancel()
            await asyncio.gather(beats, return_exceptions=True)

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await socket.send(msgspec.json.encode({"beat": self._v}).decode())

    def take(self, text: bytes) -> None:
        """Take one frame. Raises Gap, or msgspec.DecodeError."""
        frame = _decoder.decode(text)
        if frame.kind == "snapshot":
            self.cells = dict(frame.cells)
        elif frame.v != self._v + (frame.kind == "delta"):
            raise Gap
        else:
            self.cells |= frame.set
            for key in frame.gone:
                self.cells.pop(key, None)
        self._v = frame.v
        self._heard_at = time.monotonic()
        self._note(frame.calls)
        self.changed.set()

    def _note(self, calls: list[dict[str, Any]]) -> None:
        """Remember which calls were seen; a delta's calls are fresh when they come."""
        for call in calls:
            name = str(call.get("id", ""))
            if name in self._seen:
                continue
            self._seen[name] = None
            if call.get("kind") != "correction":
                self.called_at = time.monotonic()
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
