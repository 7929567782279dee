"""Days: opened, carried over, turned while running, and a clock that can't be right."""

import asyncio
from pathlib import Path

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.file_lock import FileInUse
from onewindow.queue.journal import GENESIS, VERSION, Commit, JournalBroken, StoredCommit, encode, hash_of
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import TicketState
from onewindow.queue.upcast import decode, verify
from onewindow.runtime.answers import Reply
from onewindow.runtime.feed import Committed
from onewindow.runtime.hall import HallRuntime, open_runtime
from tests.core_hall import DAY, MINUTE, T0, core_hall
from tests.runtime.support import BY, DAY_MS, ManualClock, issue, numbers_of, running

NEXT = "2026-11-25"


async def serve_some(hall: HallRuntime, clock: ManualClock) -> None:
    """A001 served, A002 called, A003 held, A005 gave up, A006 chose tomorrow, A007 waits, A008 cancelled."""
    await hall.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk:li")
    await hall.submit(cmd.OpenWindow(window="02", clerk="ma"), by="clerk:ma")
    for _ in range(7):
        clock.now += MINUTE
        await hall.submit(issue(), by=BY)
    for command in (
        cmd.CallNext(window="01"),
        cmd.StartService(window="01"),
        cmd.CallNext(window="02"),
        cmd.HoldTicket(window="02", reason=hall.hall.settings.hold_reasons[0].code),
        cmd.CallNext(window="02"),
        cmd.SettleTicket(ticket="20261124-A005", choice="give_up"),
        cmd.SettleTicket(ticket="20261124-A006", choice="tomorrow"),
        cmd.CancelTicket(ticket="20261124-A008"),
    ):
        answer = await hall.submit(command, by=BY)
        assert isinstance(answer, Reply), answer


CARRIED = [
    ("A001", "20261124-A002", T0 + 2 * MINUTE),  # held
    ("A002", "20261124-A003", T0 + 3 * MINUTE),  # called
    ("A003", "20261124-A006", T0 + 5 * MINUTE + MINUTE * 0),  # tomorrow
    ("A005", "20261124-A007", T0 + 6 * MINUTE),  # waiting
]


@pytest.mark.parametrize("how", ["live", "restart"])
async def test_the_next_day_takes_over_what_the_hall_owes(how: str) -> None:
    journal, clock, heard = MemoryJournal(), ManualClock(), list[Committed]()
    async with running(journal, clock=clock) as hall:
        await serve_some(hall, clock)
        head = await journal.head(DAY)
        clock.now = T0 + DAY_MS
        if how == "live":
            hall.subscribe(heard.append)
            assert await hall.turn()
    async with running(journal, clock=clock) as hall:
        assert hall.day == NEXT
        tickets = await hall.read(lambda live: list(live.state.tickets.values()))
        assert [(t.number, t.previous, t.seniority) for t in tickets] == CARRIED
        assert {t.state for t in tickets} == {TicketState.WAITING}
        assert await hall.read(lambda live: live.state.previous_day) == DAY
    first, *_ = [commit async for commit in verify(journal.read(NEXT), NEXT, head.hash)]
    opened = first.entries[0].events[0]
    assert isinstance(opened, ev.DayOpened)
    assert (opened.previous_day, opened.previous_head, opened.hall_digest) == (DAY, head.hash, core_hall().digest)
    if how == "live":
        assert [(step.day, step.n, step.fresh, step.state.day) for step in heard] == [(NEXT, 1, True, NEXT)]
        assert heard[0].entries == first.entries


async def test_the_turn_comes_at_the_roll_over_and_once() -> None:
    clock = ManualClock(T0)
    async with running(clock=clock) as hall:
        clock.now = T0 + 19 * 60 * MINUTE + 29 * MINUTE  # 03:59 of the next morning
        await hall.turn()
        assert hall.day == DAY
        clock.now += MINUTE
        await hall.turn()
        await hall.turn()
        assert hall.day == NEXT
        assert await hall.read(lambda live: live.head.n) == 1


async def test_two_who_turn_the_day_at_once_turn_it_once() -> None:
    clock = ManualClock()
    async with running(clock=clock) as hall:
        clock.now += DAY_MS
        assert all(await asyncio.gather(hall.turn(), hall.turn()))
        assert await hall.read(lambda live: (live.day, live.head.n)) == (NEXT, 1)


async def test_no_command_falls_between_two_days() -> None:
    """Everything that was asked before the turn is in the old day, and what waits there is in the new one."""
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        clock.now += DAY_MS
        before = [asyncio.create_task(hall.submit(issue(), by=BY)) for _ in range(5)]
        turning = asyncio.create_task(hall.turn())
        await asyncio.sleep(0)
        while not turning.done():
            before.append(asyncio.create_task(hall.submit(issue(), by=BY)))
            await asyncio.sleep(0)
        await asyncio.gather(*before)
        old = [c async for c in verify(journal.read(DAY), DAY)]
        new = [c async for c in verify(journal.read(NEXT), NEXT, hash_of(encode(old[-1])))]
        issued = [
            e for c in (*old, *new) for entry in c.entries for e in entry.events if isinstance(e, ev.TicketIssued)
        ]
        own = [e for e in issued if e.previous is None]
        assert new[0].entries[0].do == "open_day"
        for commit in (*old, *new):
            ids = [e.ticket for entry in commit.entries for e in entry.events if isinstance(e, ev.TicketIssued)]
            assert all(ticket.startswith(commit.day.replace("-", "")) for ticket in ids)
        assert len(own) == len(before)
        carried = {e.previous for e in issued if e.previous is not None}
        assert carried == {e.ticket for e in own if e.ticket.startswith("20261124")}


