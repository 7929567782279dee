"""Frames (帧): the messages that a channel's followers get, encoded once per channel and version.

    {"v", "kind": "snapshot", "epoch", "channel", "day", "cells": {key: value}, "at"}
    {"v", "kind": "delta", "set": {key: value}, "del": [key], "calls": [call], "at"}
    {"v", "kind": "beat", "at"}
    {"v", "kind": "test", "id", "zh", "seconds", "at"}      to one device alone, see `screen_test`

`v` counts the channel's deltas within an `epoch` (one run of one server process): a delta follows on the frame with
`v - 1`, anything else is a gap, and the connection is to be made anew. A snapshot replaces all that was shown.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from onewindow.displays.projection import Called

_encoder = msgspec.json.Encoder()
TEXT_FRAME: Final = 0x81
"""FIN and opcode 1 of RFC 6455: a whole text message; the server's frames are not masked."""


class Frame:
    """One message: the bytes that go over the wire, and the text in them."""

    __slots__ = ("_head", "news", "v", "wire")

    def __init__(self, v: int, text: bytes, *, news: bool = True) -> None:
        self.v = v
        self.news = news
        """Whether it makes version `v`; a beat only bears it."""
        head = header(len(text))
        self._head = len(head)
        self.wire = head + text
        """The WebSocket frame, made once for all."""

    @property
    def text(self) -> bytes:
        """JSON, UTF-8."""
        return self.wire[self._head :]


def header(length: int) -> bytes:
    """The head of an unmasked text frame of so many bytes (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((TEXT_FRAME, length))
    if length < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT_FRAME, 127)) + length.to_bytes(8, "big")


def raw(value: Any) -> msgspec.Raw:
    """A cell's value as JSON."""
    return msgspec.Raw(_encoder.encode(value))


def snapshot(v: int, *, epoch: str, channel: str, day: str, cells: Mapping[str, msgspec.Raw], at: str) -> Frame:
    """All that the channel shows."""
    said = {"v": v, "kind": "snapshot", "epoch": epoch, "channel": channel, "day": day, "cells": cells, "at": at}
    return Frame(v, _encoder.encode(said))


def delta(v: int, changed: Mapping[str, msgspec.Raw], gone: Iterable[str], calls: Iterable[Called], at: str) -> Frame:
    """What has changed since the frame before."""
    said = {"v": v, "kind": "delta", "set": changed, "del": list(gone), "calls": list(calls), "at": at}
    return Frame(v, _encoder.encode(said))


def beat(v: int, at: str) -> Frame:
    """A sign of life: nothing has changed since `v`."""
    return Frame(v, _encoder.encode({"v": v, "kind": "beat", "at": at}), news=False)


def test(v: int, name: str, zh: str, seconds: int, at: str) -> Frame:
    """A test card for one screen, which shows version `v`."""
    return Frame(
        v, _encoder.encode({"v": v, "kind": "test", "id": name, "zh": zh, "seconds": seconds, "at": at}), news=False
    )
