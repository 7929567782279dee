"""A TV at one process, the supervisor at the other: everything works as at one."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from onewindow.screens.links import FORBIDDEN
from tests.e2e.stage import Stage, paired
from tests.screens.tv import HALL, PATIENT, Tv, frame, settings

pytestmark = pytest.mark.redis
ROOT = "/api/supervisor/screens"


class Office:
    """A supervisor who is at one of the processes."""

    def __init__(self, pair: Stage, at: int) -> None:
        bearer = pair.bearer("supervisor")
        self.client = httpx.AsyncClient(
            base_url=pair.servers[at].url, headers=bearer, timeout=PATIENT, trust_env=False
        )

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.client.post(ROOT + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def until(self, name: str, **wanted: Any) -> dict[str, Any]:
        """This screen, once it is seen so."""
        async with asyncio.timeout(PATIENT):
            while True:
                found = (await self.client.get(ROOT)).json()["screens"]
                one: dict[str, Any] = next(screen for screen in found if screen["id"] == name)
                if wanted.items() <= one.items():
                    return one
                await asyncio.sleep(0.05)

    async def picture(self, name: str) -> Any:
        """What it shows, once that has come."""
        async with asyncio.timeout(PATIENT):
            while True:
                answer = await self.client.get(f"{ROOT}/{name}/picture")
                if answer.is_success:
                    return answer.json()
                await asyncio.sleep(0.05)


async def test_a_screen_at_one_and_the_supervisor_at_the_other(tmp_path: Path) -> None:
    with paired(tmp_path) as pair:
        await pair.converge()
        screen, office = Tv(pair.servers[0].url), Office(pair, 1)
        made = (await office.post("", {"code": await screen.show(), "settings": HALL}))["screen"]
        assert (await screen.claim()).json()["paired"]
        name = made["id"]
        async with screen.link() as link:
            assert (await settings(link))["page"] == "/screens/hall"
            assert (await office.until(name, state="online"))["address"] == "127.0.0.1"
            await settings(link, watched=True)
            await office.post(f"/{name}", HALL | {"kind": "kiosk", "theme": "day"})
            cell = await settings(link, rev=2)
            assert (cell["page"], cell["theme"]) == ("/kiosk", "day")
            issued = await screen.client.post("/api/tickets", json={"matter": "BIZ-001", "channel": "kiosk"})
            assert issued.status_code == 201, "its token may do at once what a kiosk may"
            await office.post(f"/{name}/identify", {})
            assert (await frame(link, kind="order"))["order"] == "identify"
            picture = {"html": "<html><body>Q031</body></html>", "digest": "d1", "size": [1280, 720]}
            assert (await screen.client.post("/api/screens/picture", json=picture)).status_code == 204
            assert (await office.picture(name))["html"] == picture["html"]
            await office.post(f"/{name}/unpair", {})
            with pytest.raises(ConnectionClosed) as end:
                async with asyncio.timeout(PATIENT):
                    while True:
                        await link.recv()
            assert end.value.rcvd is not None and end.value.rcvd.code == FORBIDDEN
        assert (await screen.client.get("/screen")).status_code == 200
        await office.client.aclose()
        await screen.client.aclose()


async def test_a_screen_finds_its_page_at_whichever_process_is_left(tmp_path: Path) -> None:
    with paired(tmp_path) as pair:
        await pair.converge()
        screen, office = Tv(pair.servers[0].url), Office(pair, 1)
        await office.post("", {"code": await screen.show(), "settings": HALL | {"kind": "zone", "zone": "business"}})
        await screen.claim()
        cookies = screen.client.cookies
        pair.servers[0].kill()
        async with httpx.AsyncClient(
            base_url=pair.servers[1].url, cookies=cookies, timeout=PATIENT, trust_env=False
        ) as there:
            assert (await there.get("/screen")).headers["location"] == "/screens/zones/business"
        await office.client.aclose()
        await screen.client.aclose()
