"""One recording: trimmed, checked, levelled."""

import math
import random
from array import array

import pytest

from onewindow.voice import audio
from onewindow.voice.clips.take import LEVEL_DB, BadTake, cut_peaks, take_of
from onewindow.voice.engine import WorkerEngine
from tests.voice.clips.sample_pack import lines, spoken


def tone(seconds: float, db: float, hertz: float = 220.0) -> audio.Samples:
    peak = 32767 * 10 ** (db / 20)
    return array(
        "h",
        [round(peak * math.sin(2 * math.pi * hertz * i / audio.RATE)) for i in range(round(seconds * audio.RATE))],
    )


def room(seconds: float, db: float) -> audio.Samples:
    """A room's noise, by a chance that is always the same."""
    chance = random.Random(5)
    size = 32767 * 10 ** (db / 20)
    return array("h", [round(chance.gauss(0, size)) for _ in range(round(seconds * audio.RATE))])


def test_silence_and_the_rooms_noise_go_from_both_ends() -> None:
    raw = audio.join([room(1.0, -62), tone(0.5, -12), room(1.5, -62)])
    take = take_of(audio.encode_wav(raw), 2)
    assert take.seconds == pytest.approx(0.56, abs=0.02)
    assert take.raw_db == pytest.approx(-15.0, abs=0.7)
    assert take.loudness_db == pytest.approx(LEVEL_DB, abs=0.6)


@pytest.mark.parametrize("db", [-35.0, -20.0, -6.0, -1.0])
def test_whatever_the_distance_to_the_microphone_the_clip_is_as_loud_and_does_not_clip(db: float) -> None:
    take = take_of(audio.encode_wav(tone(0.5, db)), 1)
    assert take.loudness_db == pytest.approx(LEVEL_DB, abs=0.6)
    assert take.peak_db < -1.0


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        (audio.silence(1.0), "silent"),
        (tone(0.5, -45.0), "quiet"),
        (tone(0.05, -12.0), "short"),
        (tone(6.0, -12.0), "long"),
        (tone(31.0, -12.0), "long"),
        (array("h", [max(-32768, min(32767, 3 * s)) for s in tone(0.5, -3.0)]), "clipped"),
    ],
    ids=["silent", "quiet", "short", "long", "endless", "clipped"],
)
def test_a_take_that_cannot_be_used_says_why(samples: audio.Samples, fault: str) -> None:
    with pytest.raises(BadTake) as caught:
        take_of(audio.encode_wav(samples), 2)
    assert caught.value.fault == fault


def test_a_loud_but_whole_take_is_no_clipped_one() -> None:
    assert not cut_peaks(tone(0.5, -0.2))
    assert cut_peaks(array("h", [0, 32767, 32767, 32767, 32767, 0]))


async def test_a_speaking_voices_words_are_equally_loud() -> None:
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    try:
        takes = [take_of(await spoken(line, engine), len(line.tokens)) for line in lines()[:12]]
    finally:
        await engine.aclose()
    assert max(t.loudness_db for t in takes) - min(t.loudness_db for t in takes) <= 1.0
    assert all(t.peak_db <= -1.0 for t in takes)
