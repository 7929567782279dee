"""OpenAPI 3.1 (接口说明), made from the same table as the routes; served at `/api/openapi.json`."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onewindow.access.principal import ROLE_ZH, STAFF, Role
from onewindow.access.sign_in import Credentials
from onewindow.api import schemas
from onewindow.api.call import Call
from onewindow.api.routes import CALLS
from onewindow.http.answer import encode
from onewindow.http.body import LONGEST_KEY
from onewindow.http.problem import MEDIA_TYPE

REFS: Final = "#/components/schemas/{name}"
JSON: Final = "application/json"


@dataclass(frozen=True)
class Operation:
    """One documented operation."""

    method: str
    path: str
    zh: str
    en: str
    roles: tuple[Role, ...] | None = None
    """Who may; None: everybody, (): whoever is signed in."""
    holder: bool = False
    body: Any = None
    reply: Any = None
    """The type of the answer's JSON; None: no body."""
    media: str = JSON
    status: int = 200
    query: tuple[tuple[str, str, str], ...] = ()
    """(name, JSON type, words)"""
    idempotent: bool = False


def of_call(call: Call) -> Operation:
    """A call of the table."""
    return Operation(
        "post",
        call.path,
        call.zh,
        call.en,
        call.roles,
        call.holder,
        call.body,
        call.reply,
        status=call.status,
        idempotent=True,
    )


TEXT: Final = "text/plain"
OTHERS: Final = (
    Operation("get", "/api/hall", "大厅", "The static hall, with an ETag", reply=schemas.HallReply),
    Operation("get", "/api/board", "总屏内容", "What the hall screen shows", reply=schemas.Free),
    Operation(
        "get",
        "/api/search",
        "查找事项",
        "Find matters",
        reply=schemas.SearchReply,
        query=(("q", "string", "拼音首字母、名称、部门或编码"), ("limit", "integer", "1-50")),
    ),
    Operation(
        "get", "/api/tickets/{ticket}", "号票", "A ticket, live", STAFF, holder=True, reply=schemas.TicketReply
    ),
    Operation(
        "get",
        "/api/tickets/{ticket}/slip.txt",
        "小票文字",
        "The slip as text",
        (*STAFF, Role.KIOSK),
        holder=True,
        media=TEXT,
    ),
    Operation(
        "get",
        "/api/tickets/{ticket}/slip.png",
        "小票图片",
        "The slip as a picture for 80 mm paper",
        (*STAFF, Role.KIOSK),
        holder=True,
        media="image/png",
    ),
    Operation(
        "get",
        "/api/windows/{no}",
        "窗口",
        "A window as its clerk sees it",
        (Role.CLERK, Role.SUPERVISOR),
        reply=schemas.Free,
    ),
    Operation("get", "/api/day", "当天", "The day", STAFF, reply=schemas.DayState),
    Operation(
        "post",
        "/api/day/open",
        "开始当天",
        "Open the day of a clock that is behind the journal; every other day opens by itself",
        (Role.SUPERVISOR,),
        reply=schemas.DayReply,
    ),
    Operation(
        "get",
        "/api/journal",
        "日志",
        "A day's commits, one a line; the SHA-256 of a line is the next one's `prev`",
        (Role.SUPERVISOR,),
        media="application/x-ndjson",
        query=(("day", "string", "YYYY-MM-DD"), ("from", "integer", "第几条起 · first commit")),
    ),
    Operation("post", "/api/sign-in", "登录", "Sign in: sets the cookie", body=Credentials, reply=schemas.SignedIn),
    Operation("post", "/api/sign-out", "退出", "Sign out", (), status=204),
    Operation("get", "/api/openapi.json", "接口说明", "This document", reply=schemas.Free),
    Operation("get", "/healthz", "存活", "The process answers", reply=schemas.Alive),
    Operation("get", "/readyz", "就绪", "The journal is replayed and can be written", reply=schemas.Ready),
    Operation("get", "/metrics", "指标", "Prometheus metrics", media=TEXT),
)
"""The operations that no command is made of."""


def operations() -> tuple[Operation, ...]:
    """All operations of the API."""
    return (*(of_call(call) for call in CALLS), *OTHERS)


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    documented = operations()
    types = {t for o in documented for t in (o.body, o.reply) if t is not None and t is not schemas.Free}
    ordered = sorted(types | {schemas.ProblemDocument}, key=lambda t: str(t.__name__))
    _, components = msgspec.json.schema_components(ordered, ref_template=REFS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in documented:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "OneWindow 一窗", "version": _version(), "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "python run.py token --role …"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "onewindow"},
                "tracking": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "号票的跟踪码 · a ticket's tracking token, from `track`",
                },
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    """One operation of the document."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _names(operation.path)
    ]
    parameters += [
        {"name": name, "in": "query", "schema": {"type": kind}, "description": words}
        for name, kind, words in operation.query
    ]
    if operation.idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
                "description": "重发用同一个键，得到第一次的答复 · a retry under the same key gets the first reply",
            }
        )
    said: dict[str, Any] = {
        "operationId": operation.method + operation.path.replace("{", "").replace("}", "").replace("/", "_"),
        "summary": f"{operation.zh} · {operation.en}",
        "tags": [_tag(operation.path)],
        "parameters": parameters,
        "security": _security(operation),
        "responses": {
            str(operation.status): _answer(operation),
            "default": {
                "description": "错误 · a problem",
                "content": {MEDIA_TYPE: {"schema": _ref(schemas.ProblemDocument)}},
            },
        },
    }
    if operation.roles is not None:
        said["x-roles"] = [role.value for role in operation.roles]
        said["description"] = (
            "、".join(ROLE_ZH[role] for role in operation.roles) or "已登录者 · whoever is signed in"
        )
    if operation.body is not None:
        said["requestBody"] = {
            "required": bool(_required(operation.body)),
            "content": {JSON: {"schema": _ref(operation.body)}},
        }
    return said


def _answer(operation: Operation) -> dict[str, Any]:
    if operation.reply is None and operation.media == JSON:
        return {"description": "没有内容 · no content"}
    schema = {"type": "string"} if operation.reply is None else {"type": "object"}
    if operation.reply is not None and operation.reply is not schemas.Free:
        schema = _ref(operation.reply)
    return {"description": "成功 · done", "content": {operation.media: {"schema": schema}}}


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.roles is None:
        return []
    schemes = ["bearer", "cookie", *(["tracking"] if operation.holder else [])]
    return [{scheme: []} for scheme in schemes]


def _required(body: Any) -> list[str]:
    return [field.name for field in msgspec.structs.fields(body) if field.required]


def _ref(kind: Any) -> dict[str, str]:
    return {"$ref": REFS.format(name=kind.__name__)}


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _tag(path: str) -> str:
    parts = path.split("/")
    return parts[2] if parts[1] == "api" else "operator"


def _version() -> str:
    try:
        return version("onewindow")
    except PackageNotFoundError:  # run from a checkout
        return "0"


def routes() -> list[Route]:
    """The document's route."""
    body = encode(document())

    async def openapi(request: Request) -> Response:
        """GET /api/openapi.json."""
        return Response(body, headers={"Cache-Control": "no-cache"}, media_type=JSON)

    return [Route("/api/openapi.json", openapi)]
