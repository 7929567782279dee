"""How loud a loudspeaker is: its zone's, as set live, and in quiet hours."""

import asyncio
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from onewindow.voice import audio
from onewindow.voice.announcement import Announcement
from onewindow.voice.announcer import levels_of, quiet_at, speakers_of
from onewindow.voice.speaker.sound import softened
from onewindow.voice.wording import SpokenCall
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall as HallFiles
from onewindow.zones.model import Session
from tests.server import ANQIU
from tests.voice.hall_of_players import Hall, connected


def anqiu(**voice: object) -> HallFiles:
    hall = load_hall(ANQIU)
    settings = msgspec.structs.replace(hall.settings, voice=msgspec.structs.replace(hall.settings.voice, **voice))
    zones = dict(hall.zones)
    zones["business"] = msgspec.structs.replace(zones["business"], volume=60, rate=130)
    return msgspec.structs.replace(hall, settings=settings, zones=zones)


def test_a_loudspeaker_is_as_loud_and_as_fast_as_its_zone_says_else_as_the_hall() -> None:
    hall = anqiu(volume=85)
    levels = levels_of(hall, speakers_of(hall))
    assert {name: (level.volume, level.style.rate) for name, level in levels.items()} == {
        "speaker-investment": (85, 150),
        "speaker-real-estate": (85, 150),
        "speaker-business": (60, 130),
        "speaker-convenience": (85, 150),
    }


def test_a_loudspeaker_of_several_zones_follows_the_first() -> None:
    hall = anqiu()
    levels = levels_of(hall, dict.fromkeys(hall.zones, "all"))
    assert {name: level.volume for name, level in levels.items()} == {"all": 100}


@pytest.mark.parametrize(
    ("clock", "expected"), [("11:59", None), ("12:00", 20), ("13:29", 20), ("13:30", None), ("23:00", None)]
)
def test_quiet_hours_are_by_the_halls_own_clock(clock: str, expected: int | None) -> None:
    hall = anqiu(quiet=(Session(start_minute=720, end_minute=810),), quiet_volume=20)
    now = round(datetime.fromisoformat(f"2026-11-25T{clock}:00+08:00").timestamp() * 1000)
    assert quiet_at(hall, now) == expected
    assert quiet_at(anqiu(), now) is None


async def test_what_the_supervisor_sets_reaches_the_player_at_once_and_the_next_item_too(hall: Hall) -> None:
    player = await connected(hall)
    assert player.frames[0]["volume"] == 100
    assert hall.speakers.set_volume("convenience", 40) == 40
    await player.until(lambda: {"v": 2, "kind": "delta", "volume": 40} in player.frames)
    await hall.call("031")
    assert (await player.played(1))["volume"] == 40
    again = await connected(hall)
    assert again.frames[0]["volume"] == 40
    assert hall.speakers.set_volume("convenience", None) == 100
    with pytest.raises(KeyError):
        hall.speakers.set_volume("nowhere", 10)


async def test_in_quiet_hours_it_is_softer_or_silent_and_a_call_not_said_ends_expired(hall: Hall) -> None:
    player = await connected(hall)
    hall.quiet = 30
    await hall.call("031")
    play = await player.played(1)
    assert (play["volume"], play["most"]) == (100, 30)
    await hall.ack(player, "call 031", "ended")
    hall.quiet = 0
    await hall.call("032")
    await hall.call("032")  # a retry: it has ended once
    assert hall.outcomes[1:] == [("convenience", "call 032", "expired")]
    notice = SpokenCall(kind="notice", notice_zh="测试")
    await hall.speakers.announce("convenience", Announcement(id="t", ticket=None, call=notice, trial=True))
    trial = await player.played(2)
    assert (trial["id"], trial["most"]) == ("t", 100), "a trial is heard: somebody stands there"
    await hall.ack(player, "t", "ended")
    hall.quiet = None
    await hall.call("033")
    assert (await player.played(3))["most"] == 100


async def test_a_call_before_the_quiet_hours_is_superseded_by_one_within_them(hall: Hall) -> None:
    await hall.call("031")
    hall.quiet = 0
    await hall.call("031", call_id="recall 031")
    assert hall.outcomes == [("convenience", "call 031", "replaced"), ("convenience", "recall 031", "expired")]
    await hall.speakers.settled()


async def test_the_program_without_a_browser_softens_the_sound_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    chime = audio.chime("short")
    await asyncio.to_thread(path.write_bytes, audio.encode_wav(chime))
    assert await softened(path, 100) == path
    soft = await softened(path, 50)
    found = audio.decode_wav(await asyncio.to_thread(soft.read_bytes))
    assert audio.peak(found) == pytest.approx(audio.peak(chime) / 2, abs=0.01)
    assert audio.loudness(found) == pytest.approx(audio.loudness(chime) - 6.02, abs=0.1)


async def test_a_player_that_cannot_get_the_sound_is_told_of_and_well_again_with_the_next(hall: Hall) -> None:
    player = await connected(hall)
    for place, (what, reason, faults) in enumerate(
        [
            ("failed", "chime_only", [("convenience", "player", True)]),
            ("ended", "own_voice", [("convenience", "player", True)]),
            ("ended", "", [("convenience", "player", True), ("convenience", "player", False)]),
            ("failed", "expired", [("convenience", "player", True), ("convenience", "player", False)]),
        ],
        start=1,
    ):
        await hall.call(f"03{place}")
        play = await player.played(place)
        await hall.ack(player, play["id"], what, reason=reason)
        assert hall.faults == faults
