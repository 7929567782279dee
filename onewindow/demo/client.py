"""A small HTTP client (客户端) for many callers in one loop: kept-alive connections, JSON both ways.

The demonstration asks dozens of times a second from inside the server's own process, and the benchmark thousands of
times: both need a client that costs next to nothing. Answers are parsed by httptools.
"""

import asyncio
from typing import Any, Final, cast

import httptools
import msgspec

PATIENCE: Final = 30.0
"""Seconds that an answer may take."""


class Answer(msgspec.Struct, frozen=True):
    """What was answered."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it was obeyed."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body, decoded; None for an empty one."""
        return msgspec.json.decode(self.body) if self.body else None

    @property
    def code(self) -> str:
        """The problem's code, or empty."""
        found = self.json() if self.status >= 400 else None
        return str(found.get("code", "")) if isinstance(found, dict) else ""


class ConnectionGone(ConnectionError):
    """The connection ended before the answer was whole: whether the request was obeyed is not known."""


class Connection(asyncio.Protocol):
    """One kept-alive connection; one request at a time. Loop-only."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._body: list[bytes] = []
        self.open = False

    @classmethod
    async def to(cls, host: str, port: int) -> "Connection":
        """A new connection. Raises OSError."""
        _, made = await asyncio.get_running_loop().create_connection(cls, host, port)
        return made

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        """Send a whole request (see `request_bytes`); its answer. Raises ConnectionGone."""
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None or not self.open:
            waiting.set_exception(ConnectionGone("not connected"))
        else:
            self._transport.write(request)
        return waiting

    def close(self) -> None:
        """Hang up."""
        self.open = False
        if self._transport is not None:
            self._transport.close()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The way is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._parser = httptools.HttpResponseParser(self)
        self.open = True

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has gone."""
        self.open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionGone("the connection ended"))

    # --- httptools ---

    def on_message_begin(self) -> None:
        """An answer begins."""
        self._body = []

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if not self._parser.should_keep_alive():
            self.open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))


def request_bytes(
    method: str, path: str, host: str, *, token: str = "", key: str = "", body: bytes | None = None
) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode("ascii") + (body or b"")


class Client:
    """Asks one server over as many connections as are needed at the same time."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[Connection] = []
        self._keys = 0

    async def get(self, path: str, token: str = "") -> Answer:
        """GET. Raises OSError, TimeoutError."""
        return await self._ask(request_bytes("GET", path, self._name, token=token))

    async def post(self, path: str, body: Any = None, token: str = "") -> Answer:
        """POST with a fresh idempotency key; sent once more, under the same key, when the answer was lost.

        Raises OSError, TimeoutError.
        """
        self._keys += 1
        key = f"demo-{id(self):x}-{self._keys}"
        request = request_bytes(
            "POST", path, self._name, token=token, key=key, body=msgspec.json.encode({} if body is None else body)
        )
        try:
            return await self._ask(request)
        except ConnectionGone:
            return await self._ask(request)

    def close(self) -> None:
        """Hang up everywhere."""
        for connection in self._idle:
            connection.close()
        self._idle = []

    @property
    def _name(self) -> str:
        return f"[{self._host}]:{self._port}" if ":" in self._host else f"{self._host}:{self._port}"

    async def _ask(self, request: bytes) -> Answer:
        connection = self._free() or await Connection.to(self._host, self._port)
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        if connection.open:
            self._idle.append(connection)
        return answer

    def _free(self) -> Connection | None:
        while self._idle:
            if (connection := self._idle.pop()).open:
                return connection
        return None
