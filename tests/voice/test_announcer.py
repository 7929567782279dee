"""The announcer: which call is said where, in which words, and when nothing needs saying any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onewindow.queue import commands as cmd
from onewindow.queue.journal import Entry
from onewindow.runtime.feed import Committed
from onewindow.voice.announcer import Announcer, speakers_of, style_of, templates_of
from onewindow.voice.cache import AudioCache
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.items import Outcome
from onewindow.voice.speakers import Loudspeakers
from onewindow.zones.model import Device, DeviceKind, Hall
from tests.core_hall import core_hall
from tests.queue.story import Story


class Player:
    """A player that keeps its frames."""

    def __init__(self, device: str) -> None:
        self.device_id = device
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, frame: dict[str, Any]) -> None:
        self.frames.put_nowait(frame)

    async def play(self) -> dict[str, Any]:
        """The next item that it is to play."""
        while True:
            frame = await asyncio.wait_for(self.frames.get(), 10)
            if frame.get("play"):
                item: dict[str, Any] = frame["play"]
                return item


class Said:
    """A hall whose commits are announced; without an engine, so that the words are all there is."""

    def __init__(self, hall: Hall, folder: Path) -> None:
        self.story = Story(hall)
        self.outcomes: list[tuple[str, str]] = []
        speakers = speakers_of(hall)
        style = msgspec.structs.replace(style_of(hall.settings.voice), repeats=1)
        self.speakers = Loudspeakers(
            dict.fromkeys(speakers.values(), style),
            engine=WorkerEngine(command=("/nowhere/python",)),
            cache=AudioCache(folder),
            on_outcome=self.ended,
            on_fault=lambda fault: None,
            templates=templates_of(hall.settings.voice),
        )
        self.announcer = Announcer(hall, self.speakers, speakers)

    def ended(self, speaker: str, outcome: Outcome) -> None:
        self.announcer.ended(outcome)
        self.outcomes.append((outcome.id, outcome.result))

    async def do(self, command: cmd.AnyCommand) -> None:
        """A commit, and the work that it makes."""
        state = self.story.state
        entry = Entry(at=self.story.at, by="test", do="test", events=self.story.do(command))
        self.announcer.hear(Committed(day=state.day, n=1, entries=(entry,), state=state))

    async def call(self, window: str) -> None:
        await self.do(cmd.CallNext(window=window))
        await self.announcer.step()

    async def player(self, speaker: str) -> Player:
        player = Player(f"at {speaker}")
        await self.speakers.connect(speaker, player)
        return player

    async def ack(self, speaker: str, player: Player, item: dict[str, Any], what: str = "ended") -> None:
        await self.speakers.receive(speaker, player, {"ack": item["id"], "what": what})


@asynccontextmanager
async def said(folder: Path, hall: Hall | None = None) -> AsyncIterator[Said]:
    room = Said(hall or core_hall(), folder)
    room.story.open("01", "02", "05")
    yield room
    await room.speakers.aclose()


def shared(hall: Hall) -> Hall:
    """The hall with one loudspeaker for both zones."""
    one = Device(id="all", kind=DeviceKind.SPEAKER, zones=("north", "south"), window=None, address="", zh="喇叭")
    return msgspec.structs.replace(hall, devices={"all": one})


async def test_a_call_is_said_in_the_zone_of_its_window_and_nowhere_else(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        north, south = await room.player("speaker-north"), await room.player("speaker-south")
        room.story.issue("S-1")
        await room.call("05")
        item = await south.play()
        assert (item["id"], item["text_zh"]) == ("2026-11-24-1", "C，组，零零一号，请到五号窗口")
        room.story.issue("N-1")
        await room.call("01")
        assert (await north.play())["text_zh"] == "A，组，零零一号，请到一号窗口"
        assert south.frames.empty()


async def test_zones_that_share_a_loudspeaker_share_its_sequence(tmp_path: Path) -> None:
    async with said(tmp_path, shared(core_hall())) as room:
        player = await room.player("all")
        room.story.issue("S-1")
        room.story.issue("N-1")
        await room.call("05")
        await room.call("01")
        first = await player.play()
        assert player.frames.empty()
        await room.ack("all", player, first)
        assert [first["id"], (await player.play())["id"]] == ["2026-11-24-1", "2026-11-24-2"]


async def test_a_recall_is_said_again(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        room.story.issue("N-1")
        await room.call("01")
        await room.ack("speaker-north", player, await player.play())
        await room.do(cmd.Recall(window="01"))
        await room.announcer.step()
        assert (await player.play())["id"] == "2026-11-24-2"


async def test_who_has_come_is_not_called_any_more(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        room.story.issue("N-1")
        await room.call("01")
        await room.do(cmd.StartService(window="01"))
        await room.announcer.step()
        assert room.outcomes == [("2026-11-24-1", "replaced")]


async def test_an_undone_call_is_corrected_when_it_was_said(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        room.story.issue("N-1")
        await room.call("01")
        await room.ack("speaker-north", player, await player.play())
        await room.do(cmd.Undo(window="01"))
        await room.announcer.step()
        assert (await player.play())["text_zh"] == "更正，A，组，零零一号，请继续等候"


async def test_an_undone_call_that_nobody_heard_is_not_corrected(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        room.story.issue("N-1")
        await room.call("01")
        await room.do(cmd.Undo(window="01"))
        await room.announcer.step()
        assert room.outcomes == [("2026-11-24-1", "replaced")]
        assert room.speakers.backlog_seconds("speaker-north") == 0
        # Called again, it is said as any other.
        await room.call("01")
        player = await room.player("speaker-north")
        assert (await player.play())["id"] == "2026-11-24-2"


async def test_a_rerouted_number_keeps_its_name(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        ticket = room.story.issue("N-1")
        room.story.do(cmd.RerouteTicket(ticket=ticket.id, to=cmd.Item(group="B")))
        await room.call("01")
        assert (await player.play())["text_zh"].startswith("A，组，零零一号")


async def test_nothing_is_said_of_a_class_but_priority(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        room.story.issue("N-1", applicant="elderly")
        await room.call("01")
        item = await player.play()
        assert "老" not in item["text_zh"] and "lderly" not in item["text_en"]


@pytest.mark.parametrize(("applicant", "first"), [("elderly", True), ("appointment", False), ("standard", False)])
async def test_a_booked_visitor_is_not_said_to_have_priority(tmp_path: Path, applicant: str, first: bool) -> None:
    """The loudspeaker and the board say the same; this hall's sentences name priority."""
    hall = core_hall()
    voice = msgspec.structs.replace(hall.settings.voice, call_zh="{priority}{group}，{digits}号，请到{window}")
    hall = msgspec.structs.replace(hall, settings=msgspec.structs.replace(hall.settings, voice=voice))
    async with said(tmp_path, hall) as room:
        player = await room.player("speaker-north")
        room.story.issue("N-1", applicant=applicant)
        await room.call("01")
        item = await player.play()
        assert ("优先" in item["text_zh"]) is first
        assert "预约" not in item["text_zh"]


def test_the_nearest_loudspeaker_serves_a_zone() -> None:
    hall = core_hall()
    assert speakers_of(hall) == {"north": "speaker-north", "south": "speaker-south"}
    own = Device(id="own", kind=DeviceKind.SPEAKER, zones=("south",), window=None, address="", zh="南")
    both = {**shared(hall).devices, "own": own}
    assert speakers_of(msgspec.structs.replace(hall, devices=both)) == {"north": "all", "south": "own"}


async def test_a_call_that_its_recall_has_replaced_is_not_told_as_unheard(tmp_path: Path) -> None:
    """Its clerk has just pressed the key: the recall will be said in its turn."""
    async with said(tmp_path) as room:
        room.story.issue("N-1")
        await room.call("01")
        ticket = room.story.state.windows["01"].ticket
        assert ticket is not None
        await room.do(cmd.Recall(window="01"))
        await room.announcer.step()
        assert [result for _, result in room.outcomes] == ["replaced"]
        assert not room.announcer.unheard(ticket)
