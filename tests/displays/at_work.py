"""A hall at work in this process, its displays on a real port, and clients that fold what they get."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from websockets.asyncio.client import ClientConnection, connect

from onewindow.access.guard import Guard
from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens, Tracking
from onewindow.displays.fanout import Pace
from onewindow.displays.framed import FramedProtocol
from onewindow.displays.hub import Hub
from onewindow.displays.sockets import Crowd, routes
from onewindow.queue import commands as cmd
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.runtime.hall import HallRuntime, open_runtime
from onewindow.serve import bind, config
from onewindow.zones.load import load_hall

SMALL = Path(__file__).resolve().parents[2] / "halls" / "small"
SECRET = b"s" * 32
PATIENT = 10.0
"""Seconds after which a frame that doesn't come fails the test."""


@dataclass
class Work:
    """The hall, its hub, and how to reach it."""

    runtime: HallRuntime
    hub: Hub
    port: int
    tokens: Tokens
    tracking: Tracking
    tls: ssl.SSLContext | None = None

    async def do(self, command: cmd.AnyCommand) -> HallDay:
        """Have a command done; a refusal fails the test."""
        answer = await self.runtime.submit(command, by="test")
        assert not isinstance(answer, Refusal), answer.en
        return await self.runtime.committed()

    async def issue(self, matter: str, applicant: str = "standard") -> str:
        """Issue a ticket; its id."""
        state = await self.do(cmd.IssueTickets(items=(cmd.Item(matter=matter),), applicant=applicant))
        return next(reversed(state.tickets))

    def connect(self, path: str, role: Role | None = None) -> connect:
        """A WebSocket connection, with a token of the role."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.tokens.make(role, 'test', hours=1)}"}
        scheme = "ws" if self.tls is None else "wss"
        return connect(f"{scheme}://127.0.0.1:{self.port}{path}", additional_headers=headers, ssl=self.tls)


@asynccontextmanager
async def at_work(
    pace: Pace | None = None,
    *,
    hall: Path = SMALL,
    ws: Any = FramedProtocol,
    crowd: Crowd | None = None,
    certificate: tuple[Path, Path] | None = None,
) -> AsyncIterator[Work]:
    """A hall with all windows open, on a port of its own, until the block ends; over TLS with a certificate."""
    journal = MemoryJournal()
    async with open_runtime(load_hall(hall), Path(), journal=journal, tick_seconds=None) as runtime:
        hub = Hub(runtime.hall, runtime, pace=pace)
        tokens, tracking = Tokens(SECRET), Tracking(SECRET, runtime.hall.settings.code)
        app = Starlette(
            routes=routes(hub, tracking.ticket, crowd),
            middleware=[Middleware(Guard, tokens=tokens, tracking=tracking)],
        )
        listening = bind("127.0.0.1", 0)
        settings, tls = config(app, ws=ws), None
        if certificate is not None:
            settings.ssl_certfile, settings.ssl_keyfile = certificate
            tls = ssl.create_default_context(cafile=certificate[0])
        server = uvicorn.Server(settings)
        hub.start()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        work = Work(runtime, hub, listening.getsockname()[1], tokens, tracking, tls)
        try:
            for no in runtime.hall.windows:
                await work.do(cmd.OpenWindow(window=no, clerk="li"))
            yield work
        finally:
            await hub.stop()
            server.should_exit = True
            await serving


@dataclass
class Screen:
    """A display that folds its frames, and insists on what it is promised."""

    socket: ClientConnection
    cells: dict[str, Any] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    v: int = -1
    epoch: str = ""

    async def next(self) -> dict[str, Any]:
        """Take one frame."""
        frame: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), PATIENT))
        self.kinds.append(frame["kind"])
        if frame["kind"] == "snapshot":
            assert frame["v"] >= self.v
            self.cells, self.epoch = frame["cells"], frame["epoch"]
        elif frame["kind"] == "delta":
            assert frame["v"] == self.v + 1, "a gap"
            self.cells |= frame["set"]
            for key in frame["del"]:
                del self.cells[key]
            self.calls += frame["calls"]
        else:
            assert frame["v"] == self.v, "a beat that promises more than was sent"
        self.v = frame["v"]
        return frame

    async def until(self, wanted: Callable[["Screen"], bool]) -> "Screen":
        """Take frames until the screen shows what is wanted."""
        while not wanted(self):
            await self.next()
        return self


@asynccontextmanager
async def screen(work: Work, path: str, role: Role | None = None) -> AsyncIterator[Screen]:
    """A display that has its snapshot."""
    async with work.connect(path, role) as socket:
        shown = Screen(socket)
        await shown.next()
        assert shown.kinds == ["snapshot"]
        yield shown
