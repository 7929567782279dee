"""Signing in and out (登录): the page for people, the call for programs, and the way in for devices.

A session is a token in a cookie that scripts can't read and other sites can't send. A clerk works at a window: the
account is tied to one, or he chooses it after the password.
"""

import time
from typing import Final
from urllib.parse import parse_qs, quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access import sign_ins
from onewindow.access.accounts import Accounts
from onewindow.access.guard import COOKIE, principal_of, require, require_page, safe_next
from onewindow.access.principal import Principal, Role
from onewindow.access.store import Store
from onewindow.access.tokens import TokenFault, Tokens
from onewindow.http.answer import json_answer
from onewindow.http.body import check_content_type, decode, read_body
from onewindow.http.problem import Problem, problem, problem_of
from onewindow.queue.refusals import refuse
from onewindow.web.render import Pages
from onewindow.zones.model import Hall

SESSION_HOURS: Final = 12.0
"""A working day; whoever stays longer signs in again."""
FORM: Final = "application/x-www-form-urlencoded"
DEVICES: Final = (Role.KIOSK, Role.SCREEN, Role.SPEAKER)

HOMES: Final = {
    Role.GUIDE: "/guide",
    Role.CLERK: "/windows",
    Role.SUPERVISOR: "/supervisor",
    Role.ADMIN: "/",
    Role.KIOSK: "/kiosk",
    Role.SCREEN: "/screens/hall",
    Role.SPEAKER: "/",
}
"""Where each role goes after signing in, unless it wanted to go elsewhere."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/sign-in`: an account, and for a clerk the window."""

    name: str
    password: str
    window: str | None = None


_credentials = msgspec.json.Decoder(Credentials)


