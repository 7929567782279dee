"""Nothing sounds late: players that were cut off, stopped or asleep while a call grew old, on real sockets."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from onewindow.app import Workers
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.items import Outcome, Sending
from onewindow.voice.players import Player
from tests.cable import cable
from tests.callers.browsers import CHROMIUM
from tests.hall_app import Api, running
from tests.voice.drill import NOTE, Box, Drill, Kept, drill_hall, listen
from tests.voice.test_drill_browser import renderers, tab

ZONE = "convenience"
SPEAKER = f"speaker-{ZONE}"
HERE = (("32", "CNV-001"), ("38", "CNV-033"), ("40", "CNV-041"))
"""Windows of the zone and a matter of each."""
ELSEWHERE = ("20", "BIZ-006")
"""In a zone without a player: what is called there grows too old by itself."""


class Hall:
    """The hall's calls, what came of them, and what the players were sent and asked."""

    def __init__(self, api: Api, engine: WorkerEngine) -> None:
        self.api = api
        self.kept: Kept = listen(api)
        self._drill = Drill(api, self.kept, engine, seed=0)
        self._changed = asyncio.Condition()
        self._sent: set[str] = set()
        self.came: list[tuple[str, str]] = []
        """(device, "connect" or "ask"), in order."""
        speakers = api.opened.loudspeakers
        build, receive, connect = speakers._frame, speakers.receive, speakers.connect

        def framed(of: Any, sending: Sending) -> dict[str, Any]:
            self._sent.add(sending.item.id)
            self._soon()
            return build(of, sending)

        async def received(speaker: str, player: Player, frame: Mapping[str, Any]) -> None:
            await receive(speaker, player, frame)
            if "ask" in frame:
                self.came.append((player.device_id, "ask"))
                self._soon()

        async def connected(speaker: str, player: Player) -> None:
            await connect(speaker, player)
            self.came.append((player.device_id, "connect"))
            self._soon()

        speakers._frame = framed  # type: ignore[method-assign]
        speakers.receive = received  # type: ignore[method-assign]
        speakers.connect = connected  # type: ignore[method-assign]

    def _soon(self) -> None:
        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        asyncio.get_running_loop().create_task(notify())

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60), self._changed:
            await self._changed.wait_for(holds)

    async def do(self, window: str, what: str) -> Any:
        return await self._drill._do(window, what)

    async def done(self, window: str) -> None:
        """The person has come, and goes."""
        await self.do(window, "start")
        await self.do(window, "finish")

    async def call(self, window: str, matter: str) -> str:
        """The announcement's name."""
        await self.api.issue(matter=matter)
        called = (await self.do(window, "call-next"))["ticket"]
        return await self._drill._said(called["id"])

    async def sent(self, name: str) -> None:
        """Wait until it was given to a player's socket."""
        await self.until(lambda: name in self._sent)

    async def end(self, name: str) -> Outcome:
        return await asyncio.wait_for(self.kept.end_of(name), 90)

    async def heard(self, window: str, matter: str) -> str:
        """Call until one was heard: a program takes a while to be there."""
        while (await self.end(name := await self.call(window, matter))).result != "played":
            await self.done(window)
        await self.done(window)
        return name

    async def grow_old(self) -> None:
        """Wait until what was called before this is not worth saying any more."""
        outcome = await self.end(await self.call(*ELSEWHERE))
        assert outcome.result == "expired"
        await self.done(ELSEWHERE[0])

    def names(self, files: list[str]) -> list[str]:
        """The announcements of these sounds."""
        return [self.kept.sounds[SPEAKER, name] for name in files]


@asynccontextmanager
async def hall_at(folder: Path, expire_seconds: int) -> AsyncIterator[Hall]:
    (folder / "note.sh").write_text(NOTE, encoding="utf-8")
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    async with running(
        folder / "data", drill_hall(expire_seconds), workers=Workers(forecast=None, voice=engine)
    ) as api:
        hall = Hall(api, engine)
        for window, _ in (*HERE, ELSEWHERE):
            await hall.do(window, "open")
        yield hall


