"""Several processes of one hall, here in one loop on a real Redis: one writes, the others follow and hand on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.journal import JournalBroken, hash_of
from onewindow.queue.journal_redis import RedisJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import CommandCrashed, JournalUnavailable, Reply
from onewindow.runtime.feed import Committed
from onewindow.runtime.live_day import load_day
from onewindow.runtime.shared_hall import SharedHall, open_shared
from onewindow.shared.link import client
from tests.core_hall import DAY, core_hall
from tests.queue.story import fingerprint
from tests.redis_proxy import RedisProxy, proxied
from tests.redis_server import RedisServer, redis_served
from tests.runtime.support import BY, DAY_MS, ManualClock, issue, numbers, numbers_of

pytestmark = pytest.mark.redis
SECONDS = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_served(tmp_path_factory.mktemp("redis")) as server:
        yield server


class Hall:
    """A hall of this test's own: its processes, and a word with Redis."""

    def __init__(self, server: RedisServer, stack: AsyncExitStack) -> None:
        self.server = server
        self.clock = ManualClock()
        self.hall = core_hall()
        self._stack = stack

    async def process(self, url: str = "", loss: Path | None = None) -> SharedHall:
        """One more process; `loss`: where it leaves what the journal has lost."""
        opened = open_shared(
            self.hall, url or self.server.url, clock=self.clock, build_reply=numbers, tick_seconds=None, loss=loss
        )
        return await self._stack.enter_async_context(opened)

    async def cut_off(self) -> tuple[SharedHall, RedisProxy]:
        """A process whose link to Redis the test holds in its hand."""
        proxy = await self._stack.enter_async_context(proxied(self.server.url))
        return await self.process(proxy.url), proxy


