"""The morning check over real sockets: a screen, a loudspeaker and a printer that answer, and some that don't."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect

from onewindow.access.principal import Role
from onewindow.zones.load import load_hall
from onewindow.zones.model import Device, DeviceKind, Hall
from tests.guide_desk.paper import Paper, printed_on
from tests.hall_app import Api, Clock, done, running
from tests.server import ROOT

PATIENT = 60
CHECK = "/api/supervisor/check"
BEFORE_OPENING = 1_795_485_000_000
"""07:50 in this hall, which opens at eight."""


def hall_with(address: str) -> Hall:
    """The small hall, with a printer on the network."""
    small = load_hall(ROOT / "halls" / "small")
    devices = dict(small.devices)
    devices["printer"] = msgspec.structs.replace(devices["printer"], address=address)
    devices["kiosk"] = Device(id="kiosk", kind=DeviceKind.KIOSK, zones=(), window=None, address="", zh="自助机")
    return msgspec.structs.replace(small, devices=devices)


@pytest.fixture
async def at_work(tmp_path: Path) -> AsyncIterator[tuple[Api, Paper]]:
    with closing(Paper()) as paper:
        async with running(tmp_path, hall_with(paper.address), Clock(BEFORE_OPENING)) as api:
            yield api, paper


def socket(api: Api, path: str, role: Role | None) -> connect:
    base = str(api.client.base_url).replace("http", "ws").rstrip("/")
    return connect(base + path, additional_headers=api.bearer(role))


class Players:
    """Devices that answer, until the block ends."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tasks: list[asyncio.Task[None]] = []
        self.said: list[str] = []

    async def __aenter__(self) -> "Players":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def screen(self, device: str, **said: Any) -> None:
        """A strip that answers its test cards, connected."""
        await self._connected(lambda ready: self._screen(device, ready, said))

    async def speaker(self) -> None:
        """A loudspeaker that plays what it gets to the end, connected."""
        await self._connected(self._speaker)

    async def _connected(self, play: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
        ready = asyncio.Event()
        self._tasks.append(asyncio.create_task(play(ready)))
        await asyncio.wait_for(ready.wait(), PATIENT)

    async def _screen(self, device: str, ready: asyncio.Event, said: dict[str, Any]) -> None:
        async with socket(self._api, f"/ws/windows/1?device={device}", None) as screen:
            while True:
                frame = msgspec.json.decode(await screen.recv())
                ready.set()
                if frame["kind"] == "test":
                    reply = {"tested": frame["id"], "v": frame["v"], "size": [640, 160], **said}
                    await screen.send(msgspec.json.encode(reply).decode())

    async def _speaker(self, ready: asyncio.Event) -> None:
        async with socket(self._api, "/ws/speakers/service?device=box", Role.SPEAKER) as speaker:
            while True:
                frame = msgspec.json.decode(await speaker.recv())
                ready.set()
                if item := frame.get("play"):
                    self.said.append(item["text_zh"])
                    for what in ("started", "ended"):
                        await speaker.send(msgspec.json.encode({"ack": item["id"], "what": what}).decode())


async def finished(api: Api) -> dict[str, Any]:
    """The check, when every device has been tried."""
    async with asyncio.timeout(PATIENT):
        while True:
            found = done(await api.get(CHECK, Role.SUPERVISOR))
            if not found["running"]:
                return dict(found["check"])
            await asyncio.sleep(0.05)


def verdicts(check: dict[str, Any]) -> dict[str, str]:
    return {one["device"]: one["verdict"] for one in check["devices"]}


async def test_each_device_answers_for_itself(at_work: tuple[Api, Paper]) -> None:
    api, paper = at_work
    async with Players(api) as players:
        await players.screen("led-1")
        await players.screen("led-2", hidden=True)
        await players.speaker()
        floor = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))
        assert floor["check"] == {"due": True, "running": False, "at": None, "by": None, "bad": 0}
        assert done(await api.get(CHECK, Role.SUPERVISOR))["check"] is None
        begun = done(await api.post(CHECK, {}, Role.SUPERVISOR))
        assert begun["running"]
        again = done(await api.post(CHECK, {}, Role.SUPERVISOR))
        assert again["check"]["at"] == begun["check"]["at"], "one run at a time"
        check = await finished(api)
    assert {one["device"]: one["verdict"] for one in check["devices"]} == {
        "speaker": "good",
        "tv": "bad",
        "led-1": "good",
        "led-2": "bad",
        "led-3": "bad",
        "printer": "good",
        "kiosk": "by_hand",
    }
    found = {one["device"]: one for one in check["devices"]}
    assert "640×160" in found["led-1"]["what_zh"]
    assert "挡住" in found["led-2"]["what_zh"]
    assert "/screens/windows/3?device=led-3" in found["led-3"]["todo_zh"]
    (said,) = players.said
    assert said.startswith("测试，") and said.endswith("音响正常")
    image, cuts = printed_on(paper.jobs[0])
    assert (image.width, cuts) == (576, 1)
    floor = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))
    assert floor["check"] == {"due": False, "running": False, "at": "07:50", "by": "supervisor-1", "bad": 3}


async def test_what_no_machine_can_tell_is_looked_at_and_kept(at_work: tuple[Api, Paper], tmp_path: Path) -> None:
    api, _ = at_work
    seen = await api.post(f"{CHECK}/seen", {"device": "kiosk"}, Role.SUPERVISOR)
    assert seen.status_code == 404, "nothing was tried yet"
    done(await api.post(CHECK, {}, Role.SUPERVISOR))
    await finished(api)
    assert (await api.post(f"{CHECK}/seen", {"device": "tv"}, Role.SUPERVISOR)).status_code == 404
    after = done(await api.post(f"{CHECK}/seen", {"device": "kiosk"}, Role.SUPERVISOR))
    (kiosk,) = [one for one in after["check"]["devices"] if one["device"] == "kiosk"]
    assert (kiosk["verdict"], kiosk["seen_by"]) == ("good", "supervisor-1")
    kept = msgspec.json.decode((tmp_path / "check.json").read_bytes())
    assert kept["by"] == "supervisor-1" and kept["devices"][-1]["seen_by"] == "supervisor-1"
    png = await api.get(f"{CHECK}/slip.png", Role.GUIDE)
    assert png.content.startswith(b"\x89PNG")


async def test_the_last_check_outlives_the_server(tmp_path: Path) -> None:
    hall = hall_with("browser:")
    async with running(tmp_path, hall, Clock(BEFORE_OPENING)) as api:
        done(await api.post(CHECK, {}, Role.SUPERVISOR))
        before = await finished(api)
    async with running(tmp_path, hall, Clock(BEFORE_OPENING + 3_600_000)) as api:
        found = done(await api.get(CHECK, Role.SUPERVISOR))
        assert (found["running"], found["check"]) == (False, before)
        assert done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))["check"]["due"] is False
