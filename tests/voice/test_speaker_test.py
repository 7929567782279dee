"""Trying a loudspeaker: the sentence is said in its turn, and its player's word for the end is waited for."""

import asyncio
from pathlib import Path

import pytest

from onewindow.voice.items import END_UNHEARD
from onewindow.voice.speaker_test import SpeakerTests
from tests.voice.hall_of_players import Hall, connected

SENTENCE = "测试，综合便民音响正常"


class Trying(Hall):
    """Loudspeakers whose outcomes the tests hear."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tests = SpeakerTests(self.speakers)
        self.speakers._on_outcome = self.tests.ended


async def test_a_sentence_is_said_to_its_end(tmp_path: Path) -> None:
    hall = Trying(tmp_path)
    player = await connected(hall)
    asked = asyncio.create_task(hall.tests.say("convenience", name="check-1", zh=SENTENCE))
    item = await player.played(1)
    assert (item["id"], item["text_zh"]) == ("check-1", SENTENCE)
    assert item["url"], "rendered by the real engine"
    await hall.ack(player, "check-1", "started")
    assert not asked.done()
    await hall.ack(player, "check-1", "ended")
    outcome = await asked
    assert (outcome.result, outcome.reason) == ("played", "")
    await hall.speakers.aclose()


async def test_an_end_that_is_not_heard_of_is_told_apart(tmp_path: Path) -> None:
    hall = Trying(tmp_path)
    player = await connected(hall)
    asked = asyncio.create_task(hall.tests.say("convenience", name="check-1", zh=SENTENCE))
    await player.played(1)
    await hall.ack(player, "check-1", "started")
    await hall.wait(20)
    assert (await asked).reason == END_UNHEARD
    await hall.speakers.aclose()


async def test_without_a_player_there_is_nothing_to_try(tmp_path: Path) -> None:
    hall = Trying(tmp_path)
    for speaker in ("convenience", "nobody"):
        with pytest.raises(LookupError):
            await hall.tests.say(speaker, name="check-1", zh=SENTENCE)
    await hall.speakers.aclose()
