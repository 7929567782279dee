"""The displays' room (显示): hub, sockets and pages, put together for the application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.routing import BaseRoute

from onewindow.displays import pages as display_pages
from onewindow.displays import sockets
from onewindow.displays.fanout import Pace
from onewindow.displays.hub import Hub
from onewindow.http.under_way import UnderWay
from onewindow.runtime.hall import HallRuntime
from onewindow.web.render import Pages


@dataclass(frozen=True)
class Displays:
    """The displays at work."""

    hub: Hub
    """`hub.show(key, value)` puts a device or a loudspeaker before the supervisor; `hub.health` knows the screens."""
    routes: list[BaseRoute]


@asynccontextmanager
async def open_displays(
    runtime: HallRuntime,
    pages: Pages,
    ticket_of: Callable[[str], str | None],
    token_of: Callable[[str], str],
    *,
    pace: Pace | None = None,
    push_key: str = "",
    under_way: UnderWay | None = None,
) -> AsyncIterator[Displays]:
    """The displays until the block ends. `ticket_of`: a tracking token's ticket, or None; `token_of`: its token."""
    hub = Hub(runtime.hall, runtime, pace=pace, now_ms=runtime.clock.now_ms, under_way=under_way)
    hub.start()
    try:
        yield Displays(
            hub,
            [*sockets.routes(hub, ticket_of), *display_pages.routes(runtime, pages, ticket_of, token_of, push_key)],
        )
    finally:
        await hub.stop()
