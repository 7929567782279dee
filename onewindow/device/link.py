"""A device's link to the server (设备连接): one websocket, kept up for ever.

A silent socket is given up, a lost one is made again after a jittered wait that stays below a second while nobody
answers, and grows when a server takes the connection and says nothing. Signs of life go both ways.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI, WebSocketException

BEAT_SECONDS: Final = 5.0
FIRST_RETRY: Final = 0.4
LAST_RETRY: Final = 10.0
ABSENT_RETRY: Final = 0.6
"""Between two tries while nothing listens: a hall whose network is back is right again within a second."""
OPEN_SECONDS: Final = 2.0
"""So long a handshake may take: a network that swallows it is asked anew."""
REFUSED_RETRY: Final = 30.0
REFUSED: Final = frozenset({4403, 4404, 4429})
"""Close codes: not allowed, no such channel, too many."""

Message = dict[str, Any]


class Gap(Exception):
    """Something was missed: only a new connection, with its snapshot, is to be trusted."""


class Link:
    """One channel, followed until cancelled. Loop-only."""

    def __init__(
        self,
        url: str,
        *,
        take: Callable[[bytes], None],
        beat: Callable[[], Message],
        silent_seconds: float,
        headers: Mapping[str, str] | None = None,
        refused: Callable[[int], None] = lambda code: None,
    ) -> None:
        """`take` gets each frame, and may raise Gap; `beat` makes the sign of life; `refused` gets the close code."""
        self._url = url
        self._take = take
        self._beat = beat
        self._silent = silent_seconds
        self._headers = dict(headers or {})
        self._refused = refused
        self._socket: ClientConnection | None = None

    async def send(self, message: Message) -> bool:
        """Send it now; False when there is no connection."""
        socket = self._socket
        if socket is None:
            return False
        try:
            await socket.send(msgspec.json.encode(message).decode())
        except ConnectionClosed:
            return False
        return True

    async def run(self) -> None:
        """Connect, follow, connect again. Raises ValueError for an address that is none."""
        wait = FIRST_RETRY
        while True:
            heard = absent = False
            try:
                options: dict[str, Any] = {"open_timeout": OPEN_SECONDS, "ping_interval": None, "compression": None}
                async with connect(self._url, additional_headers=self._headers, **options) as socket:
                    heard = await self._follow(socket)
            except InvalidURI as error:
                raise ValueError(f"{self._url}: {error}") from error
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd is not None else 0
                if code in REFUSED:
                    self._refused(code)
                    wait = REFUSED_RETRY
            except OSError:  # with TimeoutError: nobody is there
                absent = True
            except (InvalidHandshake, WebSocketException, Gap, msgspec.DecodeError):
                pass
            finally:
                self._socket = None
            # Jitter spreads a hall's devices over time after a restart; it decides nothing.
            await asyncio.sleep((ABSENT_RETRY if absent else wait) * (0.5 + random.random()))  # noqa: S311
            wait = FIRST_RETRY if heard or absent else min(wait * 2, LAST_RETRY)

    async def _follow(self, socket: ClientConnection) -> bool:
        """Take frames until the line is lost; raises what ended it, but for silence after something was heard."""
        heard = False
        beats = asyncio.create_task(self._send_beats(socket))
        self._socket = socket
        try:
            while True:
                text = await asyncio.wait_for(socket.recv(decode=False), self._silent)
                self._take(text)
                heard = True
        except (ConnectionClosed, TimeoutError, Gap):
            if heard:
                return True
            raise
        finally:
            beats.cancel()
            await asyncio.gather(beats, return_exceptions=True)

    async def _send_beats(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(msgspec.json.encode(self._beat()).decode())
            await asyncio.sleep(BEAT_SECONDS)


def socket_address(url: str, path: str, device: str = "") -> str:
    """The address of a channel at a server. Raises ValueError for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"服务器地址“{url}”不对\nThe server's address {url!r} is none")
    scheme = "wss" if parts.scheme == "https" else "ws"
    named = f"?device={device}" if device else ""
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}{named}"
