"""Turns: who is due first is rendered first, and one announcement is whole before the next begins."""

import asyncio
from pathlib import Path

import pytest

from onewindow.voice.engine import WorkerEngine
from onewindow.voice.turns import Turns
from onewindow.voice.wording import Style, Utterance
from tests.voice.hall_of_players import Hall, connected


class Desk:
    """Who has had a turn, and what holds the one who has it."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.had: list[str] = []
        self.may_leave = asyncio.Event()

    async def come(self, name: str, due: float) -> None:
        async with self.turns.turn(due):
            self.had.append(name)
            await self.may_leave.wait()

    async def comes(self, name: str, due: float) -> asyncio.Task[None]:
        """Until it has its turn or stands in line."""
        waiting, task = self.turns.waiting, asyncio.create_task(self.come(name, due))
        await asyncio.sleep(0)
        assert name in self.had or self.turns.waiting == waiting + 1
        return task


async def test_the_next_is_who_is_due_first_and_among_equals_who_came_first() -> None:
    desk = Desk()
    tasks = [await desk.comes(*one) for one in (("a", 9.0), ("b", 3.0), ("c", 1.0), ("d", 3.0), ("e", 2.0))]
    assert (desk.had, desk.turns.waiting) == (["a"], 4)
    desk.may_leave.set()
    await asyncio.gather(*tasks)
    assert desk.had == ["a", "c", "e", "b", "d"]
    assert desk.turns.waiting == 0
    await desk.comes("f", 5.0)
    assert desk.had[-1] == "f", "nobody is left to wait for"


async def test_who_gives_up_is_passed_over_in_line_and_with_its_turn_in_hand() -> None:
    desk = Desk()
    a, b, c, d = [await desk.comes(*one) for one in (("a", 0.0), ("b", 1.0), ("c", 2.0), ("d", 3.0))]
    b.cancel()
    await asyncio.wait([b])
    assert desk.turns.waiting == 2
    a.cancel()
    await asyncio.sleep(0)  # It has given its turn to c …
    c.cancel()  # … which gives up before it has taken it.
    await asyncio.wait([a, c])
    desk.may_leave.set()
    await d
    assert desk.had == ["a", "d"]


async def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        async with turns.turn(0.0):
            raise ZeroDivisionError
    async with asyncio.timeout(5), turns.turn(0.0):
        assert turns.waiting == 0


class Slow(WorkerEngine):
    """The real engine, which begins when it may, and tells what it was asked for."""

    def __init__(self) -> None:
        super().__init__(timeout=20.0, start_timeout=30.0)
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self.may_begin = asyncio.Event()

    async def render(self, utterance: Utterance) -> bytes:
        self.asked.append(utterance.text)
        self.was_asked.set()
        await self.may_begin.wait()
        return await super().render(utterance)


async def test_of_many_calls_at_one_moment_each_loudspeakers_first_is_whole_first(tmp_path: Path) -> None:
    engine = Slow()
    hall = Hall(tmp_path, engine, style=Style(repeats=1))
    player, other = await connected(hall), await connected(hall, "tv 2", "business")
    await hall.call("031")
    await engine.was_asked.wait()
    for number in ("032", "033", "034"):
        await hall.call(number)
    await hall.call("007", speaker="business")
    async with asyncio.timeout(30):
        while hall.speakers.rendering.waiting < 4:  # noqa: ASYNC110 - threads look first whether there is a sound
            await asyncio.sleep(0.01)
    engine.may_begin.set()
    assert (await player.played(1))["id"] == "call 031"
    assert (await other.played(1))["id"] == "call 007"
    await hall.speakers.settled()
    spoken = [next(n for n, words in NUMBERS.items() if words in text) for text in engine.asked if "户政" in text]
    assert spoken == ["031", "007", "032", "033", "034"]
    # Chinese and English of one, then of the next: nobody's second sentence waits for the first of all others.
    assert ["户政" in text for text in engine.asked[:4]] == [True, False, True, False]
    await hall.speakers.aclose()


async def test_what_nobody_will_hear_any_more_is_not_made(tmp_path: Path) -> None:
    """A call that was taken back, or replaced, stands in line before one that can still be heard."""
    engine = Slow()
    hall = Hall(tmp_path, engine, style=Style(repeats=1))
    player = await connected(hall)
    await hall.call("031")
    await engine.was_asked.wait()
    for number in ("032", "033", "034"):
        await hall.call(number)
    async with asyncio.timeout(30):
        while hall.speakers.rendering.waiting < 3:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    for number in ("032", "033"):
        await hall.speakers.cancel("convenience", f"ticket {number}")
    await hall.call("033", call_id="once more")
    engine.may_begin.set()
    await player.played(1)
    await hall.speakers.settled()
    spoken = [next(n for n, words in NUMBERS.items() if words in text) for text in engine.asked if "户政" in text]
    assert spoken == ["031", "033", "034"]
    assert hall.faults == [], "no engine has failed"
    await hall.speakers.aclose()


NUMBERS = {"031": "零 三 一", "032": "零 三 二", "033": "零 三 三", "034": "零 三 四", "007": "零 零 七"}
