"""The whole chain at a real server whose eSpeak NG has lost its data: what is said, and what the supervisor reads."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from onewindow.voice.announcer import names_of, style_of, templates_of
from onewindow.voice.clips.pack import remove_clip
from onewindow.voice.clips.script import Line, script
from onewindow.zones.load import load_hall
from tests.server import Server, served
from tests.voice.clips.sample_pack import record, switch
from tests.voice.test_voice_routes import SMALL, command, frame, played, player


@pytest.fixture(scope="module")
def read() -> tuple[Line, ...]:
    """What the small hall's pack must hold."""
    hall = load_hall(SMALL)
    settings = hall.settings.voice
    return script(names_of(hall), style_of(settings), templates_of(settings))


@pytest.fixture
def server(tmp_path: Path, read: tuple[Line, ...]) -> Iterator[Server]:
    """A complete pack that is not in use yet, and an engine without its data."""
    asyncio.run(record(tmp_path / "data" / "voice-pack", read, on=False))
    broken = tmp_path / "broken" / "espeakng_loader"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    with served(tmp_path / "data", SMALL, env={"PYTHONPATH": str(broken.parent)}) as running:
        yield running


async def alarms(client: httpx.AsyncClient, server: Server) -> dict[str, str]:
    floor = await client.get("/api/supervisor/floor", headers=server.bearer("supervisor"))
    return {one["code"]: one["zh"] for one in floor.json()["alarms"] if one["code"].startswith("voice_")}


async def test_clips_then_the_player_by_itself_and_each_step_is_told(server: Server, read: tuple[Line, ...]) -> None:
    supervisor, pack = server.bearer("supervisor"), server.data / "voice-pack"
    async with (
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as client,
        player(server, "speaker") as socket,
    ):

        async def act(what: str, body: dict[str, Any] | None = None) -> None:
            await command(client, f"/api/windows/1/{what}", body or {}, supervisor)

        async def ack(item: dict[str, Any], what: str, reason: str = "") -> None:
            body = {"ack": item["id"], "what": what, "reason": reason}
            await command(client, "/api/devices/box-1/ack", body, server.bearer("speaker"))

        await frame(socket)
        await act("open")
        await command(client, "/api/tickets", {"matter": "SZ-01"}, server.bearer("guide"))
        await act("call-next")
        item = await played(socket)
        assert item["url"] is None, "no engine, no pack in use: the player has the text"
        await ack(item, "failed", "chime_only")
        assert "语音合成不出声" in (await alarms(client, server))["voice_engine"]
        assert (await client.get("/api/windows/1", headers=supervisor)).json()["unheard"] is True

        await asyncio.to_thread(switch, pack, True)
        await act("recall")
        item = await played(socket)
        assert item["url"] is not None, "the pack was put to use beside the running server"
        assert (await client.get(item["url"])).content[:4] == b"RIFF"
        await ack(item, "ended")
        assert await alarms(client, server) == {}
        assert (await client.get("/api/windows/1", headers=supervisor)).json()["unheard"] is False

        for line in read:
            if line.text in ("再次请", "号到"):
                await asyncio.to_thread(remove_clip, pack, "zh", line.tokens)
        await act("recall")
        again = await played(socket)
        assert again["url"] is None, "lines are missing and the other engine is broken"
        await ack(again, "failed", "chime_only")
        told = await alarms(client, server)
        assert told["voice_clips"] == "录音缺 2 条：“号到”、“再次请”"
