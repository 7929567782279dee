"""The application on a real socket inside the test's own loop, with a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
from uvicorn.server import ServerState

from onewindow.access.principal import Role
from onewindow.app import OpenApp, Workers, open_app
from onewindow.queue.journal import Head
from onewindow.runtime.live_day import LiveDay
from onewindow.serve import config
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.server import ANQIU

NINE = 1_795_482_000_000
"""2026-11-24 09:00 in the hall, a Tuesday: ms since the epoch."""


@cache
def anqiu() -> Hall:
    """The sample hall, loaded once."""
    return load_hall(ANQIU)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: int = NINE) -> None:
        self.at = at

    def now_ms(self) -> int:
        return self.at

    def on(self, seconds: float) -> None:
        """Move on."""
        self.at += round(seconds * 1000)


class Api:
    """A client of the application, and the application itself."""

    def __init__(self, opened: OpenApp, clock: Clock, client: httpx.AsyncClient) -> None:
        self.opened = opened
        self.clock = clock
        self.client = client
        self.tokens: dict[tuple[Role, str | None], str] = {}

    def token(self, role: Role, window: str | None = None) -> str:
        """A bearer token of this role."""
        key = (role, window)
        if key not in self.tokens:
            self.tokens[key] = self.opened.tokens.make(role, f"{role}-{window or 1}", hours=1, window=window)
        return self.tokens[key]

    def bearer(self, role: Role | str | None, window: str | None = None) -> dict[str, str]:
        """The header of such a token, or of the given one; none for None."""
        if role is None:
            return {}
        token = self.token(role, window) if isinstance(role, Role) else role
        return {"Authorization": f"Bearer {token}"}

    async def post(
        self, path: str, body: Any, role: Role | str | None, window: str | None = None, key: str = ""
    ) -> httpx.Response:
        """A POST with a JSON body."""
        headers = self.bearer(role, window) | ({"Idempotency-Key": key} if key else {})
        return await self.client.post(path, json=body, headers=headers)

    async def get(self, path: str, role: Role | str | None = None, window: str | None = None) -> httpx.Response:
        """A GET."""
        return await self.client.get(path, headers=self.bearer(role, window))

    async def guide(self, path: str, body: Any = None) -> Any:
        """What a guide is answered; it must be a success."""
        return done(await self.post(path, body or {}, Role.GUIDE))

    async def clerk(self, window: str, what: str, body: Any = None) -> Any:
        """What this window's clerk is answered; it must be a success."""
        return done(await self.post(f"/api/windows/{window}/{what}", body or {}, Role.CLERK, window))

    async def issue(self, **body: Any) -> Any:
        """The reply to an issue by a guide."""
        return await self.guide("/api/tickets", body)

    async def head(self) -> Head:
        """Where the journal ends."""

        def look(live: LiveDay) -> Head:
            return live.head

        return await self.opened.runtime.read(look)


def done(response: httpx.Response) -> Any:
    """The answer of a call that must have succeeded."""
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json()


@asynccontextmanager
async def running(
    data: Path,
    hall: Hall | None = None,
    clock: Clock | None = None,
    *,
    forecast: bool = False,
    workers: Workers | None = None,
) -> AsyncIterator[Api]:
    """The application on a free port of 127.0.0.1, and a client of it; real SQLite under `data`."""
    clock = clock or Clock()
    async with open_app(
        hall or anqiu(), data, clock=clock, tick_seconds=None, forecast=forecast, workers=workers
    ) as opened:
        settings = config(opened.asgi)
        settings.load()
        state = ServerState()
        protocol: Any = settings.http_protocol_class
        make = partial(protocol, config=settings, server_state=state, app_state={})
        listening = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                yield Api(opened, clock, client)
        finally:
            listening.close()
            for connection in list(state.connections):
                connection.shutdown()
            if state.tasks:
                await asyncio.wait(state.tasks, timeout=5)
            await listening.wait_closed()
