"""The crowd against a server of the test's own, on real sockets: what goes wrong is a fault, what is well is not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from loadtest import crowd
from loadtest.followers import Follower, Room, phone
from loadtest.loudspeakers import Loudspeaker, call_of
from loadtest.plan import Plan
from onewindow.demo.cast import Cast

Handler = Callable[[ServerConnection], Awaitable[None]]
SNAPSHOT = {"v": 3, "kind": "snapshot", "cells": {}}
ITEM: dict[str, Any] = {"id": "2026-11-24-17", "url": "/api/voice/a.wav", "duration": 0.01, "expires": 60.0}


def plan_for(port: int) -> Plan:
    return Plan(
        hall="",
        url=f"http://127.0.0.1:{port}",
        compress=10,
        start=0,
        seconds=1,
        seed=1,
        name="load-test",
        windows=(),
        cast=Cast(guide="", kiosk="", supervisor="s", clerks={}),
        screens=1,
        phones=0,
        guides=0,
        kiosks=0,
        evidence="",
        seen="",
        speakers={},
        ahead_ms=5_000,
    )


@asynccontextmanager
async def room_of(handler: Handler, sound: bytes = b"RIFF") -> AsyncIterator[Room]:
    async def answer(connection: ServerConnection, request: Request) -> Response | None:
        if not request.path.startswith("/api/voice/"):
            return None
        reply = connection.respond(200 if sound else 404, "")
        reply.body = sound
        del reply.headers["Content-Length"]
        reply.headers["Content-Length"] = str(len(sound))
        return reply

    async with serve(handler, "127.0.0.1", 0, process_request=answer) as server:
        yield Room(plan_for(next(iter(server.sockets)).getsockname()[1]))


async def sends(connection: ServerConnection, *frames: dict[str, Any]) -> None:
    for frame in frames:
        await connection.send(msgspec.json.encode(frame).decode())


def delta(v: int, call: str = "") -> dict[str, Any]:
    calls = [{"id": call, "at": 0}] if call else []
    return {"v": v, "kind": "delta", "set": {}, "del": [], "calls": calls}


async def test_a_screen_sees_calls_and_its_own_end_is_no_fault() -> None:
    async def handler(connection: ServerConnection) -> None:
        await sends(connection, SNAPSHOT, delta(4, "20261124-1"), {"v": 4, "kind": "beat"})
        room.ending = True
        await connection.close()

    async with room_of(handler) as room:
        await Follower(room, "hall").follow("/ws/hall")
    assert room.seen.faults == [] and [one.call for one in room.seen.shown] == ["20261124-1"]
    [watched] = room.seen.watched
    assert watched.faults == [] and watched.frames == 3 and room.there == 0
    assert room.seen.all_there and watched.until_ms >= watched.since_ms


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1013, 4404, 4429])
async def test_a_socket_that_the_server_ends_is_a_fault(code: int) -> None:
    async def handler(connection: ServerConnection) -> None:
        await sends(connection, SNAPSHOT)
        await connection.close(code)

    async with room_of(handler) as room:
        await Follower(room, "hall").follow("/ws/hall")
    assert len(room.seen.faults) == 1 and str(code) in room.seen.faults[0]


async def test_a_frame_left_out_is_a_fault() -> None:
    async def handler(connection: ServerConnection) -> None:
        await sends(connection, SNAPSHOT, delta(5))
        await connection.close()

    async with room_of(handler) as room:
        await Follower(room, "hall").follow("/ws/hall")
    assert room.seen.watched[0].faults == ["version 5 after 3"]


async def test_nobody_there_is_a_fault() -> None:
    async def handler(connection: ServerConnection) -> None: ...

    async with room_of(handler) as room:
        pass
    await Follower(room, "hall").follow("/ws/hall")
    assert len(room.seen.faults) == 1


async def test_sockets_that_never_came_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "READY_SECONDS", 0.01)
    room = Room(plan_for(1))
    await crowd.all_there(room)
    assert room.seen.faults == ["at most 0 of 1 sockets were connected at one time"]
    room.came(1)
    await crowd.all_there(room)
    assert len(room.seen.faults) == 1


async def test_a_phone_goes_on_to_another_ticket_when_its_own_is_over() -> None:
    paths: list[str] = []
    second = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        state = "finished" if connection.request.path.endswith("one") else "waiting"
        await sends(connection, SNAPSHOT | {"cells": {"ticket": {"state": state}}})
        if state == "waiting":
            second.set()
        await connection.wait_closed()

    async with room_of(handler) as room:
        await room.issued("one")
        await room.issued("two")
        task = asyncio.create_task(phone(room))
        async with asyncio.timeout(20):
            await second.wait()
        room.ending = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert paths == ["/ws/tickets/one", "/ws/tickets/two"] and room.seen.faults == []


async def spoken(*frames: dict[str, Any], sound: bytes = b"RIFF") -> tuple[Room, list[dict[str, Any]]]:
    """What a loudspeaker does with these frames: until it has sent what an announcement needs."""
    said: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        assert connection.request is not None and connection.request.headers["Authorization"] == "Bearer s"
        await sends(connection, *frames)
        async for text in connection:
            message = msgspec.json.decode(text)
            if "ack" in message:
                said.append(message)
            if message.get("what") in ("ended", "failed"):
                done.set()

    async with room_of(handler, sound) as room:
        task = asyncio.create_task(Loudspeaker(room, "north", "business").sound())
        async with asyncio.timeout(20):
            await done.wait()
        room.ending = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return room, said


async def test_a_loudspeaker_fetches_begins_and_ends() -> None:
    room, said = await spoken({"v": 1, "kind": "snapshot", "play": None}, {"v": 2, "kind": "delta", "play": ITEM})
    assert [(one["ack"], one["what"]) for one in said] == [(ITEM["id"], "started"), (ITEM["id"], "ended")]
    [one] = room.seen.spoken
    assert one.call == "20261124-17" and one.started >= one.sent > 0 and room.seen.faults == []


async def test_a_sound_that_cannot_be_had_is_a_fault() -> None:
    room, said = await spoken({"v": 1, "kind": "snapshot", "play": ITEM}, sound=b"")
    assert [one["what"] for one in said] == ["failed"] and not room.seen.spoken[0].started
    assert len(room.seen.faults) == 1 and ITEM["id"] in room.seen.faults[0]


async def test_a_loudspeakers_frame_left_out_is_a_fault() -> None:
    room, _ = await spoken({"v": 1, "kind": "snapshot"}, {"v": 3, "kind": "delta", "play": ITEM})
    assert room.seen.faults == ["loudspeaker north: delta 3 instead of 2"]


def test_a_call_has_one_name() -> None:
    assert call_of("2026-11-24-17") == "20261124-17"


def test_the_plan_is_only_for_its_owner(tmp_path: Path) -> None:
    from loadtest import plan

    plan.write(plan_for(1), tmp_path / "plan.json")
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600
    assert plan.read(tmp_path / "plan.json") == plan_for(1)
