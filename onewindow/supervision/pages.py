"""The supervisor's page and what it reads (大厅主任): `/supervisor` and `GET /api/supervisor/…`."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page
from onewindow.access.principal import Role
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem_of
from onewindow.queue.refusals import refuse
from onewindow.queue.words import SUSPENSIONS
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay
from onewindow.supervision.check_calls import CheckCalls
from onewindow.supervision.floor import devices_of, floor_view, remaining_view
from onewindow.supervision.groups import groups_view
from onewindow.supervision.opening import Opening, SignedIn
from onewindow.supervision.paper_alarms import Paper
from onewindow.supervision.stranded import stranded_view
from onewindow.supervision.voice_alarms import Trouble
from onewindow.views.plan import plan_of
from onewindow.web.render import Pages

Screens = Callable[[], Iterable[dict[str, Any]]]
"""How the displays say which of their screens are well: each with `device` and `silent_seconds`."""


class Devices(NamedTuple):
    """How the hall's devices are asked for their state (设备)."""

    screens: Screens
    papers: Callable[[], Iterable[Paper]]
    """What the desk knows of its printers' paper."""
    voices: Callable[[], Iterable[Trouble]] = tuple
    """What is wrong with the voice."""


def routes(
    runtime: HallRuntime, pages: Pages, devices: Devices, check: CheckCalls, signed_in: SignedIn
) -> list[BaseRoute]:
    """The room's routes. `signed_in`: which clerk is at which window."""
    room = _Room(runtime, pages, devices, check)
    return [
        *check.routes(),
        *Opening(runtime, signed_in).routes(),
        Route("/api/supervisor/groups", room.groups, methods=["GET"], name="supervisor_groups"),
        Route("/api/supervisor/windows/{no}/stranded", room.stranded, methods=["GET"], name="supervisor_stranded"),
        Route("/supervisor", room.page, methods=["GET"], name="supervisor"),
        Route("/api/supervisor/floor", room.floor, methods=["GET"], name="supervisor_floor"),
        Route("/api/supervisor/remaining", room.remaining, methods=["GET"], name="supervisor_remaining"),
    ]


class _Room:
    def __init__(self, runtime: HallRuntime, pages: Pages, devices: Devices, check: CheckCalls) -> None:
        self._runtime = runtime
        self._pages = pages
        self._devices = devices
        self._check = check
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
            suspensions=SUSPENSIONS,
        )

    async def floor(self, request: Request) -> Response:
        """GET /api/supervisor/floor; `v` counts the day's commits."""
        require(request, Role.SUPERVISOR)
        now = self._runtime.clock.now_ms()
        screens = list(self._devices.screens())
        papers, voices = tuple(self._devices.papers()), tuple(self._devices.voices())

        def look(live: LiveDay) -> dict[str, Any]:
            floor = floor_view(live.state, now, devices_of(screens, live.state, now), papers, voices)
            return {"v": live.head.n, "check": self._check.reminder(live.state.day, now)} | floor

        suspect = self._runtime.clock_suspect
        return json_answer(await self._runtime.read(look) | {"clock_suspect": suspect})

    async def remaining(self, request: Request) -> Response:
        """GET /api/supervisor/remaining: who remains, for the choices at closing."""
        require(request, Role.SUPERVISOR)
        now = self._runtime.clock.now_ms()
        return json_answer(await self._runtime.read(lambda live: remaining_view(live.state, now)))

    async def groups(self, request: Request) -> Response:
        """GET /api/supervisor/groups: each group's intake, and when it is expected to end."""
        require(request, Role.SUPERVISOR)
        now = self._runtime.clock.now_ms()
        return json_answer(await self._runtime.read(lambda live: groups_view(live.state, now)))

    async def stranded(self, request: Request) -> Response:
        """GET /api/supervisor/windows/{no}/stranded?matters=A,B: see `stranded_view`."""
        require(request, Role.SUPERVISOR)
        name = request.path_params["no"]
        window = self._runtime.hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        asked = request.query_params.get("matters")
        matters = None if asked is None else [code for code in asked.split(",") if code]
        now = self._runtime.clock.now_ms()
        view = await self._runtime.read(lambda live: stranded_view(live.state, window.no, matters))
        return json_answer({"now_ms": now} | view)
