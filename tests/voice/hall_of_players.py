"""Loudspeakers with the real engine and players in memory, for the tests."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from onewindow.voice.announcement import Announcement, Fault
from onewindow.voice.cache import AudioCache
from onewindow.voice.clips.engine import Clips
from onewindow.voice.engine import Engine, WorkerEngine
from onewindow.voice.items import Outcome
from onewindow.voice.speakers import Loudspeakers
from onewindow.voice.wording import SpokenCall, Style

STYLE = Style(languages=("zh",), repeats=1, chime="short")


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class MemoryPlayer:
    """A player that keeps what it receives."""

    def __init__(self, device_id: str) -> None:
        self._device_id = device_id
        self.frames: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()

    @property
    def device_id(self) -> str:
        return self._device_id

    async def send(self, frame: dict[str, Any]) -> None:
        msgspec.json.encode(frame)
        async with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(holds)

    @property
    def plays(self) -> list[dict[str, Any]]:
        return [frame["play"] for frame in self.frames if frame.get("play")]

    async def played(self, count: int) -> dict[str, Any]:
        """The last of `count` items to be played."""
        await self.until(lambda: len(self.plays) >= count)
        assert len(self.plays) == count
        last: dict[str, Any] = self.plays[-1]
        return last


class Hall:
    """Loudspeakers, and what their owner hears of them."""

    def __init__(
        self, folder: Path, engine: Engine | None = None, style: Style = STYLE, clips: Clips | None = None
    ) -> None:
        self.clock = Clock()
        self.outcomes: list[tuple[str, str, str]] = []
        self.faults: list[tuple[str, str, bool]] = []
        self.folder = folder
        self.quiet: int | None = None
        self.speakers = Loudspeakers(
            {"convenience": style, "business": style},
            engine=engine or WorkerEngine(timeout=20.0, start_timeout=30.0),
            clips=clips,
            cache=AudioCache(folder),
            on_outcome=self.hear_outcome,
            on_fault=self.hear_fault,
            quiet=lambda: self.quiet,
            clock=self.clock,
        )

    def hear_outcome(self, speaker: str, outcome: Outcome) -> None:
        self.outcomes.append((speaker, outcome.id, outcome.result))

    def hear_fault(self, fault: Fault) -> None:
        self.faults.append((fault.speaker, fault.code, fault.on))

    async def call(self, number: str, *, call_id: str | None = None, speaker: str = "convenience") -> None:
        announcement = Announcement(
            id=call_id or f"call {number}",
            ticket=f"ticket {number}",
            call=SpokenCall(
                group_spoken_zh="户政",
                group_en="Household registration",
                number_digits=number,
                letter="Q",
                window_no="32",
            ),
        )
        await self.speakers.announce(speaker, announcement)

    async def ack(self, player: MemoryPlayer, call_id: str, what: str, **more: str) -> None:
        await self.speakers.receive("convenience", player, {"ack": call_id, "what": what, **more})

    async def wait(self, seconds: float) -> None:
        """Time passes, second by second, as the task would tick."""
        for _ in range(round(seconds)):
            self.clock.now += 1.0
            await self.speakers.tick()


async def connected(hall: Hall, name: str = "tv", speaker: str = "convenience") -> MemoryPlayer:
    player = MemoryPlayer(name)
    await hall.speakers.connect(speaker, player)
    await player.until(lambda: player.frames)
    return player
