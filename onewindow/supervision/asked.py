"""What the supervisor's own calls are sent (请求内容): small JSON bodies, checked."""

from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.problem import problem

T = TypeVar("T")


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No fields: `{}`, or no body at all."""


nothing: Final = msgspec.json.Decoder(Nothing)


async def body_of(request: Request, decoder: msgspec.json.Decoder[T]) -> T:
    """The request's body. Raises Problem."""
    try:
        raw: Any = await read_body(request.scope, request.receive)
    except ClientGone as gone:
        raise problem("bad_json", found="no body came") from gone  # Nobody reads it.
    if raw:
        check_content_type(request.scope)
    return decode(raw or b"{}", decoder)
