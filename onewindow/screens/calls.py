"""The calls of screen management (屏幕管理接口): a screen's own, and the supervisor's."""

import time
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import COOKIE, principal_of, require
from onewindow.access.principal import Role
from onewindow.http.answer import json_answer
from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.problem import problem
from onewindow.screens.model import Screen, Settings, page_of
from onewindow.screens.pairing import CODE_SECONDS, Pairing, accepted
from onewindow.screens.shelf import Shelf
from onewindow.screens.sight import MOST_PICTURE, Picture, Sight
from onewindow.screens.view import code_view, screens_view
from onewindow.zones.model import Hall

CLAIM: Final = "onewindow-pairing"
"""The cookie of a browser that shows a code."""
COOKIE_SECONDS: Final = 400 * 86_400
"""The longest that browsers keep a cookie; each visit to `/screen` begins it anew."""


class Showing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/screens/codes`: a screen asks for a code to show."""

    size: tuple[int, int] = (0, 0)
    """CSS pixels of its page."""


class Confirming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/supervisor/screens`: the code that was read off a screen, and what it is to be."""

    code: str
    settings: Settings


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order without anything more: `{}`."""


_showing = msgspec.json.Decoder(Showing)
_confirming = msgspec.json.Decoder(Confirming)
_settings = msgspec.json.Decoder(Settings)
_picture = msgspec.json.Decoder(Picture)
_order = msgspec.json.Decoder(Order)


