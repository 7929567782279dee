"""A desk that issues without the server (离线取号接口): its right to numbers, and what it hands in afterwards."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.access.rights import Right
from onewindow.api import schemas
from onewindow.api.bodies import Body, Code
from onewindow.api.call import Asked, Call, Tools
from onewindow.http.answer import json_answer
from onewindow.http.body import LONGEST_KEY, ClientGone, check_content_type, decode, idempotency_key, read_body
from onewindow.http.problem import problem, problem_of
from onewindow.queue import commands as cmd
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.series_right import count_of
from onewindow.zones.model import Hall

GUIDE: Final = (Role.GUIDE, Role.SUPERVISOR)
MOST: Final = 100
"""Slips handed in at once."""


class Series(Body, frozen=True, kw_only=True):
    """Which page asks for a right (离线号段)."""

    device: Annotated[str, Meta(min_length=16, max_length=64, pattern="^[0-9a-f]+$")]
    """Drawn at random by the page and kept in its browser."""
    spent: Annotated[int, Meta(ge=0, le=99)] = 0
    """A right of this page that is used up."""


class SlipBody(Body, frozen=True, kw_only=True):
    """A slip that was issued offline (离线号)."""

    letter: Annotated[str, Meta(min_length=1, max_length=4)]
    count: Annotated[int, Meta(ge=1, le=100_000)]
    issued: Annotated[int, Meta(ge=0, le=2**53)]
    """By the page's clock, set to the server's when they last spoke: ms."""
    matter: Code | None = None
    group: Code | None = None
    zone: Code | None = None
    applicant: Code | None = None
    purpose: Code = "handle"
    copies: int = 1
    marks: Annotated[tuple[Code, ...], Meta(max_length=8)] = ()
    visit: Code | None = None
    same: Code | None = None
    """Number of an earlier slip of the same person."""
    voided: bool = False


class HandIn(Body, frozen=True, kw_only=True):
    """`POST /api/desk/offline`: what was issued under a right (离线号并入)."""

    right: Annotated[str, Meta(max_length=512)]
    slips: Annotated[tuple[SlipBody, ...], Meta(min_length=1, max_length=MOST)]


class HandedIn(schemas.Shape, frozen=True, kw_only=True):
    """What became of a slip."""

    number: str
    ticket: str
    outcome: str
    """`taken`, or `refused` with why."""
    code: str | None
    zh: str | None
    en: str | None


class HandInReply(schemas.Shape, frozen=True, kw_only=True):
    """What became of each slip, in the order in which they were sent."""

    slips: list[HandedIn]


class RightView(schemas.Shape, frozen=True, kw_only=True):
    """A page's right to numbers of its own (离线号段)."""

    day: str
    no: int
    device: str
    granted_ms: int
    until_ms: int
    """The day's end: afterwards no slip of it is taken in."""
    before: int
    """What the counts of a letter begin after: the first number of letter Q is Q and `before` + 1."""
    most: int
    """Numbers of each letter."""
    skip: list[int]
    """Counts that the hall doesn't give out."""
    letters: dict[str, str]
    """The letter of the number series of each group, by the group's own letter."""


class SeriesReply(schemas.Shape, frozen=True, kw_only=True):
    """The right, and its signature."""

    right: RightView
    token: str


class _Granted(msgspec.Struct):
    right: RightView


_granted = msgspec.json.Decoder(_Granted)
_hand_in = msgspec.json.Decoder(HandIn)


def series(asked: Asked) -> cmd.GrantSeries:
    """The page's right, a new one if it has none."""
    return cmd.GrantSeries(device=asked.body.device, spent=asked.body.spent)


def with_token(body: bytes, tools: Tools) -> bytes:
    """The reply to a grant with the signed right, which is derived and never stored."""
    right = _granted.decode(body).right
    token = tools.rights.sign(right.day, right.no, right.device)
    return body[:-1] + b',"token":' + msgspec.json.encode(token) + b"}"


CALLS: Final = (
    Call(
        "/api/desk/series",
        Series,
        series,
        GUIDE,
        "离线号段",
        "A page's own numbers of today, for when the server is away",
        SeriesReply,
        after=with_token,
    ),
)


class OfflineDesk:
    """Takes in what desks have issued without the server."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/desk/offline", self.hand_in, methods=["POST"]),
            Route("/api/desk/withdraw", self.withdraw, methods=["POST"]),
        ]

    async def withdraw(self, request: Request) -> Response:
        """POST /api/desk/withdraw: use up the key of a command that got no answer; it does nothing any more.

        Raises Problem 422 `key_reused` when that command was obeyed after all.
        """
        principal = require(request, *GUIDE)
        key = idempotency_key(request.scope)
        if not key:
            raise problem("bad_key", most=LONGEST_KEY)
        answer = await self._tools.runtime.submit(cmd.WithdrawAsking(), by=principal.by, key=key)
        if isinstance(answer, Refusal):
            raise problem_of(answer)
        return json_answer({})

    async def hand_in(self, request: Request) -> Response:
        """POST /api/desk/offline: one by one in the order of issue; the same slips again change nothing.

        A fault half-way (503) leaves those taken in that were: all can be sent again.
        """
        principal = require(request, *GUIDE)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=204)
        check_content_type(request.scope)
        body = decode(raw, _hand_in)
        right = self._tools.rights.read(body.right)
        if right is None:
            raise problem("right_invalid")
        runtime = self._tools.runtime
        if right.day != runtime.day:
            raise problem("right_of_another_day", day=right.day, today=runtime.day)
        found: dict[int, HandedIn] = {}
        for place in sorted(range(len(body.slips)), key=lambda n: body.slips[n].issued):
            slip = body.slips[place]
            command = command_of(runtime.hall, right, slip)
            answer = command if isinstance(command, Refusal) else await runtime.submit(command, by=principal.by)
            found[place] = _told(runtime.hall, right, slip, answer if isinstance(answer, Refusal) else None)
        return json_answer(HandInReply(slips=[found[place] for place in range(len(body.slips))]))


def command_of(hall: Hall, right: Right, slip: SlipBody) -> cmd.TakeInSlip | Refusal:
    """The command that takes the slip in."""
    asked = [way for way in (slip.matter, slip.group, slip.zone) if way is not None]
    if len(asked) != 1:
        return refuse("nothing_asked")
    return cmd.TakeInSlip(
        right=right.no,
        day=right.day,
        slip=cmd.OfflineSlip(
            letter=slip.letter,
            count=slip.count,
            issued=slip.issued,
            item=cmd.Item(matter=slip.matter, group=slip.group, zone=slip.zone),
            applicant=slip.applicant or hall.settings.applicants[0].code,
            purpose=slip.purpose,
            copies=slip.copies,
            marks=slip.marks,
            visit=slip.visit,
            same=slip.same,
            voided=slip.voided,
        ),
    )


def _told(hall: Hall, right: Right, slip: SlipBody, refusal: Refusal | None) -> HandedIn:
    number = f"{slip.letter}{count_of(hall.settings.numbers.width, right.no, slip.count)}"
    return HandedIn(
        number=number,
        ticket=f"{right.day.replace('-', '')}-{number}",
        outcome="taken" if refusal is None else "refused",
        code=None if refusal is None else refusal.code,
        zh=None if refusal is None else refusal.zh,
        en=None if refusal is None else refusal.en,
    )
