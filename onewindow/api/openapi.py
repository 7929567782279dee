"""OpenAPI 3.1 (接口说明), made from the same table as the routes; served at `/api/openapi.json`."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onewindow.access.principal import ROLE_ZH
from onewindow.api import schemas
from onewindow.api.call import Call
from onewindow.api.operations import JSON, OTHERS, Operation
from onewindow.api.routes import CALLS
from onewindow.http.answer import encode
from onewindow.http.body import LONGEST_KEY
from onewindow.http.problem import MEDIA_TYPE

REFS: Final = "#/components/schemas/{name}"


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
