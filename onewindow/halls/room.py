"""One hall's room (厅室): its application, loaded when it is first asked for, let go when nobody needs it."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final

import msgspec
from redis.exceptions import RedisError
from starlette.types import Receive, Scope, Send

from onewindow.access.store import StoreUnusable
from onewindow.app import OpenApp
from onewindow.halls.idle import timers
from onewindow.halls.site import Site
from onewindow.queue.file_lock import FileInUse
from onewindow.queue.journal import JournalBroken
from onewindow.runtime.answers import RuntimeFault
from onewindow.zones.faults import Fault, HallFileError
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

OpenHall = Callable[[Hall], AbstractAsyncContextManager[OpenApp]]
"""Opens a hall's application."""

RETRY_SECONDS: Final = 5.0
"""A hall that could not be opened is not tried again sooner."""
EXPECTED: Final = (HallFileError, StoreUnusable, FileInUse, JournalBroken, RuntimeFault)
"""Their message is for people, in both languages."""


class HallUnavailable(Exception):
    """The hall can't be served now (大厅不可用); the message says why, for people."""


class HallRoom:
    """The life of one hall in this process. Loop-only; an ASGI application for its requests and sockets."""

    def __init__(self, site: Site, open_hall: OpenHall, gate: asyncio.Semaphore) -> None:
        """`gate`: how many halls may be loaded at a time."""
        self.site = site
        self.opened: OpenApp | None = None
        self.fault = ""
        """Why it could not be opened, the last time; empty: it could, or wasn't tried."""
        self.users = 0
        """Requests under way and sockets that are open."""
        self.loads = 0
        self._open_hall = open_hall
        self._gate = gate
        self._used_at = self._failed_at = float("-inf")
        self._life: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[OpenApp]
        self._leave = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a socket. Raises HallUnavailable, with nothing answered yet."""
        self.users += 1
        try:
            opened = await self.wake()
            await opened.asgi(scope, receive, send)
        finally:
            self.users -= 1
            self._used_at = time.monotonic()

    async def wake(self) -> OpenApp:
        """The hall at work, loaded if it isn't. Raises HallUnavailable."""
        self._used_at = time.monotonic()
        while (life := self._life) is not None and self._leave.is_set():
            await asyncio.wait((life,))
        if self._life is None:
            if self.fault and time.monotonic() - self._failed_at < RETRY_SECONDS:
                raise HallUnavailable(self.fault)
            self._leave.clear()
            self._ready = asyncio.get_running_loop().create_future()
            self._life = asyncio.create_task(self._live(self._ready), name=f"hall {self.site.code}")
        return await asyncio.shield(self._ready)

    def found_faulty(self, faults: tuple[Fault, ...]) -> None:
        """Its files, checked by another process, have these faults; one that is at work goes on with what it has."""
        if self.opened is None:
            self.site = msgspec.structs.replace(self.site, faults=faults)

    async def drop_if_idle(self, seconds: float) -> bool:
        """Let the hall go if nobody has used it for so long and it has nothing to do; whether that was done."""
        opened = self.opened
        if opened is None or self._in_use(seconds) or opened.loudspeakers.pending:
            return False
        try:
            kept = await opened.runtime.read(lambda live: timers(live.state))
        except RuntimeFault:
            return False
        if kept or self._in_use(seconds) or opened.loudspeakers.pending:
            return False
        await self.close()
        return True

    async def close(self) -> None:
        """Let the hall go: what waits is finished first. Whoever asks meanwhile finds it loaded anew."""
        if (life := self._life) is not None:
            self._leave.set()
            await asyncio.wait((life,))

    def _in_use(self, seconds: float) -> bool:
        return bool(self.users) or time.monotonic() - self._used_at < seconds

    async def _live(self, ready: "asyncio.Future[OpenApp]") -> None:
        """Open, serve until `close`, and end: one task does it all."""
        try:
            async with AsyncExitStack() as stack:
                opened = await self._opened(stack, ready)
                if opened is not None:
                    await self._leave.wait()
                    self.opened = None
        except Exception:
            log.exception("The hall %s didn't end well.", self.site.code)
        finally:
            self.opened = None
            self._life = None
            ready.cancel()

    async def _opened(self, stack: AsyncExitStack, ready: "asyncio.Future[OpenApp]") -> OpenApp | None:
        """Open it and say so; None when it can't be opened, and why is said."""
        begun = time.monotonic()
        try:
            async with self._gate:
                hall = await asyncio.to_thread(self.site.load)
                opened = await stack.enter_async_context(self._open_hall(hall))
        except Exception as error:
            self._failed_at = time.monotonic()
            self.fault = _words(error)
            if isinstance(error, HallFileError):
                self.site = msgspec.structs.replace(self.site, faults=error.faults)
            log.warning("大厅 %s 打不开。 The hall can't be opened.\n%s", self.site.code, self.fault)
            ready.set_exception(HallUnavailable(self.fault))
            ready.exception()
            return None
        self.fault = ""
        self.site = msgspec.structs.replace(self.site, faults=())
        self.loads += 1
        self.opened = opened
        self._used_at = time.monotonic()
        log.info("Hall %s loaded in %.2f s.", self.site.code, self._used_at - begun)
        ready.set_result(opened)
        return opened


def _words(error: Exception) -> str:
    """Why a hall can't be opened."""
    if isinstance(error, EXPECTED):
        return str(error)
    if isinstance(error, OSError | sqlite3.Error | RedisError):
        return f"数据打不开：{error}。\nThe data can't be opened: {error}."
    log.error("An unexpected fault.", exc_info=error)
    return f"内部错误：{error!r}。\nAn internal fault: {error!r}."
