"""Screens of the benchmark (屏幕): websockets that only note when bytes came: little of the time is their own."""

import asyncio
import base64
import secrets
import time
from types import TracebackType
from typing import Final, cast

PATIENCE: Final = 10.0
"""Seconds until a call must have come."""


class Screen(asyncio.Protocol):
    """One connection to `/ws/hall`: after the handshake, when which bytes came."""

    def __init__(self, host: str, heard: asyncio.Event) -> None:
        self._host = host
        self._heard = heard
        self._got = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set when the first frame, the snapshot, has begun to come."""
        self.news: list[tuple[float, bytes]] = []
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = ("GET /ws/hall HTTP/1.1", f"Host: {self._host}", "Upgrade: websocket", "Connection: Upgrade")
        more = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        self.transport.write("\r\n".join(lines + more).encode())

    def data_received(self, data: bytes) -> None:
        """Note the time; frames are looked into later."""
        now = time.perf_counter()
        if self.ready.done():
            self.news.append((now, data))
            self._heard.set()
            return
        self._got += data
        if b'"kind":"snapshot"' in self._got:
            self.ready.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(repr(self._got[:200])))

    def when(self, call: bytes) -> float | None:
        """When the bytes of this call came, or None; a call's id may lie across two readings."""
        before = b""
        for at, data in self.news:
            if call in before + data:
                return at
            before = data[-len(call) :]
        return None


class Screens:
    """So many screens, connected while the block lasts."""

    def __init__(self, host: str, port: int, count: int) -> None:
        self._host, self._port, self._count = host, port, count
        self._heard = asyncio.Event()
        self._screens: list[Screen] = []

    async def __aenter__(self) -> "Screens":
        """Connect all, each with its snapshot."""
        loop = asyncio.get_running_loop()
        for _ in range(self._count):
            _, screen = await loop.create_connection(
                lambda: Screen(f"{self._host}:{self._port}", self._heard), self._host, self._port
            )
            self._screens.append(screen)
        await asyncio.gather(*(screen.ready for screen in self._screens))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        for screen in self._screens:
            if screen.transport is not None:
                screen.transport.abort()

    async def shown(self, call: bytes) -> list[float]:
        """When each screen got the call. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._heard.clear()
                times = [at for screen in self._screens if (at := screen.when(call)) is not None]
                if len(times) == self._count:
                    break
                await self._heard.wait()
        for screen in self._screens:
            screen.news.clear()
        return times
