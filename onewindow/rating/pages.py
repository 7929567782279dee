"""The device's page (评价器): `/windows/{no}/device`, and `GET /api/windows/{no}/device`."""

from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page
from onewindow.access.principal import Role
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem_of
from onewindow.queue.refusals import refuse
from onewindow.queue.words import COMPLAINTS, GRADES, RATING_REASONS
from onewindow.rating.view import device_view
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay
from onewindow.web.render import Pages
from onewindow.zones.model import Window

DEVICES: Final = (Role.SCREEN, Role.SUPERVISOR)
"""A clerk may not: nobody rates himself."""


def routes(runtime: HallRuntime, pages: Pages, written: Callable[[str, str | None], str]) -> list[BaseRoute]:
    """The room's routes. `written` gives what a window's clerk has written for the visitor with this ticket."""
    room = _Room(runtime, pages, written)
    return [
        Route("/windows/{no}/device", room.page, methods=["GET"], name="device"),
        Route("/api/windows/{no}/device", room.view, methods=["GET"], name="device_view"),
    ]


class _Room:
    def __init__(self, runtime: HallRuntime, pages: Pages, written: Callable[[str, str | None], str]) -> None:
        self._runtime = runtime
        self._pages = pages
        self._written = written

    async def page(self, request: Request) -> Response:
        """The device's page; a window named as people write it ("7") leads to its own address."""
        require_page(request, *DEVICES)
        window = self._window(request)
        if window.no != request.path_params["no"]:
            return RedirectResponse(f"/windows/{window.no}/device", 303)
        return self._pages.render(
            request,
            "rating/device.html",
            page_zh=f"{window.no} 号窗口评价",
            page_en=f"Window {window.no}",
            window=window,
            zone=self._runtime.hall.zones[window.zone],
            grades=[(grade, *GRADES[grade]) for grade in sorted(GRADES, reverse=True)],
            reasons=[(code, *RATING_REASONS[code]) for code in COMPLAINTS],
        )

    async def view(self, request: Request) -> Response:
        """What the device shows now."""
        require(request, *DEVICES)
        window, now = self._window(request), self._runtime.clock.now_ms()

        def look(live: LiveDay) -> dict[str, Any]:
            written = self._written(window.no, live.state.windows[window.no].ticket)
            return {"written": written} | device_view(live.state, window.no, now)

        return json_answer(await self._runtime.read(look))

    def _window(self, request: Request) -> Window:
        name = request.path_params["no"]
        window = self._runtime.hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        return window
