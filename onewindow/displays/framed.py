"""A WebSocket protocol for uvicorn that takes ready-made frames (预编码帧).

ASGI builds a message's frame anew for each client. A display's frame is the same for all, so this subclass puts an
`Outlet` into the connection's scope, under `extensions["onewindow.outlet"]`: a synchronous write that never waits,
the bytes that wait to be sent, and an abort. While nothing waits, a frame is written straight to the socket: that
costs less than the transport's queue, and lets other threads run meanwhile. Everything else, handshake, pings,
closing, is uvicorn's own. Served by another server or protocol the key is absent, and the displays send text through
plain ASGI.

The parent is no documented class of uvicorn: `tests/displays/test_sockets.py` holds what is relied upon.
"""

import os
import socket
import sys
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from onewindow.displays.frames import Frame

EXTENSION: Final = "onewindow.outlet"
SEND_BUFFER: Final = 32 * 1024
"""Bytes that the system may hold for one client (Linux takes twice as much): a stuck one is noticed soon, and one
that reads again after a freeze has little that is old before the newest."""
GIVE_UP_MS: Final = 15_000
"""How long the system tries to deliver to a client that has gone without a word (Linux)."""


class FramedOutlet:
    """The way to one client of a `FramedProtocol`. Loop-only."""

    __slots__ = ("_end", "_protocol", "_transport", "waits")

    def __init__(self, protocol: "FramedProtocol", waits: bool) -> None:
        self._protocol = protocol
        self._transport: Any = protocol.transport
        self._end = _direct(self._transport)
        self.waits = waits
        """Whether bytes may wait in the transport, which tells of each change: asking it costs most of a µs."""

    @property
    def open(self) -> bool:
        """Whether a frame would still be sent."""
        protocol = self._protocol
        done = protocol.close_sent or protocol.disconnected or self._transport.is_closing()
        return protocol.handshake_complete and not done

    @property
    def pending(self) -> int:
        """Bytes that wait in this process because the client doesn't take them."""
        return 0 if self._transport.is_closing() else int(self._transport.get_write_buffer_size())

    def offer(self, frame: Frame, room: int | None = None) -> int:
        """Send a frame, at once or when the client takes it, unless more than `room` bytes wait already.

        Returns the bytes that waited before it. Nothing happens after the end of the connection; not to be used once
        the application has closed it.
        """
        transport, wire = self._transport, frame.wire
        if transport.is_closing():
            return 0
        if self.waits:
            waiting: int = transport.get_write_buffer_size()
            if waiting:
                if room is None or waiting <= room:
                    transport.write(wire)
                return waiting
        if self._end is None:
            transport.write(wire)
            return 0
        # Past the transport, which copies and queues; what the system doesn't take waits there.
        try:
            taken = os.write(self._end, wire)
        except BlockingIOError:
            taken = 0
        except OSError:
            transport.abort()
            return 0
        if taken < len(wire):
            transport.write(wire[taken:])
        return 0

    def abort(self) -> None:
        """End the connection now, without waiting for what is pending."""
        self._transport.abort()


def _direct(transport: Any) -> int | None:
    """The descriptor to which frames may be written past the transport; None where that can't be (TLS, Windows)."""
    end = transport.get_extra_info("socket")
    plain = transport.get_extra_info("sslcontext") is None
    return end.fileno() if plain and end is not None and sys.platform != "win32" else None


class FramedProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol with an outlet for ready-made frames; for `uvicorn.Config(ws=FramedProtocol)`."""

    _extensions: Any = None
    _outlet: FramedOutlet | None = None
    _waits = _asked = True
    """Whether bytes may wait, and whether that has to be asked each time."""

    def connection_made(self, transport: Any) -> None:
        """Bound what the system holds for this client; hear of every byte that it doesn't take at once."""
        super().connection_made(transport)
        if _direct(transport) is not None:
            # No room to spare: it then tells of the first byte. Under TLS it would tell of none at all as of one.
            transport.set_write_buffer_limits(high=0)
            self._asked = False
            self._waits = transport.get_write_buffer_size() > 0  # Of an answer before it, of which that one was told.
        end = transport.get_extra_info("socket")
        if end is not None and end.family in (socket.AF_INET, socket.AF_INET6):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            if (user_timeout := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
                end.setsockopt(socket.IPPROTO_TCP, user_timeout, GIVE_UP_MS)

    def handle_connect(self, event: Request) -> None:
        """Put the outlet beside what the application gets; its task begins after this."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self._extensions = self.scope["extensions"]
            self._outlet = self._extensions[EXTENSION] = FramedOutlet(self, self._waits)

    def pause_writing(self) -> None:
        """Bytes wait in the transport from now on."""
        super().pause_writing()
        self._note(True)

    def resume_writing(self) -> None:
        """The system has taken them all."""
        super().resume_writing()
        self._note(self._asked)

    def _note(self, waits: bool) -> None:
        self._waits = waits
        if self._outlet is not None:
            self._outlet.waits = waits

    def start_keepalive(self) -> None:
        """The handshake is done: nobody asks for what was read and written in it any more."""
        super().start_keepalive()
        del self.request, self.response

    def connection_lost(self, exc: Exception | None) -> None:
        """Untie what refers to itself: 24 KiB a connection go now, which the collector would find late."""
        super().connection_lost(exc)
        if self._extensions is not None:
            self._extensions.pop(EXTENSION, None)
        self._outlet = None
        self.conn.parser.close()