async def test_a_first_day_has_no_day_before() -> None:
    journal = MemoryJournal()
    async with running(journal) as hall:
        assert hall.day == DAY
    (first,) = [commit async for commit in verify(journal.read(DAY), DAY, GENESIS)]
    opened = first.entries[0].events[0]
    assert isinstance(opened, ev.DayOpened) and opened.previous_day is None and not opened.carried


# --- the clock -------------------------------------------------------------------------------------------------


async def test_a_day_before_the_last_needs_a_persons_word() -> None:
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY)
    clock.now = T0 - 3 * DAY_MS
    async with running(journal, clock=clock) as hall:
        suspect = hall.clock_suspect
        assert suspect is not None and (suspect.day, suspect.last, suspect.blocks) == ("2026-11-21", DAY, True)
        refused = await hall.submit(issue(), by=BY)
        assert isinstance(refused, Refusal) and refused.code == "day_before_last"
        assert "2026-11-21" in refused.zh and DAY in refused.en
        assert not await hall.turn()
        assert await hall.read(lambda live: (live.day, len(live.state.tickets))) == (DAY, 1)
        confirmed = await hall.confirm_day()
        assert isinstance(confirmed, Reply)
        assert hall.clock_suspect is None and hall.day == "2026-11-21"
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]  # A001 is the carried one
        assert await hall.confirm_day() is None


async def test_one_word_is_enough_after_a_clock_from_the_future() -> None:
    """A wrong clock opened 2027; the confirmed day follows it in the chain, and the days after open by themselves."""
    journal, clock = MemoryJournal(), ManualClock(T0 + 100 * DAY_MS)
    async with running(journal, clock=clock):
        clock.now = T0
    async with running(journal, clock=clock) as hall:
        await hall.confirm_day()
    for days in (0, 1, 2):
        clock.now = T0 + days * DAY_MS
        async with running(journal, clock=clock) as hall:
            assert hall.clock_suspect is None
            assert hall.day == f"2026-11-{24 + days}"


async def test_a_clock_put_right_lifts_the_suspicion() -> None:
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock):
        clock.now = T0 - DAY_MS
    async with running(journal, clock=clock) as hall:
        assert hall.clock_suspect is not None
        clock.now = T0 + MINUTE
        assert await hall.turn()
        assert not hall.clock_suspect
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A001"]


async def test_a_clock_that_steps_back_while_running_stops_nobody() -> None:
    clock = ManualClock()
    async with running(clock=clock) as hall:
        clock.now = T0 - DAY_MS
        assert await hall.turn()
        suspect = hall.clock_suspect
        assert suspect is not None and not suspect.blocks
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A001"]
        assert hall.day == DAY
        clock.now = T0
        assert await hall.turn()
        assert hall.clock_suspect is None


async def test_confirming_returns_to_a_day_that_was_begun_before() -> None:
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        clock.now += DAY_MS
        await hall.turn()
        clock.now -= DAY_MS
        await hall.turn()
        _, again, next_one = await asyncio.gather(
            hall.confirm_day(), hall.submit(issue(), by=BY, key="k1"), hall.submit(issue(), by=BY)
        )
        assert hall.day == DAY
        assert isinstance(again, Reply) and again.replayed
        assert numbers_of(next_one) == ["A002"]
        assert await hall.read(lambda live: list(live.state.tickets)) == ["20261124-A001", "20261124-A002"]


async def test_a_day_that_was_left_is_never_taken_for_the_last_again() -> None:
    """A clock of the future passes over today; a person goes back, and the next morning follows the right day."""
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        await hall.submit(issue(), by=BY)
        clock.now = T0 + 400 * DAY_MS
        await hall.turn()
        clock.now = T0 + MINUTE
        await hall.turn()
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]  # in the wrong day
        await hall.confirm_day("supervisor:zhao")
        assert hall.day == DAY
    async with running(journal, clock=clock) as hall:  # before anything else has happened in the right day
        assert (hall.day, hall.clock_suspect) == (DAY, None)
        await hall.submit(cmd.CancelTicket(ticket="20261124-A001"), by=BY)
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]
    for days in (1, 2):
        clock.now = T0 + days * DAY_MS
        async with running(journal, clock=clock) as hall:
            assert (hall.day, hall.clock_suspect) == (f"2026-11-{24 + days}", None)
            previous = await hall.read(lambda live: [t.previous for t in live.state.tickets.values()])
            assert previous == [f"202611{23 + days}-A00{3 - days}"]
    *_, last = [stored async for stored in journal.read("2027-12-29")]
    (left,) = decode(last.body).entries
    assert (left.by, left.do) == ("supervisor:zhao", "leave_day")


