"""Folding frames (收帧): what a screen shows from what it gets, and whatever is wrong with that. Pure."""

from typing import Any

from loadtest.evidence import Watched


class Fold:
    """One connection's frames: a snapshot first, then each version once and in its order."""

    def __init__(self, channel: str) -> None:
        self.cells: dict[str, Any] = {}
        self.v = 0
        self.watched = Watched(channel=channel, since_ms=0, until_ms=0)

    @property
    def of_a_ticket(self) -> bool:
        """Whether it is a phone's connection."""
        return self.watched.channel.partition("/")[0] == "tickets"

    def take(self, frame: dict[str, Any], now_ms: int) -> list[str]:
        """Fold a frame that came at `now_ms`; the ids of the calls that it flashes."""
        watched, v, kind = self.watched, frame["v"], frame["kind"]
        before, self.v = self.v, v
        watched.frames += 1
        if kind == "snapshot":
            watched.snapshots += 1
            watched.since_ms = watched.since_ms or now_ms
            self.cells = frame["cells"]
            return []
        if not watched.snapshots:
            watched.faults.append(f"a {kind} came before any snapshot")
        elif kind != "delta":
            if v != before:
                watched.faults.append(f"a beat of version {v} after {before}")
        elif v != before + 1:
            watched.faults.append(f"version {v} after {before}")
        if kind != "delta":
            return []
        self.cells |= frame["set"]
        for key in frame["del"]:
            self.cells.pop(key, None)
        calls = [str(call["id"]) for call in frame["calls"]]
        watched.calls += calls
        return calls
