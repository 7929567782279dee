"""The workers that all halls have in common: one hall's end, or its impatience, costs the others nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from onewindow.forecast.day_summary import DaySummary
from onewindow.halls.workers import ForecastOfAll, VoiceOfAll
from onewindow.outlook.protocol import Fold, Folded
from onewindow.outlook.worker import Worker
from onewindow.voice.engine import VoiceUnavailable
from onewindow.voice.wording import Utterance
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.hall_app import anqiu
from tests.outlook.patience import until
from tests.server import ROOT

SMALL = ROOT / "halls" / "small"


@pytest.fixture
async def voice() -> AsyncIterator[VoiceOfAll]:
    made = VoiceOfAll()
    yield made
    await made.end()


def utterance(text: str) -> Utterance:
    return Utterance(text=text, language="zh", voice="sit/cmn", rate=150, level_db=-18.0, gap=0.0)


async def test_a_hall_that_no_longer_waits_does_not_cost_the_worker_its_life(voice: VoiceOfAll) -> None:
    assert (await voice.render(utterance("一号"))).startswith(b"RIFF")
    pid = voice.pid
    impatient = asyncio.create_task(voice.render(utterance("请二号到三号窗口")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await voice.render(utterance("四号"))).startswith(b"RIFF")
    assert impatient.cancelled() and voice.pid == pid and voice.starts == 1


async def test_the_end_of_a_hall_is_not_the_end_of_the_voice(voice: VoiceOfAll) -> None:
    await voice.render(utterance("一号"))
    await voice.aclose()
    assert (await voice.render(utterance("二号"))).startswith(b"RIFF") and voice.starts == 1
    await voice.end()
    with pytest.raises(VoiceUnavailable, match="closed"):
        await voice.render(utterance("三号"))


@pytest.mark.parametrize("make", [VoiceOfAll, lambda: ForecastOfAll(ROOT / ".pytest_cache" / "outlook")])
async def test_a_hall_that_ends_meanwhile_does_not_end_a_worker_that_starts(
    make: Callable[[], VoiceOfAll | ForecastOfAll],
) -> None:
    made = make()
    ends = asyncio.create_task(made.start())
    await until(lambda: made.pid is not None)
    pid = made.pid
    ends.cancel()
    await asyncio.gather(ends, return_exceptions=True)
    await made.start()
    assert ends.cancelled() and made.pid == pid and made.starts == 1
    await made.end()


def test_the_days_of_two_halls_are_folded_side_by_side() -> None:
    east, west = anqiu(), load_hall(SMALL)
    worker = Worker()

    def part(hall: Hall, day: str, *, last: bool) -> DaySummary | None:
        answer = worker.serve(Fold(hall=hall, day=day, first=not last, last=last, bodies=()))
        assert isinstance(answer, Folded)
        return answer.summary

    for hall, day in ((east, "2026-11-23"), (west, "2026-11-24")):
        assert part(hall, day, last=False) is None
    for hall, day in ((east, "2026-11-23"), (west, "2026-11-24")):
        summary = part(hall, day, last=True)
        assert summary is not None and summary.day == day
