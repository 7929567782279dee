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


async def test_offline_slips_are_taken_in_once_after_a_takeover(tmp_path: Path) -> None:
    """The writing process dies after it took a part in; the other one takes the rest, and the part again."""
    with redis_served(tmp_path / "redis") as redis:
        env = {"ONEWINDOW_REDIS": redis.url, "ONEWINDOW_FORECAST": "off"}
        both = [Server(tmp_path / name, SMALL, env=env) for name in ("one", "two")]
        try:
            for server in both:
                server.start()
            guide = both[0].bearer("guide", name="li")
            async with httpx.AsyncClient(timeout=30, trust_env=False) as client:

                async def post(server: Server, path: str, body: Any, key: str = "") -> httpx.Response:
                    headers = guide | ({"Idempotency-Key": key} if key else {})
                    return await client.post(f"{server.url}/api/{path}", json=body, headers=headers)

                granted = (await post(both[1], "desk/series", {"device": "0" * 32})).json()
                matters = (await client.get(both[0].url + "/api/hall")).json()["matters"]
                group = next(one["group"] for one in matters if one["code"] == "SZ-01")
                letter = granted["right"]["letters"][group]
                since = granted["right"]["granted_ms"]
                slips = [
                    {"letter": letter, "count": n, "issued": since + n, "matter": "SZ-01", "voided": n == 3}
                    for n in range(1, 7)
                ]
                hand_in = {"right": granted["token"], "slips": slips}
                first = await post(both[0], "desk/offline", {**hand_in, "slips": slips[:3]})
                assert [one["outcome"] for one in first.json()["slips"]] == ["taken"] * 3
                lost = await post(both[0], "tickets", {"matter": "SZ-01"}, key="lost")
                both[0].kill()
                answers = [await post(both[1], "desk/offline", hand_in) for _ in range(2)]
                assert [[one["outcome"] for one in a.json()["slips"]] for a in answers] == [["taken"] * 6] * 2
                withdrawn = await post(both[1], "desk/withdraw", {}, key="lost")
                assert (withdrawn.status_code, withdrawn.json()["code"]) == (422, "key_reused")
                again = await post(both[1], "tickets", {"matter": "SZ-01"}, key="lost")
                assert again.json()["ticket"]["id"] == lost.json()["ticket"]["id"]
                day = (await client.get(both[1].url + "/api/day", headers=guide)).json()["day"]
                assert (day["issued"], day["remaining"]) == (7, 6)
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
