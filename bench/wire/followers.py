"""The followers (众屏): thousands of connections in one process, read by one bare epoll loop.

    python -m bench.wire.followers        orders (`stage.Follow`) as JSON lines; answers likewise

It only notes when the awaited bytes came, and reads them afterwards: little of the measured time is its own.
"""

import base64
import os
import secrets
import select
import socket
import sys
import time
from typing import Any, Final

import msgspec

from bench.wire.stage import Came, Follow

PATIENCE: Final = 60.0
"""Seconds until what is awaited must have come."""
QUIET: Final = 0.05
"""Seconds without a frame after which what has come is read, awaited or not."""
SMALL: Final = 2048
"""The receive buffer of a client that stalls, bytes."""


PING: Final = b"\x89\x04"
"""The head of uvicorn's pings; no JSON text holds it."""
PONG: Final = b"\x8a\x84\0\0\0\0"


class Group:
    """Connections of one kind."""

    def __init__(self) -> None:
        self.sockets: dict[int, socket.socket] = {}
        self.epoll = select.epoll()

    def add(self, end: socket.socket) -> None:
        """Read it from now on."""
        end.setblocking(False)
        self.sockets[end.fileno()] = end
        self.epoll.register(end.fileno(), select.EPOLLIN | select.EPOLLET)

    def close(self) -> None:
        """Hang up, without a farewell."""
        self.epoll.close()
        for end in self.sockets.values():
            end.close()


class Followers:
    """All groups."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._stalled: list[socket.socket] = []

    def obey(self, order: Follow) -> Any:
        """Do what is asked; the answer."""
        group = self._groups.setdefault(order.group, Group()) if order.group else Group()
        match order.do:
            case "connect":
                for n in range(order.count):
                    group.add(_connected(order, n))
                    if n % 200 == 199:
                        _drained(self._groups.values(), 0.0)  # A ping that nobody answers ends a connection.
                return len(group.sockets)
            case "stall":
                self._stalled.append(_connected(order, 0, SMALL))
                return 1
            case "let go":
                for end in self._stalled:
                    end.close()
                self._stalled.clear()
                return 0
            case "hang up":
                self._groups.pop(order.group).close()
                return 0
            case "yield":
                return _yield()
            case "drain":
                return _drained(self._groups.values(), order.count / 1000)
            case "expect":
                say("listening")
                return Came(groups=[_arrivals(group, order.mark.encode())])
            case "both":
                # Who is first: the times at which any of the groups had it, by group.
                return _both(self._groups, order.mark.encode())
            case _:
                raise RuntimeError(order.do)


def _yield() -> int:
    """Take only the time that nobody else wants: a low priority alone would still end its slice, 3 ms, first."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        return 0
    return os.nice(10)


def _connected(order: Follow, n: int, buffer: int = 0) -> socket.socket:
    """A connection; a WebSocket with its first frame when there are paths. Raises ConnectionError."""
    end = socket.socket()
    if buffer:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    end.connect(("127.0.0.1", order.port))
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not order.paths:
        return end
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = [
        f"GET {order.paths[n % len(order.paths)]} HTTP/1.1",
        f"Host: 127.0.0.1:{order.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    if order.token:
        lines.append(f"Authorization: Bearer {order.token}")
    end.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    got = b""
    while b'"kind":"snapshot"' not in got:
        more = end.recv(65536 if not buffer else 256)
        got += more
        if not more or (b"\r\n\r\n" in got and b" 101 " not in got):
            raise ConnectionError(got[:300].decode("utf-8", "replace"))
    return end


_room: Final = bytearray(262_144)
"""For whatever has come to one connection: a new one for each would cost more than the reading."""


def _read(fd: int) -> bytes:
    """All that has come, if anything; a ping is answered, or the server would hang up. Raises ConnectionError."""
    data = b""
    while True:
        try:
            size = os.readv(fd, (_room,))
        except BlockingIOError:
            break
        if not size:
            raise ConnectionResetError("the server hung up")
        data += memoryview(_room)[:size]
        if size < len(_room):
            break  # Else there may be more, of which the system wouldn't tell again.
    if (at := data.find(PING)) >= 0:
        os.write(fd, PONG + data[at + 2 : at + 6])
    return data


def _drained(groups: Any, seconds: float) -> int:
    """Read what comes for so long; the connections that were hung up."""
    until, gone = time.perf_counter() + seconds, 0
    while True:
        for group in groups:
            for fd, _ in group.epoll.poll(0.01):
                try:
                    _read(fd)
                except ConnectionError:
                    gone += 1
                    group.epoll.unregister(fd)
        if time.perf_counter() >= until:
            return gone


def _arrivals(group: Group, mark: bytes) -> list[float]:
    """When each connection had the frame with the mark, in the order of arrival.

    What comes is noted at once and read when all have got something, or nothing comes any more: reading two thousand
    sockets takes longer than writing to them, and would be measured in the server's place.
    """
    came: list[float] = []
    waiting = set(group.sockets)
    noted: dict[int, float] = {}
    tails: dict[int, bytes] = {}
    last = time.perf_counter()
    until = last + PATIENCE
    while waiting:
        # Awake once it has begun: whoever writes to one that sleeps has to wake it, on a loopback, each time.
        found = group.epoll.poll(0 if noted else QUIET, len(group.sockets))
        now = time.perf_counter()
        if now > until:
            raise TimeoutError(f"{len(waiting)} frames with {mark.decode()} didn't come")
        for fd, _ in found:
            noted[fd] = last = now
        if len(noted) >= len(waiting) or now - last > QUIET:
            for fd, at in noted.items():
                data = tails.pop(fd, b"") + _read(fd)
                if fd in waiting and mark in data:
                    waiting.discard(fd)
                    came.append(at)
                elif not data.endswith(b"}"):
                    tails[fd] = data[1 - len(mark) :]
            noted.clear()
    return sorted(came)


def _both(groups: dict[str, Group], mark: bytes) -> Came:
    """When each connection of each group, by its name, had the frame.

    One poll for all, whose list is in the order in which they came: what is read of one that was told first takes
    time in which others come.
    """
    waiting = {fd: n for n, name in enumerate(sorted(groups)) for fd in groups[name].sockets}
    times: list[list[float]] = [[] for _ in groups]
    tails: dict[int, bytes] = {}
    until = time.perf_counter() + PATIENCE
    with select.epoll() as all_of_them:
        for fd in waiting:
            all_of_them.register(fd, select.EPOLLIN | select.EPOLLET)
        say("listening")
        while waiting:
            found = all_of_them.poll(0, len(waiting))
            now = time.perf_counter()
            if now > until:
                raise TimeoutError(f"{len(waiting)} connections didn't get {mark.decode()}")
            for place, (fd, _) in enumerate(found):
                data = tails.pop(fd, b"") + _read(fd)
                if mark in data and fd in waiting:
                    times[waiting.pop(fd)].append(now + place * 1e-9)
                elif not data.endswith(b"}"):
                    tails[fd] = data[1 - len(mark) :]
    return Came(groups=[sorted(group) for group in times])


def say(what: Any) -> None:
    """One line on standard output."""
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Obey until standard input ends."""
    followers = Followers()
    for line in sys.stdin:
        say(followers.obey(msgspec.json.decode(line, type=Follow)))


if __name__ == "__main__":
    main()
