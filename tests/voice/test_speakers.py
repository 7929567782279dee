"""The loudspeakers: what players receive, and what comes of it."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onewindow.voice import audio
from onewindow.voice.announcement import Announcement
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.items import Outcome
from onewindow.voice.wording import SpokenCall, Style
from tests.voice.hall_of_players import Hall, connected


async def test_a_call_reaches_its_player_as_a_wav_that_lasts_as_told(hall: Hall) -> None:
    player = await connected(hall)
    await hall.call("031")
    play = await player.played(1)
    assert {key: play[key] for key in ("id", "expires", "text_zh", "text_en")} == {
        "id": "call 031",
        "expires": 60.0,
        "text_zh": "户政，零三一号，请到三十二号窗口",
        "text_en": "",
    }
    sha = play["url"].removeprefix("/api/voice/").removesuffix(".wav")
    path = hall.speakers.wav(sha)
    assert path is not None
    sound = audio.decode_wav(await asyncio.to_thread(path.read_bytes))
    assert audio.duration(sound) == pytest.approx(play["duration"], abs=0.01)
    assert audio.duration(sound) > 4.0
    await hall.ack(player, "call 031", "started")
    await hall.ack(player, "call 031", "ended")
    assert hall.outcomes == [("convenience", "call 031", "played")]


async def test_the_engine_is_at_work_before_the_first_call_and_not_before_the_first_player(tmp_path: Path) -> None:
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    hall = Hall(tmp_path, engine)
    assert engine.starts == 0
    await connected(hall)
    await hall.speakers.settled()
    worker = engine.pid
    assert worker is not None
    await connected(hall, "tv 2", "business")
    await hall.call("031")
    await hall.speakers.settled()
    assert (engine.pid, engine.starts) == (worker, 1)
    await hall.speakers.aclose()


async def test_the_snapshot_tells_a_player_all_it_needs(hall: Hall) -> None:
    player = await connected(hall)
    first = player.frames[0]
    assert (first["v"], first["kind"], first["speaker"], first["device"]) == (1, "snapshot", "convenience", "tv")
    assert (first["lease"], first["beat"], first["play"]) == (True, 5.0, None)
    chime = hall.speakers.wav(first["chime"].removeprefix("/api/voice/").removesuffix(".wav"))
    assert chime is not None
    assert audio.wav_seconds(await asyncio.to_thread(chime.read_bytes)) == pytest.approx(1.5)
    await hall.wait(5)
    await player.until(lambda: player.frames[-1] == {"v": 1, "kind": "beat"})


async def test_calls_follow_each_other_and_loudspeakers_do_not_wait_for_each_other(hall: Hall) -> None:
    player, other = await connected(hall), await connected(hall, "tv 2", "business")
    for number in ("031", "032", "033"):
        await hall.call(number)
    await hall.call("007", speaker="business")
    assert (await other.played(1))["id"] == "call 007"
    await hall.speakers.settled()
    for count, number in enumerate(("031", "032", "033"), start=1):
        assert (await player.played(count))["id"] == f"call {number}"
        await hall.ack(player, f"call {number}", "started")
        await hall.ack(player, f"call {number}", "ended")
    assert hall.outcomes == [("convenience", f"call {number}", "played") for number in ("031", "032", "033")]
    assert hall.speakers.backlog_seconds("convenience") == 0.0
    versions = [frame["v"] for frame in player.frames if frame["kind"] != "beat"]
    assert versions == list(range(1, len(versions) + 1))


async def test_a_recall_of_the_same_words_is_not_rendered_again(hall: Hall) -> None:
    player = await connected(hall)
    await hall.call("031")
    first = await player.played(1)
    await hall.ack(player, "call 031", "ended")
    await hall.call("031", call_id="recall 031")
    second = await player.played(2)
    assert second["url"] == first["url"]
    await hall.call("031", call_id="recall 031")  # a retry of the same command
    await hall.ack(player, "recall 031", "ended")
    assert hall.outcomes == [("convenience", "call 031", "played"), ("convenience", "recall 031", "played")]


async def test_the_longer_the_backlog_the_shorter_the_announcement(tmp_path: Path) -> None:
    hall = Hall(tmp_path, style=Style())
    player = await connected(hall)
    plays = []
    for number in ("031", "032", "033", "034", "035"):
        await hall.call(number)
    await hall.speakers.settled()
    for count in range(1, 6):
        plays.append(await player.played(count))
        await hall.ack(player, plays[-1]["id"], "ended")
    durations = [play["duration"] for play in plays]
    # Both languages twice; Chinese twice; Chinese once; and at last with the short chime.
    assert durations[0] > 20 > 15 > durations[1] > 11 > 8 > durations[2] > durations[4] + 0.5
    assert [bool(play["text_en"]) for play in plays] == [True, False, False, False, False]
    await hall.speakers.aclose()


async def test_without_an_engine_players_speak_for_themselves_and_the_fault_is_told(tmp_path: Path) -> None:
    hall = Hall(tmp_path, WorkerEngine(command=("/nowhere/python",)))
    player = await connected(hall)
    await hall.call("031")
    play = await player.played(1)
    assert play["url"] is None
    assert play["text_zh"] == "户政，零三一号，请到三十二号窗口"
    assert play["duration"] > 3
    assert hall.faults == [("convenience", "engine", True)]
    await hall.ack(player, "call 031", "failed", reason="chime_only")
    assert hall.outcomes == [("convenience", "call 031", "expired")]
    await hall.speakers.aclose()


async def test_an_engine_that_recovers_is_told_too(tmp_path: Path) -> None:
    class Moody(WorkerEngine):
        """The real engine, made to make one mistake."""

        wrong = True

        async def render(self, utterance: Any) -> bytes:
            if self.wrong:
                self.wrong = False
                raise ZeroDivisionError
            return await super().render(utterance)

    hall = Hall(tmp_path, Moody(timeout=20.0, start_timeout=30.0))
    player = await connected(hall)
    await hall.call("031")
    assert (await player.played(1))["url"] is None
    await hall.ack(player, "call 031", "ended")
    await hall.call("032")
    assert (await player.played(2))["url"] is not None
    assert hall.faults == [("convenience", "engine", True), ("convenience", "engine", False)]
    await hall.speakers.aclose()


async def test_a_cache_that_cannot_be_written_does_not_silence_the_hall(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    hall = Hall(blocked)
    player = await connected(hall)
    await hall.call("031")
    assert (await player.played(1))["url"] is None
    assert hall.faults == [("convenience", "engine", True)]
    await hall.speakers.aclose()


async def test_served_tickets_are_not_called(hall: Hall) -> None:
    for number in ("031", "032"):
        await hall.call(number)
    await hall.speakers.cancel("convenience", "ticket 031")
    player = await connected(hall)
    assert (await player.played(1))["id"] == "call 032"
    assert hall.outcomes == [("convenience", "call 031", "replaced")]
    await hall.speakers.settled()


async def test_a_listener_with_a_mistake_does_not_stop_the_loudspeaker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Bad(Hall):
        def hear_outcome(self, speaker: str, outcome: Outcome) -> None:
            raise RuntimeError("a mistake")

    hall = Bad(tmp_path)
    player = await connected(hall)
    for number in ("031", "032"):
        await hall.call(number)
    await player.played(1)
    await hall.ack(player, "call 031", "ended")
    assert (await player.played(2))["id"] == "call 032"
    assert "a listener failed" in caplog.text
    await hall.speakers.aclose()


@pytest.mark.parametrize(
    "frame",
    [{}, {"ack": 7, "what": "started"}, {"ack": "x", "what": "sung"}, {"beat": False}, {"ack": "x"}],
)
async def test_frames_that_make_no_sense_are_refused(hall: Hall, frame: dict[str, Any]) -> None:
    player = await connected(hall)
    with pytest.raises(msgspec.ValidationError):
        await hall.speakers.receive("convenience", player, frame)


async def test_what_cannot_be_announced_is_refused_before_it_queues(hall: Hall) -> None:
    with pytest.raises(KeyError):
        await hall.call("031", speaker="nowhere")
    with pytest.raises(ValueError, match="no words"):
        empty = Announcement(id="n", ticket=None, call=SpokenCall(kind="notice"))
        await hall.speakers.announce("convenience", empty)
    assert hall.speakers.backlog_seconds("convenience") == 0.0


async def test_the_task_ticks_until_it_is_cancelled(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    player = await connected(hall)
    hall.clock.now += 5.0
    task = asyncio.create_task(hall.speakers.run())
    await player.until(lambda: player.frames[-1]["kind"] == "beat")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await hall.speakers.aclose()
