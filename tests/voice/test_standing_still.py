"""A suspension, a power cut, a merger: what is said of it, and that no call is lost, doubled or late."""

import asyncio
from pathlib import Path

from onewindow.queue import commands as cmd
from tests.core_hall import MINUTE, core_hall
from tests.voice.test_announcer import Player, Said, said, shared


async def steps(room: Said) -> None:
    """Do all the work that there is."""
    while room.announcer.waiting:
        await room.announcer.step()


async def do(room: Said, command: cmd.AnyCommand, minutes: float = 0.0) -> None:
    room.story.at += round(minutes * MINUTE)
    await room.do(command)
    await steps(room)


async def hears(room: Said, player: Player, count: int, speaker: str = "speaker-north") -> list[str]:
    """The next so many announcements, each played to its end."""
    found = []
    for _ in range(count):
        item = await player.play()
        found.append(item["text_zh"])
        await room.ack(speaker, player, item)
    assert await silent(room, player), "no more than that is said"
    return found


async def silent(room: Said, player: Player) -> bool:
    """Whether nothing is sent to be played, when all is rendered and every frame has arrived."""
    await room.speakers.settled()
    await room.speakers.tick()
    for _ in range(10):
        await asyncio.sleep(0)
    frames = [player.frames.get_nowait() for _ in range(player.frames.qsize())]
    return not any(frame.get("play") for frame in frames)


def holding(room: Said) -> None:
    """Window 02 holds a ticket, whose owner is to come back to it."""
    room.story.issue("N-1")
    room.story.call("02")
    room.story.do(cmd.StartService(window="02"))
    room.story.do(cmd.HoldTicket(window="02", reason="papers"))


async def test_what_waits_is_withdrawn_and_said_when_service_goes_on(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        for _ in range(2):
            room.story.issue("N-1")
        await room.call("01")
        heard = await player.play()
        await room.call("02")
        await do(room, cmd.SuspendService(reason="evacuation"))
        await room.ack("speaker-north", player, heard)
        assert room.outcomes == [("2026-11-24-2", "replaced"), ("2026-11-24-1", "played")]
        assert await silent(room, player), "nobody is called during an evacuation"
        await do(room, cmd.ResumeService(), minutes=30)
        assert await hears(room, player, 2) == ["恢复叫号，次序不变", "A，组，零零二号，请到二号窗口"]
        assert not room.announcer.unheard("20261124-A002")


async def test_who_has_come_or_was_taken_back_meanwhile_is_not_called_when_service_goes_on(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        for _ in range(2):
            room.story.issue("N-1")
        await room.call("01")
        await room.call("02")
        await do(room, cmd.SuspendService(reason="power"))
        await do(room, cmd.StartService(window="01"))
        await do(room, cmd.Undo(window="02"))
        await do(room, cmd.ResumeService(), minutes=3)
        player = await room.player("speaker-north")
        assert await hears(room, player, 1) == ["恢复叫号，次序不变"]


async def test_a_call_whose_player_is_gone_is_said_when_service_goes_on(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        for _ in range(2):
            room.story.issue("N-1")
        await room.call("01")
        withdrawn = await player.play()
        await room.speakers.disconnect("speaker-north", player)
        await do(room, cmd.SuspendService(reason="system"))
        await do(room, cmd.ResumeService(), minutes=2)
        await do(room, cmd.CallNext(window="02"))
        again = await room.player("speaker-north")
        assert withdrawn["id"] == "2026-11-24-1"
        assert await hears(room, again, 3) == [
            "恢复叫号，次序不变",
            "A，组，零零一号，请到一号窗口",
            "A，组，零零二号，请到二号窗口",
        ]


async def test_it_is_said_once_on_a_loudspeaker_of_many_zones(tmp_path: Path) -> None:
    async with said(tmp_path, shared(core_hall())) as room:
        player = await room.player("all")
        await do(room, cmd.SuspendService(reason="power"))
        await do(room, cmd.ResumeService(), minutes=1)
        assert await hears(room, player, 1, "all") == ["恢复叫号，次序不变"]


async def test_a_merger_is_said_once_in_its_zone_and_in_its_turn(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        north, south = await room.player("speaker-north"), await room.player("speaker-south")
        room.story.issue("N-1")
        await room.call("01")
        holding(room)
        await do(room, cmd.MergeWindow(window="02", into="01"))
        assert await hears(room, north, 2) == ["A，组，零零一号，请到一号窗口", "二号窗口的业务请到一号窗口办理"]
        assert await silent(room, south)


async def test_a_merger_that_concerns_nobody_is_not_said(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        player = await room.player("speaker-north")
        await do(room, cmd.MergeWindow(window="02", into="01"))
        room.story.issue("N-1")
        await room.call("01")
        assert await hears(room, player, 1) == ["A，组，零零一号，请到一号窗口"]


async def test_a_withdrawn_merger_is_said_after_the_suspension(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        holding(room)
        await do(room, cmd.MergeWindow(window="02", into="01"))  # nobody can hear it yet
        await do(room, cmd.SuspendService(reason="power"))
        await do(room, cmd.ResumeService(), minutes=5)
        player = await room.player("speaker-north")
        assert await hears(room, player, 2) == ["恢复叫号，次序不变", "二号窗口的业务请到一号窗口办理"]


async def test_after_a_power_cut_what_stands_is_said_again(tmp_path: Path) -> None:
    """Nobody knows what was still heard before the lights went out."""
    async with said(tmp_path) as room:
        for _ in range(2):
            room.story.issue("N-1")
        room.story.call("01")
        room.story.call("02")
        room.story.do(cmd.StartService(window="02"))
        room.story.do(cmd.NoteOutage(since=room.story.at), after=4)
        room.announcer.take_up(room.story.state)
        await steps(room)
        player = await room.player("speaker-north")
        assert await hears(room, player, 2) == ["恢复叫号，次序不变", "A，组，零零一号，请到一号窗口"]


async def test_a_short_restart_says_nothing(tmp_path: Path) -> None:
    async with said(tmp_path) as room:
        room.story.issue("N-1")
        room.story.do(cmd.NoteOutage(since=room.story.at), after=4)
        room.story.call("01", after=0.1)
        room.announcer.take_up(room.story.state)
        assert not room.announcer.waiting
