"""A paired screen's link over a real socket: settings, orders, what the supervisor sees of it, and its picture."""

import asyncio
import time
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from onewindow.access.guard import COOKIE
from onewindow.access.principal import Role
from onewindow.screens.links import CHATTY, FORBIDDEN
from onewindow.screens.sight import MOST_PICTURE
from tests.api.test_bad_input import problem
from tests.hall_app import Api, done
from tests.screens.tv import HALL, PATIENT, frame, paired, settings, tv

ROOT = "/api/supervisor/screens"


async def seen(api: Api, name: str) -> dict[str, Any]:
    """How the supervisor sees this screen."""
    screens = done(await api.get(ROOT, Role.SUPERVISOR))["screens"]
    return next(screen for screen in screens if screen["id"] == name)


async def until(api: Api, name: str, **wanted: Any) -> dict[str, Any]:
    async with asyncio.timeout(PATIENT):
        while True:
            found = await seen(api, name)
            if wanted.items() <= found.items():
                return found
            await asyncio.sleep(0.02)


async def tell(link: ClientConnection, **shown: Any) -> None:
    """What a page says of itself."""
    said = {"path": "/screens/hall", "size": [1920, 1080], "connection": "live", **shown}
    await link.send(msgspec.json.encode({"shown": said}).decode())


async def closed(link: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENT):
        try:
            while True:
                await link.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else None


