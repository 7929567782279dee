"""A full disk, a lost reply, another writer, a defect: never a half state, and the hall goes on."""

import asyncio

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide import execute
from onewindow.queue.journal import VERSION, Commit, Entry, encode, hash_of
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.state import HallDay
from onewindow.runtime import writer as writer_module
from onewindow.runtime.answers import CommandCrashed, JournalUnavailable, Reply
from onewindow.runtime.feed import Committed
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import load_day
from tests.core_hall import DAY, T0
from tests.queue.story import fingerprint
from tests.runtime.support import BY, DAY_MS, HeldJournal, ManualClock, issue, numbers, numbers_of, running, settle

FULL = OSError(28, "No space left on device")


async def as_the_journal_says(hall: HallRuntime) -> bool:
    loaded = await load_day(hall.journal, hall.hall, hall.day)
    return await hall.read(lambda live: (fingerprint(live.state), live.head, live.keys)) == (
        fingerprint(loaded.live.state),
        loaded.live.head,
        loaded.live.keys,
    )


async def test_a_full_disk_fails_its_commands_and_the_next_one_works() -> None:
    journal, heard = HeldJournal(), list[Committed]()
    async with running(journal) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        hall.subscribe(heard.append)
        journal.failures = [FULL]
        failed = await asyncio.gather(
            hall.submit(issue(), by=BY, key="k2"),
            hall.submit(issue(), by=BY),
            hall.submit(cmd.CancelTicket(ticket="20261124-A002"), by=BY),
            hall.submit(cmd.CancelTicket(ticket="nobody"), by=BY),
            return_exceptions=True,
        )
        for error in failed:
            assert isinstance(error, JournalUnavailable)
            assert error.done is False
            assert "No space left on device" in str(error) and "什么都没有登记" in str(error)
        assert await as_the_journal_says(hall)
        assert [(step.n, step.entries, step.fresh) for step in heard] == [(2, (), True)]
        retried = await hall.submit(issue(), by=BY, key="k2")
        assert isinstance(retried, Reply) and not retried.replayed and numbers_of(retried) == ["A002"]
        assert await as_the_journal_says(hall)


async def test_what_was_answered_before_is_still_answered_after_a_failure() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        journal.failures = [FULL]
        with pytest.raises(JournalUnavailable):
            await hall.submit(issue(), by=BY, key="k2")
        assert await hall.submit(issue(), by=BY, key="k1") == Reply(201, b'{"numbers":["A001"]}', replayed=True)


async def test_a_failure_keeps_the_keys_of_the_day_before() -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        clock.now += DAY_MS
        await hall.turn()
        journal.failures = [FULL]
        with pytest.raises(JournalUnavailable):
            await hall.submit(issue(), by=BY)
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(again, Reply) and again.replayed


async def test_readers_wait_for_the_rebuilt_state() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        journal.hold()
        journal.failures = [FULL]
        asked = asyncio.create_task(hall.submit(issue(), by=BY))
        await journal.reached.wait()
        reader = asyncio.create_task(hall.read(lambda live: len(live.state.tickets)))
        await settle()
        assert not reader.done()
        journal.gate.set()
        assert await reader == 0
        with pytest.raises(JournalUnavailable):
            await asked


async def test_an_append_whose_reply_was_lost_counts_once() -> None:
    """The commit is in the journal though the append failed: it is found there, published and answered."""
    journal, heard = HeldJournal(), list[Committed]()
    async with running(journal) as hall:
        hall.subscribe(heard.append)
        journal.late_failures = [ConnectionError("the reply was lost")]
        assert numbers_of(await hall.submit(issue(), by=BY, key="k1")) == ["A001"]
        assert [(step.n, len(step.entries), step.fresh) for step in heard] == [(2, 1, True)]
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]
        assert await as_the_journal_says(hall)


async def test_another_writers_commit_is_followed_and_ours_fails() -> None:
    journal, heard = HeldJournal(), list[Committed]()
    async with running(journal) as hall:
        await hall.submit(issue(), by=BY)
        hall.subscribe(heard.append)
        theirs = HallDay(hall.hall)
        done = execute(theirs, cmd.OpenDay(day=DAY, hall_digest=hall.hall.digest), T0)
        for command in (issue(), issue("S-1")):
            done = execute(theirs, command, T0)
        assert isinstance(done, tuple)
        head = await journal.head(DAY)
        entry = Entry(at=T0, by="guide:elsewhere", do="issue_tickets", events=done, key="e1")
        body = encode(Commit(version=VERSION, hall="core", day=DAY, n=3, prev=head.hash, entries=(entry,)))
        await journal.inner.append(DAY, 3, body, hash_of(body))
        with pytest.raises(JournalUnavailable) as refused:
            await hall.submit(issue(), by=BY)
        assert refused.value.done is False
        assert await hall.read(lambda live: list(live.state.tickets)) == ["20261124-A001", "20261124-C001"]
        assert [(step.n, step.entries[0].by, step.fresh) for step in heard] == [(3, "guide:elsewhere", True)]
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]


async def test_a_journal_that_cannot_be_read_back_shows_nothing_until_it_can() -> None:
    journal, heard = HeldJournal(), list[Committed]()
    async with running(journal) as hall:
        await hall.submit(issue(), by=BY)
        hall.subscribe(heard.append)
        journal.failures = [FULL]
        journal.read_failures = [OSError("input/output error"), OSError("input/output error")]
        with pytest.raises(JournalUnavailable) as unknown:
            await hall.submit(issue(), by=BY)
        assert unknown.value.done is None and "暂时无法确认" in str(unknown.value)
        assert "input/output error" in (hall.writer.lost or "")
        with pytest.raises(JournalUnavailable):
            await hall.read(lambda live: live.day)
        with pytest.raises(JournalUnavailable) as refused:  # the second read fails, too
            await hall.submit(issue(), by=BY)
        assert refused.value.done is False
        assert heard == []
        hall.writer.nudge()
        await settle()
        assert not hall.writer.lost
        assert [(step.n, step.entries, step.fresh) for step in heard] == [(2, (), True)]
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]


