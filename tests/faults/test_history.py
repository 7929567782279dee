"""The history checker finds what it is there for: each kind of fault, put into a good history on purpose."""

from collections.abc import Callable

import httpx
import msgspec
import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.journal import Commit, Entry
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.state import HallDay
from onewindow.queue.upcast import decode
from onewindow.runtime.answers import Reply
from tests.e2e.history import Memory, check
from tests.runtime.support import BY, issue, running

Spoil = Callable[[list[Entry], Memory], None]


def told(state: HallDay, command: cmd.AnyCommand, events: tuple[ev.AnyEvent, ...], at: int) -> tuple[int, bytes]:
    """The ticket as the API names it."""
    for event in events:
        if isinstance(event, ev.TicketCalled):
            return 200, msgspec.json.encode({"ticket": {"id": event.ticket, "call": event.call}})
        if isinstance(event, ev.TicketIssued):
            return 201, msgspec.json.encode({"ticket": {"id": event.ticket}})
    return 200, b'{"ticket":null}'


async def history() -> tuple[list[Commit], Memory]:
    """Three tickets and two calls, each asked after the one before was answered."""
    memory, journal = Memory(), MemoryJournal()
    asked: list[tuple[str, cmd.AnyCommand]] = [(f"issue-{n}", issue()) for n in range(3)]
    asked += [(f"call-{n}", cmd.CallNext(window=f"0{n}")) for n in (1, 2)]
    async with running(journal, build_reply=told) as hall:
        for no in ("01", "02"):
            await hall.submit(cmd.OpenWindow(window=no, clerk="li"), by=BY)
        for key, command in asked:
            memory.ask(key)
            reply = await hall.submit(command, by=BY, key=key)
            assert isinstance(reply, Reply)
            path = f"/api/windows/0{key[-1]}/call-next" if key.startswith("call") else "/api/tickets"
            memory.note(key, path, httpx.Response(reply.status, content=reply.body))
        commits = [decode(stored.body) async for stored in journal.read(hall.day)]
    assert [call is not None for call in memory.calls.values()] == [True, True]
    return commits, memory


def place(entries: list[Entry], key: str) -> int:
    return next(n for n, entry in enumerate(entries) if entry.key == key)


def lost(entries: list[Entry], memory: Memory) -> None:
    del entries[place(entries, "issue-2")]


def lost_call(entries: list[Entry], memory: Memory) -> None:
    del entries[place(entries, "call-2")]


def doubled(entries: list[Entry], memory: Memory) -> None:
    entries.append(entries[place(entries, "call-2")])


def number_twice(entries: list[Entry], memory: Memory) -> None:
    n = place(entries, "issue-2")
    events = tuple(
        msgspec.structs.replace(e, number="A001") if isinstance(e, ev.TicketIssued) else e for e in entries[n].events
    )
    entries[n] = msgspec.structs.replace(entries[n], events=events)


def gap(entries: list[Entry], memory: Memory) -> None:
    n = place(entries, "issue-2")
    events = tuple(
        msgspec.structs.replace(e, count=e.count + 1) if isinstance(e, ev.TicketIssued) else e
        for e in entries[n].events
    )
    entries[n] = msgspec.structs.replace(entries[n], events=events)


def two_windows(entries: list[Entry], memory: Memory) -> None:
    n = place(entries, "call-2")
    first = next(e for e in entries[place(entries, "call-1")].events if isinstance(e, ev.TicketCalled))
    events = tuple(
        msgspec.structs.replace(e, ticket=first.ticket) if isinstance(e, ev.TicketCalled) else e
        for e in entries[n].events
    )
    entries[n] = msgspec.structs.replace(entries[n], events=events)


def other_reply(entries: list[Entry], memory: Memory) -> None:
    memory.replies["issue-1"] = memory.replies["issue-2"]


def out_of_order(entries: list[Entry], memory: Memory) -> None:
    one, two = place(entries, "call-1"), place(entries, "call-2")
    entries[one], entries[two] = entries[two], entries[one]


def back_in_time(entries: list[Entry], memory: Memory) -> None:
    n = place(entries, "call-2")
    entries[n] = msgspec.structs.replace(entries[n], at=entries[n].at - 1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lost, "an acknowledged ticket was lost"),
        (lost_call, "an acknowledged call was lost"),
        (doubled, "called to two windows"),
        (number_twice, "a number was given out twice"),
        (gap, "a gap in the series"),
        (two_windows, "called to two windows"),
        (other_reply, "the journal says"),
        (out_of_order, "was answered before others were asked"),
        (back_in_time, "goes back in time"),
    ],
)
async def test_a_fault_in_the_history_is_found(spoil: Spoil, said: str) -> None:
    commits, memory = await history()
    check(commits, memory)
    entries = [entry for commit in commits for entry in commit.entries]
    spoil(entries, memory)
    with pytest.raises(AssertionError, match=said):
        check([msgspec.structs.replace(commits[0], entries=tuple(entries))], memory)


async def test_a_series_steps_over_the_block_of_the_desks_rights_and_nothing_else() -> None:
    commits, _ = await history()
    entries = [entry for commit in commits for entry in commit.entries]
    entry = entries[place(entries, "issue-0")]
    first = next(event for event in entry.events if isinstance(event, ev.TicketIssued))

    def day(counts: list[int]) -> Commit:
        events = tuple(
            msgspec.structs.replace(first, ticket=f"t{n}", number=f"{first.series}{n:03d}", count=n) for n in counts
        )
        return msgspec.structs.replace(commits[0], entries=(msgspec.structs.replace(entry, events=events),))

    check([day([*range(1, 9000), 10_000, 10_001])], Memory())
    with pytest.raises(AssertionError, match="a gap in the series"):
        check([day([*range(1, 9000), 10_001])], Memory())
    with pytest.raises(AssertionError, match="a gap in the series"):
        check([day([*range(1, 9002)])], Memory())
