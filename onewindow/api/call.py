"""A call that commands (命令接口): who may, what is sent, which command it becomes. One thin endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from onewindow.access.guard import holder_of, require, require_window
from onewindow.access.principal import Principal, Role
from onewindow.access.rights import Rights
from onewindow.api.bodies import Body
from onewindow.api.schemas import Shape
from onewindow.http.answer import send_json
from onewindow.http.body import ClientGone, check_content_type, decode, idempotency_key, read_body
from onewindow.http.problem import problem, problem_of
from onewindow.queue.commands import AnyCommand
from onewindow.queue.refusals import Refusal, refuse
from onewindow.runtime.hall import HallRuntime
from onewindow.zones.model import Hall


@dataclass(frozen=True)
class Asked:
    """A request, as far as a command is made of it."""

    hall: Hall
    path: dict[str, str]
    """What stands in the path: `ticket` (its id), or `window` as in the hall's files."""
    body: Any
    """The decoded body, of the call's type."""
    principal: Principal | None
    """None for the holder of a ticket."""


@dataclass(frozen=True)
class Call:
    """One row of the contract's table."""

    path: str
    body: type[Body]
    command: Callable[[Asked], AnyCommand]
    roles: tuple[Role, ...]
    zh: str
    en: str
    reply: type[Shape]
    """The shape of the answer."""
    holder: bool = False
    """The ticket's holder may, by its tracking token."""
    status: int = 200
    after: Callable[[bytes, "Tools"], bytes] | None = None
    """Adds to the reply what must not lie in the journal."""

    @property
    def at_window(self) -> bool:
        """Whether it is about one window, and so takes its own clerk or a supervisor."""
        return "{window}" in self.path


@dataclass(frozen=True)
class Tools:
    """What the calls need."""

    runtime: HallRuntime
    track: Callable[[str], str]
    """A ticket's id -> its tracking token."""
    rights: Rights
    """Signs what a desk may issue offline."""


EMPTY: Final = b"{}"


class CallEndpoint:
    """Answers one call: identifies, decodes, submits, replies. Refusals and faults are raised as problems."""

    def __init__(self, call: Call, tools: Tools) -> None:
        self.call = call
        self._tools = tools
        self._decoder = msgspec.json.Decoder(call.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        call, runtime = self.call, self._tools.runtime
        path = scope["path_params"]
        if call.at_window:
            principal: Principal | None = self._at_window(scope, path)
        elif call.holder and (ticket := holder_of(scope)) is not None:
            if ticket != path["ticket"]:
                raise problem("ticket_of_another")
            principal = None
        else:
            principal = require(scope, *call.roles)
        key = idempotency_key(scope)
        try:
            raw = await read_body(scope, receive)
        except ClientGone:
            return
        if raw:
            check_content_type(scope)
        body = decode(raw or EMPTY, self._decoder)
        command = call.command(Asked(runtime.hall, path, body, principal))
        by = principal.by if principal is not None else f"holder:{path['ticket']}"
        answer = await runtime.submit(command, by=by, key=key)
        if isinstance(answer, Refusal):
            raise problem_of(answer)
        sent = answer.body if call.after is None else call.after(answer.body, self._tools)
        await send_json(send, answer.status, sent, answer.replayed)

    def _at_window(self, scope: Scope, path: dict[str, str]) -> Principal:
        """The principal, who may do this at this window; sets the window's name as in the files."""
        require(scope, *self.call.roles)
        window = self._tools.runtime.hall.window_named(path["window"])
        if window is None:
            raise problem_of(refuse("unknown_window", name=path["window"]))
        path["window"] = window.no
        return require_window(scope, window.no)


def route(call: Call, tools: Tools) -> Route:
    """The call's route."""
    return Route(call.path, CallEndpoint(call, tools), methods=["POST"], name=call.command.__name__)
