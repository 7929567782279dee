"""Following a window's channel (跟随频道): the newest cells, how long the server has been silent, what was called.

The page's rules hold here as well: a snapshot replaces all, a delta must follow on the version before, and a call is
made much of once, when its delta comes.
"""

import asyncio
import time
from typing import Any, Final

import msgspec

from onewindow.device.link import Gap, Link

SILENT_SECONDS: Final = 6.5
REMEMBERED: Final = 400


class _Frame(msgspec.Struct):
    v: int
    kind: str
    cells: dict[str, Any] = {}
    set: dict[str, Any] = {}
    gone: list[str] = msgspec.field(default_factory=list, name="del")
    calls: list[dict[str, Any]] = []
    id: str = ""
    zh: str = ""
    seconds: float = 0.0


class Trial(msgspec.Struct, frozen=True):
    """A test card that the panel is to show (测试卡): see `onewindow.displays.screen_test`."""

    name: str
    zh: str
    until: float
    """Steady time at which it goes."""


_decoder = msgspec.json.Decoder(_Frame)


class Follower:
    """One channel, followed for ever. Loop-only."""

    def __init__(self, url: str) -> None:
        """`url`: `ws://host:port/ws/windows/07`."""
        self.cells: dict[str, Any] = {}
        self.changed = asyncio.Event()
        """Set when something came; whoever draws clears it."""
        self.called_at: float | None = None
        """Steady time of the latest fresh call or recall."""
        self.trial: Trial | None = None
        self._heard_at: float | None = None
        self._v = -1
        self._seen: dict[str, None] = {}
        self._link = Link(url, take=self.take, beat=lambda: {"beat": self._v}, silent_seconds=SILENT_SECONDS)

    @property
    def silent(self) -> float | None:
        """Seconds since the server was heard; None: never."""
        return None if self._heard_at is None else time.monotonic() - self._heard_at

    async def run(self) -> None:
        """Follow until cancelled. Raises ValueError for an address that is none."""
        await self._link.run()

    async def tried(self, trial: Trial, size: tuple[int, int]) -> None:
        """Tell the server that the panel has taken the test card; `size`: its columns and lines."""
        await self._link.send({"tested": trial.name, "v": self._v, "size": list(size)})

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
        if frame.kind == "test":
            self.trial = Trial(frame.id, frame.zh, self._heard_at + frame.seconds)
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
