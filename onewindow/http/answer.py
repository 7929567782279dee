"""Plain answers (应答): JSON bytes straight to the server, for the calls that must be quick."""

from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Send

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """A value as JSON."""
    return _encoder.encode(value)


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A value as a JSON response that nobody keeps."""
    return Response(
        encode(value), status, {"Cache-Control": "no-store", **(headers or {})}, media_type="application/json"
    )


async def send_json(send: Send, status: int, body: bytes, replayed: bool = False) -> None:
    """Send JSON bytes; a reply that was given before says so."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    if replayed:
        headers.append((b"idempotency-replayed", b"true"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
