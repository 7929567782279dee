"""The guide desk's own calls (导询台接口): the desk's view, a preview, printing, calls for help from kiosks."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.guide_desk.desk import desk_view, preview
from onewindow.guide_desk.far_printing import FarPrinting
from onewindow.guide_desk.room import DeskRoom, code_svg
from onewindow.http.answer import json_answer
from onewindow.http.body import ClientGone, check_content_type, decode, idempotency_key, read_body
from onewindow.http.problem import problem, problem_of
from onewindow.queue.checks import wrong_state
from onewindow.queue.commands import Item
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import TicketState
from onewindow.views.clock import hhmm, rfc3339

PRINT_SECONDS: Final = 7.0
"""So long an answer waits for the outcome of a job; then it says `queued`, and the number is written by hand."""


class HelpBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/desk/help`: a kiosk calls a guide, or takes it back."""

    on: bool = True


class RollBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/desk/papers/{printer}`: a new roll (换纸)."""

    metres: Annotated[float, Meta(ge=1, le=300)] | None = None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a slip (打印)."""

    by: Literal["page", "printer"]
    """`page`: the page that asked prints `page` itself."""
    outcome: Literal["page", "printed", "failed", "queued"]
    page: str = ""
    code: str = ""
    zh: str = ""
    en: str = ""


_help = msgspec.json.Decoder(HelpBody)
_roll = msgspec.json.Decoder(RollBody)


class DeskCalls:
    """The calls of one desk."""

    def __init__(self, room: DeskRoom) -> None:
        self._room = room
        self._printing = FarPrinting(room)
        self._under_way: set[asyncio.Task[object]] = set()

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/desk", self.view, methods=["GET"]),
            Route("/api/desk/preview", self.preview, methods=["GET"]),
            Route("/api/desk/help", self.call_help, methods=["POST"]),
            Route("/api/desk/help/{kiosk}/done", self.end_help, methods=["POST"]),
            Route("/api/desk/papers/{printer}", self.new_roll, methods=["POST"]),
            Route("/api/tickets/{ticket}/print", self.print, methods=["POST"]),
            Route("/api/tickets/{ticket}/prints", self.prints, methods=["GET"]),
            Route("/api/tickets/{ticket}/code.svg", self.code, methods=["GET"]),
        ]

    async def view(self, request: Request) -> Response:
        """GET /api/desk: zones, groups, claims, the last slips, calls for help; `v` counts the day's commits."""
        require(request, Role.GUIDE, Role.SUPERVISOR)
        now = self._room.runtime.clock.now_ms()
        calls = [{"kiosk": c.kiosk, "zh": c.zh, "at_ms": c.at} for c in self._room.help.standing(now)]
        view = await self._room.runtime.read(lambda live: {"v": live.head.n, **desk_view(live.state)})
        papers = [{"metres": self._room.hall.settings.roll_metres, **to_builtins(p)} for p in self._room.papers()]
        return json_answer({"now_ms": now, "help": calls, "papers": papers, **view})

    async def preview(self, request: Request) -> Response:
        """GET /api/desk/preview?matter=|group=|zone=&applicant=&purpose=: the ticket before it is issued."""
        require(request, Role.GUIDE, Role.KIOSK)
        asked = request.query_params
        item = Item(matter=asked.get("matter"), group=asked.get("group"), zone=asked.get("zone"))
        state = await self._room.runtime.committed()
        now = self._room.runtime.clock.now_ms()
        found = preview(state, item, asked.get("applicant", ""), asked.get("purpose", "handle"), now)
        if isinstance(found, Refusal):
            raise problem_of(found)
        return json_answer(found)

    async def call_help(self, request: Request) -> Response:
        """POST /api/desk/help: a kiosk asks for a guide, or doesn't need one any more."""
        principal = require(request, Role.KIOSK)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=204)
        check_content_type(request.scope)
        kiosk = principal.device or principal.name
        if not decode(raw, _help).on:
            self._room.help.end(kiosk)
            return json_answer({"help": None})
        device = self._room.hall.devices.get(kiosk)
        now = self._room.runtime.clock.now_ms()
        call = self._room.help.call(kiosk, device.zh if device is not None else kiosk, now)
        return json_answer({"help": {"kiosk": call.kiosk, "zh": call.zh, "at_ms": call.at}})

    async def end_help(self, request: Request) -> Response:
        """POST /api/desk/help/{kiosk}/done: a guide is there; also when another guide was quicker."""
        require(request, Role.GUIDE, Role.SUPERVISOR)
        ended = self._room.help.end(request.path_params["kiosk"])
        return json_answer({"ended": ended})

    async def print(self, request: Request) -> Response:
        """POST /api/tickets/{ticket}/print: on paper, or the address of the page that prints itself."""
        principal = require(request, Role.GUIDE, Role.KIOSK, Role.SUPERVISOR)
        key = idempotency_key(request.scope)
        state = await self._room.runtime.committed()
        ticket = self._room.ticket(state, request, request.path_params["ticket"])
        if ticket.state is TicketState.CANCELLED:
            raise problem_of(wrong_state(ticket, "重打小票", "printed again"))
        printer = self._room.printer_for(principal)
        if printer is None or not self._room.printers.by_server(printer):
            if printer is not None:
                slip = self._room.slip(state, ticket)
                self._later(self._room.on_page, slip, printer, principal.by)
            return json_answer(Job(by="page", outcome="page", page=f"/slips/{ticket.id}"))
        printed = await self._printing.print(state, ticket, printer, by=principal.by, key=key, seconds=PRINT_SECONDS)
        if printed is None:
            return json_answer(Job(by="printer", outcome="queued"))
        job = Job(by="printer", outcome=printed.outcome.value, code=printed.code, zh=printed.zh, en=printed.en)
        return json_answer(job)

    def _later(self, work: Callable[..., object], *given: object) -> None:
        """Do something that blocks, in a thread, while the answer goes out."""
        task = asyncio.create_task(asyncio.to_thread(work, *given))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def prints(self, request: Request) -> Response:
        """GET /api/tickets/{ticket}/prints: each printing, the oldest first; from the second on it was a reprint."""
        require(request, Role.GUIDE, Role.SUPERVISOR)
        ticket = self._room.ticket(await self._room.runtime.committed(), request, request.path_params["ticket"])
        found = await asyncio.to_thread(self._room.prints.of_ticket, ticket.id)
        hall = self._room.hall
        return json_answer(
            {
                "prints": [
                    {
                        "at": rfc3339(hall, line.at),
                        "hhmm": hhmm(hall, line.at),
                        "printer": line.printer,
                        "by": line.by,
                        "outcome": line.outcome,
                        "code": line.code,
                        "nth": line.nth,
                    }
                    for line in found
                ]
            }
        )

    async def new_roll(self, request: Request) -> Response:
        """POST /api/desk/papers/{printer}: a new roll is in; `metres` if it isn't as long as the hall's usual one."""
        principal = require(request, Role.GUIDE, Role.SUPERVISOR)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=204)
        check_content_type(request.scope)
        printer = request.path_params["printer"]
        if printer not in self._room.printers.names:
            raise problem("not_found")
        metres = decode(raw, _roll).metres or self._room.hall.settings.roll_metres
        now = self._room.runtime.clock.now_ms()
        await asyncio.to_thread(self._room.prints.new_roll, now, printer, principal.by, round(metres * 1000))
        return json_answer({"papers": self._room.papers()})

    async def code(self, request: Request) -> Response:
        """GET /api/tickets/{ticket}/code.svg: the QR; 404 when no phone can reach the server."""
        state = await self._room.runtime.committed()
        ticket = self._room.ticket(state, request, request.path_params["ticket"])
        address = self._room.address(ticket.id)
        if not address:
            raise problem("not_found")
        return Response(code_svg(address), headers={"Cache-Control": "no-store"}, media_type="image/svg+xml")