class ScreenCalls:
    """The calls of one hall."""

    def __init__(self, hall: Hall, pairing: Pairing, shelf: Shelf, sight: Sight) -> None:
        self._hall = hall
        self._pairing = pairing
        self._shelf = shelf
        self._sight = sight

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        base = "/api/supervisor/screens"
        return [
            Route("/api/screens/codes", self.code, methods=["POST"]),
            Route("/api/screens/claim", self.claim, methods=["POST"]),
            Route("/api/screens/picture", self.show, methods=["POST"]),
            Route(base, self.view, methods=["GET"]),
            Route(base, self.confirm, methods=["POST"]),
            Route(base + "/codes/{code}", self.look, methods=["GET"]),
            Route(base + "/{screen}", self.change, methods=["POST"]),
            Route(base + "/{screen}/identify", self.identify, methods=["POST"]),
            Route(base + "/{screen}/reload", self.reload, methods=["POST"]),
            Route(base + "/{screen}/unpair", self.unpair, methods=["POST"]),
            Route(base + "/{screen}/picture", self.picture, methods=["GET"]),
        ]

    # --- the screen's own ---

    async def code(self, request: Request) -> Response:
        """POST /api/screens/codes: six digits to show; the secret that goes with them is set as a cookie."""
        asked = decode(await _body(request), _showing)
        address = request.client.host if request.client is not None else ""
        about = f"{asked.size[0]}×{asked.size[1]}" if min(asked.size) > 0 else ""
        row, claim = await self._pairing.show(address, about, request.cookies.get(CLAIM, ""))
        answer = json_answer({"code": row.code, "expires_seconds": CODE_SECONDS}, 201)
        _set(request, answer, (CLAIM, claim), CODE_SECONDS, path="/api/screens")
        return answer

    async def claim(self, request: Request) -> Response:
        """POST /api/screens/claim: what has become of the code; once it is confirmed, the screen's own cookie."""
        decode(await _body(request), _order)
        row, screen = await self._pairing.collect(request.cookies.get(CLAIM, ""))
        if screen is None:
            left = max(0, row.until - int(time.time()))
            return json_answer({"paired": False, "expires_seconds": left, "page": None})
        answer = json_answer({"paired": True, "expires_seconds": 0, "page": page_of(screen.settings)})
        keep(request, answer, self._pairing.token(screen))
        return answer

    async def show(self, request: Request) -> Response:
        """POST /api/screens/picture: what the screen shows, for whoever looks at it; 204."""
        principal = principal_of(request)
        screen = self._shelf.of_token(principal.token) if principal is not None else None
        if screen is None:
            raise problem("not_paired")
        sent = decode(await _body(request, MOST_PICTURE), _picture)
        self._sight.show(screen.id, msgspec.structs.replace(sent, at=time.time()))
        return Response(status_code=204)

    # --- the supervisor's ---

    async def view(self, request: Request) -> Response:
        """GET /api/supervisor/screens: every screen, and the boards that were opened by their address."""
        require(request, Role.SUPERVISOR)
        told, now = self._sight.look(), time.time()
        return json_answer(screens_view(self._hall, self._shelf, told, self._sight.pictures, now))

    async def look(self, request: Request) -> Response:
        """GET /api/supervisor/screens/codes/{code}: which browser shows this code."""
        principal = require(request, Role.SUPERVISOR)
        row = await self._pairing.look(request.path_params["code"], principal)
        return json_answer(code_view(row, int(time.time())))

    async def confirm(self, request: Request) -> Response:
        """POST /api/supervisor/screens: 201, the screen."""
        principal = require(request, Role.SUPERVISOR)
        asked = decode(await _body(request), _confirming)
        screen = await self._pairing.confirm(asked.code, asked.settings, principal)
        return json_answer({"screen": msgspec.to_builtins(screen)}, 201)

    async def change(self, request: Request) -> Response:
        """POST /api/supervisor/screens/{screen}: other settings; the screen follows by itself."""
        principal = require(request, Role.SUPERVISOR)
        wanted = decode(await _body(request), _settings)
        screen = self._screen(request)
        settings = accepted(self._hall, wanted, self._shelf.others(screen.id))
        if settings != screen.settings:
            screen = msgspec.structs.replace(screen, settings=settings, rev=screen.rev + 1, changed_by=principal.name)
            await self._shelf.put(screen)
        return json_answer({"screen": msgspec.to_builtins(screen)})

    async def identify(self, request: Request) -> Response:
        """POST /api/supervisor/screens/{screen}/identify: it shows its name large for ten seconds."""
        return await self._order(request, "identify")

    async def reload(self, request: Request) -> Response:
        """POST /api/supervisor/screens/{screen}/reload: it loads its page anew."""
        return await self._order(request, "reload")

    async def unpair(self, request: Request) -> Response:
        """POST /api/supervisor/screens/{screen}/unpair: it is one of the hall's no more, and shows a code again."""
        require(request, Role.SUPERVISOR)
        decode(await _body(request), _order)
        screen = self._screen(request)
        await self._shelf.remove(screen)
        return json_answer({"unpaired": screen.id})

    async def picture(self, request: Request) -> Response:
        """GET /api/supervisor/screens/{screen}/picture: what it shows, as its browser has sent it."""
        require(request, Role.SUPERVISOR)
        found = self._sight.pictures.get(self._screen(request).id)
        if found is None:
            raise problem("no_picture")
        return json_answer(msgspec.to_builtins(found))

    # --- inside ---

    async def _order(self, request: Request, what: str) -> Response:
        require(request, Role.SUPERVISOR)
        decode(await _body(request), _order)
        screen = self._screen(request)
        if not self._sight.order(screen.id, what):
            raise problem("screen_away", zh=screen.settings.zh)
        return json_answer({"ordered": what})

    def _screen(self, request: Request) -> Screen:
        screen = self._shelf.screens.get(request.path_params["screen"])
        if screen is None:
            raise problem("unknown_screen")
        return screen


def keep(request: Request, answer: Response, token: str) -> None:
    """Let the browser be this screen from now on."""
    _set(request, answer, (COOKIE, token), COOKIE_SECONDS)
    answer.delete_cookie(CLAIM, path="/api/screens", httponly=True, samesite="strict")


def _set(request: Request, answer: Response, cookie: tuple[str, str], seconds: int, path: str = "/") -> None:
    answer.set_cookie(
        *cookie,
        max_age=seconds,
        path=path,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


async def _body(request: Request, most: int = 64 * 1024) -> bytes:
    """The body, or `{}` for none. Raises Problem."""
    try:
        raw = await read_body(request.scope, request.receive, most)
    except ClientGone as gone:
        raise problem("bad_json", found="no body came") from gone  # Nobody reads it.
    if raw:
        check_content_type(request.scope)
    return raw or b"{}"
