"""A watcher of the soak (看屏者): one connection that takes its frames apart, and insists on what it is promised."""

import asyncio
import base64
import secrets
import socket
import time
from typing import Final, cast

import msgspec

TEXT: Final = 0x81
PING: Final = 0x89
PONG: Final = bytes((0x8A, 0x84, 0, 0, 0, 0))
SMALL: Final = 4096
"""The receive buffer of a slow one, bytes."""


class Call(msgspec.Struct):
    """Of a frame's call, what is looked at."""

    id: str
    at: int


class Seen(msgspec.Struct):
    """Of a frame, what is looked at."""

    v: int
    kind: str
    epoch: str = ""
    calls: list[Call] = []


_seen = msgspec.json.Decoder(Seen)


class Tally(msgspec.Struct, kw_only=True):
    """What all watchers have seen."""

    frames: int = 0
    snapshots: int = 0
    caught_up: int = 0
    """Snapshots in the middle of a connection: a slow client was given the newest instead of all that it missed."""
    resumed: int = 0
    """Connections that went on from what they showed."""
    connected: int = 0
    cut: int = 0
    """Connections that the server ended."""
    faults: list[str] = msgspec.field(default_factory=list)
    """Versions out of order, calls that came twice: none is allowed."""
    late: list[float] = msgspec.field(default_factory=list)
    """Seconds from a call's command until a well-behaved watcher had it."""


class Watcher(asyncio.Protocol):
    """One connection; a new one takes its place when it ends, and goes on from what it showed."""

    def __init__(self, path: str, token: str, port: int, ahead_ms: int, tally: Tally, *, good: bool) -> None:
        self.path = path
        self.good = good
        self.lost: asyncio.Event = asyncio.Event()
        self.v = -1
        self.epoch = ""
        self.transport: asyncio.Transport | None = None
        self._token = token
        self._port = port
        self._ahead = ahead_ms
        self._tally = tally
        self._buffer = b""
        self._open = False
        self._first = True
        self._calls: set[str] = set()
        self._ours = False

    async def connect(self, *, slow: bool = False) -> None:
        """Make a connection, with what is shown so far. Raises OSError."""
        end = socket.socket()
        if slow:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        end.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(end, ("127.0.0.1", self._port))
        self.lost.clear()
        self._buffer, self._open, self._first, self._ours = b"", False, True, False
        transport, _ = await loop.create_connection(lambda: self, sock=end)
        self.transport = transport
        shows = f"?epoch={self.epoch}&v={self.v}" if self.v >= 0 else ""
        lines = [
            f"GET {self.path}{shows} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            *([f"Authorization: Bearer {self._token}"] if self._token else []),
        ]
        self.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._tally.connected += 1

    def hang_up(self) -> None:
        """End the connection, without a farewell."""
        self._ours = True
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As the protocol has it."""
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note who ended it."""
        if not self._ours:
            self._tally.cut += 1
        self.lost.set()

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        now = time.time_ns() // 1_000_000
        self._buffer += data
        if not self._open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head:
                self._tally.faults.append(head[:80].decode("latin-1"))
            self._buffer, self._open = rest, True
        while (frame := self._frame()) is not None:
            opcode, body = frame
            if opcode == TEXT:
                self.take(_seen.decode(body), now)
            elif opcode == PING and self.transport is not None:
                self.transport.write(PONG + body)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size or (buffer[1] > 125 and len(buffer) < start):
            return None
        self._buffer = buffer[start + size :]
        return buffer[0], buffer[start : start + size]

    def take(self, seen: Seen, now: int) -> None:
        """Hold a frame against what is promised; `now`: ms since the epoch."""
        tally = self._tally
        tally.frames += 1
        if seen.kind == "snapshot":
            tally.snapshots += 1
            tally.caught_up += not self._first
            if seen.epoch == self.epoch and seen.v < self.v:
                tally.faults.append(f"{self.path}: snapshot {seen.v} after {self.v}")
            self.epoch = seen.epoch
        else:
            expected = self.v + (seen.kind == "delta")
            if seen.v != expected:
                tally.faults.append(f"{self.path}: {seen.kind} {seen.v} instead of {expected}")
            tally.resumed += self._first
        self._first = False
        self.v = seen.v
        for call in seen.calls:
            if call.id in self._calls:
                tally.faults.append(f"{self.path}: {call.id} came twice")
            self._calls.add(call.id)
            if self.good:
                tally.late.append((now + self._ahead - call.at) / 1000)
