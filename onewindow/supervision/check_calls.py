"""The morning check's page and calls (开门前检查): `/supervisor/check`, `GET` and `POST /api/supervisor/check`."""

import asyncio
import io
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page
from onewindow.access.principal import Role
from onewindow.guide_desk.trial_slip import trial_slip_image
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem
from onewindow.runtime.hall import HallRuntime
from onewindow.supervision.asked import body_of, nothing
from onewindow.supervision.check import Verdict, is_due
from onewindow.supervision.checking import Checking
from onewindow.views.clock import hhmm, local
from onewindow.views.ticket import View
from onewindow.web.render import Pages


class Seen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/supervisor/check/seen`: somebody has looked at this device, and it is well."""

    device: str


_seen = msgspec.json.Decoder(Seen)
LOOKERS = (Role.SUPERVISOR, Role.GUIDE)
"""Who may print the trial slip from a page: the desk's computer is the guide's."""


class CheckCalls:
    """The routes of one hall's check."""

    def __init__(self, runtime: HallRuntime, pages: Pages, checking: Checking) -> None:
        self._runtime = runtime
        self._pages = pages
        self._checking = checking

    def routes(self) -> list[BaseRoute]:
        """The page and the calls."""
        return [
            Route("/supervisor/check", self.page, methods=["GET"], name="check"),
            Route("/api/supervisor/check", self.view, methods=["GET"], name="check_view"),
            Route("/api/supervisor/check", self.begin, methods=["POST"], name="check_begin"),
            Route("/api/supervisor/check/seen", self.seen, methods=["POST"], name="check_seen"),
            Route("/api/supervisor/check/slip.png", self.slip, methods=["GET"], name="check_slip"),
        ]

    def reminder(self, day: str, now: int) -> View:
        """For the supervisor's page: whether the check is due, and what the last one of today found."""
        last = self._checking.last
        done = last is not None and last.day == day and last.ended is not None
        return {
            "due": is_due(self._runtime.hall, day, now, last),
            "running": self._checking.running,
            "at": hhmm(self._runtime.hall, last.began) if last is not None and done else None,
            "by": last.by if last is not None and done else None,
            "bad": last.count(Verdict.BAD) if last is not None and done else 0,
        }

    async def page(self, request: Request) -> Response:
        """The check's page."""
        require_page(request, Role.SUPERVISOR)
        return self._pages.render(request, "supervision/check.html", page_zh="开门前检查", page_en="Morning check")

    async def view(self, request: Request) -> Response:
        """GET /api/supervisor/check: the run under way or the last one, device by device."""
        require(request, Role.SUPERVISOR)
        return json_answer(self._view())

    async def begin(self, request: Request) -> Response:
        """POST /api/supervisor/check: try every device; a run that is under way goes on and is the answer."""
        principal = require(request, Role.SUPERVISOR)
        await body_of(request, nothing)
        self._checking.begin(self._runtime.day, principal.name)
        return json_answer(self._view())

    async def seen(self, request: Request) -> Response:
        """POST /api/supervisor/check/seen: what no machine can tell, a person has seen."""
        principal = require(request, Role.SUPERVISOR)
        asked = await body_of(request, _seen)
        if await self._checking.seen(asked.device, principal.name) is None:
            raise problem("not_found")
        return json_answer(self._view())

    async def slip(self, request: Request) -> Response:
        """GET /api/supervisor/check/slip.png: the trial slip, for a desk whose page prints."""
        require(request, *LOOKERS)
        hall = self._runtime.hall
        device = next((d for d in hall.devices.values() if d.kind == "printer"), None)
        when = local(hall, self._runtime.clock.now_ms()).strftime("%Y-%m-%d %H:%M")
        zh = device.zh if device is not None else "打印机"

        def draw() -> bytes:
            picture = io.BytesIO()
            trial_slip_image(hall.settings.short_zh, zh, when).save(picture, "PNG")
            return picture.getvalue()

        content = await asyncio.to_thread(draw)
        return Response(content, headers={"Cache-Control": "no-store"}, media_type="image/png")

    def _view(self) -> dict[str, Any]:
        last, hall = self._checking.last, self._runtime.hall
        now = self._runtime.clock.now_ms()
        view: dict[str, Any] = {"now_ms": now, "running": self._checking.running, "check": None}
        if last is not None:
            began = local(hall, last.began)
            view["check"] = {
                "day": last.day,
                "today": last.day == self._runtime.day,
                "at": began.strftime("%m-%d %H:%M") if last.day != self._runtime.day else began.strftime("%H:%M"),
                "by": last.by,
                "ended": last.ended is not None,
                "counts": {verdict.value: last.count(verdict) for verdict in Verdict},
                "devices": [msgspec.to_builtins(found) for found in last.devices],
            }
        return view
