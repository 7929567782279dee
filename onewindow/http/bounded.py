"""A bounded HTTP protocol (有界连接): what a client may send before an application sees it, and how long it may take.

uvicorn bounds neither the head of a request nor the time it takes to arrive: one client could fill the memory with
headers, or hold connections by sending a byte now and then. The parent is no documented class of uvicorn:
`tests/http/test_bounded.py` holds what is relied upon.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from onewindow.http.problem import MEDIA_TYPE, Problem, problem

MOST_HEAD: Final = 64 * 1024
"""Bytes of a request's line and headers; what comes in the same read as their beginning is not counted."""
REQUEST_SECONDS: Final = 30.0
"""So long a request may take from its first byte to its last; a slow phone needs one."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with bounds; for `uvicorn.Config(http=BoundedProtocol)`."""

    request_seconds = REQUEST_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _in_head = False
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """Give a connection that says nothing as long as one that has become idle."""
        super().connection_made(transport)
        self._within(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._within(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head that doesn't end, and refuse it."""
        begun = self._in_head
        super().data_received(data)
        if begun and self._in_head:
            self._head += len(data)
            if self._head > MOST_HEAD and not self.transport.is_closing():
                self._refuse(problem("head_too_large", most=MOST_HEAD))

    def on_message_begin(self) -> None:
        """A request begins to arrive."""
        self._in_head, self._head = True, 0
        self._within(self.request_seconds)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is whole, or has become a WebSocket, which has its own bounds."""
        self._within(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and let go of the parser.

        It and this refer to each other: both would stay in memory until the collector finds them, long after the
        WebSocket's end.
        """
        super().handle_websocket_upgrade()
        del self.parser

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in the shape of all errors."""
        self._refuse(problem("bad_http"))

    def _within(self, seconds: float | None) -> None:
        """Expect the rest in so many seconds; None: nothing is expected."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        self._deadline = None
        self.transport.close()

    def _refuse(self, found: Problem) -> None:
        body = found.body()
        head = f"HTTP/1.1 {found.status} \r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode("ascii") + body)
        self.transport.close()
