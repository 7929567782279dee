"""A proxy before Redis that misbehaves as a test says: it drops replies, holds bytes back, or cuts connections."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class RedisProxy:
    """Carries bytes between its clients and one Redis. Loop-only."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 6379)
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flow = asyncio.Event()
        self._flow.set()
        self.held = asyncio.Event()
        """Bytes have come that are held back."""
        self.carried = asyncio.Event()
        """Set when bytes were written on after `freeze` and `release`, or could not be."""
        self.drop_when = b""
        """A request that holds these bytes is passed on; its reply never arrives, and the connection is cut. Once."""
        self.eat_when = b""
        """A request that holds these bytes is not passed on; the connection is cut. Once."""
        self.dropped = asyncio.Event()
        """One of these two has happened."""
        self.closed = False
        """New connections are refused."""
        self.url = ""

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            writer.close()
            return
        try:
            back, forth = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        pair = (writer, forth)
        self._pairs.add(pair)
        state = {"mute": False}
        for source, sink, asks in ((reader, forth, True), (back, writer, False)):
            task = asyncio.create_task(self._carry(source, sink, asks, state, pair))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        asks: bool,
        state: dict[str, bool],
        pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                flow = self._flow
                if not flow.is_set():
                    self.held.set()
                await flow.wait()
                if asks and self.eat_when and self.eat_when in data:
                    self.eat_when = b""
                    self.dropped.set()
                    break
                if asks and self.drop_when and self.drop_when in data:
                    self.drop_when = b""
                    state["mute"] = True
                if not asks and state["mute"]:
                    self.dropped.set()
                    break
                sink.write(data)
                await sink.drain()
                self.carried.set()
        for one in pair:
            one.close()
        self._pairs.discard(pair)
        self.carried.set()

    def hold(self) -> None:
        """Let no byte through in either direction, without closing anything: a link that hangs."""
        self._flow.clear()

    def freeze(self) -> Callable[[], None]:
        """Hold what comes on the connections of now, though their ends close; returns what lets it through.

        Call `thaw` before new connections are to flow.
        """
        self._flow = held = asyncio.Event()

        def let_through() -> None:
            self.carried.clear()
            held.set()

        return let_through

    def thaw(self) -> None:
        """Let what comes from now on through; what is held stays held."""
        self._flow = asyncio.Event()
        self._flow.set()

    def release(self) -> None:
        """Let what was held back through, and all that follows."""
        self._flow.set()

    def cut(self) -> None:
        """Close all connections and refuse new ones, until `mend`."""
        self.closed = True
        for pair in tuple(self._pairs):
            for one in pair:
                one.close()

    def mend(self) -> None:
        """Take connections again."""
        self.closed = False


@asynccontextmanager
async def proxied(target: str) -> AsyncIterator[RedisProxy]:
    """A proxy before the Redis at `target`, on a free port."""
    proxy = RedisProxy(target)
    server = await asyncio.start_server(proxy._accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy.url = f"redis://127.0.0.1:{port}/0"
    try:
        yield proxy
    finally:
        server.close()
        proxy.release()
        proxy.cut()
        for task in tuple(proxy._tasks):
            task.cancel()
        await asyncio.gather(*proxy._tasks, return_exceptions=True)
        await server.wait_closed()