async def test_a_day_that_was_left_counts_again_once_it_has_come() -> None:
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        clock.now = T0 + DAY_MS
        await hall.turn()
        clock.now = T0
        await hall.turn()
        await hall.confirm_day()
        await hall.submit(issue(), by=BY)
    clock.now = T0 + DAY_MS
    async with running(journal, clock=clock) as hall:
        assert hall.day == "2026-11-25"
        await hall.submit(issue(), by=BY)
    clock.now = T0
    async with running(journal, clock=clock) as hall:
        suspect = hall.clock_suspect
        assert suspect is not None and (suspect.last, suspect.blocks) == ("2026-11-25", True)


# --- a journal that can't be trusted ---------------------------------------------------------------------------


async def two_days() -> tuple[MemoryJournal, ManualClock]:
    journal, clock = MemoryJournal(), ManualClock()
    async with running(journal, clock=clock) as hall:
        for _ in range(3):
            await hall.submit(issue(), by=BY)
        clock.now += DAY_MS
        await hall.turn()
        await hall.submit(issue(), by=BY)
    return journal, clock


async def doctored(journal: MemoryJournal, day: str, change: dict[int, StoredCommit | None]) -> MemoryJournal:
    """The journal with some commits of a day replaced or, from there on, cut off."""
    other = MemoryJournal()
    for known in await journal.days():
        async for stored in journal.read(known):
            if known == day and stored.n in change:
                replacement = change[stored.n]
                if replacement is None:
                    break
                stored = replacement
            await other.append(known, stored.n, stored.body, stored.hash)
    return other


async def test_the_chain_holds_over_days() -> None:
    journal, clock = await two_days()
    async with running(await doctored(journal, DAY, {}), clock=clock) as hall:
        assert hall.day == NEXT


@pytest.mark.parametrize("day", [DAY, NEXT])
async def test_a_doctored_commit_stops_the_start_and_is_named(day: str) -> None:
    journal, clock = await two_days()
    stored = [one async for one in journal.read(day)][1]
    forged = StoredCommit(day, 2, stored.body.replace(b"guide:wang", b"guide:zhao"), stored.hash)
    with pytest.raises(JournalBroken, match=f"{day} #2:"):
        async with running(await doctored(journal, day, {2: forged}), clock=clock):
            pass


async def test_a_day_before_whose_end_was_cut_off_shows() -> None:
    journal, clock = await two_days()
    with pytest.raises(JournalBroken, match=f"journal of {DAY} is not whole"):
        async with running(await doctored(journal, DAY, {4: None}), clock=clock):
            pass


async def test_a_day_before_that_was_rewritten_with_a_good_chain_shows() -> None:
    """Who rewrites a whole day consistently is still betrayed by the head that the next day carries."""
    journal, clock = await two_days()
    prev, forged = GENESIS, dict[int, StoredCommit | None]()
    async for stored in journal.read(DAY):
        commit = decode(stored.body.replace(b"guide:wang", b"guide:zhao"))
        body = encode(Commit(version=VERSION, hall="core", day=DAY, n=commit.n, prev=prev, entries=commit.entries))
        prev = hash_of(body)
        forged[stored.n] = StoredCommit(DAY, stored.n, body, prev)
    with pytest.raises(JournalBroken, match=f"journal of {DAY} is not whole"):
        async with running(await doctored(journal, DAY, forged), clock=clock):
            pass


async def test_another_halls_journal_is_not_taken_for_ours() -> None:
    journal, _ = await two_days()
    stored, *_ = [one async for one in journal.read(DAY)]
    body = stored.body.replace(b'"hall":"core"', b'"hall":"else"')
    with pytest.raises(JournalBroken, match="hall else, not core"):
        async with running(
            await doctored(journal, DAY, {1: StoredCommit(DAY, 1, body, hash_of(body)), 2: None}),
            clock=ManualClock(T0),
        ):
            pass


# --- the file --------------------------------------------------------------------------------------------------


async def test_the_data_lie_under_the_data_directory_and_have_one_owner(tmp_path: Path) -> None:
    data = tmp_path / "var"
    async with running(folder=data) as hall:
        await hall.submit(issue(), by=BY)
        with pytest.raises(FileInUse, match=r"core\.journal"):
            async with running(folder=data):
                pass
        assert numbers_of(await hall.submit(issue(), by=BY)) == ["A002"]
    assert (data / "core.journal").exists()


async def test_the_runtime_beats_by_itself(tmp_path: Path) -> None:
    clock, turned = ManualClock(), asyncio.Event()
    async with open_runtime(core_hall(), tmp_path, clock=clock, tick_seconds=0.001) as hall:
        hall.subscribe(lambda step: turned.set() if step.day == NEXT else None)
        clock.now += DAY_MS
        async with asyncio.timeout(30):
            await turned.wait()
        assert hall.day == NEXT
