"""Screens at two processes: a call made at one is shown by both; one that is cut off from Redis doesn't look live."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.redis_proxy import RedisProxy, proxied
from tests.redis_server import redis_served
from tests.server import Server
from tests.voice.test_voice_routes import SMALL

pytestmark = pytest.mark.redis
BEATS = 3
"""So many beats long nothing comes from a process that can't know what is new."""


async def call(server: Server, bearer: dict[str, str], *, serving: bool = False) -> str:
    """Issue and call at this server, after starting the one before; the call's id as frames have it."""
    steps: list[tuple[str, dict[str, Any]]] = [("/api/tickets", {"matter": "SZ-01"})]
    steps += [("/api/windows/1/start", {})] if serving else []
    steps += [("/api/windows/1/call-next", {"finish": True})]
    async with httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False) as client:
        for path, body in steps:
            reply = await client.post(path, json=body, headers=bearer)
            assert reply.is_success, reply.text
    ticket = reply.json()["ticket"]
    return f"{ticket['id'].partition('-')[0]}-{ticket['call']}"


async def shown(screen: ClientConnection, wanted: str) -> Any:
    """The frame that shows the call, as news or within a snapshot."""
    async with asyncio.timeout(20):
        while True:
            text = await screen.recv()
            if wanted in str(text):
                return msgspec.json.decode(text)


async def status(server: Server) -> int:
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        return (await client.get(server.url + "/readyz")).status_code


async def until_status(server: Server, wanted: int) -> None:
    async with asyncio.timeout(20):
        while True:
            if await status(server) == wanted:
                return
            await asyncio.sleep(0.05)


async def test_a_call_is_on_the_screens_of_both_and_none_looks_live_that_is_not(tmp_path: Path) -> None:
    with redis_served(tmp_path / "redis") as redis:
        async with proxied(redis.url) as proxy:
            servers = [
                Server(tmp_path / name, SMALL, env={"ONEWINDOW_REDIS": url, "ONEWINDOW_FORECAST": "off"})
                for name, url in (("one", redis.url), ("two", proxy.url))
            ]
            try:
                for server in servers:
                    await asyncio.to_thread(server.start)
                bearer = await asyncio.to_thread(servers[0].bearer, "supervisor")
                await seen_at_both(servers, bearer, proxy)
            finally:
                for server in servers:
                    server.kill()


async def seen_at_both(servers: list[Server], bearer: dict[str, str], proxy: RedisProxy) -> None:
    first, second = servers
    async with httpx.AsyncClient(base_url=second.url, timeout=20, trust_env=False) as client:
        (await client.post("/api/windows/1/open", headers=bearer)).raise_for_status()
    async with connect(f"{first.ws}/ws/hall") as one, connect(f"{second.ws}/ws/hall") as two:
        name = await call(second, bearer)
        for screen in (one, two):
            await shown(screen, name)
        proxy.cut()
        await until_status(second, 503)
        missed = await call(first, bearer, serving=True)
        await shown(one, missed)
        while await frame_within(two, 0.0):
            pass  # What was on its way before.
        assert not await frame_within(two, BEATS * 2.0)
        proxy.mend()
        await shown(two, missed)
        await until_status(second, 200)
        assert await frame_within(two, 20.0), "and beats again"


async def frame_within(screen: ClientConnection, seconds: float) -> str:
    """The next frame, or nothing if none comes for so long."""
    try:
        async with asyncio.timeout(seconds):
            return str(await screen.recv())
    except TimeoutError:
        return ""
