"""What server and worker say to each other (进程间协议): frames of msgpack behind four bytes of length.

The worker says `Ready` by itself when its kernel is compiled; then each request has one answer, in order.
"""

from typing import BinaryIO, Final

import msgspec

from onewindow.forecast.model import Shift
from onewindow.forecast.moves import Effect, Move
from onewindow.forecast.snapshot import Snapshot
from onewindow.queue.outlook import Quantiles

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


Request = Forecast | WhatIf


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


class Compared(msgspec.Struct, frozen=True, kw_only=True, tag="compared"):
    """The answer to `WhatIf`: one effect for each alternative, in order."""

    effects: tuple[Effect, ...]
    took_ms: float


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """The request couldn't be served; the worker goes on."""

    error: str


Answer = Ready | Forecasted | Compared | Failed


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