async def test_settings_come_at_once_and_each_change_once(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        async with screen.link() as link:
            first = await frame(link, kind="snapshot")
            assert first["channel"] == f"screen/{name}"
            assert first["cells"]["screen"]["page"] == "/screens/hall"
            wanted = HALL | {"kind": "zone", "zone": "business", "sound": True, "volume": 35, "theme": "day"}
            done(await api.post(f"{ROOT}/{name}", wanted, Role.SUPERVISOR))
            changed = await frame(link, kind="delta")
            assert changed["v"] == first["v"] + 1
            cell = changed["set"]["screen"]
            assert cell["page"] == "/screens/zones/business?speaker=1"
            assert (cell["volume"], cell["theme"], cell["rev"]) == (35, "day", 2)
            done(await api.post(f"{ROOT}/{name}", wanted, Role.SUPERVISOR))
            assert (await frame(link, kind="beat"))["v"] == changed["v"], "nothing has changed, so nothing is sent"


async def test_orders_reach_the_screen_and_an_absent_one_is_named(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        problem(await api.post(f"{ROOT}/{name}/identify", {}, Role.SUPERVISOR), 409, "screen_away")
        async with screen.link() as link:
            await frame(link, kind="snapshot")
            for order in ("identify", "reload"):
                done(await api.post(f"{ROOT}/{name}/{order}", {}, Role.SUPERVISOR))
                assert (await frame(link, kind="order"))["order"] == order


async def test_the_supervisor_sees_it_online_late_covered_and_gone(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        found = await seen(api, name)
        assert (found["state"], found["seen_seconds"]) == ("offline", None)
        async with screen.link() as link:
            await frame(link, kind="snapshot")
            await tell(link, rev=1)
            found = await until(api, name, state="online")
            assert found["shown"]["size"] == [1920, 1080]
            await tell(link, connection="stale")
            await until(api, name, state="late")
            await tell(link, hidden=True)
            await until(api, name, state="hidden")
        found = await until(api, name, state="offline")
        assert found["seen_seconds"] is not None


async def test_a_board_says_how_many_versions_it_is_behind(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        cookie = {"Cookie": f"{COOKIE}={screen.token}"}
        async with (
            screen.link(),
            connect(f"{screen.base.replace('http', 'ws', 1)}/ws/hall", additional_headers=cookie) as board,
        ):
            await until(api, name, behind=0)
            v = (await frame(board, kind="snapshot"))["v"]
            await board.send(msgspec.json.encode({"beat": v}).decode())
            await api.clerk("17", "open")
            for _ in range(2):
                await api.issue(matter="BIZ-001")
                await api.clerk("17", "call-next")
                await api.clerk("17", "start")
                await api.clerk("17", "finish")
            assert (await seen(api, name))["behind"] == 0, "between two words of the screen nothing is known"
            for _ in range(2):
                await board.send(msgspec.json.encode({"beat": v}).decode())
            found = await until(api, name, state="late")
            assert found["behind"] >= 2
            async with asyncio.timeout(PATIENT):
                while (await seen(api, name))["behind"]:
                    v = msgspec.json.decode(await board.recv())["v"]
                    await board.send(msgspec.json.encode({"beat": v}).decode())


async def test_a_board_opened_by_its_address_works_and_appears_as_such(api: Api) -> None:
    base = str(api.client.base_url).rstrip("/").replace("http", "ws", 1)
    async with (
        connect(f"{base}/ws/zones/business") as one,
        connect(f"{base}/ws/windows/17?device=led-17") as two,
        connect(f"{base}/ws/windows/17", additional_headers=api.bearer(Role.CLERK, "17")) as console,
    ):
        for board in (one, two, console):
            await frame(board, kind="snapshot")
        opened = done(await api.get(ROOT, Role.SUPERVISOR))["opened"]
        assert sorted((o["zh"], o["place_zh"]) for o in opened) == [
            ("", "分区屏 · 商事登记"),
            ("17号窗口屏", "窗口条屏 · 17 号窗口"),
        ]


async def test_a_phone_is_no_screen_of_the_halls(api: Api) -> None:
    """Thousands of visitors follow their tickets while the supervisor looks; only boards are boards."""
    base = str(api.client.base_url).rstrip("/").replace("http", "ws", 1)
    tracks = [(await api.issue(matter=matter))["track"] for matter in ("BIZ-001", "CNV-001")]
    async with (
        connect(f"{base}/ws/tickets/{tracks[0].removeprefix('/t/')}") as one,
        connect(f"{base}/ws/tickets/{tracks[1].removeprefix('/t/')}?device=tv-hall") as other,
        connect(f"{base}/ws/supervisor", additional_headers=api.bearer(Role.SUPERVISOR)) as supervisor,
    ):
        for socket in (one, other, supervisor):
            await frame(socket, kind="snapshot")
        assert api.opened.hub.followers == 3
        assert api.opened.hub.boards() == []
        found = done(await api.get(ROOT, Role.SUPERVISOR))
        assert (found["screens"], found["opened"]) == ([], [])
        async with connect(f"{base}/ws/hall") as board:
            await frame(board, kind="snapshot")
            assert [str(client.channel) for client in api.opened.hub.boards()] == ["hall"]
            opened = done(await api.get(ROOT, Role.SUPERVISOR))["opened"]
            assert [found["place_zh"] for found in opened] == ["大厅总屏"]


async def test_a_picture_is_what_the_screen_has_sent(api: Api) -> None:
    async with tv(api) as screen, tv(api) as stranger:
        name = (await paired(api, screen))["id"]
        picture = {"html": "<html><body>Q031</body></html>", "digest": "d1", "size": [1280, 720]}
        problem(await api.get(f"{ROOT}/{name}/picture", Role.SUPERVISOR), 404, "no_picture")
        async with screen.link() as link:
            assert not (await settings(link))["watched"]
            await seen(api, name)
            assert (await settings(link, watched=True))["rev"] == 1, "somebody looks: the screen is to send pictures"
            assert (await screen.client.post("/api/screens/picture", json=picture)).status_code == 204
            found = done(await api.get(f"{ROOT}/{name}/picture", Role.SUPERVISOR))
            assert found["html"] == picture["html"] and found["size"] == [1280, 720]
            assert (await seen(api, name))["picture"]["digest"] == "d1"
            await tell(link, picture="d1")
        problem(await stranger.client.post("/api/screens/picture", json=picture), 403, "not_paired")
        huge = picture | {"html": "x" * MOST_PICTURE}
        problem(await screen.client.post("/api/screens/picture", json=huge), 413, "body_too_large")


async def test_who_is_not_paired_has_no_link_and_an_unpaired_one_is_told(api: Api) -> None:
    async with tv(api) as screen:
        address = screen.base.replace("http", "ws", 1) + "/ws/screen"
        async with connect(address) as nobody:
            assert await closed(nobody) == FORBIDDEN
        async with connect(address, additional_headers=api.bearer(Role.SUPERVISOR)) as person:
            assert await closed(person) == FORBIDDEN
        name = (await paired(api, screen))["id"]
        async with screen.link() as link:
            await frame(link, kind="snapshot")
            done(await api.post(f"{ROOT}/{name}/unpair", {}, Role.SUPERVISOR))
            assert await closed(link) == FORBIDDEN


async def test_nonsense_is_passed_over_and_too_much_of_it_ends_the_link(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen))["id"]
        async with screen.link() as link:
            await frame(link, kind="snapshot")
            for text in ("", "{", "[]", '{"shown": 7}', "[" * 1000):
                await link.send(text)
            await tell(link)
            await until(api, name, state="online")
            for _ in range(40):
                await link.send("{}")
            assert await closed(link) == CHATTY


async def test_a_silent_paired_screen_of_its_own_alarms_the_supervisor(api: Api) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen, zh="门口的屏"))["id"]
        cookie = {"Cookie": f"{COOKIE}={screen.token}"}
        async with connect(screen.base.replace("http", "ws", 1) + "/ws/hall", additional_headers=cookie) as board:
            await frame(board, kind="snapshot")
        api.clock.on(120)
        alarms = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))["alarms"]
        assert any("门口的屏" in alarm["zh"] for alarm in alarms)
        done(await api.post(f"{ROOT}/{name}", HALL | {"kind": "kiosk"}, Role.SUPERVISOR))
        alarms = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))["alarms"]
        assert not any("门口的屏" in alarm["zh"] for alarm in alarms), "a kiosk follows no board"


async def test_a_kiosk_that_falls_silent_alarms_the_supervisor(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tv(api) as screen:
        name = (await paired(api, screen, kind="kiosk", device="kiosk-1", zh="入口自助机"))["id"]

        async def alarms() -> list[str]:
            floor = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))
            return [alarm["zh"] for alarm in floor["alarms"] if alarm["code"] == "screen_silent"]

        assert await alarms() == [], "it was never there"
        async with screen.link() as link:
            await frame(link, kind="snapshot")
            assert await alarms() == []
        later = time.time() + 60
        monkeypatch.setattr("onewindow.screens.sight.time.time", lambda: later)
        (found,) = await alarms()
        assert found.startswith("自助取号机1"), "as the hall's files name it"
        done(await api.post(f"{ROOT}/{name}/unpair", {}, Role.SUPERVISOR))
        assert await alarms() == []
