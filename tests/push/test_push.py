"""Notes to phones: truly encrypted, truly sent, each once, and a service that is down hurts nobody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from py_vapid import Vapid02
from starlette.applications import Starlette

from onewindow.http.problem import handlers, problem_response
from onewindow.push import subscriptions
from onewindow.push.keys import possible, private_key, public_text
from onewindow.push.room import PushRoom, open_push
from onewindow.push.sender import Sender
from onewindow.push.subscriptions import SERVICES, allowed
from onewindow.runtime.live_day import LiveDay
from tests.hall_app import Api, anqiu, running
from tests.push.service import Browser, Service, push_service

KEY = private_key(b"s" * 32, "anqiu")
CONTACT = "https://hall.example"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with push_service(tmp_path) as found:
        yield found


class Phones:
    """The push room of a hall at work, and a client of its routes."""

    def __init__(self, api: Api, room: PushRoom, client: httpx.AsyncClient) -> None:
        self.api, self.room, self.client = api, room, client

    async def subscribe(self, track: str, browser: Browser) -> httpx.Response:
        return await self.client.post(f"{track}/push", json=browser.subscription())

    async def serve(self, no: str, times: int) -> None:
        for _ in range(times):
            for step in ("call-next", "start", "finish"):
                await self.api.clerk(no, step)


@asynccontextmanager
async def phones(folder: Path, service: Service, *, trusted: bool = True) -> AsyncIterator[Phones]:
    async with running(folder) as api:
        sender = Sender(KEY, CONTACT, verify=str(service.authority) if trusted else True)
        room = PushRoom(api.opened.runtime, api.opened.tracking.ticket, folder, sender, ("127.0.0.1",))
        async with open_push(room) as routes:
            app = Starlette(routes=routes, exception_handlers=handlers(lambda _, found: problem_response(found, "/")))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
                yield Phones(api, room, client)


async def received(service: Service) -> tuple[str, dict[str, str], bytes]:
    return await asyncio.to_thread(service.next)


async def test_it_is_told_near_and_called_each_once_encrypted_and_signed(tmp_path: Path, service: Service) -> None:
    async with phones(tmp_path / "data", service) as hall:
        await hall.api.clerk("34", "open")
        for _ in range(4):
            await hall.api.issue(matter="CNV-010")
        mine = await hall.api.issue(matter="CNV-010")
        browser = Browser(f"{service.url}/one")
        assert (await hall.subscribe(mine["track"], browser)).status_code == 204
        await hall.serve("34", 2)
        path, headers, body = await received(service)
        assert path == "/one" and headers["content-encoding"] == "aes128gcm" and headers["urgency"] == "high"
        assert int(headers["ttl"]) == 120
        number = mine["ticket"]["number"]
        assert number.encode() not in body
        said = browser.read(body)
        assert said == {
            "number": number,
            "zh": "请现在到窗口附近等",
            "en": "Go now: wait near the window",
            "tag": "soon",
        }
        assert Vapid02.verify(headers["authorization"])
        assert f"k={public_text(KEY)}" in headers["authorization"]
        await hall.serve("34", 2)
        called = await hall.api.clerk("34", "call-next")
        assert called["ticket"]["number"] == number
        first = browser.read((await received(service))[2])
        assert first["zh"] == "请到 34 号窗口"
        await hall.api.clerk("34", "recall")
        again = browser.read((await received(service))[2])
        assert again["zh"] == first["zh"] and again["tag"] != first["tag"]
        # It names a number and a window; whose it is, and what for, nowhere.
        assert not {"applicant", "matter", "ticket", "token"} & set(again)
        await hall.api.clerk("34", "start")
        await hall.api.clerk("34", "finish")
        # Its life is over: so is the subscription, on the disk too.
        await until(lambda: not hall.room.subscriptions.all)
        await until(lambda: (tmp_path / "data" / "push.json").read_bytes() == b"[]")
        assert service.sent.empty()


async def until(true: Any) -> None:
    """Wait for what the room does in its own time."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 (a file is looked at)
            await asyncio.sleep(0.05)


async def test_after_a_restart_nobody_is_told_twice(tmp_path: Path, service: Service) -> None:
    browser = Browser(f"{service.url}/two")
    async with phones(tmp_path / "data", service) as hall:
        await hall.api.clerk("34", "open")
        other, mine = [await hall.api.issue(matter="CNV-010") for _ in range(2)]
        assert (await hall.subscribe(mine["track"], browser)).status_code == 204  # it is near already, and sees so
        await hall.serve("34", 1)
        await hall.api.clerk("34", "call-next")
        assert browser.read((await received(service))[2])["zh"] == "请到 34 号窗口"
    assert (tmp_path / "data" / "push.json").stat().st_mode & 0o077 == 0
    async with phones(tmp_path / "data", service) as hall:
        assert [one.told for one in hall.room.subscriptions.all.values()] == ["call-2"]
        await hall.api.clerk("34", "recall")
        assert browser.read((await received(service))[2])["tag"] == "call-3"
        assert service.sent.empty() and other


async def test_a_browser_that_has_gone_is_forgotten(tmp_path: Path, service: Service) -> None:
    service.status = 410
    async with phones(tmp_path / "data", service) as hall:
        await hall.api.clerk("34", "open")
        mine = await hall.api.issue(matter="CNV-010")
        await hall.subscribe(mine["track"], Browser(f"{service.url}/gone"))
        await hall.api.clerk("34", "call-next")
        await received(service)
        await until(lambda: not hall.room.subscriptions.all)


