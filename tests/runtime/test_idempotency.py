"""One key, one effect: at once, after a restart, over the turn of the day, and never for another request."""

import asyncio
from pathlib import Path

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.refusals import Fault, Refusal
from onewindow.runtime.answers import Reply
from tests.runtime.support import BY, DAY_MS, HeldJournal, ManualClock, issue, numbers_of, running


async def test_the_same_key_twice_at_once_issues_one_ticket() -> None:
    async with running() as hall:
        first, second = await asyncio.gather(
            hall.submit(issue(), by=BY, key="k1"), hall.submit(issue(), by=BY, key="k1")
        )
        assert first == Reply(201, b'{"numbers":["A001"]}')
        assert second == Reply(201, b'{"numbers":["A001"]}', replayed=True)
        assert await hall.read(lambda live: len(live.state.tickets)) == 1


async def test_a_key_whose_commit_is_under_way_waits_for_it() -> None:
    journal = HeldJournal()
    async with running(journal) as hall:
        journal.hold()
        first = asyncio.create_task(hall.submit(issue(), by=BY, key="k1"))
        await journal.reached.wait()
        second = asyncio.create_task(hall.submit(issue(), by=BY, key="k1"))
        await asyncio.sleep(0)
        assert not first.done() and not second.done()
        journal.gate.set()
        assert numbers_of(await first) == numbers_of(await second) == ["A001"]
        assert journal.appends == 2  # the day, and the one ticket


async def test_the_same_key_after_a_restart_returns_the_first_reply(tmp_path: Path) -> None:
    async with running(folder=tmp_path) as hall:
        first = await hall.submit(issue(), by=BY, key="k1")
    async with running(folder=tmp_path) as hall:
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(first, Reply) and isinstance(again, Reply)
        assert (again.status, again.body, again.replayed) == (first.status, first.body, True)
        assert numbers_of(await hall.submit(issue(), by=BY, key="k2")) == ["A002"]


@pytest.mark.parametrize("restarts", [0, 1, 2])
async def test_a_retry_may_cross_the_turn_of_the_day(restarts: int) -> None:
    """While running; with a restart that opens the new day; with one more that finds it open."""
    journal, clock = MemoryJournal(), ManualClock()
    first = Reply(201, b'{"numbers":["A001"]}')
    async with running(journal, clock=clock) as hall:
        assert await hall.submit(issue(), by=BY, key="k1") == first
        clock.now += DAY_MS
        if not restarts:
            await hall.turn()
            assert await hall.submit(issue(), by=BY, key="k1") == again(first)
    for _ in range(restarts):
        async with running(journal, clock=clock) as hall:
            assert hall.day == "2026-11-25"
            assert await hall.submit(issue(), by=BY, key="k1") == again(first)


def again(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body, replayed=True)


@pytest.mark.parametrize("together", [False, True])
async def test_the_same_key_with_another_body_is_refused(together: bool) -> None:
    async with running() as hall:
        asked = [hall.submit(issue(), by=BY, key="k1"), hall.submit(issue("N-2"), by=BY, key="k1")]
        first, second = await asyncio.gather(*asked) if together else [await one for one in asked]
        assert numbers_of(first) == ["A001"]
        assert isinstance(second, Refusal)
        assert (second.code, second.fault) == ("key_reused", Fault.INVALID)
        assert await hall.read(lambda live: len(live.state.tickets)) == 1


async def test_a_key_belongs_to_its_principal() -> None:
    async with running() as hall:
        mine = await hall.submit(issue(), by="guide:wang", key="k1")
        yours = await hall.submit(issue(), by="guide:zhao", key="k1")
        assert (numbers_of(mine), numbers_of(yours)) == (["A001"], ["A002"])


async def test_without_a_key_every_request_is_a_new_one() -> None:
    async with running() as hall:
        answers = await asyncio.gather(*(hall.submit(issue(), by=BY) for _ in range(3)))
        assert [numbers_of(answer) for answer in answers] == [["A001"], ["A002"], ["A003"]]


async def test_what_had_no_effect_is_decided_afresh() -> None:
    """Nobody waited, then somebody does: the retry under the same key calls them. So with a refusal."""
    async with running() as hall:
        call = cmd.CallNext(window="01")
        assert isinstance(await hall.submit(call, by="clerk:li", key="c1"), Refusal)
        await hall.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk:li")
        nobody = await hall.submit(call, by="clerk:li", key="c1")
        assert isinstance(nobody, Reply) and not nobody.replayed
        await hall.submit(issue(), by=BY)
        called = await hall.submit(call, by="clerk:li", key="c1")
        assert isinstance(called, Reply) and not called.replayed
        assert await hall.read(lambda live: live.state.windows["01"].ticket) == "20261124-A001"


async def test_the_key_is_of_what_was_asked_not_of_what_was_prepared() -> None:
    """A forecast differs from one attempt to the next; the retry is the same request all the same."""
    waits = iter(range(1, 10))

    def forecast(state: object, command: cmd.AnyCommand, at: int) -> cmd.AnyCommand:
        assert isinstance(command, cmd.IssueTickets)
        wait = cmd.Wait(low=0, expected=next(waits), high=99)
        return cmd.IssueTickets(items=command.items, waits=(wait,))

    async with running(prepare=forecast) as hall:
        await hall.submit(issue(), by=BY, key="k1")
        again = await hall.submit(issue(), by=BY, key="k1")
        assert isinstance(again, Reply) and again.replayed
        ticket = await hall.read(lambda live: live.state.tickets["20261124-A001"])
        assert ticket.wait_at_issue == cmd.Wait(low=0, expected=1, high=99)
