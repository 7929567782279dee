"""What a loudspeaker is promised, over real sockets: one at a time, in order, none twice, one device a zone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from onewindow.access.principal import Role
from onewindow.app import Workers
from onewindow.voice.engine import WorkerEngine
from onewindow.zones.model import Device, DeviceKind
from tests.hall_app import Api, anqiu, done, running

SHORT = 0.7
"""So long nothing comes that isn't due: longer than a commit takes to reach a socket many times over."""


class Socket:
    """A player's connection."""

    def __init__(self, socket: ClientConnection, first: dict[str, Any]) -> None:
        self.socket = socket
        self.first = first

    async def frame(self, seconds: float = 20.0) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), seconds))
            if found["kind"] != "beat":
                return found

    async def play(self) -> dict[str, Any]:
        while not (item := (await self.frame()).get("play")):
            pass
        return dict(item)

    async def quiet(self) -> bool:
        """Whether nothing is sent to be played."""
        try:
            return not (await self.frame(SHORT)).get("play")
        except TimeoutError:
            return True

    async def ack(self, item: dict[str, Any], *whats: str, reason: str = "") -> None:
        for what in whats:
            await self.socket.send(msgspec.json.encode({"ack": item["id"], "what": what, "reason": reason}).decode())


@asynccontextmanager
async def player(api: Api, zone: str, device: str) -> AsyncIterator[Socket]:
    url = str(api.client.base_url).replace("http", "ws").rstrip("/")
    headers = {"Authorization": f"Bearer {api.token(Role.SPEAKER)}"}
    async with connect(f"{url}/ws/speakers/{zone}?device={device}", additional_headers=headers) as socket:
        yield Socket(socket, msgspec.json.decode(await socket.recv()))


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """The sample hall with one loudspeaker for business and convenience together."""
    hall = anqiu()
    both = Device(
        id="both", kind=DeviceKind.SPEAKER, zones=("business", "convenience"), window=None, address="", zh="东厅喇叭"
    )
    devices = {name: one for name, one in hall.devices.items() if one.kind is not DeviceKind.SPEAKER}
    hall = msgspec.structs.replace(hall, devices=devices | {"both": both})
    workers = Workers(forecast=None, voice=WorkerEngine(timeout=20.0, start_timeout=30.0))
    async with running(tmp_path, hall, workers=workers) as found:
        for window, matter in (("20", "BIZ-006"), ("21", "BIZ-017"), ("32", "CNV-001")):
            await act(found, window, "open")
            await found.issue(matter=matter)
        yield found


async def act(api: Api, window: str, what: str) -> Any:
    return done(await api.post(f"/api/windows/{window}/{what}", {}, Role.SUPERVISOR))


async def test_two_zones_with_one_loudspeaker_never_overlap(api: Api) -> None:
    async with player(api, "business", "pc") as socket:
        for window in ("20", "32", "21"):
            await act(api, window, "call-next")
        for place, window in enumerate(("二十号窗口", "三十二号窗口", "二十一号窗口")):
            item = await socket.play()
            assert window in item["text_zh"], "in the order of the calls, whichever zone they are in"
            await socket.ack(item, "started")
            if place < 2:
                assert await socket.quiet(), "the next waits until this one has ended"
            await socket.ack(item, "ended")


async def test_a_recall_takes_its_queued_calls_place_and_only_it_is_said(api: Api) -> None:
    async with player(api, "business", "pc") as socket:
        await act(api, "20", "call-next")
        first = await socket.play()
        await socket.ack(first, "started")
        await act(api, "21", "call-next")
        await act(api, "32", "call-next")
        await act(api, "21", "recall")
        await socket.ack(first, "ended")
        second = await socket.play()
        assert second["text_zh"].startswith("再次请") and "二十一号窗口" in second["text_zh"]
        await socket.ack(second, "started", "ended")
        third = await socket.play()
        assert "三十二号窗口" in third["text_zh"]
        await socket.ack(third, "started", "ended")
        assert await socket.quiet(), "the call that the recall replaced is never said"


async def test_after_a_reconnection_nothing_begun_is_said_again(api: Api) -> None:
    async with player(api, "business", "pc") as socket:
        await act(api, "20", "call-next")
        unheard = await socket.play()
    async with player(api, "business", "pc") as again:
        assert again.first["play"]["id"] == unheard["id"], "sent, not begun: it is sent once more"
        await again.ack(unheard, "started")
    async with player(api, "business", "pc") as third:
        assert third.first["play"] is None, "begun: never again"
        await third.ack(unheard, "ended")
        assert await third.quiet()


async def test_one_device_sounds_and_the_other_stands_by_until_it_is_gone(api: Api) -> None:
    async with player(api, "convenience", "spare-to-be") as first, player(api, "business", "second") as spare:
        assert (first.first["lease"], spare.first["lease"]) == (True, False)
        await act(api, "32", "call-next")
        item = await first.play()
        assert await spare.quiet()
        await first.ack(item, "started", "ended")
        await first.socket.send('{"beat": true, "muted": true}')
        while (await spare.frame()).get("lease") is not True:
            pass
        await act(api, "32", "recall")
        assert "再次请" in (await spare.play())["text_zh"], "the one without sound gives way to the one that has it"
        assert await first.quiet()


async def test_what_one_device_cannot_play_the_other_says_and_what_nobody_can_reaches_the_clerk(api: Api) -> None:
    async def unheard() -> bool:
        view = done(await api.get("/api/windows/32", Role.SUPERVISOR))
        return bool(view["unheard"])

    async with player(api, "convenience", "broken") as broken:
        async with player(api, "business", "spare") as spare:
            await act(api, "32", "call-next")
            item = await broken.play()
            await broken.ack(item, "failed", reason="the player ended with 1")
            again = await spare.play()
            assert (again["id"], again["text_zh"]) == (item["id"], item["text_zh"])
            await spare.ack(again, "started", "ended")
            assert await spare.quiet(), "said, once"
            assert await unheard() is False
            await spare.socket.send('{"beat": true, "muted": true}')
            while (await broken.frame()).get("lease") is not True:
                pass
        await act(api, "32", "recall")
        item = await broken.play()
        await broken.ack(item, "failed", reason="chime_only")
        await act(api, "20", "call-next")
        assert "二十号窗口" in (await broken.play())["text_zh"], "the next one has its turn"
        assert await unheard() is True
