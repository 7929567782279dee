"""Asking the server (联系服务器): plain HTTP by the standard library, one connection a request."""

import contextlib
import http.client
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from onewindow.callers.keypad.keys import Window

TIMEOUT_SECONDS: Final = 10.0
NOT_NOW: Final = frozenset({502, 503, 504})
"""Answers after which the same request may be sent again."""


class NoAnswer(Exception):
    """Nothing, or not all, came back: whether a command was obeyed is not known."""


class Refused(Exception):
    """The server said no; `zh` and `en` are its words."""

    def __init__(self, status: int, zh: str, en: str) -> None:
        super().__init__(f"{status}: {en}")
        self.zh = zh
        self.en = en


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""
    detail_en: str = ""


class Server:
    """One hall's server, for one window and with one token."""

    def __init__(self, url: str, window: str, token: str) -> None:
        """Raises ValueError for an address that is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"no address of a server: {url}")
        self._https = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._window = f"{parts.path.rstrip('/')}/api/windows/{window}"
        self._token = token

    def window(self) -> Window:
        """The window as it is. Raises NoAnswer, Refused."""
        try:
            return msgspec.json.decode(self._ask("GET", self._window), type=Window)
        except msgspec.DecodeError as error:
            raise NoAnswer(str(error)) from None

    def command(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Send a command under its Idempotency-Key; its answer. Raises NoAnswer, Refused."""
        answer = self._ask("POST", f"{self._window}/{path}", msgspec.json.encode(body), key)
        try:
            return msgspec.json.decode(answer, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise NoAnswer(str(error)) from None

    def _ask(self, method: str, path: str, body: bytes | None = None, key: str = "") -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            with contextlib.closing(self._connection()) as connection:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(str(error) or type(error).__name__) from None
        if response.status in NOT_NOW:
            raise NoAnswer(f"HTTP {response.status}")
        if response.status >= 300:
            raise _refused(response.status, answer)
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=TIMEOUT_SECONDS)


def _refused(status: int, answer: bytes) -> Refused:
    try:
        found = msgspec.json.decode(answer, type=_Problem)
    except msgspec.DecodeError:
        found = _Problem()
    return Refused(status, found.detail or f"服务器答复 {status}", found.detail_en or f"The server answered {status}")
