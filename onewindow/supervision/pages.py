"""The supervisor's page and what it reads (大厅主任): `/supervisor` and `GET /api/supervisor/…`."""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page
from onewindow.access.principal import Role
from onewindow.http.answer import json_answer
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay
from onewindow.supervision.floor import devices_of, floor_view, remaining_view
from onewindow.supervision.plan import plan_of
from onewindow.web.render import Pages

Screens = Callable[[], Iterable[dict[str, Any]]]
"""How the displays say which of their screens are well: each with `device` and `silent_seconds`."""


def routes(runtime: HallRuntime, pages: Pages, screens: Screens = tuple) -> list[BaseRoute]:
    """The room's routes. `screens`: what the displays know of theirs; nothing by default."""
    room = _Room(runtime, pages, screens)
    return [
        Route("/supervisor", room.page, methods=["GET"], name="supervisor"),
        Route("/api/supervisor/floor", room.floor, methods=["GET"], name="supervisor_floor"),
        Route("/api/supervisor/remaining", room.remaining, methods=["GET"], name="supervisor_remaining"),
    ]


class _Room:
    def __init__(self, runtime: HallRuntime, pages: Pages, screens: Screens) -> None:
        self._runtime = runtime
        self._pages = pages
        self._screens = screens
        self._plan = plan_of(runtime.hall)

    async def page(self, request: Request) -> Response:
        """The whole hall, live."""
        require_page(request, Role.SUPERVISOR)
        hall = self._runtime.hall
        return self._pages.render(
            request,
            "supervision/floor.html",
            page_zh="大厅现况",
            page_en="The hall now",
            plan=self._plan,
            zones=hall.zones,
            windows=hall.windows,
            points=hall.points,
            pause_reasons=hall.settings.pause_reasons,
        )

    async def floor(self, request: Request) -> Response:
        """GET /api/supervisor/floor; `v` counts the day's commits."""
        require(request, Role.SUPERVISOR)
        now = self._runtime.clock.now_ms()
        screens = list(self._screens())

        def look(live: LiveDay) -> dict[str, Any]:
            return {"v": live.head.n} | floor_view(live.state, now, devices_of(screens, live.state, now))

        suspect = self._runtime.clock_suspect
        return json_answer(await self._runtime.read(look) | {"clock_suspect": suspect})

    async def remaining(self, request: Request) -> Response:
        """GET /api/supervisor/remaining: who remains, for the choices at closing."""
        require(request, Role.SUPERVISOR)
        now = self._runtime.clock.now_ms()
        return json_answer(await self._runtime.read(lambda live: remaining_view(live.state, now)))
