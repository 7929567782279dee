"""Reading what was sent (请求内容): bounded before it is read on, its faults named with their path."""

from typing import Final, TypeVar

import msgspec
from starlette.types import Receive, Scope

from onewindow.http.problem import Problem, problem

MOST: Final = 64 * 1024
"""Bytes of a request's body."""
LONGEST_KEY: Final = 200
JSON: Final = "application/json"

T = TypeVar("T")


class ClientGone(Exception):
    """The client went away while its body was being read; there is nobody to answer."""


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of this lower-case name, or None."""
    found = next((value for key, value in scope["headers"] if key == name), None)
    return found.decode("latin-1") if found is not None else None


async def read_body(scope: Scope, receive: Receive, most: int = MOST) -> bytes:
    """The body, at most `most` bytes. Raises Problem body_too_large before reading on, or ClientGone."""
    declared = header(scope, b"content-length") or ""
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        if not message.get("more_body", False) and not chunks:
            return bytes(chunk)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(most: int) -> Problem:
    return problem("body_too_large", most=most, headers={"Connection": "close"})


def check_content_type(scope: Scope, wanted: str = JSON) -> None:
    """Raises Problem wrong_content_type unless the body is declared as `wanted` (parameters don't matter)."""
    declared = header(scope, b"content-type") or ""
    if declared != wanted and declared.partition(";")[0].strip().lower() != wanted:
        raise problem("wrong_content_type", wanted=wanted, headers={"Accept-Post": wanted})


def decode(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The JSON body as `decoder` wants it. Raises Problem bad_json (400) or bad_body (422, with `path`)."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        found, _, path = str(error).rpartition(" - at `")
        path = path.rstrip("`") if found else "$"
        raise problem("bad_body", found=f"{path}: {found or error}", path=path) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise problem("bad_json", found=str(error)) from None


def idempotency_key(scope: Scope) -> str:
    """The Idempotency-Key, or empty. Raises Problem bad_key."""
    key = header(scope, b"idempotency-key")
    if key is None:
        return ""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise problem("bad_key", most=LONGEST_KEY)
    return key
