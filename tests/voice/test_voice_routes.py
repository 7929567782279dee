"""The voice over a real server: who may be a loudspeaker, the sound behind an address, acknowledgements."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from onewindow.voice import audio
from tests.server import Server, served

DEEP = '{"ack": ' + "[" * 5_000
"""Deeper than the decoder goes."""
SMALL = Path(__file__).resolve().parents[2] / "halls" / "small"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with served(tmp_path_factory.mktemp("voice"), SMALL) as running:
        yield running


@asynccontextmanager
async def player(server: Server, role: str | None, zone: str = "service") -> AsyncIterator[ClientConnection]:
    headers = server.bearer(role) if role else {}
    async with connect(f"{server.ws}/ws/speakers/{zone}?device=box-1", additional_headers=headers) as socket:
        yield socket


async def frame(socket: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(socket.recv(), 20))
    return found


async def played(socket: ClientConnection) -> dict[str, Any]:
    while not (item := (await frame(socket)).get("play")):
        pass
    assert isinstance(item, dict)
    return item


async def command(client: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]) -> None:
    (await client.post(path, json=body, headers=headers)).raise_for_status()


async def test_a_call_is_rendered_played_and_acknowledged(server: Server) -> None:
    supervisor, guide = server.bearer("supervisor"), server.bearer("guide")
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        async with player(server, "speaker") as socket:
            first = await frame(socket)
            assert (first["kind"], first["lease"], first["device"]) == ("snapshot", True, "box-1")
            await command(client, "/api/windows/1/open", {}, supervisor)
            await command(client, "/api/tickets", {"matter": "SZ-01"}, guide)
            await command(client, "/api/windows/1/call-next", {}, supervisor)
            item = await played(socket)
            assert "零一号到一号窗口" in item["text_zh"]
            sound = await client.get(item["url"])
            assert sound.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert audio.duration(audio.decode_wav(sound.content)) == pytest.approx(item["duration"], abs=0.01)
            ack = {"ack": item["id"], "what": "ended"}
            speaker = server.bearer("speaker")
            assert (await client.post("/api/devices/box-1/ack", json=ack)).status_code == 401
            assert (await client.post("/api/devices/box-2/ack", json=ack, headers=speaker)).status_code == 404
            wrong = await client.post("/api/devices/box-1/ack", json={"ack": 1, "what": "sung"}, headers=speaker)
            assert wrong.status_code == 422
            assert (await client.post("/api/devices/box-1/ack", json=ack, headers=speaker)).status_code == 204
            # Played: the next call follows at once.
            await command(client, "/api/windows/1/recall", {}, supervisor)
            assert (await played(socket))["id"] != item["id"]
        assert (await client.get("/api/voice/" + "0" * 64 + ".wav")).status_code == 404
        assert (await client.get("/api/voice/..%2f..%2fsecret.wav")).status_code == 404


@pytest.mark.parametrize(
    ("role", "zone", "code"), [(None, "service", 4403), ("guide", "service", 4403), ("speaker", "nowhere", 4404)]
)
async def test_who_may_be_a_loudspeaker(server: Server, role: str | None, zone: str, code: int) -> None:
    async with player(server, role, zone) as socket:
        with pytest.raises(ConnectionClosed) as caught:
            await frame(socket)
        assert caught.value.rcvd is not None and caught.value.rcvd.code == code


async def test_what_a_player_says_without_sense_is_ignored(server: Server) -> None:
    async with player(server, "screen") as socket:
        await frame(socket)
        for said in ("", "x", "[]", DEEP, '{"ack": 3}', '{"beat": "no"}'):
            await socket.send(said)
        await (await socket.ping())
        await socket.send('{"beat": true, "muted": false}')
        assert (await frame(socket))["kind"] in ("beat", "delta")


async def test_the_loudspeakers_page_is_for_loudspeakers(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, headers={"Accept": "text/html"}) as client:
        asked = await client.get("/speaker/service")
        assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=/speaker/service")
        shown = await client.get("/speaker/service", headers=server.bearer("speaker"))
        assert shown.status_code == 200
        assert 'data-socket="/ws/speakers/service"' in shown.text
        assert (await client.get("/speaker/nowhere", headers=server.bearer("speaker"))).status_code == 404