class SignIn:
    """The routes of signing in and out."""

    def __init__(self, hall: Hall, pages: Pages, store: Store, accounts: Accounts, tokens: Tokens) -> None:
        self._hall = hall
        self._pages = pages
        self._store = store
        self._accounts = accounts
        self._tokens = tokens

    def routes(self) -> list[BaseRoute]:
        """The page, the choice of a window, the way in for devices, and the two calls."""
        return [
            Route("/sign-in", self.page, methods=["GET"]),
            Route("/sign-in", self.enter, methods=["POST"]),
            Route("/sign-in/window", self.window_page, methods=["GET"]),
            Route("/sign-in/window", self.choose_window, methods=["POST"]),
            Route("/sign-in/device", self.device, methods=["GET"]),
            Route("/sign-out", self.leave, methods=["POST"]),
            Route("/api/sign-in", self.call_in, methods=["POST"]),
            Route("/api/sign-out", self.call_out, methods=["POST"]),
        ]

    # --- the calls ---

    async def call_in(self, request: Request) -> Response:
        """POST /api/sign-in: who is signed in now, where to go, and the session's cookie."""
        raw = await read_body(request.scope, request.receive)
        check_content_type(request.scope)
        said = decode(raw, _credentials)
        principal = await self._checked(request, said.name, said.password, said.window)
        body = {
            "name": principal.name,
            "role": principal.role.value,
            "window": principal.window,
            "home": home_of(principal),
        }
        return await self._with_session(request, json_answer(body), principal)

    async def call_out(self, request: Request) -> Response:
        """POST /api/sign-out: 204; the session's token is refused from now on."""
        require(request)
        return await self._ended(request, Response(status_code=204))

    # --- the pages ---

    async def page(self, request: Request) -> Response:
        """GET /sign-in."""
        return self._form(request, request.query_params.get("next"))

    async def enter(self, request: Request) -> Response:
        """POST /sign-in: on to the page that was wanted, or the form again with what was wrong."""
        form = await _form_of(request)
        wanted = form.get("next")
        try:
            principal = await self._checked(request, form.get("name", "").strip(), form.get("password", ""), None)
        except Problem as fault:
            return self._form(request, wanted, form.get("name", ""), fault)
        on = home_of(principal, wanted)
        return await self._with_session(request, RedirectResponse(on, 303), principal)

    async def window_page(self, request: Request) -> Response:
        """GET /sign-in/window: the windows by zone."""
        principal = require_page(request, Role.CLERK)
        return self._pages.render(
            request,
            "sign_in_window.html",
            page_zh="选窗口",
            page_en="Choose a window",
            next=safe_next(request.query_params.get("next"), ""),
            chosen=principal.window,
            zones=[(zone, [self._hall.windows[no] for no in zone.windows]) for zone in self._hall.zones.values()],
        )

    async def choose_window(self, request: Request) -> Response:
        """POST /sign-in/window: the session goes on at this window."""
        principal = require_page(request, Role.CLERK)
        form = await _form_of(request)
        account = await self._store.account(principal.name)
        if account is None or account.role is not principal.role:
            raise problem("token_revoked")
        moved = Principal(
            name=principal.name, role=principal.role, window=self._window_for(account.window, form.get("window", ""))
        )
        on = home_of(moved, form.get("next"))
        response = await self._with_session(request, RedirectResponse(on, 303), moved)
        await self._revoke(request)
        return response

    async def device(self, request: Request) -> Response:
        """GET /sign-in/device?token=&next=: a device's start page; its token becomes its cookie.

        Only devices' tokens come in this way: a link must not sign a person in.
        """
        token = request.query_params.get("token", "")
        try:
            principal = self._tokens.read(token)
        except TokenFault as fault:
            raise problem(fault.code) from fault
        if principal.role not in DEVICES:
            raise problem("token_invalid")
        response = RedirectResponse(home_of(principal, request.query_params.get("next")), 303)
        self._set_cookie(request, response, token, self._tokens.seconds_left(token))
        return response

    async def leave(self, request: Request) -> Response:
        """POST /sign-out, from a page's button."""
        return await self._ended(request, RedirectResponse("/sign-in", 303))

    # --- inside ---

    async def _checked(self, request: Request, name: str, password: str, window: str | None) -> Principal:
        address = request.client.host if request.client is not None else ""
        account = await self._accounts.check(name, password, address)
        self._tokens.changed[account.name] = account.changed
        at = self._window_for(account.window, window) if account.role is Role.CLERK else None
        return Principal(name=account.name, role=account.role, window=at)

    def _window_for(self, tied: str | None, asked: str | None) -> str | None:
        """The window a clerk will be at. Raises Problem unknown_window, or window_of_another for a tied account."""
        if asked is None:
            return tied
        window = self._hall.window_named(asked)
        if window is None:
            raise problem_of(refuse("unknown_window", name=asked))
        if tied is not None and window.no != tied:
            raise problem("window_of_another", window=window.no, mine=f" {tied} 号窗口", mine_en=f"window {tied}")
        return window.no

    def _form(self, request: Request, wanted: str | None, name: str = "", fault: Problem | None = None) -> Response:
        return self._pages.render(
            request,
            "sign_in.html",
            status_code=fault.status if fault is not None else 200,
            headers=fault.headers if fault is not None else None,
            page_zh="登录",
            page_en="Sign in",
            next=safe_next(wanted, ""),
            name=name,
            fault=fault,
        )

    async def _with_session(self, request: Request, response: Response, principal: Principal) -> Response:
        token = self._tokens.make(
            principal.role, principal.name, hours=SESSION_HOURS, window=principal.window, account=True
        )
        await sign_ins.note(self._store, self._tokens.read(token), int(time.time()))
        self._set_cookie(request, response, token, round(SESSION_HOURS * 3600))
        return response

    def _set_cookie(self, request: Request, response: Response, token: str, seconds: int) -> None:
        response.set_cookie(
            COOKIE,
            token,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )

    async def _ended(self, request: Request, response: Response) -> Response:
        await self._revoke(request)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    async def _revoke(self, request: Request) -> None:
        principal = principal_of(request)
        if principal is not None:
            # In the store first: what is read of it meanwhile (`access.watch`) must not call the session back.
            await self._store.revoke(principal.token, principal.until)
            self._tokens.revoked.add(principal.token)


def home_of(principal: Principal, wanted: str | None = None) -> str:
    """Where to go after signing in: first to choose a window if that is open, then where one wanted to go."""
    on = safe_next(wanted, HOMES[principal.role])
    if principal.role is Role.CLERK and principal.window is None:
        return "/sign-in/window" + (f"?next={quote(on, safe='/')}" if wanted else "")
    return on


async def _form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first value of each. Raises Problem."""
    check_content_type(request.scope, FORM)
    raw = await read_body(request.scope, request.receive)
    try:
        fields = parse_qs(raw.decode("utf-8"), max_num_fields=20)
    except ValueError as error:
        raise problem("bad_body", found=str(error), path="$") from None
    return {name: values[0] for name, values in fields.items()}
