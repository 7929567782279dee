"""What the desk reads (导询台查询): finding matters, and slips as text or picture."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.api.query import whole_number
from onewindow.forecast.waits import newcomer_wait
from onewindow.guide_desk.room import DeskRoom
from onewindow.guide_desk.search import Match
from onewindow.guide_desk.slip import Slip, slip_text
from onewindow.guide_desk.slip_image import slip_png
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem
from onewindow.queue.capability import capable_windows
from onewindow.queue.state import HallDay
from onewindow.views.ticket import View, wait_view

MOST_FOUND: Final = 50
USUAL: Final = 12
HANDLE: Final = "handle"


def found_view(state: HallDay, match: Match) -> View:
    """A matter that was found: what to bring, where to go, and the wait of a newcomer."""
    hall = state.hall
    matter = hall.matters[match.matter]
    zone, group = hall.zones[matter.zone], hall.groups[matter.group]
    able = capable_windows(state, matter.zone, matter.group, matter.code, HANDLE)
    open_now = sorted(no for no in able if no in state.lines.open)
    order = len(state.tickets) + 1
    return {
        "code": matter.code,
        "zh": matter.zh,
        "en": matter.en,
        "zone": zone.code,
        "zone_zh": zone.short_zh,
        "zone_en": zone.en,
        "hue": zone.hue,
        "group": group.letter,
        "group_zh": group.zh,
        "department_zh": hall.departments[matter.department].zh,
        "kind": matter.kind,
        "papers": matter.papers,
        "on_the_spot": matter.on_the_spot,
        "promised_days": matter.promised_days,
        "no_visit": matter.no_visit,
        "windows": open_now or sorted(able),
        "open": bool(open_now),
        "ahead": state.lines.ahead(able, state.last_at, order),
        "wait": wait_view(newcomer_wait(state, able)),
        "hits": [{"field": hit.field, "text": hit.text, "spans": hit.spans} for hit in match.hits],
    }


class DeskReads:
    """The desk's reading calls."""

    def __init__(self, desk: DeskRoom) -> None:
        self._desk = desk
        self._runtime = desk.runtime

    async def search(self, request: Request) -> Response:
        """GET /api/search?q=&limit=: the matters that fit, the best first."""
        query = request.query_params.get("q", "")
        limit = whole_number(request, "limit", USUAL)
        if limit > MOST_FOUND:
            raise problem("bad_query", name="limit", found=f"{limit} > {MOST_FOUND}")
        matches = self._desk.index.search(query, limit)
        state = await self._runtime.committed()
        return json_answer({"q": query, "matters": [found_view(state, match) for match in matches]})

    async def slip_text(self, request: Request) -> Response:
        """GET /api/tickets/{ticket}/slip.txt, and `slip` without an ending."""
        return PlainTextResponse(slip_text(await self._slip(request)), headers={"Cache-Control": "no-store"})

    async def slip_png(self, request: Request) -> Response:
        """GET /api/tickets/{ticket}/slip.png: 80 mm paper, 576 dots wide."""
        picture = await asyncio.to_thread(slip_png, await self._slip(request))
        return Response(picture, headers={"Cache-Control": "no-store"}, media_type="image/png")

    async def _slip(self, request: Request) -> Slip:
        """The ticket's slip, for its holder, staff, and a kiosk if a kiosk issued it. Raises Problem."""
        state = await self._runtime.committed()
        ticket = self._desk.ticket(state, request, request.path_params["ticket"])
        return self._desk.slip(state, ticket)

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/search", self.search),
            Route("/api/tickets/{ticket}/slip", self.slip_text),
            Route("/api/tickets/{ticket}/slip.txt", self.slip_text),
            Route("/api/tickets/{ticket}/slip.png", self.slip_png),
        ]
