"""The console's pages and what they read (窗口操作台): `/windows/{no}`, its pad, and `GET /api/windows/{no}`."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page, require_window
from onewindow.access.principal import Role
from onewindow.callers.bells import Bells
from onewindow.callers.slate import Slate
from onewindow.callers.view import console_view
from onewindow.callers.writing import Writing
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem_of
from onewindow.queue.refusals import refuse
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay
from onewindow.web.render import Pages
from onewindow.zones.model import Hall, Window

Context = Callable[[Hall, Window], dict[str, Any]]


def routes(runtime: HallRuntime, pages: Pages, unheard: Callable[[str], bool], slate: Slate) -> list[BaseRoute]:
    """The room's routes: the console, its pad, the way to one's own, and the window's staff view.

    `unheard` says whether a ticket's announcement ended without having been played. `slate` holds what clerks write
    for their visitors.
    """
    bells = Bells()
    slate.changed = bells.ring
    runtime.subscribe(slate.follow)
    runtime.subscribe(bells.follow)
    room = _Room(runtime, pages, unheard, slate)
    return [
        *Writing(runtime, slate, bells).routes(),
        Route("/windows", room.own, methods=["GET"], name="console_own"),
        Route("/windows/{no}", room.console, methods=["GET"], name="console"),
        Route("/windows/{no}/pad", room.pad, methods=["GET"], name="pad"),
        Route("/api/windows/{no}", room.view, methods=["GET"], name="window_view"),
    ]


class _Room:
    def __init__(self, runtime: HallRuntime, pages: Pages, unheard: Callable[[str], bool], slate: Slate) -> None:
        self._runtime = runtime
        self._pages = pages
        self._unheard = unheard
        self._slate = slate

    async def own(self, request: Request) -> Response:
        """A clerk goes on to the window that he signed in at, or to choose one; a supervisor to the whole hall."""
        principal = require_page(request, Role.CLERK, Role.SUPERVISOR)
        if principal.window:
            own = f"/windows/{principal.window}"
        else:
            own = "/sign-in/window" if principal.role is Role.CLERK else "/supervisor"
        return RedirectResponse(own, 303)

    async def console(self, request: Request) -> Response:
        """The clerk's console; a window named as people write it ("7") leads to its own address."""
        return self._page(request, "callers/console.html", console_context, "")

    async def pad(self, request: Request) -> Response:
        """The window's five buttons for a small tablet or an old phone (窗口小屏)."""
        return self._page(request, "callers/pad.html", pad_context, "/pad")

    async def view(self, request: Request) -> Response:
        """The window as its console shows it; `v` counts the day's commits."""
        require(request, Role.CLERK, Role.SUPERVISOR)
        window = self._window(request)
        require_window(request, window.no)
        now = self._runtime.clock.now_ms()

        def look(live: LiveDay) -> dict[str, Any]:
            ticket = live.state.windows[window.no].ticket
            unheard = ticket is not None and self._unheard(ticket)
            written = self._slate.read(window.no, ticket)
            seen = {"v": live.head.n, "unheard": unheard, "written": written}
            return seen | console_view(live.state, window.no, now)

        return json_answer(await self._runtime.read(look))

    def _page(self, request: Request, template: str, context: Context, tail: str) -> Response:
        require_page(request, Role.CLERK, Role.SUPERVISOR)
        window = self._window(request)
        if window.no != request.path_params["no"]:
            return RedirectResponse(f"/windows/{window.no}{tail}", 303)
        require_window(request, window.no)
        return self._pages.render(request, template, **context(self._runtime.hall, window))

    def _window(self, request: Request) -> Window:
        name = request.path_params["no"]
        window = self._runtime.hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        return window


def console_context(hall: Hall, window: Window) -> dict[str, Any]:
    """What the console's page needs of the hall's files, as `templates/callers/console.html` takes it."""
    return {
        "page_zh": f"{window.no} 号窗口",
        "page_en": f"Window {window.no}",
        "window": window,
        "zone": hall.zones[window.zone],
        "zones": hall.zones,
        "groups": list(hall.groups.values()),
        "matters": sorted(hall.matters.values(), key=lambda m: (m.zone != window.zone, m.code not in window.matters)),
        "departments": hall.departments,
        "pause_reasons": hall.settings.pause_reasons,
        "hold_reasons": hall.settings.hold_reasons,
        "timing": hall.settings.timing,
    }


def pad_context(hall: Hall, window: Window) -> dict[str, Any]:
    """What the pad's page needs of the hall's files, as `templates/callers/pad.html` takes it."""
    return {
        "page_zh": f"{window.no} 号窗口",
        "page_en": f"Window {window.no}",
        "window": window,
        "zone": hall.zones[window.zone],
        "pause_reasons": hall.settings.pause_reasons,
        "timing": hall.settings.timing,
    }
