"""Redis comes back from a copy of the night before: no number twice, and everybody is told why nothing goes on."""

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
            numbers += [(await issue(server, bearer)).json()["ticket"]["number"] for server in both]
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
            await asyncio.to_thread(both[0].start)
            again = (await issue(both[0], bearer)).json()["ticket"]["number"]
            assert again == numbers[1] and len(set(numbers)) == 3, "a person has read it and started it again"
        finally:
            for server in both:
                server.kill()
