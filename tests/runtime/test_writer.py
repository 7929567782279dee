"""The writer groups, orders and gates: nothing is answered, shown or read before the disk has it."""

import asyncio

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.upcast import verify
from onewindow.runtime.answers import Reply, WriterStopped
from onewindow.runtime.feed import Committed
from onewindow.runtime.live_day import LiveDay, load_day
from onewindow.runtime.writer import HallWriter
from tests.core_hall import DAY, T0, core_hall
from tests.queue.story import fingerprint
from tests.runtime.support import BY, HeldJournal, ManualClock, issue, numbers_of, running, settle


async def test_what_waits_together_becomes_one_commit() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        opened = journal.appends
        answers = await asyncio.gather(*(hall.submit(issue(), by=BY) for _ in range(200)))
        assert journal.appends - opened == 1
        assert len({number for answer in answers for number in numbers_of(answer)}) == 200


async def test_while_one_append_is_under_way_the_next_batch_gathers() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        journal.hold()
        first = asyncio.create_task(hall.submit(issue(), by=BY))
        await journal.reached.wait()
        rest = [asyncio.create_task(hall.submit(issue(), by=BY)) for _ in range(100)]
        await settle()
        opened_and_first = journal.appends
        journal.gate.set()
        await asyncio.gather(first, *rest)
        assert journal.appends - opened_and_first == 1


async def test_a_batch_has_a_bound() -> None:
    journal = HeldJournal()
    writer = HallWriter(core_hall(), journal, LiveDay.fresh(core_hall(), ""), ManualClock(), batch_limit=10)
    writer.start()
    await writer.turn_day(lambda live: (LiveDay.fresh(core_hall(), DAY), cmd.OpenDay(day=DAY, hall_digest="0")))
    await asyncio.gather(*(writer.submit(issue(), by=BY) for _ in range(95)))
    await writer.stop()
    commits = [commit async for commit in verify(journal.read(DAY), DAY)]
    assert [len(commit.entries) for commit in commits] == [1, *[10] * 9, 5]


async def test_answers_come_in_the_order_of_asking() -> None:
    async with running() as hall:
        answers = await asyncio.gather(*(hall.submit(issue(), by=BY) for _ in range(20)))
        given = [number for answer in answers for number in numbers_of(answer)]
        assert given == sorted(given)
        assert given[:4] == ["A001", "A002", "A003", "A005"]  # the test hall gives out no 4


async def test_nothing_is_told_before_the_append_is_done() -> None:
    """The answer, the readers, the listeners, a refusal and an outcome without events that follow: all wait."""
    journal, heard = HeldJournal(), []
    async with running(journal) as hall:
        await hall.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk:li")
        hall.subscribe(lambda step: heard.append(step.n))
        journal.hold()
        asked = [
            asyncio.create_task(hall.submit(command, by=BY))
            for command in (
                issue(),
                cmd.CancelTicket(ticket="20261124-A999"),  # refused
                cmd.CallHelp(window="01", on=False),  # nothing to do
            )
        ]
        await journal.reached.wait()
        reader = asyncio.create_task(hall.read(lambda live: (live.head.n, len(live.state.tickets))))
        await settle()
        assert not reader.done() and not heard and not any(task.done() for task in asked)
        journal.gate.set()
        assert await reader == (3, 1)
        assert heard == [3]
        first, refused, nothing = await asyncio.gather(*asked)
        assert numbers_of(first) == ["A001"]
        assert isinstance(refused, Refusal) and isinstance(nothing, Reply)


async def test_what_has_no_effect_is_answered_without_the_journal() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        appends = journal.appends
        assert isinstance(await hall.submit(cmd.CancelTicket(ticket="nobody"), by=BY), Refusal)
        assert isinstance(await hall.submit(cmd.Tick(), by="system"), Reply)
        assert journal.appends == appends


async def test_a_reader_between_two_batches_sees_the_first_only() -> None:
    """Readers get their turn under saturation: each sees exactly the commits that were durable when it ran."""
    journal, seen = HeldJournal(), list[int]()

    async def keep_asking(hall_submit: asyncio.Event) -> None:
        while not hall_submit.is_set():
            await hall.submit(issue(), by=BY)

    async def look() -> None:
        for _ in range(50):
            n, tickets = await hall.read(lambda live: (live.head.n, len(live.state.tickets)))
            stored = await journal.head(DAY)
            assert n <= stored.n
            entries = 0
            async for commit in verify(journal.read(DAY), DAY):
                if commit.n <= n:
                    entries += len(commit.entries) - (commit.n == 1)
            assert entries == tickets
            seen.append(n)

    async with running(journal) as hall:
        enough = asyncio.Event()
        askers = [asyncio.create_task(keep_asking(enough)) for _ in range(5)]
        async with asyncio.timeout(60):
            await asyncio.gather(look(), look())
        enough.set()
        await asyncio.gather(*askers)
    assert len(seen) == 100


