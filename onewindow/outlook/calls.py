"""The outlook's calls (展望接口): how good forecasts were, and what would be if.

`GET /api/reports/forecast?day=`, `POST /api/what-if`, `GET /api/what-if/moves?zone=`: all for the supervisor.
"""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.forecast.scoring import Scored, Scores, score
from onewindow.http.answer import json_answer
from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.problem import problem, problem_of
from onewindow.outlook.asked import MoveBody, comparison_view, move_of
from onewindow.outlook.room import OutlookRoom
from onewindow.outlook.what_if import Adviser
from onewindow.queue.outlook import ENGINE, PATH, WORK
from onewindow.queue.refusals import refuse
from onewindow.queue.upcast import decode as decode_commit

MINUTE_MS: Final = 60_000
MOST_HOURS: Final = 4
MOST_SHOWN: Final = 100
SOURCES: Final = (ENGINE, PATH, WORK)


Moves = Annotated[tuple[MoveBody, ...], Meta(min_length=1, max_length=10)]


class WhatIfBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to compare with leaving everything as it is (如果)."""

    alternatives: Annotated[tuple[Moves, ...], Meta(min_length=1, max_length=20)]
    """Each one or more moves made together; all of windows that belong together."""
    horizon_minutes: Annotated[int, Meta(ge=15, le=240)] = 120


class OutlookCalls:
    """The calls of one hall."""

    def __init__(self, room: OutlookRoom) -> None:
        self._room = room
        self._adviser = Adviser(room)
        self._decoder = msgspec.json.Decoder(WhatIfBody)

    async def report(self, request: Request) -> Response:
        """GET /api/reports/forecast?day=: predicted against actual waits, by zone and class."""
        require(request, Role.SUPERVISOR)
        runtime = self._room.runtime
        day = request.query_params.get("day") or runtime.day
        if day not in await runtime.journal.days():
            raise problem("bad_query", name="day", found=day)
        scores = self._room.scores if day == runtime.day else await self._past(day)
        return json_answer({"day": day} | self._report(scores))

    async def what_if(self, request: Request) -> Response:
        """POST /api/what-if: alternatives compared over the next two hours."""
        require(request, Role.SUPERVISOR)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=400)
        check_content_type(request.scope)
        body = decode(raw, self._decoder)
        hall, day = self._room.runtime.hall, self._room.runtime.day
        alternatives = [tuple(move_of(hall, day, move) for move in moves) for moves in body.alternatives]
        found = await self._adviser.compare(alternatives, body.horizon_minutes * MINUTE_MS)
        return json_answer(comparison_view(hall, found, body.horizon_minutes))

    async def moves(self, request: Request) -> Response:
        """GET /api/what-if/moves?zone=&minutes=&limit=: every single move that the state allows, the best first."""
        require(request, Role.SUPERVISOR)
        zone = request.query_params.get("zone", "")
        if zone not in self._room.runtime.hall.zones:
            raise problem_of(refuse("unknown_zone", name=zone))
        minutes = self._number(request, "minutes", 120, 15, 60 * MOST_HOURS)
        limit = self._number(request, "limit", 20, 1, MOST_SHOWN)
        found = await self._adviser.ranking(zone, minutes * MINUTE_MS)
        tried = len(found.alternatives)
        shown = found._replace(alternatives=found.alternatives[:limit], effects=found.effects[:limit])
        return json_answer(comparison_view(self._room.runtime.hall, shown, minutes) | {"zone": zone, "tried": tried})

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/reports/forecast", self.report),
            Route("/api/what-if", self.what_if, methods=["POST"]),
            Route("/api/what-if/moves", self.moves),
        ]

    async def _past(self, day: str) -> Scores:
        """A past day's scores, folded from its journal with pauses for others."""
        scores = Scores(self._room.runtime.hall)
        async for stored in self._room.runtime.journal.read(day):
            for entry in decode_commit(stored.body, day).entries:
                scores.feed_all(entry.events)
            await asyncio.sleep(0)
        return scores

    def _report(self, scores: Scores) -> dict[str, Any]:
        hall, found = self._room.runtime.hall, scores.scored()
        return {
            "engine": self._room.computes or "down",
            "learned_days": round(self._room.model.days, 1),
            "all": score(found),
            "classes": _by_class(found),
            "sources": {name: score(own) for name in SOURCES if (own := [o for o in found if o.source == name])},
            "zones": [
                {
                    "zone": zone.code,
                    "zh": zone.short_zh,
                    "en": zone.en,
                    "withheld": zone.code in scores.withheld,
                    "all": score(one for one in found if one.zone == zone.code),
                    "classes": _by_class([one for one in found if one.zone == zone.code]),
                }
                for zone in hall.zones.values()
            ],
        }

    def _number(self, request: Request, name: str, otherwise: int, low: int, high: int) -> int:
        said = request.query_params.get(name)
        if said is None:
            return otherwise
        if not (said.isascii() and said.isdecimal() and len(said) < 6 and low <= int(said) <= high):
            raise problem("bad_query", name=name, found=said)
        return int(said)


def _by_class(found: list[Scored]) -> dict[str, Any]:
    """The scores of each class that has any."""
    classes = dict.fromkeys(one.applicant for one in found)
    return {name: score(one for one in found if one.applicant == name) for name in classes}
