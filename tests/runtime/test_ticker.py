"""Time passes in the core only when something is due, and nothing is journaled otherwise."""

import logging

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.state import DayPhase
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.ticker import Ticker
from onewindow.zones.calendar import closing_of
from tests.core_hall import DAY, MINUTE, T0, core_hall
from tests.runtime.support import BY, HeldJournal, ManualClock, issue, running

CLOSING = closing_of(core_hall().settings, DAY)


def ticker_of(hall: HallRuntime) -> Ticker:
    return Ticker(hall.writer, hall.clock, hall.turn)


async def test_a_beat_with_nothing_due_writes_nothing() -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY)
        appends = journal.appends
        for _ in range(60):
            clock.now += 1_000
            await ticker_of(hall).beat()
        assert journal.appends == appends


async def test_a_time_away_ends_by_itself() -> None:
    clock = ManualClock()
    async with running(clock=clock) as hall:
        await hall.submit(issue(), by=BY)
        await hall.submit(cmd.StepAway(ticket="20261124-A001"), by=BY)
        until = await hall.read(lambda live: live.state.tickets["20261124-A001"].away_until)
        assert until is not None
        clock.now = until - 1
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.away) == {"20261124-A001"}
        clock.now = until
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.away) == set()


async def test_intake_stops_at_the_set_time_once() -> None:
    clock = ManualClock()
    async with running(clock=clock) as hall:
        clock.now = CLOSING - 1
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.phase) is DayPhase.OPEN
        clock.now = CLOSING
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.phase) is DayPhase.CLOSING
        await hall.submit(cmd.ResumeIntake(), by="supervisor:sun")
        clock.now += MINUTE
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.phase) is DayPhase.OPEN


@pytest.mark.parametrize("restart", [False, True])
async def test_a_day_opened_after_closing_time_stays_open(restart: bool) -> None:
    journal, clock = MemoryJournal(), ManualClock(CLOSING + 120 * MINUTE)
    async with running(journal, clock=clock) as hall:
        await ticker_of(hall).beat()
        assert await hall.read(lambda live: live.state.phase) is DayPhase.OPEN
    if restart:
        async with running(journal, clock=clock) as hall:
            await ticker_of(hall).beat()
            assert await hall.read(lambda live: live.state.phase) is DayPhase.OPEN


async def test_a_suspect_clock_lets_no_time_pass() -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY)
        await hall.submit(cmd.StepAway(ticket="20261124-A001"), by=BY)
    clock.now = T0 - 10 * 86_400_000
    async with running(journal, clock=clock) as hall:
        appends = journal.appends
        await ticker_of(hall).beat()
        assert journal.appends == appends and hall.day == DAY


async def test_a_failing_beat_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        journal.failures = [OSError(28, "No space left on device")] * 2
        clock.now = CLOSING
        ticker = ticker_of(hall)
        with caplog.at_level(logging.WARNING):
            ticker.start(0)
            stopped = HeldJournal().reached
            hall.subscribe(lambda step: stopped.set() if step.state.phase is DayPhase.CLOSING else None)
            await stopped.wait()
            await ticker.stop()
        assert caplog.text.count("什么都没有登记") == 2
