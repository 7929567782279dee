"""Writing to the visitor, over HTTP and the window's staff socket (写字接口).

`POST /api/windows/{no}/write` takes the text; `GET /api/windows/{no}` gives it back, to the window's staff alone;
`/ws/windows/{no}/staff` says that something has changed at the window, and never what; the device that faces the
visitor listens there too, and shows the text.
"""

import asyncio
from typing import Annotated, Final

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from onewindow.access.guard import principal_of, require, require_window
from onewindow.access.principal import Role
from onewindow.callers.bells import Bells
from onewindow.callers.slate import LONGEST, Slate
from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.problem import problem_of
from onewindow.queue.refusals import refuse
from onewindow.runtime.hall import HallRuntime

FORBIDDEN: Final = 4403
UNKNOWN: Final = 4404
BEAT_SECONDS: Final = 5.0
BEAT: Final = '{"kind":"beat"}'
CHANGED: Final = '{"kind":"changed"}'


class WriteBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/windows/{no}/write`: what the visitor is to read (写给来宾); empty: nothing any more."""

    text: Annotated[str, Meta(max_length=LONGEST)]


_write = msgspec.json.Decoder(WriteBody)


class Writing:
    """The calls of one hall's windows."""

    def __init__(self, runtime: HallRuntime, slate: Slate, bells: Bells) -> None:
        self._runtime = runtime
        self._slate = slate
        self._bells = bells

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/api/windows/{no}/write", self.write, methods=["POST"]),
            WebSocketRoute("/ws/windows/{no}/staff", self.socket),
        ]

    async def write(self, request: Request) -> Response:
        """204. Raises Problem `window_idle` while nobody is called to the window or served at it."""
        require(request, Role.CLERK, Role.SUPERVISOR)
        name = request.path_params["no"]
        window = self._runtime.hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        require_window(request, window.no)
        try:
            raw = await read_body(request.scope, request.receive)
        except ClientGone:
            return Response(status_code=204)
        check_content_type(request.scope)
        text = decode(raw, _write).text.strip()
        ticket = (await self._runtime.committed()).windows[window.no].ticket
        if ticket is None and text:
            raise problem_of(refuse("window_idle", window=window.no))
        self._slate.write(window.no, ticket or "", text)
        return Response(status_code=204)

    async def socket(self, socket: WebSocket) -> None:
        """Beats, and a word whenever the window's bell rings. Close codes: 4403 not allowed, 4404 unknown."""
        await socket.accept()
        window = self._runtime.hall.window_named(socket.path_params["no"])
        principal = principal_of(socket)
        if window is None:
            await socket.close(UNKNOWN)
        elif principal is None or not (principal.may_act_at(window.no) or principal.role is Role.SCREEN):
            await socket.close(FORBIDDEN)
        else:
            await self._tell(socket, window.no)

    async def _tell(self, socket: WebSocket, window: str) -> None:
        gone = asyncio.create_task(_gone(socket))
        try:
            with self._bells.watched(window) as changed:
                while not gone.done():
                    told = asyncio.create_task(changed.wait())
                    await asyncio.wait((gone, told), timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    told.cancel()
                    if gone.done():
                        break
                    await socket.send_text(CHANGED if changed.is_set() else BEAT)
                    changed.clear()
        except (WebSocketDisconnect, RuntimeError):
            # It went away between the look and the word.
            return
        finally:
            gone.cancel()


async def _gone(socket: WebSocket) -> None:
    """Returns when the client has left. What it sends is nothing to us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue
