"""Outlets (出口): how the hub hands a frame to a client without ever waiting for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from onewindow.displays.framed import EXTENSION
from onewindow.displays.frames import Frame

log = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]


class Outlet(Protocol):
    """The way to one client."""

    @property
    def open(self) -> bool:
        """Whether a frame would still be sent."""
        ...

    @property
    def pending(self) -> int:
        """How much waits because the client doesn't take it: bytes, or any measure that falls as it takes some."""
        ...

    def offer(self, frame: Frame, room: int | None = None) -> int:
        """Send a frame, at once or when the client takes it, unless more than `room` is pending already.

        Returns what was pending before it.
        """
        ...

    def abort(self) -> None:
        """End the connection now."""
        ...


class AsgiOutlet:
    """An outlet over plain ASGI `send`, for servers without `onewindow.outlet`: a task of its own for each client."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._frames: list[Frame] = []
        self._wanted = asyncio.Event()
        self._task = asyncio.create_task(self._drain(), name="display outlet")

    @property
    def open(self) -> bool:
        """Whether the task still sends."""
        return not self._task.done()

    @property
    def pending(self) -> int:
        """Bytes that wait, the message under way included."""
        return sum(len(frame.wire) for frame in self._frames)

    def offer(self, frame: Frame, room: int | None = None) -> int:
        """Queue a frame unless more than `room` bytes wait; the bytes that waited before it."""
        waiting = self.pending
        if room is None or waiting <= room:
            self._frames.append(frame)
            self._wanted.set()
        return waiting

    def abort(self) -> None:
        """Stop sending; the handler, which awaits this task beside the client's messages, then ends."""
        self._task.cancel()

    async def ended(self) -> None:
        """Wait until nothing is sent any more: the client has gone, or `abort`."""
        await asyncio.wait((self._task,))

    async def _drain(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._frames:
                try:
                    await self._send({"type": "websocket.send", "text": self._frames[0].text.decode()})
                except Exception as error:
                    # Each server has its own way to say it, and all mean that the client has gone.
                    log.debug("A display has gone: %r", error)
                    return
                del self._frames[0]


def outlet_of(scope: Any, send: Send) -> Outlet:
    """The best outlet that the server offers."""
    extensions = scope.get("extensions") or {}
    found: Outlet | None = extensions.get(EXTENSION)
    return found if found is not None else AsgiOutlet(send)