@pytest.fixture
async def halls(server: RedisServer) -> AsyncIterator[Hall]:
    redis = client(server.url)
    await redis.flushall()
    await redis.aclose()
    async with AsyncExitStack() as stack:
        yield Hall(server, stack)


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is true."""
    async with asyncio.timeout(SECONDS):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


async def shows(hall: SharedHall) -> object:
    return await hall.read(lambda live: (fingerprint(live.state), live.head, live.keys))


async def stored(halls: Hall, day: str) -> object:
    journal = RedisJournal(halls.server.url, halls.hall.settings.code)
    loaded = await load_day(journal, halls.hall, day)
    await journal.close()
    return fingerprint(loaded.live.state), loaded.live.head, loaded.live.keys


async def same(halls: Hall, *processes: SharedHall, day: str = DAY) -> None:
    """All processes come to show what the journal says."""
    said = await stored(halls, day)
    for process in processes:
        async with asyncio.timeout(SECONDS):
            while True:
                if await shows(process) == said:
                    break
                await asyncio.sleep(0.01)


async def test_one_writes_and_the_others_show_and_hand_on(halls: Hall) -> None:
    first, second, third = [await halls.process() for _ in range(3)]
    assert [p.writes for p in (first, second, third)] == [True, False, False]
    heard: list[Committed] = []
    third.subscribe(heard.append)
    assert numbers_of(await second.submit(issue(), by=BY, key="k1")) == ["A001"]
    assert len((await second.committed()).tickets) == 1, "who asked has followed to it"
    assert numbers_of(await first.submit(issue(), by=BY, key="k2")) == ["A002"]
    assert numbers_of(await third.submit(issue(), by=BY)) == ["A003"]
    await same(halls, first, second, third)
    events = [e for step in heard for entry in step.entries for e in entry.events]
    assert [e.number for e in events if isinstance(e, ev.TicketIssued)] == ["A001", "A002", "A003"]
    assert [step.n for step in heard] == sorted({step.n for step in heard})


async def test_one_key_has_one_effect_wherever_it_is_sent(halls: Hall) -> None:
    processes = [await halls.process() for _ in range(3)]
    answers = await asyncio.gather(*(p.submit(issue(), by=BY, key="same") for p in processes * 3))
    assert {tuple(numbers_of(answer)) for answer in answers} == {("A001",)}
    again = await processes[2].submit(issue("S-1"), by=BY, key="same")
    assert isinstance(again, Refusal) and again.code == "key_reused"
    assert len((await processes[0].committed()).tickets) == 1


async def test_refusals_come_back_as_they_are(halls: Hall) -> None:
    _, second = await halls.process(), await halls.process()
    refused = await second.submit(cmd.CancelTicket(ticket="nobody"), by=BY)
    assert isinstance(refused, Refusal) and refused.code == "unknown_ticket" and refused.params


async def test_a_crash_at_the_writer_is_told_to_the_asker(halls: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await halls.process(), await halls.process()

    def crash(state: HallDay, command: cmd.AnyCommand, events: tuple[ev.AnyEvent, ...], at: int) -> tuple[int, bytes]:
        raise ZeroDivisionError

    monkeypatch.setattr(first.writer, "_build_reply", crash)
    with pytest.raises(CommandCrashed):
        await second.submit(issue(), by=BY)


async def test_a_graceful_end_hands_over_at_once_and_nothing_is_refused(halls: Hall) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(
            open_shared(halls.hall, halls.server.url, clock=halls.clock, build_reply=numbers, tick_seconds=None)
        )
        second = await halls.process()
        answered: list[str] = []

        async def guide() -> None:
            for _ in range(200):
                answered.extend(numbers_of(await second.submit(issue(), by=BY)))

        guides = [asyncio.create_task(guide()) for _ in range(3)]
        await until(lambda: len(answered) > 50)
        assert first.writes
    await asyncio.gather(*guides)
    assert second.writes
    assert len(set(answered)) == 600 == len((await second.committed()).tickets)


async def test_a_writer_that_lost_its_lease_unawares_fails_its_append_and_follows(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY, key="k1")
    # As if it had stood still: it doesn't notice that the lease has ended, and that another process has written.
    role = first._tasks[0]
    role.cancel()
    await asyncio.wait((role,))
    first._wake.clear()
    await until(lambda: second.writes)
    assert numbers_of(await second.submit(issue(), by=BY, key="k2")) == ["A002"]
    asked = [asyncio.create_task(first.submit(issue(), by=BY, key=f"k{n}")) for n in (2, 3)]
    await first._wake.wait()
    assert not first.writes
    first._tasks[0] = asyncio.create_task(first._keep_role())
    assert [numbers_of(answer) for answer in await asyncio.gather(*asked)] == [["A002"], ["A003"]]
    await same(halls, first, second)


async def test_a_writer_cut_off_from_redis_gives_way_and_comes_back(halls: Hall) -> None:
    first, proxy = await halls.cut_off()
    second = await halls.process()
    await first.submit(issue(), by=BY, key="k1")
    proxy.hold()
    await asyncio.sleep(0.05)  # What had come through is taken in.
    loop = asyncio.get_running_loop()
    began = loop.time()
    owed = asyncio.create_task(first.submit(issue(), by=BY, key="k2"))
    await until(lambda: second.writes)
    assert loop.time() - began < 10, "not for ever; the bench has the figure"
    assert numbers_of(await second.submit(issue(), by=BY, key="k2")) == ["A002"]
    await until(lambda: first.writer.lost is not None)
    with pytest.raises(JournalUnavailable):
        await first.committed()
    assert not owed.done(), "what it shows may be old, and readers are told, long before its append is given up"
    await until(lambda: not first._leads)
    assert first._contact < began, "giving up is no word from Redis"
    with pytest.raises(JournalUnavailable):
        await first.committed()
    proxy.release()
    answer = (await asyncio.gather(owed, return_exceptions=True))[0]
    assert isinstance(answer, JournalUnavailable) or numbers_of_any(answer) == ["A002"]
    assert numbers_of(await second.submit(issue(), by=BY, key="k3")) == ["A003"]
    await until(lambda: first.writer.lost is None)
    await same(halls, first, second)


def numbers_of_any(answer: object) -> list[str]:
    assert isinstance(answer, Reply), answer
    return numbers_of(answer)


async def test_a_follower_cut_off_shows_nothing_and_comes_back_without_a_gap(halls: Hall) -> None:
    first = await halls.process()
    second, proxy = await halls.cut_off()
    heard: list[Committed] = []
    second.subscribe(heard.append)
    await first.submit(issue(), by=BY)
    await same(halls, first, second)
    proxy.cut()
    await first.submit(issue(), by=BY)
    await until(lambda: second.writer.lost is not None)
    await first.submit(issue(), by=BY)
    proxy.mend()
    await until(lambda: second.writer.lost is None)
    await same(halls, first, second)
    events = [e for step in heard for entry in step.entries for e in entry.events]
    assert [e.number for e in events if isinstance(e, ev.TicketIssued)] == ["A001", "A002", "A003"]


async def test_answers_that_get_lost_are_asked_for_again(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    lost = 0
    hear = second._relay.hear_answers

    def deaf(message: bytes) -> None:
        nonlocal lost
        lost += 1
        if lost > 2:
            hear(message)

    second._bus._hears[first.journal.keys.told(second.process)] = deaf
    assert numbers_of(await second.submit(issue(), by=BY)) == ["A001"]
    assert lost > 2
    assert len((await first.committed()).tickets) == 1


async def test_a_follower_stops_at_a_commit_that_does_not_follow(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY)
    await same(halls, first, second)
    forger = RedisJournal(halls.server.url, halls.hall.settings.code)
    head = await forger.head(DAY)
    async for one in forger.read(DAY, head.n - 1):
        body = one.body.replace(b'"n":%d' % head.n, b'"n":%d' % (head.n + 1))
        await forger.append(DAY, head.n + 1, body, hash_of(body))
    await forger.close()
    await until(lambda: second.writer.lost is not None)
    with pytest.raises(JournalUnavailable, match=f"#{head.n + 1}"):
        await second.committed()
    first._wake.set()


async def test_the_turn_of_the_day_is_followed(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY, key="k1")
    heard: list[Committed] = []
    await same(halls, first, second)
    second.subscribe(heard.append)
    halls.clock.now += DAY_MS
    await first.turn()
    await until(lambda: second.day != DAY)
    assert heard[-1].fresh and isinstance(heard[-1].entries[0].events[0], ev.DayOpened)
    again = await second.submit(issue(), by=BY, key="k1")
    assert isinstance(again, Reply) and again.replayed, "the keys of the day before are known"
    assert numbers_of(await second.submit(issue(), by=BY)) == ["A002"], "after the one that was taken over"
    third = await halls.process()
    assert third.day == second.day == first.day


async def test_a_day_left_by_a_persons_word_is_left_by_all(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()
    await first.submit(issue(), by=BY)
    halls.clock.now += DAY_MS
    await first.turn()
    await until(lambda: second.day != DAY)
    halls.clock.now -= DAY_MS
    await first.turn()
    assert first.clock_suspect is not None
    answer = await second.confirm_day("supervisor:zhao")
    assert isinstance(answer, Reply)
    await until(lambda: first.day == second.day == DAY)
    assert numbers_of(await second.submit(issue(), by=BY)) == ["A002"]
    assert await second.confirm_day() is None
    await same(halls, first, second)


async def test_what_only_the_writer_does_is_done_there(halls: Hall) -> None:
    first, second = await halls.process(), await halls.process()

    async def first_does(data: bytes) -> bytes:
        return b"first " + data

    async def second_does(data: bytes) -> bytes:
        return b"second " + data

    first.serve("print", first_does)
    second.serve("print", second_does)
    assert await first.at_writer("print", b"slip") == b"first slip"
    assert await second.at_writer("print", b"slip") == b"first slip"


async def test_an_outage_of_all_is_noted_once(halls: Hall) -> None:
    async with open_shared(halls.hall, halls.server.url, clock=halls.clock, build_reply=numbers) as first:
        await first.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk")
        redis = client(halls.server.url)
        await until(lambda: first._beaten)
        assert await redis.get(first.journal.keys.alive) is not None
        await redis.aclose()
    halls.clock.now += 10 * 60_000
    second, third = await halls.process(), await halls.process()
    assert len((await second.committed()).stops) == 1
    await same(halls, second, third)
    assert len((await third.committed()).stops) == 1


async def test_a_redis_that_takes_no_lease_is_said_once(halls: Hall, caplog: pytest.LogCaptureFixture) -> None:
    """A replica, or a user without the right to: no process would ever write, and nobody would know why."""
    first = await halls.process()
    redis: Any = client(halls.server.url)
    await redis.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        await until(lambda: "read only replica" in caplog.text)
        await until(lambda: not first.writes)
        said = [record for record in caplog.records if "read only replica" in record.getMessage()]
        assert len(said) == 1 and "--redis" in said[0].getMessage()
    finally:
        await redis.execute_command("REPLICAOF", "NO", "ONE")
        await redis.aclose()
    await until(lambda: first.writes)


async def test_another_hall_with_the_same_code_is_not_served(halls: Hall) -> None:
    """Its people would get numbers out of the first hall's series."""
    first = await halls.process()
    ours = halls.hall
    halls.hall = msgspec.structs.replace(ours, settings=msgspec.structs.replace(ours.settings, zh="另一个大厅"))
    with pytest.raises(JournalBroken, match="at work under the code core"):
        await halls.process()
    assert numbers_of(await first.submit(issue(), by=BY)) == ["A001"]


async def test_a_hall_that_was_renamed_while_nobody_served_it_goes_on(halls: Hall) -> None:
    async with AsyncExitStack() as stack:
        before = Hall(halls.server, stack)
        await (await before.process()).submit(issue(), by=BY)
    halls.hall = msgspec.structs.replace(
        halls.hall, settings=msgspec.structs.replace(halls.hall.settings, zh="改名的大厅")
    )
    for number in ("A002", "A003"):
        process = await halls.process()
        assert numbers_of(await process.submit(issue(), by=BY)) == [number]


async def test_other_files_of_the_hall_are_said(halls: Hall, caplog: pytest.LogCaptureFixture) -> None:
    await halls.process()
    await halls.process()
    assert "other files" not in caplog.text
    halls.hall = msgspec.structs.replace(halls.hall, digest="another")
    await halls.process()
    await until(lambda: "other files" in caplog.text)
