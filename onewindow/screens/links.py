"""The links (管理连接): each paired screen keeps one, whatever page it shows; settings and orders come down it.

`WS /ws/screen`, frames as on every channel (`displays.frames`), with one cell:

    {"v", "kind": "snapshot", "epoch", "channel": "screen/s-…", "day": "", "cells": {"screen": settings}, "at"}
    {"v", "kind": "delta", "set": {"screen": settings}, …}     the supervisor has changed them
    {"v", "kind": "order", "order": "identify", "seconds"}     or "reload"
    {"v", "kind": "beat", "at"}

and up: `{"beat": v}`, and `{"shown": {…}}`, what the page says of itself (`Shown`). Close codes: 4403 not paired (any
more), 1008 too many messages. Each connection has a task that sends, and of the settings always the newest: a screen
that takes nothing holds nobody up.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from onewindow.access.guard import principal_of
from onewindow.http.limits import Limiter, Rate
from onewindow.screens.model import Screen, page_of
from onewindow.screens.shelf import Shelf

log = logging.getLogger(__name__)

FORBIDDEN: Final = 4403
CHATTY: Final = 1008
BEAT_SECONDS: Final = 2.0
IDENTIFY_SECONDS: Final = 10
MESSAGES: Final = Rate(burst=30, per_second=3)
MOST_WAITING: Final = 4
"""Orders that wait for a screen; it has not been shown more than that to."""

_encoder = msgspec.json.Encoder()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself (屏上所示)."""

    path: str
    v: int | None = None
    """The version of its channel that it shows; None: its page follows none."""
    connection: str = ""
    """`live`, `late` or `stale`, as the page itself marks it."""
    size: tuple[int, int] = (0, 0)
    """CSS pixels."""
    hidden: bool = False
    """Whether nobody can see it, because another page is before it."""
    rev: int = 0
    """The settings that it has taken over."""
    picture: str = ""
    """The digest of the picture that it last sent and still shows."""


class Said(msgspec.Struct, frozen=True):
    """A message from a screen."""

    shown: Shown | None = None


_said = msgspec.json.Decoder(Said)


class Link:
    """One screen's connection."""

    def __init__(self, screen: str, address: str, v: int) -> None:
        self.screen = screen
        self.address = address
        self.since = self.heard = time.time()
        self.shown: Shown | None = None
        self.v = v
        self.orders: list[dict[str, Any]] = []
        self.wanted = asyncio.Event()
        self.ended = False


class Links:
    """The connections of this process's screens. Loop-only."""

    def __init__(self, shelf: Shelf, moved: Callable[[], None]) -> None:
        """`moved` is told that a screen has come or gone."""
        self._shelf = shelf
        self._moved = moved
        self._links: dict[str, Link] = {}
        """The newest of each screen."""
        self._watched_until = 0.0
        self._epoch = f"{time.time_ns():x}"
        shelf.on_change(self._changed)

    def of(self, screen: str) -> Link | None:
        """The screen's connection to this process."""
        return self._links.get(screen)

    def all(self) -> list[Link]:
        """Every one."""
        return list(self._links.values())

    def watch(self, seconds: float) -> None:
        """Somebody looks at the screens: they are to send pictures of themselves for so long."""
        before, self._watched_until = self.watched, time.monotonic() + seconds
        if not before:
            for link in self._links.values():
                link.wanted.set()

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return time.monotonic() < self._watched_until

    def order(self, screen: str, what: str) -> bool:
        """Let a screen `identify` itself, or `reload` its page; whether it is connected here."""
        link = self._links.get(screen)
        if link is None:
            return False
        order: dict[str, Any] = {"kind": "order", "order": what}
        if what == "identify":
            order["seconds"] = IDENTIFY_SECONDS
        if len(link.orders) < MOST_WAITING:
            link.orders.append(order)
        link.wanted.set()
        return True

    async def socket(self, socket: WebSocket) -> None:
        """A screen's connection, from its beginning to its end."""
        await socket.accept()
        principal = principal_of(socket)
        screen = self._shelf.of_token(principal.token) if principal is not None else None
        if screen is None:
            await socket.close(FORBIDDEN)
            return
        link = Link(screen.id, socket.client.host if socket.client is not None else "", time.time_ns() // 1_000_000)
        self._links[screen.id] = link
        await self._shelf.was_there(screen.id, int(link.since))
        self._moved()
        sending = asyncio.create_task(self._send(socket, link), name="screen link")
        try:
            if await self._listen(socket, link):
                await socket.close(CHATTY)
        finally:
            link.ended = True
            link.wanted.set()
            sending.cancel()
            if self._links.get(screen.id) is link:
                del self._links[screen.id]
                await self._shelf.was_there(screen.id, int(time.time()))
                self._moved()

    async def _listen(self, socket: WebSocket, link: Link) -> bool:
        """Take in what the page says of itself; whether it said too much."""
        limiter = Limiter(MESSAGES)
        while True:
            try:
                text = await socket.receive_text()
            except (WebSocketDisconnect, KeyError, RuntimeError):
                return False
            if limiter.take(""):
                return True
            try:
                said = _said.decode(text)
            except (msgspec.DecodeError, RecursionError) as error:
                log.debug("The screen %s said what makes no sense: %s", link.screen, error)
                continue
            link.heard = time.time()
            if said.shown is not None:
                link.shown = said.shown

    async def _send(self, socket: WebSocket, link: Link) -> None:
        """Send the settings, and again whenever they have changed; orders and beats between."""
        told: dict[str, Any] | None = None
        while not link.ended:
            link.wanted.clear()
            screen = self._shelf.screens.get(link.screen)
            if screen is None:
                await socket.close(FORBIDDEN)
                return
            cell = self.cell(screen)
            if cell != told:
                await self._tell(socket, link, self._settings(link, cell, first=told is None))
                told = cell
            for order in link.orders[:]:
                await self._tell(socket, link, order)
                link.orders.remove(order)
            try:
                await asyncio.wait_for(link.wanted.wait(), BEAT_SECONDS)
            except TimeoutError:
                await self._tell(socket, link, {"kind": "beat"})

    def cell(self, screen: Screen) -> dict[str, Any]:
        """A screen's settings as its page takes them."""
        settings = screen.settings
        return {
            "zh": settings.zh,
            "page": page_of(settings),
            "volume": settings.volume,
            "layout": settings.layout.value,
            "theme": settings.theme.value,
            "language": settings.language.value,
            "rev": screen.rev,
            "watched": self.watched,
        }

    def _settings(self, link: Link, cell: dict[str, Any], *, first: bool) -> dict[str, Any]:
        if first:
            channel = f"screen/{link.screen}"
            return {
                "kind": "snapshot",
                "epoch": self._epoch,
                "channel": channel,
                "day": "",
                "cells": {"screen": cell},
            }
        link.v += 1
        return {"kind": "delta", "set": {"screen": cell}, "del": [], "calls": []}

    async def _tell(self, socket: WebSocket, link: Link, frame: dict[str, Any]) -> None:
        await socket.send_text(_encoder.encode({"v": link.v, **frame}).decode())

    def _changed(self, name: str) -> None:
        link = self._links.get(name)
        if link is not None:
            link.wanted.set()
