"""Calls said with the sample pack by its real worker: loudness, following without restart, and falling back."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from onewindow.voice import audio
from onewindow.voice.clips.engine import Clips
from onewindow.voice.clips.pack import remove_clip, write_clip
from onewindow.voice.engine import VoiceUnavailable, WorkerEngine
from onewindow.voice.style import Style
from onewindow.voice.wording import SpokenCall, Utterance, announce
from tests.voice.clips.sample_pack import STYLE, lines, record, switch
from tests.voice.hall_of_players import Hall, connected

CALL = SpokenCall(group_spoken_zh="社保", group_en="Social insurance", number_digits="117", window_no="32")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole small hall in Chinese, for tests that only listen."""
    folder = tmp_path_factory.mktemp("pack")
    asyncio.run(record(folder, lines()))
    return folder


def chinese(text: str = "社保，一 一 七号，请到三十二号窗口", rate: int = 150, level: float = -20.0) -> Utterance:
    return Utterance(language="zh", text=text, voice="sit/cmn", rate=rate, level_db=level)


async def sound(clips: Clips, one: Utterance) -> audio.Samples:
    return audio.decode_wav(await clips.render(one))


async def test_a_call_from_clips_is_as_loud_as_one_that_is_synthesised(pack: Path) -> None:
    clips, speech = Clips(pack, lines()), WorkerEngine(timeout=20.0, start_timeout=30.0)
    try:
        one = chinese()
        recorded, made = await sound(clips, one), audio.decode_wav(await speech.render(one))
        assert audio.loudness(recorded) == pytest.approx(audio.loudness(made), abs=1.0)
        assert audio.loudness(audio.chime("full")) == pytest.approx(-20.0, abs=3.0)
        assert audio.peak(recorded) < 0.9
        assert audio.duration(recorded) > 3.0
        quieter = await sound(clips, chinese(level=-26.0))
        assert audio.loudness(quieter) == pytest.approx(audio.loudness(recorded) - 6.0, abs=0.7)
        slower = await sound(clips, chinese(rate=100))
        assert audio.duration(slower) > audio.duration(recorded) + 0.2, "longer pauses, the words as they were read"
    finally:
        await clips.aclose()
        await speech.aclose()


def quiet_every_other(folder: Path) -> None:
    for path in sorted(folder.glob("*.wav"))[::2]:
        path.write_bytes(audio.encode_wav(audio.level(audio.decode_wav(path.read_bytes()), -32.0)))


async def test_a_pack_made_elsewhere_is_levelled_too(tmp_path: Path) -> None:
    await record(tmp_path, lines())
    quiet_every_other(tmp_path)
    clips = Clips(tmp_path, lines())
    try:
        assert audio.loudness(await sound(clips, chinese())) == pytest.approx(-20.0, abs=1.0)
    finally:
        await clips.aclose()


async def test_a_line_recorded_anew_is_heard_without_a_restart(tmp_path: Path) -> None:
    await record(tmp_path, lines())
    clips = Clips(tmp_path, lines())
    try:
        await clips.look()
        before, name = await sound(clips, chinese()), clips.name(chinese())
        pid = clips.worker.pid
        digit = next(line for line in lines() if line.text == "七")
        clip = clips.clip(digit)
        assert clip is not None
        take = await asyncio.to_thread((tmp_path / clip.file).read_bytes)
        await asyncio.to_thread(remove_clip, tmp_path, "zh", digit.tokens)
        await clips.look()
        assert clips.lacks(chinese()) == ("zh-七",)
        assert clips.lacks(chinese("请勿喧哗")) is None, "no call: nothing is missing"
        with pytest.raises(VoiceUnavailable, match="No clips"):
            await clips.render(chinese())
        eight = next(line for line in lines() if line.text == "八")
        await record(tmp_path, [eight])  # something else changes: that must not matter
        await clips.look()
        await asyncio.to_thread(write_clip, tmp_path, clip, take)
        await clips.look()
        assert await sound(clips, chinese()) == before
        assert clips.name(chinese()) == name
        assert (clips.worker.pid, clips.worker.starts) == (pid, 1)
    finally:
        await clips.aclose()


def hall_with(folder: Path, pack: Path, speech: WorkerEngine | None = None, style: Style = STYLE) -> Hall:
    return Hall(folder, speech, style=style, clips=Clips(pack, lines(style.languages)))


async def test_a_hall_with_a_pack_says_its_calls_with_it_and_english_with_the_other_engine(
    tmp_path: Path, pack: Path
) -> None:
    hall = hall_with(tmp_path, pack)
    clips = hall.speakers.ways.clips
    assert clips is not None
    ways = await hall.speakers.ways.of(announce(CALL, STYLE))
    assert [sorted(way.clips) for way in ways] == [[0], []]
    assert ways[0].names[1] == ways[1].names[1], "a pack of Mandarin alone: English as ever, and nothing is missing"
    assert list(hall.speakers.ways.lacking(announce(CALL, STYLE))) == []
    player = await connected(hall)
    await hall.call("117")
    play = await player.played(1)
    assert play["url"] is not None
    assert clips.worker.starts == 1
    assert hall.faults == []
    await hall.speakers.aclose()


