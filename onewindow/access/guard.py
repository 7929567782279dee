"""The guard (门卫): puts who asks beside every request, and lets routes demand a role.

A program sends `Authorization: Bearer <token>`; a page sends the signed cookie. A ticket's holder sends its tracking
token as the bearer. The guard never refuses by itself: public routes don't ask, the others call `require`.
"""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from onewindow.access.principal import ROLE_EN, ROLE_ZH, Principal, Role
from onewindow.access.tokens import PREFIX, TokenFault, Tokens, Tracking
from onewindow.http.problem import Problem, problem

COOKIE: Final = "onewindow"
_PRINCIPAL: Final = "onewindow.principal"
_HOLDER: Final = "onewindow.holder"
_FAULT: Final = "onewindow.token_fault"

Conn = Mapping[str, Any]
"""An ASGI scope, or a Starlette Request or WebSocket, which are mappings of theirs."""


class Guard:
    """ASGI middleware: identifies the principal or the ticket's holder, for HTTP and WebSocket alike."""

    def __init__(self, app: ASGIApp, tokens: Tokens, tracking: Tracking, public_url: str = "") -> None:
        """`public_url`: a further origin whose pages are ours, besides the address that was asked."""
        self.app = app
        self._tokens = tokens
        self._tracking = tracking
        self._origin_host = urlsplit(public_url).netloc.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Identify, then go on."""
        if scope["type"] in ("http", "websocket"):
            self._identify(scope)
        await self.app(scope, receive, send)

    def _identify(self, scope: Scope) -> None:
        authorization = cookie = origin = host = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"cookie":
                cookie = value if cookie is None else cookie + b"; " + value
            elif name == b"origin":
                origin = value
            elif name == b"host":
                host = value
        if authorization is not None:
            self._by_bearer(scope, authorization.decode("latin-1"))
        elif cookie is not None and (origin is None or self._ours(origin, host)):
            # SameSite keeps other sites out; the Origin also keeps out another port of the same machine.
            self._by_cookie(scope, cookie.decode("latin-1"))

    def _ours(self, origin: bytes, host: bytes | None) -> bool:
        try:
            asked_from = urlsplit(origin).netloc
        except ValueError:
            # No browser sends such an Origin, so the page isn't ours.
            return False
        return asked_from == host or (bool(self._origin_host) and asked_from == self._origin_host)

    def _by_bearer(self, scope: Scope, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer":
            scope[_FAULT] = "token_invalid"
        elif token.startswith(PREFIX):
            try:
                scope[_PRINCIPAL] = self._tokens.read(token)
            except TokenFault as fault:
                scope[_FAULT] = fault.code
        elif (ticket := self._tracking.ticket(token)) is not None:
            scope[_HOLDER] = ticket
        else:
            scope[_FAULT] = "token_invalid"

    def _by_cookie(self, scope: Scope, text: str) -> None:
        token = cookie_token(text)
        if token is None:
            return
        try:
            scope[_PRINCIPAL] = self._tokens.read(token)
        except TokenFault as fault:
            scope[_FAULT] = fault.code


def cookie_token(text: str) -> str | None:
    """Our token in a Cookie header, or None."""
    try:
        morsel = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None else None


def principal_of(conn: Conn) -> Principal | None:
    """Who asks, or None for somebody unknown."""
    found = conn.get(_PRINCIPAL)
    return found if isinstance(found, Principal) else None


def holder_of(conn: Conn) -> str | None:
    """The id of the ticket whose tracking token came as the bearer, or None."""
    found = conn.get(_HOLDER)
    return found if isinstance(found, str) else None


def fault_of(conn: Conn) -> str | None:
    """The code of what is wrong with the token that came, or None."""
    found = conn.get(_FAULT)
    return found if isinstance(found, str) else None


def unknown(conn: Conn) -> Problem:
    """401: nobody is signed in; names what is wrong with the token that came, if one did."""
    return problem(fault_of(conn) or "sign_in_needed")


def role_forbidden(role: Role, wanted: Iterable[Role]) -> Problem:
    """403: this role may not, the wanted ones may; in both languages."""
    wanted = tuple(wanted)
    return problem(
        "role_forbidden",
        role=ROLE_ZH[role],
        wanted="、".join(ROLE_ZH[one] for one in wanted),
        role_en=ROLE_EN[role],
        wanted_en=", ".join(ROLE_EN[one] for one in wanted),
    )


def require(conn: Conn, *roles: Role) -> Principal:
    """The principal, who must have one of the roles (none named: any). Raises Problem 401 or 403."""
    principal = principal_of(conn)
    if principal is None:
        raise unknown(conn)
    if roles and not principal.may_be(*roles):
        raise role_forbidden(principal.role, roles)
    return principal


def require_window(conn: Conn, window: str) -> Principal:
    """The principal, who must be this window's own clerk or a supervisor. `window` as in the hall's files ("07")."""
    principal = require(conn, Role.CLERK, Role.SUPERVISOR)
    if not principal.may_act_at(window):
        mine, mine_en = (
            (f" {principal.window} 号窗口", f"window {principal.window}")
            if principal.window
            else ("窗口人员账号，尚未选窗口", "no window yet")
        )
        raise problem("window_of_another", window=window, mine=mine, mine_en=mine_en)
    return principal


def require_page(conn: Conn, *roles: Role) -> Principal:
    """As `require`, for a page: whoever isn't signed in goes to the sign-in page and comes back (303)."""
    if principal_of(conn) is None:
        raise HTTPException(303, headers={"Location": sign_in_address(conn)})
    return require(conn, *roles)


def sign_in_address(conn: Conn) -> str:
    """The sign-in page that leads back to where `conn` wanted to go."""
    wanted = conn["path"]
    if query := conn.get("query_string"):
        wanted += "?" + query.decode("latin-1")
    return "/sign-in?next=" + quote(safe_next(wanted), safe="/")


def safe_next(wanted: str | None, otherwise: str = "/") -> str:
    """`wanted` if it is a path of this server, else `otherwise`: nobody is sent to another site after signing in."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return otherwise
    if any(ord(letter) < 0x21 or letter == "\\" for letter in wanted):
        return otherwise
    return wanted
