"""A proxy before Redis that misbehaves as a test says: it drops, delays and doubles bytes, or cuts connections."""

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
        self.half_when = b""
        """Of a request that holds these bytes the first half is passed on; the connection is cut. Once."""
        self.twice_when = b""
        """A request that holds these bytes is passed on twice. Once."""
        self.echo_when = b""
        """What is answered to a request that holds these bytes is passed on twice. Once."""
        self.delay = 0.0
        """Seconds by which bytes are late, in both directions."""
        self.dropped = asyncio.Event()
        """One of these has happened."""
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
        state = {"mute": False, "echo": False}
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
                if self.delay:
                    await asyncio.sleep(self.delay)
                data, over = self._spoilt(data, asks, state)
                sink.write(data)
                await sink.drain()
                self.carried.set()
                if over:
                    break
        for one in pair:
            one.close()
        if not asks and (state["mute"] or state["echo"]):
            # The client left before the reply that was to be spoilt, for what an earlier trick had left in its line.
            self.dropped.set()
        self._pairs.discard(pair)
        self.carried.set()

    def _spoilt(self, data: bytes, asks: bool, state: dict[str, bool]) -> tuple[bytes, bool]:
        """What is passed on of it, and whether that is the end of the connection."""
        if not asks:
            if state["mute"]:
                self.dropped.set()
                return b"", True
            if state["echo"]:
                state["echo"] = False
                self.dropped.set()
                return data + data, False
            return data, False
        if self._meant("drop_when", data):
            state["mute"] = True
        if self._meant("echo_when", data):
            state["echo"] = True
        for name, passed, over in (
            ("eat_when", b"", True),
            ("half_when", data[: len(data) // 2], True),
            ("twice_when", data + data, False),
        ):
            if self._meant(name, data):
                self.dropped.set()
                return passed, over
        return data, False

    def _meant(self, name: str, data: bytes) -> bool:
        """Whether the trick of this name is for these bytes; it is done once."""
        wanted: bytes = getattr(self, name)
        if not wanted or wanted not in data:
            return False
        setattr(self, name, b"")
        return True

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
