"""The standard calls as sounds, by eSpeak NG and by the sample pack: loudness, peaks, pauses, lengths, measured anew.

The program levels by its own measure; here it is the broadcasters' (`sound_measure`).
"""

import math
from array import array
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("scipy")

from onewindow.voice import audio
from onewindow.voice.cache import AudioCache
from onewindow.voice.clips.engine import Clips
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.rendering import Rendering
from onewindow.voice.style import Style, shorten
from onewindow.voice.ways import Wanted, Ways
from onewindow.voice.wording import SpokenCall, Utterance, announce, estimate_seconds
from tests.voice.clips.sample_pack import lines, record
from tests.voice.sound_measure import lufs, silences

HUKOU, SOCIAL = ("户政", "Household registration"), ("社保", "Social insurance")


def call_of(group: tuple[str, str], digits: str, window: str) -> SpokenCall:
    zh, en = group
    return SpokenCall(group_spoken_zh=zh, group_en=en, number_digits=digits, letter="Q", window_no=window)


CALLS = (
    call_of(HUKOU, "007", "7"),
    msgspec.structs.replace(call_of(SOCIAL, "118", "32"), kind="recall"),
    call_of(HUKOU, "999", "12"),
    msgspec.structs.replace(call_of(SOCIAL, "031", "12"), kind="correction"),
)
BACKLOGS = (0.0, 10.0, 35.0, 50.0)
"""Seconds: everything, without English, once, with the short chime."""
TARGET = -20.0


class Studio:
    """Renders a call as the hall does."""

    def __init__(self, folder: Path) -> None:
        self.engine = WorkerEngine(timeout=30.0, start_timeout=30.0)
        self.ways = Ways(self.engine, Clips(folder / "pack", lines(("zh", "en"))))
        self._cache = AudioCache(folder / "cache")
        self._rendering = Rendering(self.ways, self._cache)

    async def sound(self, said: tuple[Utterance, ...], style: Style, wanted: Wanted) -> audio.Samples:
        made = await self._rendering.of(said, style, wanted)
        assert made.sha is not None, made.failed
        assert made.clips == (wanted == "clips")
        path = self._cache.path(made.sha)
        assert path is not None
        return audio.decode_wav(path.read_bytes())


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    await record(tmp_path / "pack", lines(("zh", "en")))
    made = Studio(tmp_path)
    yield made
    await made.ways.aclose()


@pytest.mark.parametrize("wanted", ["speech", "clips"])
async def test_every_length_of_every_call_is_as_loud_whole_and_paced(studio: Studio, wanted: Wanted) -> None:
    for backlog in BACKLOGS:
        style = shorten(Style(), backlog)
        for call in CALLS:
            said = announce(call, style)
            sound = await studio.sound(said, style, wanted)
            assert 20 * math.log10(audio.peak(sound)) < -1.0, "nothing is cut off"
            assert lufs(sound) == pytest.approx(TARGET, abs=1.5)
            pauses = silences(sound)
            assert pauses[0][0] > 0.05, "it begins at once"
            chime = 1.5 if style.chime == "full" else 0.6
            assert any(at < chime + style.gap_chime / 2 < at + length for at, length in pauses), "the words after it"
            last_at, last = pauses[-1]
            assert last_at + last == pytest.approx(audio.duration(sound), abs=0.001)
            assert style.gap_end <= last < style.gap_end + 0.1
            assert max(length for _, length in pauses[:-1]) < style.gap_repeat + 0.1, "no hole"
            long = [length for _, length in pauses[:-1] if length >= style.gap_repeat]
            assert len(long) == style.repeats - 1, "a breath between the repeats, and nowhere else"
            assert estimate_seconds(said, style) == pytest.approx(audio.duration(sound), rel=0.16)


@pytest.mark.parametrize("wanted", ["speech", "clips"])
async def test_chime_and_both_languages_are_equally_loud(studio: Studio, wanted: Wanted) -> None:
    style = Style(repeats=1)
    found = [lufs(audio.chime("full")), lufs(audio.chime("short"))]
    for call in CALLS:
        said = announce(call, style)
        (way, *_) = await studio.ways.of(said, wanted)
        found += [lufs(audio.decode_wav(await studio.ways.render(way, place, one))) for place, one in enumerate(said)]
    assert max(found) - min(found) < 2.0, found


async def test_the_rate_hurries_the_words_and_nothing_else(studio: Studio) -> None:
    call, seconds = CALLS[1], {}
    for rate in (100, 150, 220):
        style = Style(languages=("zh",), repeats=1, chime="none", gap_end=0.0, rate=rate)
        seconds[rate] = audio.duration(await studio.sound(announce(call, style), style, "speech"))
        chimed = msgspec.structs.replace(style, chime="full")
        longer = audio.duration(await studio.sound(announce(call, chimed), chimed, "speech"))
        assert longer - seconds[rate] == pytest.approx(1.5 + style.gap_chime, abs=0.1)
    assert seconds[100] > 1.2 * seconds[150] > 1.2 * 1.2 * seconds[220]


def test_the_measure_is_right() -> None:
    """A sine of 997 Hz at full scale is -3.01 LUFS (BS.1770-4, annex 1); half as loud is 6.02 less."""
    tone = [round(32767 * math.sin(2 * math.pi * 997 * at / audio.RATE)) for at in range(2 * audio.RATE)]
    assert lufs(array("h", tone)) == pytest.approx(-3.01, abs=0.1)
    assert lufs(array("h", [one // 2 for one in tone])) == pytest.approx(-9.03, abs=0.1)
    gap = audio.join([array("h", tone[:1000]), audio.silence(0.5), array("h", tone[:1000])])
    ((at, length),) = silences(gap)
    assert at == pytest.approx(1000 / audio.RATE, abs=0.002)
    assert length == pytest.approx(0.5, abs=0.002)
