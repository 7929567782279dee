"""What a client may send before the application sees it, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
import pytest
from uvicorn.server import ServerState

from onewindow.http.body import ClientGone, read_body
from onewindow.http.bounded import MOST_HEAD, BoundedProtocol
from onewindow.serve import config

TOO_LONG = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"a" * 8 * MOST_HEAD
TOO_MANY = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: a\r\n" * (MOST_HEAD // 2)


class Hasty(BoundedProtocol):
    """Waits for a request only a moment."""

    request_seconds = 0.05


class Echo:
    """Answers with the size of the body; `gone` is set by a client that left in its middle."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await read_body(scope, receive)
        except ClientGone:
            self.gone.set()
            return
        text = b"%d" % len(body)
        head = [(b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": text})


@asynccontextmanager
async def listening(app: Echo, protocol: type[BoundedProtocol] = BoundedProtocol) -> AsyncIterator[Callable[[], Any]]:
    """A server of `app`; yields what opens a connection to it: (reader, writer)."""
    settings = config(app)
    settings.load()
    assert issubclass(BoundedProtocol, settings.http_protocol_class)
    make = partial(protocol, config=settings, server_state=ServerState(), app_state={})
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield partial(asyncio.open_connection, "127.0.0.1", port)


async def answer_to(connect: Callable[[], Any], sent: bytes) -> bytes:
    """What the server says to these bytes before it hangs up."""
    reader, writer = await connect()
    writer.write(sent)
    try:
        return bytes(await reader.read())
    except ConnectionResetError:  # It hung up with bytes of ours still on the way.
        return b""
    finally:
        writer.close()


async def refusal_to(connect: Callable[[], Any], head: bytes) -> dict[str, Any]:
    """The problem with which an endless head is refused, read while it is being sent."""
    reader, writer = await connect()
    for start in range(0, len(head), MOST_HEAD // 2):
        writer.write(head[start : start + MOST_HEAD // 2])
        await writer.drain()
        if reader.at_eof() or writer.is_closing():
            break
    said: bytes = await reader.readuntil(b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 431 ") and b"application/problem+json" in said
    length = int(said.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    found: dict[str, Any] = msgspec.json.decode(await reader.readexactly(length))
    writer.close()
    return found


@pytest.mark.parametrize("head", [TOO_LONG, TOO_MANY], ids=["one header", "many headers"])
async def test_a_head_without_end_is_refused(head: bytes) -> None:
    async with listening(Echo()) as connect:
        assert (await refusal_to(connect, head))["code"] == "head_too_large"


async def test_what_is_no_http_is_refused_as_a_problem() -> None:
    async with listening(Echo()) as connect:
        head, _, body = (await answer_to(connect, b"\x16\x03\x01 hello\r\n\r\n")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ") and b"application/problem+json" in head
        assert msgspec.json.decode(body)["code"] == "bad_http"


@pytest.mark.parametrize(
    ("sent", "begun"),
    [(b"GET / HTTP/1.1\r\nHost:", False), (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", True)],
    ids=["head", "body"],
)
async def test_a_request_that_never_ends_is_given_up(sent: bytes, begun: bool) -> None:
    app = Echo()
    async with listening(app, Hasty) as connect:
        assert await answer_to(connect, sent) == b""
        if begun:
            await app.gone.wait()


async def test_a_whole_request_stops_the_clock_and_the_connection_stays() -> None:
    async with listening(Echo()) as connect:
        reader, writer = await connect()
        for body in (b"one", b"three"):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            said = await reader.readuntil(b"\r\n\r\n")
            assert said.startswith(b"HTTP/1.1 200 ") and await reader.readexactly(1) == b"%d" % len(body)
        writer.close()