async def test_a_missing_clip_costs_one_announcement_its_voice_and_no_other(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    await record(pack, [line for line in lines() if line.text not in ("七", "三十")])
    hall = hall_with(tmp_path / "cache", pack, style=Style(languages=("zh",), repeats=1, chime="none"))
    clips = hall.speakers.ways.clips
    assert clips is not None
    await clips.look()
    assert [line.text for line in clips.missing()] == ["七", "三十"], "all that is missing, named at once"
    said = announce(CALL, Style(languages=("zh",), repeats=1))
    assert list(hall.speakers.ways.lacking(said)) == ["zh-七", "zh-三十"]
    assert [way.clips for way in await hall.speakers.ways.of(said)] == [frozenset()]
    other = announce(SpokenCall(group_spoken_zh="社保", number_digits="118", window_no="12"), STYLE)
    assert (await hall.speakers.ways.of(other))[0].clips == frozenset({0})
    await hall.speakers.aclose()


async def test_a_worker_of_the_clips_that_dies_again_and_again_gives_way_and_the_fault_is_told(
    tmp_path: Path, pack: Path
) -> None:
    hall = hall_with(tmp_path, pack)
    clips = hall.speakers.ways.clips
    assert clips is not None
    player = await connected(hall)
    await hall.call("117")
    first = await player.played(1)
    await hall.ack(player, first["id"], "ended")
    assert clips.worker.pid is not None
    os.kill(clips.worker.pid, signal.SIGKILL)
    await hall.call("118")
    second = await player.played(2)
    assert clips.worker.starts == 2, "killed once: another takes its place, and the call has its voice"
    assert hall.faults == []
    await hall.ack(player, second["id"], "ended")
    clips.worker._worker._command = ("/nowhere/python",)
    os.kill(clips.worker.pid, signal.SIGKILL)
    await hall.call("171")
    third = await player.played(3)
    assert third["url"] is not None, "the synthesised voice speaks"
    assert hall.faults == [("convenience", "fallback", True)]
    await hall.ack(player, third["id"], "ended")
    await hall.call("117", call_id="again")
    fourth = await player.played(4)
    assert fourth["url"] == first["url"], "what was rendered before is said as before"
    assert hall.faults == [("convenience", "fallback", True)], "a sound from the cache says nothing of the engine"
    await hall.speakers.aclose()


async def test_without_any_engine_the_cached_is_said_and_the_rest_is_the_players(tmp_path: Path, pack: Path) -> None:
    style = Style(languages=("zh",), repeats=1, chime="none")
    hall = hall_with(tmp_path, pack, WorkerEngine(command=("/nowhere/python",)), style)
    clips = hall.speakers.ways.clips
    assert clips is not None
    player = await connected(hall)
    await hall.call("117")
    first = await player.played(1)
    await hall.ack(player, first["id"], "ended")
    clips.worker._worker._command = ("/nowhere/python",)
    assert clips.worker.pid is not None
    os.kill(clips.worker.pid, signal.SIGKILL)
    await hall.call("118")
    assert (await player.played(2))["url"] is None
    assert ("convenience", "engine", True) in hall.faults
    await hall.ack(player, "call 118", "failed", reason="chime_only")
    await hall.call("117", call_id="again")
    assert (await player.played(3))["url"] == first["url"]
    await hall.speakers.aclose()


async def test_a_pack_that_is_broken_on_disk_gives_way(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    await record(pack, lines())
    hall = hall_with(tmp_path / "cache", pack)
    clips = hall.speakers.ways.clips
    assert clips is not None
    player = await connected(hall)
    await clips.look()
    for path in pack.glob("*.wav"):
        path.write_bytes(b"RIFF of nothing")
    await hall.call("117")
    assert (await player.played(1))["url"] is not None
    assert hall.faults == [("convenience", "fallback", True)]
    assert len(clips.index.broken) == len(lines()), "looked at again: every broken file is named"
    await hall.speakers.aclose()


async def test_a_pack_that_is_switched_off_is_not_used(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    await record(pack, lines(), on=False)
    hall = hall_with(tmp_path / "cache", pack)
    said = announce(CALL, STYLE)
    assert [way.clips for way in await hall.speakers.ways.of(said)] == [frozenset()]
    assert (await hall.speakers.ways.of(said, "clips"))[0].clips == frozenset({0}), "but a trial may ask for it"
    switch(pack, True)
    assert (await hall.speakers.ways.of(said))[0].clips == frozenset({0})
    assert (await hall.speakers.ways.of(said, "speech"))[0].clips == frozenset()
    await hall.speakers.aclose()
