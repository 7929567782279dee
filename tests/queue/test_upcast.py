"""Old journals replay for ever, newer ones are refused in words, and a doctored day shows where."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.queue import commands as cmd
from onewindow.queue.evolve import evolve_all
from onewindow.queue.journal import (
    GENESIS,
    VERSION,
    Commit,
    Entry,
    Head,
    JournalBroken,
    StoredCommit,
    encode,
    hash_of,
)
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.queue.state import HallDay
from onewindow.queue.upcast import Chain, decode, verify
from tests.core_hall import DAY, core_hall
from tests.queue.story import Story

GOLDEN = Path(__file__).parent.parent / "golden" / "version-0.jsonl"


def lift_minutes(commit: dict[str, Any]) -> dict[str, Any]:
    """What version 1 would need of a version 0 that did not keep the expected minutes."""
    for entry in commit["entries"]:
        for event in entry["events"]:
            if event["is"] == "ticket_issued":
                event["minutes"] = 5.0
    return commit


def golden() -> list[StoredCommit]:
    return [StoredCommit(DAY, n, line, hash_of(line)) for n, line in enumerate(GOLDEN.read_bytes().splitlines(), 1)]


def test_a_day_of_version_0_is_lifted_and_replays_with_its_chain_intact() -> None:
    chain, state = Chain(DAY, Head(0, GENESIS), hall="core"), HallDay(core_hall())
    for stored in golden():
        commit = chain.follow(stored, {0: lift_minutes})
        assert commit.version == VERSION
        for entry in commit.entries:
            evolve_all(state, entry.events)
    ticket = state.tickets["20261124-A001"]
    assert (ticket.minutes, ticket.state, ticket.line) == (5.0, "waiting", frozenset({"01", "02"}))
    assert state.windows["01"].clerk == "li"
    assert chain.head == Head(2, golden()[-1].hash)
    assert bytes(commit.entries[0].reply) == b'{"ticket":{"number":"A001"}}'


def test_a_version_without_a_way_up_is_refused_with_both_numbers() -> None:
    with pytest.raises(JournalBroken, match=rf"version 0, this program reads version {VERSION}"):
        decode(golden()[0].body)


def test_a_newer_version_is_refused_with_both_numbers_and_what_to_do() -> None:
    newer = golden()[0].body.replace(b'"version":0', b'"version":%d' % (VERSION + 1))
    with pytest.raises(JournalBroken) as refused:
        decode(newer, "2026-11-24 #1", {0: lift_minutes})
    message = str(refused.value)
    assert "2026-11-24 #1" in message and f"version {VERSION + 1}" in message and f"version {VERSION}" in message
    assert "不要改动文件" in message and "don't change the file" in message


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"\xff\xfe", b'{"version":1}', b'{"version":"1"}'])
def test_what_is_no_commit_is_refused_with_its_place(body: bytes) -> None:
    with pytest.raises(JournalBroken, match="2026-11-24 #7"):
        decode(body, "2026-11-24 #7")


# --- a doctored day --------------------------------------------------------------------------------------------


def told_day() -> list[StoredCommit]:
    """A short day with calls, as its journal has it: one commit for each command."""
    story = Story()
    done = [tuple(story.events)]
    commands: tuple[cmd.AnyCommand, ...] = (
        cmd.OpenWindow(window="01", clerk="li"),
        *(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)) for _ in range(3)),
        cmd.CallNext(window="01"),
        cmd.StartService(window="01"),
        cmd.CallNext(window="01", finish=True),
    )
    for command in commands:
        done.append(story.do(command, after=1))
    commits: list[StoredCommit] = []
    prev = GENESIS
    for n, events in enumerate(done, 1):
        entry = Entry(at=events[0].at, by="test", do="test", events=events)
        body = encode(Commit(version=VERSION, hall="core", day=DAY, n=n, prev=prev, entries=(entry,)))
        prev = hash_of(body)
        commits.append(StoredCommit(DAY, n, body, prev))
    return commits


DAY_TOLD = told_day()


def check(commits: list[StoredCommit], prev: str | None = GENESIS) -> list[Commit]:
    chain = Chain(DAY, None if prev is None else Head(0, prev), hall="core")
    return [chain.follow(stored) for stored in commits]


def test_the_day_as_it_was_written_is_whole() -> None:
    assert [commit.n for commit in check(DAY_TOLD)] == list(range(1, len(DAY_TOLD) + 1))


@given(st.data())
def test_a_flipped_bit_shows_at_its_commit(data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(DAY_TOLD) - 1), label="commit")
    stored = DAY_TOLD[which]
    position = data.draw(st.integers(0, len(stored.body) - 1), label="byte")
    bit = data.draw(st.integers(0, 7), label="bit")
    body = bytearray(stored.body)
    body[position] ^= 1 << bit
    doctored = [*DAY_TOLD]
    doctored[which] = StoredCommit(DAY, stored.n, bytes(body), stored.hash)
    with pytest.raises(JournalBroken, match=f"{DAY} #{stored.n}:"):
        check(doctored)


@given(st.data())
def test_a_flipped_bit_with_its_hash_made_good_shows_at_the_next_commit(data: st.DataObject) -> None:
    """Who doctors the bytes and the hash beside them breaks the link of the commit that follows."""
    which = data.draw(st.integers(0, len(DAY_TOLD) - 2), label="commit")
    stored = DAY_TOLD[which]
    position = data.draw(st.integers(0, len(stored.body) - 1), label="byte")
    body = bytearray(stored.body)
    body[position] ^= 1
    doctored = [*DAY_TOLD]
    doctored[which] = StoredCommit(DAY, stored.n, bytes(body), hash_of(bytes(body)))
    with pytest.raises(JournalBroken, match=f"{DAY} #({stored.n}|{stored.n + 1}):"):
        check(doctored)


@given(st.data())
def test_a_flipped_hash_shows_at_its_commit(data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(DAY_TOLD) - 1), label="commit")
    stored = DAY_TOLD[which]
    position = data.draw(st.integers(0, 63), label="position")
    other = data.draw(st.sampled_from([c for c in "0123456789abcdef" if c != stored.hash[position]]))
    doctored = [*DAY_TOLD]
    wrong = stored.hash[:position] + other + stored.hash[position + 1 :]
    doctored[which] = StoredCommit(DAY, stored.n, stored.body, wrong)
    with pytest.raises(JournalBroken, match=f"{DAY} #{stored.n}:"):
        check(doctored)


@given(st.integers(0, len(DAY_TOLD) - 2), st.booleans())
def test_a_dropped_commit_shows_where_it_was(which: int, renumbered: bool) -> None:
    doctored = [stored for stored in DAY_TOLD if stored.n != which + 1]
    if renumbered:
        doctored = [StoredCommit(DAY, n, stored.body, stored.hash) for n, stored in enumerate(doctored, 1)]
    with pytest.raises(JournalBroken, match=f"{DAY} #{which + 1}:"):
        check(doctored)


@given(st.integers(0, len(DAY_TOLD) - 1), st.integers(0, len(DAY_TOLD) - 1), st.booleans())
def test_swapped_commits_show_at_the_first(one: int, other: int, renumbered: bool) -> None:
    first, second = sorted((one, other))
    if first == second:
        assert check(DAY_TOLD)
        return
    doctored = [*DAY_TOLD]
    doctored[first], doctored[second] = doctored[second], doctored[first]
    if renumbered:
        doctored = [StoredCommit(DAY, n, stored.body, stored.hash) for n, stored in enumerate(doctored, 1)]
    with pytest.raises(JournalBroken, match=f"{DAY} #{first + 1}:"):
        check(doctored)


def test_the_first_commit_must_name_the_day_before() -> None:
    with pytest.raises(JournalBroken, match=f"{DAY} #1:"):
        check(DAY_TOLD, prev="f" * 64)
    assert check(DAY_TOLD, prev=None)


def test_another_halls_commits_are_refused() -> None:
    chain = Chain(DAY, Head(0, GENESIS), hall="elsewhere")
    with pytest.raises(JournalBroken, match="hall core, not elsewhere"):
        chain.follow(DAY_TOLD[0])


async def test_a_whole_journal_is_verified_as_it_is_read() -> None:
    journal = MemoryJournal()
    for stored in DAY_TOLD:
        await journal.append(stored.day, stored.n, stored.body, stored.hash)
    assert [commit.n async for commit in verify(journal.read(DAY), DAY)] == [stored.n for stored in DAY_TOLD]
    with pytest.raises(JournalBroken, match=f"{DAY} #1:"):
        [commit async for commit in verify(journal.read(DAY), DAY, "f" * 64)]
