"""Searches without a ticket over HTTP (未果查找接口): a guide's page notes them, the supervisor reads them."""

import asyncio
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.guide_desk.searches import DAYS, LONGEST, SearchLog
from onewindow.http.answer import json_answer
from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.limits import Limiter, Rate
from onewindow.http.problem import problem
from onewindow.runtime.hall import HallRuntime

PACE: Final = Rate(burst=30, per_second=0.5)
"""What a guide can give up at most; a page that has gone wild doesn't fill the disk."""


class SearchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/desk/searches`: what was typed and given up (未果查找)."""

    query: Annotated[str, Meta(min_length=1, max_length=LONGEST)]


_search = msgspec.json.Decoder(SearchBody)


class SearchCalls:
    """The calls of one desk."""

    def __init__(self, runtime: HallRuntime, log: SearchLog) -> None:
        self._runtime = runtime
        self._log = log
        self._limiter = Limiter(PACE)

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/desk/searches", self.add, methods=["POST"]),
            Route("/api/desk/searches", self.missed, methods=["GET"]),
        ]

    async def add(self, request: Request) -> Response:
        """POST /api/desk/searches: 204, also for what is better not kept. Raises Problem 429."""
        principal = require(request, Role.GUIDE, Role.SUPERVISOR)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=204)
        check_content_type(request.scope)
        query = decode(raw, _search).query
        if wait := self._limiter.take(principal.by):
            raise problem("too_many_requests", seconds=wait, headers={"Retry-After": str(wait)})
        await asyncio.to_thread(self._log.add, self._runtime.day, query)
        return Response(status_code=204)

    async def missed(self, request: Request) -> Response:
        """GET /api/desk/searches: the last 30 days, the most frequent first."""
        require(request, Role.SUPERVISOR)
        found = await asyncio.to_thread(self._log.missed, self._runtime.day)
        return json_answer({"days": DAYS, "searches": found})
