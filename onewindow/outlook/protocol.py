"""What server and worker say to each other (进程间协议): frames of msgpack behind four bytes of length.

The worker says `Ready` by itself when its kernel is compiled; then each request has one answer, in order.
"""

from typing import BinaryIO, Final

import msgspec

from onewindow.forecast.day_summary import DaySummary
from onewindow.forecast.model import Model, Shift
from onewindow.forecast.moves import Effect, Move
from onewindow.forecast.snapshot import Snapshot
from onewindow.queue.outlook import Quantiles
from onewindow.zones.model import Hall

LONGEST: Final = 64 * 1024 * 1024
"""Bytes of a frame; a longer one means that the two don't understand each other."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True, tag="forecast"):
    """Forecast everybody of this area, and newcomers."""

    snapshot: Snapshot
    shifts: dict[str, Shift]
    """Calibration by class."""
    paths: int
    seed: int


class WhatIf(msgspec.Struct, frozen=True, kw_only=True, tag="what_if"):
    """Compare moves with leaving everything as it is."""

    snapshot: Snapshot
    moves: tuple[tuple[Move, ...], ...]
    """Alternatives: each one or more moves made together."""
    paths: int
    seed: int
    horizon_ms: int


class Fold(msgspec.Struct, frozen=True, kw_only=True, tag="fold"):
    """Fold some of a past day's commits into its summary; the first of a day begins anew."""

    hall: Hall
    day: str
    first: bool
    last: bool
    bodies: tuple[bytes, ...]
    """The commits' bytes, in order."""


class Learn(msgspec.Struct, frozen=True, kw_only=True, tag="learn"):
    """Make the model of these days, oldest first."""

    hall: Hall
    summaries: tuple[DaySummary, ...]


Request = Forecast | WhatIf | Fold | Learn


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The worker can begin."""

    engine: str
    """`kernel` or `python`."""


class Forecasted(msgspec.Struct, frozen=True, kw_only=True, tag="forecasted"):
    """The answer to `Forecast`."""

    tickets: tuple[Quantiles, ...]
    """In the snapshot's order."""
    newcomers: tuple[tuple[tuple[int, ...], int, Quantiles], ...]
    """(windows by place, credit, quantiles)"""
    took_ms: float
    cpu_ms: float = 0.0
    """The processor's time in it: less than `took_ms` where others wanted the core."""


class Compared(msgspec.Struct, frozen=True, kw_only=True, tag="compared"):
    """The answer to `WhatIf`: one effect for each alternative, in order."""

    effects: tuple[Effect, ...]
    took_ms: float
    cpu_ms: float = 0.0


class Folded(msgspec.Struct, frozen=True, kw_only=True, tag="folded"):
    """The answer to `Fold`: the day's summary after its last part, else None."""

    summary: DaySummary | None


class Learned(msgspec.Struct, frozen=True, kw_only=True, tag="learned"):
    """The answer to `Learn`."""

    model: Model


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """The request couldn't be served; the worker goes on."""

    error: str


Answer = Ready | Forecasted | Compared | Folded | Learned | Failed


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Send a frame."""
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None