async def test_a_service_that_cannot_be_trusted_or_reached_hurts_nobody(tmp_path: Path, service: Service) -> None:
    async with phones(tmp_path / "data", service, trusted=False) as hall:
        await hall.api.clerk("34", "open")
        for path in (f"{service.url}/untrusted", "https://127.0.0.1:9/nobody"):
            mine = await hall.api.issue(matter="CNV-010")
            assert (await hall.subscribe(mine["track"], Browser(path))).status_code == 204
        await hall.serve("34", 2)  # each step is answered, whatever becomes of the notes
        assert service.sent.empty()


async def test_who_may_subscribe_and_where_to(tmp_path: Path, service: Service) -> None:
    async with phones(tmp_path / "data", service) as hall:
        mine = await hall.api.issue(matter="CNV-010")
        ours = Browser(f"{service.url}/x")
        assert (await hall.subscribe("/t/20261124-Q001.forged", ours)).status_code == 404
        for elsewhere in ("https://10.0.0.5/admin", "http://127.0.0.1/x", "https://127.0.0.1@evil.example/"):
            refused = await hall.subscribe(mine["track"], Browser(elsewhere))
            assert (refused.status_code, refused.json()["code"]) == (422, "push_service_unknown")
        for i in range(4):
            assert (await hall.subscribe(mine["track"], Browser(f"{service.url}/{i}"))).status_code == 204
        assert (await hall.subscribe(mine["track"], ours)).json()["code"] == "push_too_many"
        await hall.api.guide(f"/api/tickets/{mine['ticket']['id']}/cancel")
        assert (await hall.subscribe(mine["track"], ours)).status_code == 404


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://evilpush.apple.com.example/abc", False),
        ("https://notpush.apple.community/abc", False),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://[broken", False),
        ("https://fcm.googleapis.com", True),
        ("https://FCM.googleapis.com:443/fcm/send/abc", True),
        # urlsplit reads a host of push.apple.com here, and what sends goes to 10.0.0.5.
        (r"https://10.0.0.5\.push.apple.com/abc", False),
        (r"https://10.0.0.5:8000\.push.apple.com/abc", False),
        (r"https://fcm.googleapis.com/\abc", False),
        ("https://10.0.0.5?.push.apple.com/abc", False),
        ("https://10.0.0.5#.push.apple.com/abc", False),
        ("https://10.0.0.5\t.push.apple.com/abc", False),
        ("https://user@fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com/" + "a" * 2000, False),
    ],
)
def test_only_browsers_own_services_are_written_to(endpoint: str, known: bool) -> None:
    assert allowed(endpoint, SERVICES) is known


async def test_however_many_ask_at_once_all_of_them_are_kept(tmp_path: Path, service: Service) -> None:
    async with phones(tmp_path / "data", service) as hall:
        tracks = [(await hall.api.issue(matter="CNV-010"))["track"] for _ in range(12)]
        browsers = [Browser(f"{service.url}/{n}") for n in range(len(tracks))]
        answers = await asyncio.gather(*map(hall.subscribe, tracks, browsers))
        assert {answer.status_code for answer in answers} == {204}
        assert (tmp_path / "data" / "push.json").read_bytes() == hall.room.subscriptions.encoded()
    async with phones(tmp_path / "data", service) as hall:
        assert len(hall.room.subscriptions.all) == len(tracks)


async def test_what_the_disk_refuses_is_not_promised(tmp_path: Path, service: Service) -> None:
    async with phones(tmp_path / "data", service) as hall:
        track = (await hall.api.issue(matter="CNV-010"))["track"]
        file, ours = tmp_path / "data" / "push.json", Browser(f"{service.url}/x")
        file.mkdir()  # No file can take its place.
        refused = await hall.subscribe(track, ours)
        assert (refused.status_code, refused.json()["code"]) == (503, "push_not_kept")
        assert not hall.room.subscriptions.all
        file.rmdir()
        assert (await hall.subscribe(track, ours)).status_code == 204
        (kept,) = hall.room.subscriptions.all.values()
        file.unlink()
        file.mkdir()
        assert (await hall.subscribe(track, ours)).status_code == 503
        assert hall.room.subscriptions.all == {ours.endpoint: kept}, "what it had asked for before stands"
        file.rmdir()


async def test_a_phone_that_asks_again_is_none_too_many(
    tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with phones(tmp_path / "data", service) as hall:
        track = (await hall.api.issue(matter="CNV-010"))["track"]
        monkeypatch.setattr(subscriptions, "MOST", 1)
        ours, other = Browser(f"{service.url}/x"), Browser(f"{service.url}/y")
        assert [(await hall.subscribe(track, one)).status_code for one in (ours, ours, other)] == [204, 204, 409]


async def test_the_page_offers_it_on_https_alone(tmp_path: Path) -> None:
    assert not possible(anqiu())
    settings = msgspec.structs.replace(anqiu().settings, public_url="https://hall.example")
    for hall, offered in ((anqiu(), False), (msgspec.structs.replace(anqiu(), settings=settings), True)):
        async with running(tmp_path / str(offered), hall) as api:
            track = (await api.issue(matter="CNV-010"))["track"]
            page = (await api.client.get(track)).text
            assert ('data-push=""' in page) is not offered
            worker = await api.client.get("/t-worker.js")
            assert worker.status_code == (200 if offered else 404)

            def secret(live: LiveDay) -> str:
                return public_text(private_key(api.opened.store.secret, live.state.hall.settings.code))

            assert (f'data-push="{await api.opened.runtime.read(secret)}"' in page) is offered


def test_the_key_is_the_same_for_ever_and_another_for_each_hall() -> None:
    assert public_text(private_key(b"s" * 32, "anqiu")) == public_text(KEY)
    assert len({public_text(private_key(b"s" * 32, hall)) for hall in ("anqiu", "small", "other")}) == 3