async def test_a_reader_is_not_put_off_by_commands_that_keep_coming() -> None:
    """At every append another command arrives, so that the writer never rests; the reader gets in after one."""

    class Busy(HeldJournal):
        async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
            if self.appends < 100:
                asked.append(asyncio.create_task(hall.submit(issue(), by=BY)))
            await super().append(day, n, body, digest)

    asked: list[asyncio.Task[object]] = []
    journal = HeldJournal()
    async with running(journal) as hall:
        hall.writer._journal = busy = Busy(journal.inner)
        asked.append(asyncio.create_task(hall.submit(issue(), by=BY)))
        await busy.reached.wait()
        assert await hall.read(lambda live: live.head.n) == 2
        assert busy.appends < 3
        while len(asked) <= 100:
            await asyncio.gather(*asked)
        await asyncio.gather(*asked)
        assert busy.appends == 101


async def test_committed_may_be_read_until_the_next_await() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        state = await hall.committed()
        assert len(state.tickets) == 0
        journal.hold()
        asked = asyncio.create_task(hall.submit(issue(), by=BY))
        await journal.reached.wait()
        # What the documentation warns of: the same object is ahead of the disk now.
        assert len(state.tickets) == 1
        reading = asyncio.create_task(hall.committed())
        await settle()
        assert not reading.done()
        journal.gate.set()
        await asked
        assert len((await reading).tickets) == 1


async def test_a_submitter_that_goes_away_disturbs_nobody() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        journal.hold()
        under_way = asyncio.create_task(hall.submit(issue(), by=BY, key="k1"))
        await journal.reached.wait()
        waiting = [asyncio.create_task(hall.submit(issue(), by=BY)) for _ in range(3)]
        await settle()
        under_way.cancel()
        waiting[1].cancel()
        await settle()
        journal.gate.set()
        first, gone, last = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(gone, asyncio.CancelledError)
        # The one that was under way is done, the one that only waited was left out.
        assert isinstance(first, Reply) and numbers_of(first) == ["A002"]
        assert isinstance(last, Reply) and numbers_of(last) == ["A003"]
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(again, Reply) and again.replayed and numbers_of(again) == ["A001"]


async def test_command_time_never_runs_back() -> None:
    clock, journal = ManualClock(), MemoryJournal()
    async with running(journal, clock=clock) as hall:
        for now in (T0 + 5_000, T0 - 60_000, T0 + 4_000, T0 + 9_000):
            clock.now = now
            await hall.submit(issue(), by=BY)
    commits = [commit async for commit in verify(journal.read(DAY), DAY)]
    times = [commit.entries[0].at - T0 for commit in commits]
    assert times == [0, 5_000, 5_000, 5_000, 9_000]


async def test_listeners_hear_every_commit_once_in_order_and_one_that_fails_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[Committed] = []
    other: list[int] = []

    def broken(step: Committed) -> None:
        raise RuntimeError("a screen fell off the wall")

    async with running() as hall:
        hall.subscribe(broken)
        hall.subscribe(heard.append)
        unsubscribe = hall.subscribe(lambda step: other.append(step.n))
        await hall.submit(issue(), by=BY)
        unsubscribe()
        unsubscribe()
        answers = await asyncio.gather(*(hall.submit(issue(), by=BY) for _ in range(3)))
        assert all(isinstance(answer, Reply) for answer in answers)
    assert [(step.day, step.n, len(step.entries), step.fresh) for step in heard] == [
        (DAY, 2, 1, False),
        (DAY, 3, 3, False),
    ]
    assert isinstance(heard[0].entries[0].events[-1], ev.TicketIssued)
    assert other == [2]
    assert "A listener failed on 2026-11-24 #2" in caplog.text


async def test_the_replayed_day_is_the_live_one() -> None:
    journal = MemoryJournal()
    async with running(journal) as hall:
        await hall.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk:li")
        for command in (issue(), issue("N-2"), issue("S-1")):
            await hall.submit(command, by=BY)
        await hall.submit(cmd.CallNext(window="01"), by="clerk:li")
        loaded = await load_day(journal, hall.hall, DAY)
        live, replayed = await hall.read(lambda live: fingerprint(live.state)), fingerprint(loaded.live.state)
        assert live == replayed


async def test_stopping_finishes_what_waits_and_takes_no_more() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        journal.hold()
        asked = [asyncio.create_task(hall.submit(issue(), by=BY)) for _ in range(2)]
        await journal.reached.wait()
        asked.append(asyncio.create_task(hall.submit(issue(), by=BY)))
        await settle()
        stopping = asyncio.create_task(hall.writer.stop())
        await settle()
        with pytest.raises(WriterStopped, match="服务器正在停止"):
            await hall.submit(issue(), by=BY)
        journal.gate.set()
        await stopping
        assert [numbers_of(answer) for answer in await asyncio.gather(*asked)] == [["A001"], ["A002"], ["A003"]]
