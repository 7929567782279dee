"""Calls that read (查询接口): the hall, the board, a ticket, a window, the day, the journal."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from onewindow.access.guard import holder_of, require
from onewindow.access.principal import STAFF, Role
from onewindow.api.query import whole_number
from onewindow.api.replies import day_view
from onewindow.http.answer import encode, json_answer
from onewindow.http.problem import problem, problem_of
from onewindow.queue.checks import find_ticket
from onewindow.queue.journal import Journal
from onewindow.queue.refusals import Refusal
from onewindow.runtime.hall import HallRuntime
from onewindow.views.ticket import View, holder_ticket, staff_ticket
from onewindow.zones.model import Hall

Board = Callable[[], Awaitable[bytes]]
"""Gives the hall screen's first frame, JSON."""

KEPT: Final = "public, no-cache"
"""The static hall: kept, and asked for by its ETag each time."""


def hall_view(hall: Hall) -> View:
    """The static hall, as `GET /api/hall` shows it."""
    settings = hall.settings
    return {
        "code": settings.code,
        "zh": settings.zh,
        "en": settings.en,
        "short_zh": settings.short_zh,
        "time_zone": settings.time_zone,
        "digest": hall.digest,
        "zones": list(hall.zones.values()),
        "groups": [
            {"letter": g.letter, "zone": g.zone, "zh": g.public_zh, "en": g.public_en or g.en, "windows": g.windows}
            for g in hall.groups.values()
        ],
        "departments": list(hall.departments.values()),
        "windows": [
            {**msgspec.structs.asdict(window), "matters": sorted(window.matters)} for window in hall.windows.values()
        ],
        "points": list(hall.points.values()),
        "matters": list(hall.matters.values()),
        "chains": list(hall.chains.values()),
        "applicants": settings.applicants,
        "purposes": settings.purposes,
        "pause_reasons": settings.pause_reasons,
        "hold_reasons": settings.hold_reasons,
        "timing": settings.timing,
    }


class Reads:
    """The reading calls of one hall."""

    def __init__(self, runtime: HallRuntime, board: Board) -> None:
        self._runtime = runtime
        self._board = board
        self._hall = encode(hall_view(runtime.hall))
        self._etag = f'"{hashlib.sha256(self._hall).hexdigest()[:20]}"'

    async def hall(self, request: Request) -> Response:
        """GET /api/hall."""
        headers = {"ETag": self._etag, "Cache-Control": KEPT}
        known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
        if self._etag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        return Response(self._hall, headers=headers, media_type="application/json")

    async def board(self, request: Request) -> Response:
        """GET /api/board."""
        frame = await self._board()
        return Response(frame, headers={"Cache-Control": "no-store"}, media_type="application/json")

    async def ticket(self, request: Request) -> Response:
        """GET /api/tickets/{ticket}: live; what its holder may see, or all that staff may."""
        name = request.path_params["ticket"]
        holder = holder_of(request)
        if holder is None:
            require(request, *STAFF)
        elif holder != name:
            raise problem("ticket_of_another")
        state = await self._runtime.committed()
        ticket = find_ticket(state, name)
        if isinstance(ticket, Refusal):
            raise problem_of(ticket)
        view = staff_ticket if holder is None else holder_ticket
        return json_answer({"ticket": view(state, ticket)})

    async def day(self, request: Request) -> Response:
        """GET /api/day: the phase, how many remain, and whether the machine's clock is suspect."""
        require(request, *STAFF)
        suspect = self._runtime.clock_suspect
        state = await self._runtime.committed()
        return json_answer({"day": day_view(state), "clock_suspect": suspect})

    async def journal(self, request: Request) -> Response:
        """GET /api/journal?day=&from=: the commits' exact bytes; the SHA-256 of a line is the next one's `prev`."""
        require(request, Role.SUPERVISOR)
        journal = self._runtime.journal
        first = whole_number(request, "from", 1)
        day = request.query_params.get("day") or self._runtime.day
        if day not in await journal.days():
            raise problem("bad_query", name="day", found=day)
        return StreamingResponse(
            _lines(journal, day, first),
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
            media_type="application/x-ndjson",
        )

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            Route("/api/hall", self.hall),
            Route("/api/board", self.board),
            Route("/api/tickets/{ticket}", self.ticket),
            Route("/api/day", self.day),
            Route("/api/journal", self.journal),
        ]


async def _lines(journal: Journal, day: str, first: int) -> AsyncIterator[bytes]:
    async for stored in journal.read(day, after=first - 1):
        yield stored.body + b"\n"
