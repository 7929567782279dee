"""The screens' room (屏幕管理): codes, records, links and pages, put together for the application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute

from onewindow.access.store import Store
from onewindow.access.tokens import Tokens
from onewindow.displays.hub import Hub
from onewindow.runtime.hall import HallRuntime
from onewindow.screens.calls import ScreenCalls
from onewindow.screens.links import Links
from onewindow.screens.pages import ScreenPages
from onewindow.screens.pairing import Pairing
from onewindow.screens.shelf import Shelf
from onewindow.screens.sight import Sight
from onewindow.shared.link import ended
from onewindow.web.render import Pages


@dataclass(frozen=True)
class Screens:
    """The room at work."""

    silent: Callable[[], list[dict[str, Any]]]
    """Kiosks and devices at windows by how long they have been silent, as the supervisor's alarms take a device."""
    routes: list[BaseRoute]


@asynccontextmanager
async def open_screens(
    runtime: HallRuntime, pages: Pages, keys: tuple[Store, Tokens], hub: Hub, changed: Callable[[], None]
) -> AsyncIterator[Screens]:
    """The room, at work until the block ends.

    `keys`: the store, and the tokens under its secret; `changed` tells the supervisor's pages to look again.
    """
    store, tokens = keys
    shelf = Shelf(store, tokens, runtime.peers)
    links = Links(shelf, changed)
    sight = Sight(shelf, links, hub, runtime.peers, runtime.clock.now_ms)

    def moved(name: str) -> None:
        boards = (screen for screen in shelf.screens.values() if screen.board and screen.settings.device is None)
        hub.health.paired = {screen.id: screen.settings.zh for screen in boards}
        if name not in shelf.screens:
            sight.forget(name)
        changed()

    shelf.on_change(moved)
    await shelf.load()
    pairing = Pairing(runtime.hall, store, tokens, shelf)
    tasks = [
        asyncio.create_task(shelf.keep_fresh(), name="screens' records"),
        asyncio.create_task(sight.run(), name="screens' state"),
    ]
    try:
        routes: list[BaseRoute] = [
            *ScreenCalls(runtime.hall, pairing, shelf, sight).routes(),
            *ScreenPages(pages, pairing, shelf).routes(),
            WebSocketRoute("/ws/screen", links.socket),
        ]
        yield Screens(sight.silent, routes)
    finally:
        for task in tasks:
            await ended(task)
