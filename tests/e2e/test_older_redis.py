"""Redis comes back from a copy of before: no number twice, whatever is done about it, and everybody is told."""

import asyncio
import shutil
from pathlib import Path

import httpx
import pytest

from tests.redis_server import redis_served
from tests.server import Server
from tests.voice.test_voice_routes import SMALL

pytestmark = pytest.mark.redis


async def issue(server: Server, bearer: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False) as client:
        return await client.post("/api/tickets", json={"matter": "SZ-01"}, headers=bearer)


async def not_ready(server: Server) -> str:
    """What it says when it isn't ready."""
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=server.url, timeout=5, trust_env=False) as client:
        while True:
            reply = await client.get("/readyz")
            if reply.status_code == httpx.codes.SERVICE_UNAVAILABLE and "确认过" in reply.text:
                return reply.text
            await asyncio.sleep(0.05)


async def read(server: Server, path: str, bearer: dict[str, str] | None = None) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False) as client:
        return await client.get(path, headers=bearer)


async def test_an_older_redis_stops_both_processes_until_somebody_starts_them_again(tmp_path: Path) -> None:
    with redis_served(tmp_path / "redis") as redis:
        env = {"ONEWINDOW_REDIS": redis.url, "ONEWINDOW_FORECAST": "off"}
        both = [Server(tmp_path / name, SMALL, env=env) for name in ("one", "two")]
        try:
            for server in both:
                await asyncio.to_thread(server.start)
            bearer = await asyncio.to_thread(both[0].bearer, "supervisor")
            numbers = [(await issue(both[0], bearer)).json()["ticket"]["number"]]
            shutil.copytree(redis.folder, tmp_path / "older")
            later = [(await issue(server, bearer)).json() for server in both]
            numbers += [issued["ticket"]["number"] for issued in later]
            await asyncio.to_thread(redis.kill)
            shutil.rmtree(redis.folder)
            shutil.copytree(tmp_path / "older", redis.folder)
            await asyncio.to_thread(redis.start)
            for server in both:
                assert "日志丢了已经确认过的内容" in await not_ready(server)
                reply = await issue(server, bearer)
                assert reply.status_code == httpx.codes.SERVICE_UNAVAILABLE, reply.text
                assert "The journal has lost what was confirmed" in server.output()
            for server in both:
                await asyncio.to_thread(server.stop)
            # A person has read it and started them again, in the order of their choice.
            for server in reversed(both):
                await asyncio.to_thread(server.start)
            numbers += [(await issue(server, bearer)).json()["ticket"]["number"] for server in both]
            # (This hall gives nobody a 4.)
            assert [number[-2:] for number in numbers] == ["01", "02", "03", "05", "06"], "none is on paper already"
            for server in both:
                floor = (await read(server, "/api/supervisor/floor", bearer)).json()
                (alarm,) = [alarm for alarm in floor["alarms"] if alarm["code"] == "numbers_lost"]
                assert f"{numbers[1]}、{numbers[2]}" in alarm["zh"]
                gone = await read(server, f"/api/tickets/{later[0]['ticket']['id']}", bearer)
                assert (gone.status_code, gone.json()["code"]) == (404, "lost_ticket") and numbers[1] in gone.text
                phone = await read(server, later[0]["track"])
                assert phone.status_code == 404 and "重新取号" in phone.text and numbers[1] in phone.text
        finally:
            for server in both:
                server.kill()
