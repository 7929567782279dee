"""A TV without a browser: it shows a code, collects what it has become, and keeps its link, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from onewindow.access.guard import COOKIE
from onewindow.access.principal import Role
from tests.hall_app import Api, done

HALL = {"zh": "总屏", "kind": "hall"}
PATIENT = 10.0


class Tv:
    """One browser: its cookies, and nothing else."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.client = httpx.AsyncClient(base_url=base, timeout=PATIENT, trust_env=False)
        self.code = ""

    async def show(self, size: tuple[int, int] = (1920, 1080)) -> str:
        """Ask for a code and show it."""
        answer = await self.client.post("/api/screens/codes", json={"size": size})
        assert answer.status_code == 201, answer.text
        self.code = str(answer.json()["code"])
        return self.code

    async def claim(self) -> httpx.Response:
        """Ask what has become of it."""
        return await self.client.post("/api/screens/claim", json={})

    @property
    def token(self) -> str:
        """The token that it was given."""
        return str(self.client.cookies[COOKIE])

    @asynccontextmanager
    async def link(self) -> AsyncIterator[ClientConnection]:
        """Its link, as its page keeps it."""
        address = self.base.replace("http", "ws", 1) + "/ws/screen"
        async with connect(address, additional_headers={"Cookie": f"{COOKIE}={self.token}"}) as socket:
            yield socket


@asynccontextmanager
async def tv(api: Api) -> AsyncIterator[Tv]:
    """A new TV."""
    made = Tv(str(api.client.base_url).rstrip("/"))
    try:
        yield made
    finally:
        await made.client.aclose()


async def paired(api: Api, screen: Tv, **settings: Any) -> dict[str, Any]:
    """Pair the TV; the screen's record."""
    body = {"code": await screen.show(), "settings": HALL | settings}
    found: dict[str, Any] = done(await api.post("/api/supervisor/screens", body, Role.SUPERVISOR))["screen"]
    assert done(await screen.claim())["paired"]
    return found


async def frame(link: ClientConnection, **wanted: Any) -> dict[str, Any]:
    """The next frame that has these members."""
    async with asyncio.timeout(PATIENT):
        while True:
            found: dict[str, Any] = msgspec.json.decode(await link.recv())
            if wanted.items() <= found.items():
                return found


async def settings(link: ClientConnection, **wanted: Any) -> dict[str, Any]:
    """The next settings that have these members."""
    async with asyncio.timeout(PATIENT):
        while True:
            found = msgspec.json.decode(await link.recv())
            cell: dict[str, Any] = (found.get("cells") or found.get("set") or {}).get("screen", {})
            if cell and wanted.items() <= cell.items():
                return cell
