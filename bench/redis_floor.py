"""The floor of two processes (双进程底线): `python -m bench.redis_floor write|follow PORT REDIS_PORT STREAM`.

What the way from a request at one process to a frame from another costs when nothing is done on it: the first
process turns each request into one bare XADD and answers, the other one waits in a bare XREAD BLOCK and writes each
entry as a websocket's frame. No client library, no checks, no hall.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, Final, cast

import hiredis
import uvloop

HOST: Final = "127.0.0.1"
OK: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
SHAKEN: Final = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"


def command(*words: bytes) -> bytes:
    """A command as Redis reads it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def frame(text: bytes) -> bytes:
    """A whole text frame of a websocket, of at most 65,535 bytes."""
    size = len(text)
    return (b"\x81" + bytes([size]) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")) + text


class Link(asyncio.Protocol):
    """A connection to Redis: what it says is handed on."""

    def __init__(self, said: Callable[[Any], None]) -> None:
        self._said = said
        self._reader = hiredis.Reader()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The way is open."""
        self.transport = cast(asyncio.Transport, transport)

    def send(self, *words: bytes) -> None:
        """Ask."""
        assert self.transport is not None
        self.transport.write(command(*words))

    def data_received(self, data: bytes) -> None:
        """Whole replies go on."""
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self._said(reply)


class Caller(asyncio.Protocol):
    """A connection of a caller, who says one thing at a time."""

    def __init__(self, asks: Callable[["Caller", bytes], None]) -> None:
        self._asks = asks
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The way is open."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A request: small, so it comes whole."""
        self._asks(self, data)

    def tell(self, data: bytes) -> None:
        """Answer."""
        assert self.transport is not None
        self.transport.write(data)


async def write(port: int, redis: int, stream: bytes) -> None:
    """Each request becomes an entry, then it is answered. For ever."""
    asked: list[Caller] = []
    loop = asyncio.get_running_loop()
    _, link = await loop.create_connection(lambda: Link(lambda _: asked.pop(0).tell(OK)), HOST, redis)

    def ask(caller: Caller, request: bytes) -> None:
        asked.append(caller)
        link.send(b"XADD", stream, b"*", b"body", request.partition(b"\r\n\r\n")[2])

    await serve(port, ask)


async def follow(port: int, redis: int, stream: bytes) -> None:
    """Each entry becomes a frame to all who have shaken hands. For ever."""
    screens: list[Caller] = []
    loop = asyncio.get_running_loop()

    def said(reply: Any) -> None:
        for _, entries in reply or ():
            for name, fields in entries:
                text = frame(fields[1])
                for screen in screens:
                    screen.tell(text)
                link.send(b"XREAD", b"BLOCK", b"0", b"STREAMS", stream, name)

    def shake(screen: Caller, _: bytes) -> None:
        if screen not in screens:
            screens.append(screen)
            screen.tell(SHAKEN + frame(b'{"kind":"snapshot"}'))

    _, link = await loop.create_connection(lambda: Link(said), HOST, redis)
    link.send(b"XREAD", b"BLOCK", b"0", b"STREAMS", stream, b"0")
    await serve(port, shake)


async def serve(port: int, asks: Callable[[Caller, bytes], None]) -> None:
    """Take callers, for ever."""
    server = await asyncio.get_running_loop().create_server(lambda: Caller(asks), HOST, port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    role, *numbers, name = sys.argv[1:]
    uvloop.run({"write": write, "follow": follow}[role](int(numbers[0]), int(numbers[1]), name.encode()))
