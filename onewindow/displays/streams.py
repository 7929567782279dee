"""Streams (频道内容): what a followed channel shows, and the frames that a client who comes back may have missed."""

from collections import deque
from typing import Final

import msgspec

from onewindow.displays import frames
from onewindow.displays.channels import Channel
from onewindow.displays.clients import Client
from onewindow.displays.frames import Frame

KEPT_BYTES: Final = 32 * 1024
"""So much of a channel's last frames is kept; who missed more gets a snapshot, which is hardly larger."""
SNAPSHOT_SECONDS: Final = 1.0
"""A snapshot made is handed out for so long: its time is what its calls' age is counted by."""


class Stream:
    """One channel that somebody follows: its content as JSON cells, its version, its followers."""

    def __init__(self, channel: Channel, v: int, slot: int = 0) -> None:
        """`v`: above any that the channel has had before. `slot`: its place in the round of beats."""
        self.channel = channel
        self.v = v
        self.slot = slot
        self.cells: dict[str, msgspec.Raw] = {}
        self.clients: dict[Client, None] = {}
        self._recent: deque[Frame] | None = deque() if channel.screen else None
        """A phone's snapshot is one frame or two: nothing is kept for it."""
        self._recent_bytes = 0
        self._snapshot: Frame | None = None
        self._made_at = 0.0

    def news(self, frame: Frame) -> None:
        """A delta has made a new version."""
        self.v = frame.v
        self._snapshot = None
        if self._recent is None:
            return
        self._recent.append(frame)
        self._recent_bytes += len(frame.wire)
        while self._recent_bytes > KEPT_BYTES:
            self._recent_bytes -= len(self._recent.popleft().wire)

    def since(self, v: int | None) -> list[Frame] | None:
        """The frames that a client with version `v` has missed, oldest first; None: it needs a snapshot."""
        if v is None or v > self.v:
            return None
        if v == self.v:
            return []
        if not self._recent or self._recent[0].v > v + 1:
            return None
        return [frame for frame in self._recent if frame.v > v]

    def snapshot(self, epoch: str, now: float, at: str) -> Frame:
        """All that it shows, encoded once for all who come within a second; `now`: steady, `at`: its time."""
        if self._snapshot is None or now - self._made_at > SNAPSHOT_SECONDS:
            day = msgspec.json.decode(self.cells["day"])["day"]
            made = frames.snapshot(self.v, epoch=epoch, channel=str(self.channel), day=day, cells=self.cells, at=at)
            if not self.channel.screen:
                return made  # A phone's is not asked for again soon, and there are thousands.
            self._snapshot, self._made_at = made, now
        return self._snapshot
