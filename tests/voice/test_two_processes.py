"""Two processes, one sequence of announcements: a loudspeaker may be connected to either."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from onewindow.voice import audio
from onewindow.voice.clips.engine import index_of
from tests.redis_server import redis_served
from tests.server import Server
from tests.voice.test_voice_routes import SMALL

pytestmark = pytest.mark.redis


@asynccontextmanager
async def player(server: Server, device: str) -> AsyncIterator[ClientConnection]:
    headers = server.bearer("speaker")
    async with connect(f"{server.ws}/ws/speakers/service?device={device}", additional_headers=headers) as socket:
        yield socket


async def until(socket: ClientConnection, what: str) -> Any:
    """The next frame that says `what`."""
    async with asyncio.timeout(30):
        while True:
            frame = msgspec.json.decode(await socket.recv())
            if frame.get(what) is not None:
                return frame[what]


async def beat(socket: ClientConnection) -> None:
    while True:
        await socket.send('{"beat": true, "muted": false}')
        await asyncio.sleep(1)


async def command(server: Server, path: str, body: dict[str, Any]) -> Any:
    async with httpx.AsyncClient(base_url=server.url, timeout=20, trust_env=False) as client:
        reply = await client.post(path, json=body, headers=server.bearer("supervisor"))
    assert reply.is_success, reply.text
    return reply.json()


async def test_a_speaker_at_either_process_says_each_call_once(tmp_path: Path) -> None:
    with redis_served(tmp_path / "redis") as redis:
        env = {"ONEWINDOW_REDIS": redis.url, "ONEWINDOW_FORECAST": "off"}
        first, second = (Server(tmp_path / name, SMALL, env=env) for name in ("one", "two"))
        try:
            first.start()
            second.start()
            second._tokens = first._tokens
            for role in ("speaker", "supervisor"):
                first.bearer(role)
            await said_by_the_follower(first, second)
        finally:
            first.kill()
            second.kill()


async def test_the_recordings_and_volumes_are_there_when_another_process_takes_over(tmp_path: Path) -> None:
    with redis_served(tmp_path / "redis") as redis:
        env = {"ONEWINDOW_REDIS": redis.url, "ONEWINDOW_FORECAST": "off"}
        first, second = (Server(tmp_path / name, SMALL, env=env) for name in ("one", "two"))
        try:
            first.start()
            second.start()
            second._tokens = first._tokens
            first.bearer("supervisor")
            # Asked of the one that follows, done by the one that writes.
            await recorded(second, "zh-请")
            await command(second, "/api/supervisor/voice/volume", {"speaker": "speaker", "volume": 45})
            await command(first, "/api/supervisor/voice/pack", {"on": True, "voice": "李敏"})
            assert (first.data / "voice-pack" / "pack.json").exists(), "the first one writes"
            await asyncio.to_thread(copied, second.data / "voice-pack")
            await asyncio.to_thread(first.kill)
            found = await command(second, "/api/supervisor/voice/volume", {"speaker": "speaker", "volume": 46})
        finally:
            first.kill()
            second.kill()
    assert [line["id"] for line in found["lines"] if line["clip"]] == ["zh-请"]
    assert (found["pack"]["on"], found["pack"]["voice"]) == (True, "李敏")
    assert [one["volume"] for one in found["speakers"]] == [46]


def copied(folder: Path) -> None:
    """Wait until a pack that is in use is there."""
    pause = threading.Event()
    until = time.monotonic() + 60
    while not index_of(folder).manifest.on:
        assert time.monotonic() < until, "the pack was not copied"
        pause.wait(0.05)


async def recorded(server: Server, line: str) -> None:
    headers = {**server.bearer("supervisor"), "Content-Type": "audio/wav"}
    wav = audio.encode_wav(audio.chime("short"))
    async with httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False) as client:
        reply = await client.post(f"/api/supervisor/voice/lines/{line}/clip", content=wav, headers=headers)
    assert reply.is_success, reply.text


async def said_by_the_follower(first: Server, second: Server) -> None:
    async with player(second, "box-2") as two:
        assert await until(two, "lease") is True, "the only loudspeaker sounds, though its process only follows"
        beating = asyncio.create_task(beat(two))
        async with player(first, "box-1") as one:
            assert await until(one, "kind") == "snapshot"
            await command(second, "/api/windows/1/open", {})
            for _ in range(3):
                await command(second, "/api/tickets", {"matter": "SZ-01"})
            await command(second, "/api/windows/1/call-next", {})
            item = await until(two, "play")
            async with httpx.AsyncClient(base_url=second.url, trust_env=False) as client:
                sound = await client.get(item["url"], headers=second.bearer("speaker"))
            assert sound.status_code == 200 and sound.content[:4] == b"RIFF", "fetched from the process that made it"
            for what in ("started", "ended"):
                await two.send(msgspec.json.encode({"ack": item["id"], "what": what}).decode())
            await command(second, "/api/windows/1/start", {})
            await command(second, "/api/windows/1/call-next", {"finish": True})
            waiting = await until(two, "play")
            assert waiting["id"] != item["id"]
        await asyncio.to_thread(first.kill)
        again = await until(two, "play")
        assert again["id"] == waiting["id"], "what was not heard is said by the process that takes over; nothing else"
        beating.cancel()