def signalled(box: Box, what: signal.Signals) -> None:
    assert box._process is not None
    box._process.send_signal(what)


async def test_a_stopped_program_wakes_up_with_a_call_that_is_too_old(tmp_path: Path) -> None:
    async with hall_at(tmp_path, 6) as hall:
        box = Box(hall.api, ZONE, tmp_path)
        await box.start()
        first = await hall.heard(*HERE[0])
        signalled(box, signal.SIGSTOP)
        old = await hall.call(*HERE[1])
        await hall.sent(old)
        await hall.grow_old()
        fresh = await hall.call(*HERE[2])
        signalled(box, signal.SIGCONT)
        assert (await hall.end(fresh)).result == "played", "called seconds before it woke up"
        outcome = await hall.end(old)
        await box.kill()
    assert outcome.result == "expired"
    assert hall.names([name for _, name in box.played()])[-2:] == [first, fresh], "once each, and nothing else"


@pytest.mark.parametrize("ends", ["flows again", "breaks and is mended"])
async def test_a_cut_line_delivers_a_call_that_is_too_old(tmp_path: Path, ends: str) -> None:
    async with hall_at(tmp_path, 6) as hall:
        with cable(hall.api.client.base_url.port or 0) as wire:
            box = Box(hall.api, ZONE, tmp_path)
            box._url = f"http://127.0.0.1:{wire.port}"
            await box.start()
            first = await hall.heard(*HERE[0])
            await asyncio.to_thread(wire.freeze)
            old = await hall.call(*HERE[1])
            await hall.sent(old)
            await hall.grow_old()
            if ends == "breaks and is mended":
                await asyncio.to_thread(wire.pull)
            fresh = await hall.call(*HERE[2])
            await asyncio.to_thread(wire.mend)
            assert (await hall.end(fresh)).result == "played", "called seconds before the line was back"
            outcome = await hall.end(old)
            await box.kill()
    assert outcome.result == "expired"
    assert hall.names([name for _, name in box.played()])[-2:] == [first, fresh], "once each, and nothing else"


async def test_what_another_player_took_over_is_not_said_by_the_one_that_wakes_up(tmp_path: Path) -> None:
    """Neither expired nor replaced, but said: by whoever had the lease by then."""
    async with hall_at(tmp_path, 90) as hall:
        other = tmp_path / "other"
        other.mkdir()
        (other / "note.sh").write_text(NOTE, encoding="utf-8")
        box, spare = Box(hall.api, ZONE, tmp_path), Box(hall.api, ZONE, other)
        await box.start("box")
        first = await hall.heard(*HERE[0])
        await spare.start("spare")
        await hall.until(lambda: ("spare", "connect") in hall.came)
        signalled(box, signal.SIGSTOP)
        taken = await hall.call(*HERE[1])
        await hall.sent(taken)
        assert (await hall.end(taken)).result == "played", "by the spare, when the lease has run out"
        hall.came.clear()
        signalled(box, signal.SIGCONT)
        await hall.until(lambda: any(device == "box" for device, _ in hall.came))
        last = await hall.heard(*HERE[2])
        await box.kill()
        await spare.kill()
    assert hall.names([name for _, name in box.played()]) == [first]
    assert hall.names([name for _, name in spare.played()]) == [taken, last]


@pytest.mark.browser
async def test_a_page_that_was_asleep_wakes_up_with_a_call_that_is_too_old(tmp_path: Path) -> None:
    sounds: list[str] = []
    async with hall_at(tmp_path, 6) as hall, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        await tab(browser, hall.api, sounds)
        first = await hall.heard(*HERE[0])
        asleep = renderers(os.getpid())
        assert asleep
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        old = await hall.call(*HERE[1])
        await hall.sent(old)
        await hall.grow_old()
        fresh = await hall.call(*HERE[2])
        for pid in asleep:
            os.kill(pid, signal.SIGCONT)
        assert (await hall.end(fresh)).result == "played", "called seconds before it woke up"
        outcome = await hall.end(old)
        await browser.close()
    assert outcome.result == "expired"
    assert hall.names([Path(url).name for url in sounds])[-2:] == [first, fresh], "once each, and nothing else"
