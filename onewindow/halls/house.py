"""The house (多厅进程): all halls of one process, found by the request's host name, and their life."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from redis.exceptions import RedisError
from starlette.types import ASGIApp, Receive, Scope, Send

from onewindow.app import OpenApp
from onewindow.halls.marks import Marks
from onewindow.halls.room import HallRoom, HallUnavailable, OpenHall
from onewindow.halls.site import Site, host_of
from onewindow.memory import give_back, keep
from onewindow.shared.link import LOST, ended
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

UNAVAILABLE: Final = "onewindow.unavailable"
"""In a scope that comes to the front: the hall that was asked for and can't be served."""
LOCALHOST: Final = "localhost"
"""Browsers take `<hall>.localhost` for this machine without asking anybody."""
LOADS_AT_ONCE: Final = 2
"""Halls that are loaded at the same time: those at work want the processor, too."""
LOOK_SECONDS: Final = 1.0
"""How often it is looked for halls to be taken up and to be let go."""
FEW: Final = 8
"""What halls that were let go leave behind (3 MiB each) is collected when so few are at work: it stops them …"""
MUCH: Final = 50
"""… or when as many have left something behind."""


class Halls:
    """The halls of this process, as one ASGI application. Loop-only; made by `open_halls`."""

    def __init__(self, sites: Iterable[Site], open_hall: OpenHall, marks: Marks, domain: str, idle: float) -> None:
        """`domain`: `<hall>.<domain>` is a hall's address; `idle`: so many seconds without use it may be let go."""
        gate = asyncio.Semaphore(LOADS_AT_ONCE)
        self.rooms = {site.code: HallRoom(site, partial(self._marked, open_hall), gate) for site in sites}
        self.domain = domain
        self.front: ASGIApp | None = None
        """What answers where no hall is named."""
        self._marks = marks
        self._idle = idle
        self._hosts = self._by_host()
        self._litter = 0
        """Halls that were let go since what they leave behind was collected."""

    def _by_host(self) -> dict[str, HallRoom]:
        hosts: dict[str, HallRoom] = {}
        for code, room in self.rooms.items():
            names = {f"{code}.{LOCALHOST}", f"{code}.{self.domain}"}
            hosts.update(dict.fromkeys(names | ({room.site.host} if not room.site.clashes else set()), room))
        hosts.pop("", None)
        return hosts

    def room_of(self, host: str) -> HallRoom | None:
        """The hall that is meant by a `Host` header, or None."""
        return self._hosts.get(host_of(host))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to its hall; one that names none to the front."""
        room = self.room_of(next((v.decode("latin-1") for n, v in scope["headers"] if n == b"host"), ""))
        assert self.front is not None
        if room is None:
            await self.front(scope, receive, send)
            return
        try:
            await room(scope, receive, send)
        except HallUnavailable:
            await self.front({**scope, UNAVAILABLE: room}, receive, send)

    @asynccontextmanager
    async def _marked(self, open_hall: OpenHall, hall: Hall) -> AsyncIterator[OpenApp]:
        """The hall, marked before it answers anybody."""
        async with open_hall(hall) as opened:
            await self._marks.put((hall.settings.code,))
            keep()
            yield opened

    # --- their life --------------------------------------------------------------------------------------------

    async def take_up(self) -> None:
        """Load the halls that were at work in a process that is no more. Raises RedisError."""
        found = await self._marks.orphans({code for code, room in self.rooms.items() if room.opened is not None})
        random.shuffle(found)  # Several processes that take up the same ones begin with different ones.
        for code in found:
            room = self.rooms.get(code)
            if room is None or room.opened is not None:
                continue
            if not await self._marks.orphan(code):
                continue
            try:
                await room.wake()
            except HallUnavailable:
                continue

    async def let_go(self) -> None:
        """Let those go that nobody needs, and mark those that are at work. Raises RedisError."""
        for code, room in self.rooms.items():
            writes = room.opened is not None and room.opened.runtime.writes
            if await room.drop_if_idle(self._idle):
                log.info("Hall %s was let go.", code)
                self._litter += 1
                if writes:
                    await self._marks.take(code)
        at_work = {code for code, room in self.rooms.items() if room.opened is not None}
        await self._marks.put(at_work)
        if self._litter and (len(at_work) <= FEW or self._litter >= MUCH):
            self._litter = 0
            give_back()

    async def close(self) -> None:
        """Let all of them go. Their marks stay: the next run takes them up again."""
        await asyncio.gather(*(room.close() for room in self.rooms.values()))


@asynccontextmanager
async def open_halls(
    sites: Iterable[Site], open_hall: OpenHall, marks: Marks, *, domain: str = LOCALHOST, idle: float = 900.0
) -> AsyncIterator[Halls]:
    """The halls until the block ends; those that were at work before are loaded by themselves."""
    halls = Halls(sites, open_hall, marks, domain, idle)
    tasks = [
        asyncio.create_task(_again(work), name=f"halls {work.__name__}") for work in (halls.take_up, halls.let_go)
    ]
    try:
        yield halls
    finally:
        for task in tasks:
            await ended(task)
        await halls.close()
        await marks.close()


async def _again(work: Callable[[], Awaitable[None]]) -> None:
    """Do it about once a second; a Redis that doesn't answer, or a full disk, is tried again."""
    while True:
        try:
            await work()
        except (RedisError, *LOST) as error:
            log.debug("The halls' marks can't be read or set: %s", error)
        except Exception:
            log.exception("Looking after the halls failed; it goes on.")
        await asyncio.sleep(LOOK_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311
