"""Two processes, one network printer and one guide's desk: a slip asked for of both is printed once."""

import asyncio
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.guide_desk.paper import Paper
from tests.redis_server import redis_served
from tests.server import Server
from tests.voice.test_voice_routes import SMALL

pytestmark = pytest.mark.redis


def hall_with(address: str, folder: Path) -> Path:
    """The small hall with its printer at this address."""
    hall = folder / "hall"
    shutil.copytree(SMALL, hall)
    devices = hall / "devices.csv"
    devices.write_text(devices.read_text("utf-8").replace("browser:", address), "utf-8")
    return hall


async def test_a_slip_is_printed_once_and_help_is_seen_at_both(tmp_path: Path) -> None:
    with closing(Paper()) as paper, redis_served(tmp_path / "redis") as redis:
        hall = hall_with(paper.address, tmp_path)
        env = {"ONEWINDOW_REDIS": redis.url, "ONEWINDOW_FORECAST": "off"}
        both = [Server(tmp_path / name, hall, env=env) for name in ("one", "two")]
        try:
            for server in both:
                server.start()
            guide, kiosk = both[0].bearer("guide", name="li"), both[0].bearer("kiosk", name="kiosk-1")
            async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
                issued = await client.post(
                    both[1].url + "/api/tickets", json={"matter": "SZ-01"}, headers=guide | {"Idempotency-Key": "k"}
                )
                path = f"/api/tickets/{issued.json()['ticket']['id']}/print"
                headers = guide | {"Idempotency-Key": "print-1"}
                printed = [await client.post(server.url + path, headers=headers) for server in (*both[::-1], both[1])]
                assert [reply.json()["outcome"] for reply in printed] == ["printed"] * 3
                assert len(paper.jobs) == 1
                await client.post(both[0].url + "/api/desk/help", json={"on": True}, headers=kiosk)
                assert [call["kiosk"] for call in await help_at(client, both[1], guide)] == ["kiosk-1"]
                await client.post(both[1].url + "/api/desk/help/kiosk-1/done", headers=guide)
                assert not await help_at(client, both[0], guide, wanted=False)
        finally:
            for server in both:
                server.kill()


async def help_at(client: httpx.AsyncClient, server: Server, guide: dict[str, str], *, wanted: bool = True) -> Any:
    async with asyncio.timeout(20):
        while True:
            calls = (await client.get(server.url + "/api/desk", headers=guide)).json()["help"]
            if bool(calls) == wanted:
                return calls
            await asyncio.sleep(0.02)
