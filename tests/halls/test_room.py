"""The life of one hall's room: loaded once however many ask, let go when nothing is to be done, and back again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from onewindow.access.principal import Role
from onewindow.app import OpenApp, Workers, open_app
from onewindow.halls.room import HallRoom, HallUnavailable
from onewindow.halls.site import find_sites
from onewindow.halls.workers import VoiceOfAll
from onewindow.voice.announcement import Announcement
from onewindow.voice.announcer import speakers_of
from onewindow.voice.wording import SpokenCall
from onewindow.zones.model import Hall
from tests.halls.many import write_hall


@asynccontextmanager
async def opened(data: Path, opens: list[str], hall: Hall) -> AsyncIterator[OpenApp]:
    """The real application; who is opened is noted."""
    opens.append(hall.settings.code)
    async with open_app(hall, data, tick_seconds=None, workers=Workers(None, VoiceOfAll())) as app:
        yield app


def room_of(tmp_path: Path, opens: list[str], *, broken: bool = False) -> HallRoom:
    write_hall(tmp_path / "halls", "east", broken=broken)
    (site,) = find_sites(tmp_path / "halls")
    return HallRoom(site, partial(opened, tmp_path / "var", opens), asyncio.Semaphore(1))


def client_of(room: HallRoom) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(room), base_url="http://east.localhost")


async def test_many_who_ask_at_once_load_it_once(tmp_path: Path) -> None:
    opens: list[str] = []
    room = room_of(tmp_path, opens)
    async with client_of(room) as client:
        replies = await asyncio.gather(*(client.get("/readyz") for _ in range(10)))
    assert {reply.status_code for reply in replies} == {200} and opens == ["east"]
    assert room.users == 0
    await room.close()
    assert room.opened is None


async def test_whoever_asks_while_it_goes_finds_it_loaded_anew(tmp_path: Path) -> None:
    opens: list[str] = []
    room = room_of(tmp_path, opens)
    async with client_of(room) as client:
        await client.get("/healthz")
        going = asyncio.create_task(room.drop_if_idle(0.0))
        replies = await asyncio.gather(*(client.get("/readyz") for _ in range(3)))
        dropped = await going
        assert all(reply.json()["ready"] for reply in replies)
        # Those who came before the end was begun are served by the old one, the others by a new one: never by none.
        assert len(opens) == 1 + bool(dropped)
    await room.close()


async def test_it_is_not_let_go_while_it_is_used_or_somebody_waits(tmp_path: Path) -> None:
    room = room_of(tmp_path, [])
    async with client_of(room) as client:
        app = await room.wake()
        assert not await room.drop_if_idle(60.0), "it was used just now"
        bearer = {"Authorization": f"Bearer {app.tokens.make(Role.GUIDE, 'g', hours=1)}"}
        issued = await client.post("/api/tickets", json={"matter": "SZ-01"}, headers=bearer)
        assert not await room.drop_if_idle(0.0), "somebody waits"
        name = issued.json()["ticket"]["id"]
        await client.post(f"/api/tickets/{name}/cancel", json={}, headers=bearer)
        room.users += 1
        assert not await room.drop_if_idle(0.0), "a socket is open"
        room.users -= 1
        assert await room.drop_if_idle(0.0) and room.opened is None


async def test_it_is_not_let_go_before_what_is_to_be_said_is_said(tmp_path: Path) -> None:
    room = room_of(tmp_path, [])
    app = await room.wake()
    speaker = next(iter(speakers_of(app.runtime.hall).values()))
    call = SpokenCall(kind="notice", notice_zh="请注意", notice_en="Attention")
    await app.loudspeakers.announce(speaker, Announcement(id="n", ticket=None, call=call))
    assert not await room.drop_if_idle(0.0)
    app.loudspeakers.forget()
    assert await room.drop_if_idle(0.0)


async def test_a_hall_that_cannot_be_opened_says_why_and_is_not_tried_again_at_once(tmp_path: Path) -> None:
    opens: list[str] = []
    room = room_of(tmp_path, opens, broken=True)
    for _ in range(2):
        with pytest.raises(HallUnavailable, match="omniscient"):
            await room.wake()
    assert opens == [] and "omniscient" in room.fault and room.site.faults
