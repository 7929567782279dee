"""Problems (错误): every error of every route in one shape, RFC 9457 `application/problem+json`.

{"type", "title", "status", "detail" (Chinese), "detail_en", "code", "instance", …}; clients branch on `code`.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from onewindow.http.sentences import SENTENCES
from onewindow.queue.refusals import Fault, Refusal
from onewindow.runtime.answers import JournalUnavailable, RuntimeFault, WriterStopped

MEDIA_TYPE: Final = "application/problem+json"
FAULT_STATUS: Final = {Fault.NOT_FOUND: 404, Fault.INVALID: 422, Fault.CONFLICT: 409, Fault.FORBIDDEN: 403}
RETRY_SECONDS: Final = 1
"""After a failed journal or at a stop: when to ask again."""

Param = str | int | list[str]
ErrorPage = Callable[[Request, "Problem"], Response]


class Problem(Exception):
    """An error answer: HTTP status, stable code, the sentences in Chinese and English, and further members."""

    def __init__(
        self,
        status: int,
        code: str,
        zh: str,
        en: str,
        extra: Mapping[str, Param] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take what the answer says; `extra` becomes further members, `headers` go with the answer."""
        super().__init__(f"{code}: {en}")
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """The members of the problem document; the standard ones win over `extra`."""
        return {
            **self.extra,
            "type": f"urn:onewindow:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.zh,
            "detail_en": self.en,
            "code": self.code,
            **({"instance": instance} if instance else {}),
        }

    def body(self, instance: str | None = None) -> bytes:
        """The document as JSON."""
        return msgspec.json.encode(self.document(instance))


def problem(code: str, *, headers: Mapping[str, str] | None = None, **params: Param) -> Problem:
    """The problem with this code, its sentences filled. Raises KeyError for a code that has none."""
    status, zh, en = SENTENCES[code]
    if status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": 'Bearer realm="onewindow"', **(headers or {})}
    return Problem(status, code, zh.format(**params), en.format(**params), params, headers=headers)


def problem_of(refusal: Refusal) -> Problem:
    """A refusal of the queue as a problem: not_found 404, invalid 422, conflict 409, forbidden 403."""
    return Problem(FAULT_STATUS[refusal.fault], refusal.code, refusal.zh, refusal.en, refusal.params)


def problem_of_fault(fault: RuntimeFault) -> Problem:
    """A fault of the runtime as a problem: 503 with Retry-After when asking again may help, else 500."""
    again = {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(fault, WriterStopped):
        return problem("stopping", headers=again)
    if isinstance(fault, JournalUnavailable):
        zh, _, en = str(fault).partition("\n")
        return Problem(503, "journal_unavailable", zh, en, headers=again)
    return problem("internal")


def problem_response(fault: Problem, instance: str | None = None) -> Response:
    """The problem as an answer."""
    return Response(fault.body(instance), fault.status, {**fault.headers, "Content-Type": MEDIA_TYPE})


def handlers(error_page: ErrorPage) -> dict[Any, Any]:
    """Starlette's exception handlers: one shape for all errors; a page for people who asked for a page."""

    async def answer(conn: HTTPConnection, found: Problem) -> Response | None:
        if isinstance(conn, WebSocket):
            await conn.send_denial_response(problem_response(found, conn.url.path))
            return None
        assert isinstance(conn, Request)
        if wants_page(conn):
            return error_page(conn, found)
        return problem_response(found, conn.url.path)

    async def on_problem(conn: Request, error: Exception) -> Response | None:
        assert isinstance(error, Problem)
        return await answer(conn, error)

    async def on_fault(conn: Request, error: Exception) -> Response | None:
        assert isinstance(error, RuntimeFault)
        return await answer(conn, problem_of_fault(error))

    async def on_http(conn: Request, error: Exception) -> Response | None:
        assert isinstance(error, HTTPException)
        return await answer(conn, _of_http(conn, error))

    async def on_crash(conn: Request, error: Exception) -> Response | None:
        return await answer(conn, problem("internal"))

    return {Problem: on_problem, RuntimeFault: on_fault, HTTPException: on_http, Exception: on_crash}


def wants_page(request: Request) -> bool:
    """Whether the asker would rather read a page than JSON; never below `/api/`."""
    if request.url.path.startswith("/api/"):
        return False
    accepted = request.headers.get("accept", "")
    return _quality(accepted, "text/html") > _quality(accepted, "application/json")


def _quality(accepted: str, media_type: str) -> float:
    """The q value that an Accept header gives to a media type named in it; 0 when it isn't named."""
    for part in accepted.split(","):
        name, *params = (piece.strip() for piece in part.split(";"))
        if name == media_type:
            given = next((p[2:] for p in params if p.startswith("q=")), "1")
            try:
                return float(given)
            except ValueError:
                return 0.0
    return 0.0


def _of_http(conn: HTTPConnection, error: HTTPException) -> Problem:
    """Starlette's own errors (no such route, wrong method, …) in our words."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem("not_found")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem("method_not_allowed", headers=error.headers, method=conn.scope.get("method", "?"))
    found = problem("http_error", found=error.detail)
    found.status = error.status_code
    found.headers = dict(error.headers or {})
    return found
