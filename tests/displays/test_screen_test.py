"""Test cards: each goes to its own device, leaves the channel's versions alone, and is answered or not."""

import asyncio
from typing import Any

import msgspec
import pytest

from onewindow.displays.fanout import Pace
from tests.displays.at_work import PATIENT, Work, at_work, screen

QUICK = Pace(beat=0.05, figures=0.01, phones=0.01, drain=0.02)
STRIP = "/ws/windows/1?device=led-1"


def show(work: Work, device: str, name: str, seconds: float = PATIENT) -> "asyncio.Task[Any]":
    tests = work.hub.tests
    return asyncio.create_task(
        tests.show(device, name=name, zh="屏", at="2026-11-24T08:20:00+08:00", seconds=seconds)
    )


async def test_a_card_is_shown_and_answered() -> None:
    async with at_work(QUICK) as work, screen(work, STRIP) as strip:
        asked = show(work, "led-1", "card")
        await strip.until(lambda s: s.kinds[-1] == "test")
        await strip.socket.send(msgspec.json.encode({"tested": "card", "v": strip.v, "size": [640, 160]}).decode())
        tried = await asked
        assert (tried.v, tried.size, tried.hidden) == (strip.v, (640, 160), False)
        await strip.until(lambda s: s.kinds[-1] == "beat")  # Its version is still the channel's.


async def test_only_the_device_that_was_asked_can_answer() -> None:
    async with at_work(QUICK) as work, screen(work, STRIP) as strip, screen(work, "/ws/windows/1") as other:
        asked = show(work, "led-1", "card")
        await strip.until(lambda s: s.kinds[-1] == "test")
        for said in ('{"tested": "card", "v": 1, "size": [1, 1]}', '{"tested": "card"}', '{"tested": 7}'):
            await other.socket.send(said)
        await other.until(lambda s: s.kinds.count("beat") > 2)
        assert "test" not in other.kinds
        assert not asked.done()
        for said in ('{"tested": "elsewhere", "v": 1, "size": [1, 1]}', '{"tested": "card", "v": "x", "size": []}'):
            await strip.socket.send(said)
        await strip.socket.send(msgspec.json.encode({"tested": "card", "v": 2, "size": [3, 4]}).decode())
        assert (await asked).size == (3, 4)


async def test_a_screen_that_is_not_there_or_says_nothing() -> None:
    async with at_work(QUICK) as work:
        with pytest.raises(LookupError):
            await show(work, "led-1", "card")
        async with screen(work, STRIP):
            assert await show(work, "led-1", "card", seconds=0.05) is None
