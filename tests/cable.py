"""The cable (网线) between a hall and its screens, in a thread of its own, which a test pulls or freezes.

with cable(hall.port) as wire:
    page.goto(f"http://hall.test:{wire.port}/screens/hall")
    wire.freeze()
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cable:
    """Carries bytes to a port of 127.0.0.1, or doesn't. Its methods are for other threads."""

    def __init__(self, target: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = 0
        self._target = target
        self._loop = loop
        self._server: asyncio.Server | None = None
        self._flow = asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        """Nothing goes through any more, and nobody is told: as behind a server that was stopped by SIGSTOP."""
        self._do(self._flow.clear)

    def pull(self) -> None:
        """Every connection breaks and new ones are refused: as of a server that was killed."""
        self._do(self._break)

    def mend(self) -> None:
        """Everything flows again, what was frozen included."""
        self._do(self._flow.set)
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def _do(self, what: Callable[[], None]) -> None:
        done = threading.Event()

        def act() -> None:
            what()
            done.set()

        self._loop.call_soon_threadsafe(act)
        assert done.wait(10)

    def _break(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in tuple(self._ends):
            end.transport.abort()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        await self._flow.wait()
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        self._ends.add(forth)
        for source, sink in ((reader, forth), (back, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                await self._flow.wait()
                sink.write(data)
                await sink.drain()
        sink.close()
        self._ends.discard(sink)

    async def _run(self, ready: threading.Event, over: asyncio.Event) -> None:
        self._flow.set()
        await self._listen()
        ready.set()
        await over.wait()
        self._break()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextmanager
def cable(target: int) -> Iterator[Cable]:
    """A whole one, until the block ends."""
    loop = asyncio.new_event_loop()
    made, ready, over = Cable(target, loop), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(made._run(ready, over)), name="cable")
    thread.start()
    assert ready.wait(10)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