async def test_a_commit_that_could_not_be_confirmed_is_published_once_it_can() -> None:
    journal, heard = HeldJournal(), list[Committed]()
    async with running(journal) as hall:
        hall.subscribe(heard.append)
        journal.late_failures = [ConnectionError("the reply was lost")]
        journal.read_failures = [ConnectionError("still away")]
        with pytest.raises(JournalUnavailable) as unknown:
            await hall.submit(issue(), by=BY, key="k1")
        assert unknown.value.done is None
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(again, Reply) and again.replayed and numbers_of(again) == ["A001"]
        assert [(step.n, len(step.entries), step.fresh) for step in heard] == [(2, 1, True)]


async def test_a_day_that_could_not_be_opened_leaves_the_live_one_and_is_tried_again() -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY)
        clock.now += DAY_MS
        journal.failures = [FULL]
        with pytest.raises(JournalUnavailable):
            await hall.turn()
        assert hall.day == DAY
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]
        await hall.turn()
        assert hall.day == "2026-11-25"
        assert await hall.read(lambda live: [t.previous for t in live.state.tickets.values()]) == [
            "20261124-A001",
            "20261124-A002",
        ]
        assert await as_the_journal_says(hall)


async def test_a_day_whose_opening_got_lost_on_the_way_back_is_open() -> None:
    journal, clock = HeldJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        clock.now += DAY_MS
        journal.late_failures = [ConnectionError("the reply was lost")]
        await hall.turn()
        assert hall.day == "2026-11-25"
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(again, Reply) and again.replayed
        assert await hall.read(lambda live: len(live.state.tickets)) == 1


# --- defects ---------------------------------------------------------------------------------------------------


async def test_a_command_that_crashes_half_way_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in deciding: the command's partial effects are dropped, the others of its batch stand."""

    def defective(state: HallDay, command: cmd.AnyCommand, at: int) -> object:
        if isinstance(command, cmd.CountConsult):
            execute(state, issue(), at)  # changes the state, and then …
            raise KeyError("a defect")
        return execute(state, command, at)

    monkeypatch.setattr(writer_module, "execute", defective)
    heard = list[Committed]()
    async with running() as hall:
        hall.subscribe(heard.append)
        answers = await asyncio.gather(
            hall.submit(issue(), by=BY, key="k1"),
            hall.submit(cmd.CountConsult(), by=BY),
            hall.submit(issue(), by=BY, key="k2"),
            hall.submit(cmd.CountConsult(), by=BY),
            return_exceptions=True,
        )
        first, crashed, second, crashed_too = answers
        assert isinstance(first, Reply) and numbers_of(first) == ["A001"]
        assert isinstance(second, Reply) and numbers_of(second) == ["A002"]
        assert isinstance(crashed, CommandCrashed) and isinstance(crashed_too, CommandCrashed)
        assert "count_consult" in str(crashed) and "什么都没有登记" in str(crashed)
        assert await hall.read(lambda live: list(live.state.tickets)) == ["20261124-A001", "20261124-A002"]
        assert await as_the_journal_says(hall)
        assert [entry.do for step in heard for entry in step.entries] == ["issue_tickets", "issue_tickets"]
        assert all(isinstance(entry.events[-1], ev.TicketIssued) for step in heard for entry in step.entries)


@pytest.mark.parametrize("body", [b"", b"{", b'{"numbers":[]} trailing', "号".encode("gbk")])
async def test_a_malformed_reply_never_reaches_the_journal(body: bytes) -> None:
    def broken(state: HallDay, command: cmd.AnyCommand, events: object, at: int) -> tuple[int, bytes]:
        return 201, body

    journal = MemoryJournal()
    async with running(journal, build_reply=broken) as hall:
        with pytest.raises(CommandCrashed):
            await hall.submit(issue(), by=BY, key="k1")
        assert (await journal.head(DAY)).n == 1
        assert await as_the_journal_says(hall)


async def test_a_failing_preparation_fails_its_command_alone() -> None:
    def prepare(state: HallDay, command: cmd.AnyCommand, at: int) -> cmd.AnyCommand:
        if isinstance(command, cmd.IssueTickets) and command.copies == 2:
            raise RuntimeError("no forecast")
        return command

    async with running(prepare=prepare, build_reply=numbers) as hall:
        two = cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), copies=2)
        good, bad = await asyncio.gather(hall.submit(issue(), by=BY), hall.submit(two, by=BY), return_exceptions=True)
        assert isinstance(good, Reply) and isinstance(bad, CommandCrashed)
        assert await as_the_journal_says(hall)


async def test_a_journal_that_has_forgotten_what_was_confirmed_is_not_gone_on_with() -> None:
    """Its file was put back from a copy while the hall runs: the next append doesn't fit any more."""
    journal = HeldJournal()
    async with running(journal) as hall:
        await hall.submit(issue(), by=BY)
        await hall.submit(issue(), by=BY)
        assert isinstance(journal.inner, MemoryJournal)
        del journal.inner._days[DAY][-1]
        for _ in range(2):
            with pytest.raises(JournalUnavailable, match="确认到第 3 条，现在到第 2 条"):
                await hall.submit(issue(), by=BY)
            assert hall.writer.lost
            hall.writer.nudge()
