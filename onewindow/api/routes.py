"""The table of the contract (接口总表), and its routes; OpenAPI is made from the same table."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.api import desk_calls, hall_calls, offline_calls, window_calls
from onewindow.api.call import Call, Tools, route
from onewindow.api.desk_reads import DeskReads
from onewindow.api.reads import Board, Reads
from onewindow.api.replies import day_view
from onewindow.guide_desk.room import DeskRoom
from onewindow.http.answer import json_answer
from onewindow.http.problem import problem_of
from onewindow.queue.refusals import Refusal, refuse

# Starlette looks at routes one after another: what is asked most stands first.
CALLS: Final[tuple[Call, ...]] = (
    *desk_calls.CALLS[:1],
    *window_calls.CALLS,
    *hall_calls.CALLS,
    *desk_calls.CALLS[1:],
    *offline_calls.CALLS,
)


class Day:
    """`POST /api/day/open`: the clock opens each day by itself; a person's word is only needed when it is suspect."""

    def __init__(self, tools: Tools) -> None:
        self._runtime = tools.runtime

    async def open(self, request: Request) -> Response:
        """Open the day of the clock, though it is before the journal's last day; else 409 `day_already_open`."""
        principal = require(request, Role.SUPERVISOR)
        answer = await self._runtime.confirm_day(principal.by)
        if answer is None:
            raise problem_of(refuse("day_already_open", day=self._runtime.day))
        if isinstance(answer, Refusal):
            raise problem_of(answer)
        state = await self._runtime.committed()
        return json_answer({"day": day_view(state)})


def routes(tools: Tools, board: Board, desk: DeskRoom) -> list[BaseRoute]:
    """All calls of the API but those that other rooms bring."""
    day_open = Route("/api/day/open", Day(tools).open, methods=["POST"])
    return [
        *(route(call, tools) for call in CALLS),
        *Reads(tools.runtime, board).routes(),
        *DeskReads(desk).routes(),
        *offline_calls.OfflineDesk(tools).routes(),
        day_open,
    ]
