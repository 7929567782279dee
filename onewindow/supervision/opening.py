"""Opening all signed-in windows (一键开窗): one action for the windows whose clerk is there, and for no others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require
from onewindow.access.principal import Role
from onewindow.http.answer import json_answer
from onewindow.http.body import idempotency_key
from onewindow.queue.commands import OpenWindow
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, WindowPhase
from onewindow.runtime.hall import HallRuntime
from onewindow.supervision.asked import body_of, nothing
from onewindow.views.ticket import View


class AtWindow(Protocol):
    """A clerk at a window, as the access room knows it."""

    @property
    def window(self) -> str:
        """As in the hall's files."""
        ...

    @property
    def clerk(self) -> str:
        """The account's name."""
        ...

    @property
    def since(self) -> int:
        """When he signed in, seconds since the epoch."""
        ...


SignedIn = Callable[[], Awaitable[Sequence[AtWindow]]]
"""Who is at which window now."""


SAID: Final = {
    "opened": ("已开", "opened"),
    "open": ("本来就开着", "was open"),
    "paused": ("窗口自己暂停中，没有动", "paused by its clerk; left so"),
}


def plan(state: HallDay, present: Sequence[AtWindow]) -> tuple[list[AtWindow], list[View]]:
    """Whom to open a window for, and what the others' windows do already. Pure.

    A pause is its clerk's own word: he is there, and will go on when he can.
    """
    to_open, others = [], []
    for one in present:
        window = state.windows.get(one.window)
        if window is None:
            continue  # A window that the hall's files have no more.
        if window.phase is WindowPhase.CLOSED:
            to_open.append(one)
        else:
            others.append(_result(one, window.phase.value))
    return to_open, others


def _result(one: AtWindow, outcome: str, zh: str = "", en: str = "") -> View:
    said = SAID.get(outcome, (zh, en))
    return {"no": one.window, "clerk": one.clerk, "outcome": outcome, "zh": said[0], "en": said[1]}


class Opening:
    """The action and what is asked before it."""

    def __init__(self, runtime: HallRuntime, signed_in: SignedIn) -> None:
        self._runtime = runtime
        self._signed_in = signed_in

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/supervisor/signed-in", self.who, methods=["GET"], name="signed_in"),
            Route("/api/supervisor/open-signed-in", self.open, methods=["POST"], name="open_signed_in"),
        ]

    async def who(self, request: Request) -> Response:
        """GET /api/supervisor/signed-in: the clerks at their windows, and whether the window is open."""
        require(request, Role.SUPERVISOR)
        present = await self._signed_in()
        state = await self._runtime.committed()
        return json_answer(
            {
                "windows": [
                    {
                        "no": one.window,
                        "clerk": one.clerk,
                        "since_ms": one.since * 1000,
                        "phase": state.windows[one.window].phase.value,
                    }
                    for one in present
                    if one.window in state.windows
                ]
            }
        )

    async def open(self, request: Request) -> Response:
        """POST /api/supervisor/open-signed-in: {"windows": [{"no", "clerk", "outcome", "zh", "en"}], "opened": n}.

        `outcome`: opened, open, paused, or the code of the refusal. Done twice, it changes nothing the second time;
        one window that can't be opened keeps none of the others shut.
        """
        principal = require(request, Role.SUPERVISOR)
        key = idempotency_key(request.scope)
        await body_of(request, nothing)
        present = await self._signed_in()
        to_open, results = plan(await self._runtime.committed(), present)

        async def one(at: AtWindow) -> dict[str, Any]:
            command = OpenWindow(window=at.window, clerk=at.clerk)
            own = f"{key[:160]}:{at.window}" if key else ""
            answer = await self._runtime.submit(command, by=principal.by, key=own)
            if not isinstance(answer, Refusal):
                return _result(at, "opened")
            known = "open" if answer.code == "window_already_open" else answer.code
            return _result(at, known, answer.zh, answer.en)

        results += await asyncio.gather(*(one(at) for at in to_open))
        results.sort(key=lambda found: found["no"])
        return json_answer({"windows": results, "opened": sum(r["outcome"] == "opened" for r in results)})
