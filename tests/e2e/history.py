"""The history checker (历史检查): what was told from outside, held against the journal.

Every acknowledged command's effect is in the journal exactly once, with the reply that was given; no number twice a
day, nobody at two windows; the core decides each command again as it was decided; and the journal's order agrees
with the clock on the wall: what was answered before something else was asked stands before it (linearizability,
Herlihy and Wing 1990).
"""

import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from loadtest.redecide import Judge
from onewindow.queue.events import ServiceStarted, TicketCalled, TicketFinished, TicketIssued
from onewindow.queue.journal import Commit, Entry
from onewindow.queue.series_right import is_reserved
from onewindow.zones.load import load_hall
from tests.server import Server


@dataclass
class Memory:
    """What the hall has acknowledged, and what it still owes an answer to."""

    tickets: dict[str, str] = field(default_factory=dict)
    """Idempotency key -> ticket id."""
    calls: dict[str, tuple[str, str, int] | None] = field(default_factory=dict)
    """Idempotency key -> (window, ticket id, call id), or None: nobody waited."""
    owed: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    """Idempotency key -> path, headers and body of a command whose reply was lost."""
    replies: dict[str, bytes] = field(default_factory=dict)
    asked_at: dict[str, float] = field(default_factory=dict)
    """Idempotency key -> when it was first sent, seconds of this machine's monotonic clock …"""
    answered_at: dict[str, float] = field(default_factory=dict)
    """… and when its answer came."""

    @property
    def acknowledged(self) -> int:
        """How many commands have been answered."""
        return len(self.replies)

    again: set[str] = field(default_factory=set)
    """Keys that were sent more than once: an earlier sending may still be on its way when the answer comes."""

    def ask(self, key: str) -> None:
        """A command is about to be sent under this key, or sent again."""
        if key in self.asked_at:
            self.again.add(key)
        self.asked_at.setdefault(key, time.monotonic())

    def note(self, key: str, path: str, reply: httpx.Response) -> None:
        """Remember what was acknowledged, or that it was refused."""
        self.answered_at[key] = time.monotonic()
        if reply.status_code == httpx.codes.CREATED:
            self.tickets[key] = reply.json()["ticket"]["id"]
        elif path.endswith("call-next") and reply.status_code == httpx.codes.OK:
            ticket = reply.json()["ticket"]
            self.calls[key] = (path.split("/")[3], ticket["id"], ticket["call"]) if ticket else None
        else:
            assert reply.status_code in (200, 409), reply.text
        if reply.is_success:
            self.replies[key] = reply.content


def journal(server: Server, day: str = "") -> list[Commit]:
    """The commits of a day, today's if it isn't named, as the server tells them."""
    reply = httpx.get(
        server.url + "/api/journal",
        params={"day": day} if day else {},
        headers=server.bearer("supervisor", hours="100"),
        timeout=30,
        trust_env=False,
    )
    assert reply.status_code == httpx.codes.OK, reply.text
    decoder = msgspec.json.Decoder(Commit)
    return [decoder.decode(line) for line in reply.content.splitlines()]


def check(commits: list[Commit], memory: Memory) -> None:
    """Every acknowledgement is in the journal exactly once; nothing is doubled; nobody is at two windows.

    `commits`: all that the journal holds, several days in their order.
    """
    issued: list[str] = []
    calls: dict[tuple[str, int], tuple[str, str]] = {}
    for day, part in itertools.groupby(commits, lambda commit: commit.day):
        entries = [entry for commit in part for entry in commit.entries]
        _check_times(day, entries)
        issued += _check_numbers(entries)
        calls |= {(day, call): told for call, told in _check_windows(entries).items()}
    assert len(issued) == len(set(issued)), "a ticket was issued twice"
    assert set(memory.tickets.values()) <= set(issued), "an acknowledged ticket was lost"
    assert len(set(memory.tickets.values())) == len(memory.tickets), "one ticket answered two keys"
    told = [call for call in memory.calls.values() if call is not None]
    for window, ticket, call in told:
        assert (window, ticket) in {calls.get((day, call)) for day in _days(commits)}, "an acknowledged call was lost"
    assert len(set(told)) == len(told), "one call answered two commands"
    _check_replies(commits, memory)
    _check_order(commits, memory)


def judge(commits: list[Commit], hall: Path) -> None:
    """Every command of the journal decided again. Raises Disagreement: the core decides otherwise."""
    files = load_hall(hall)
    for day, part in itertools.groupby(commits, lambda commit: commit.day):
        again = Judge(files, day)
        for commit in part:
            for entry in commit.entries:
                again.judge(entry)


def _days(commits: list[Commit]) -> list[str]:
    return list(dict.fromkeys(commit.day for commit in commits))


def _check_times(day: str, entries: list[Entry]) -> None:
    times = [entry.at for entry in entries]
    assert times == sorted(times), f"the journal of {day} goes back in time"


def _check_numbers(entries: list[Entry]) -> list[str]:
    """No number twice in this day, and no gap in a series; the ids of the tickets that were issued.

    A series steps over the block that only a desk's right gives out: a drill of 75,000 numbers comes to it.
    """
    issued = [e for entry in entries for e in entry.events if isinstance(e, TicketIssued)]
    numbers = [e.number for e in issued]
    assert len(numbers) == len(set(numbers)), "a number was given out twice"
    by_series: dict[str, list[TicketIssued]] = {}
    for event in issued:
        by_series.setdefault(event.series, []).append(event)
    for series, events in by_series.items():
        width = len(events[0].number) - len(series)
        counts = [event.count for event in events]
        open_to_it = [count for count in range(1, counts[-1] + 1) if not is_reserved(width, count)]
        assert counts == open_to_it, f"a gap in the series {series}"
    return [e.ticket for e in issued]


def _check_windows(entries: list[Entry]) -> dict[int, tuple[str, str]]:
    """Nobody is called to two windows in this day; call -> (window, ticket)."""
    calls: dict[int, tuple[str, str]] = {}
    at: dict[str, str] = {}
    for event in (event for entry in entries for event in entry.events):
        if isinstance(event, TicketCalled):
            assert event.ticket not in at, "a ticket was called to two windows"
            assert event.call not in calls, "a call's number was given twice"
            calls[event.call] = (event.window, event.ticket)
            at[event.ticket] = event.window
        elif isinstance(event, ServiceStarted | TicketFinished):
            assert at[event.ticket] == event.window
    return calls


def _check_replies(commits: list[Commit], memory: Memory) -> None:
    """Each key has one effect, and the reply that was given is the one that the journal would give again."""
    kept: dict[str, Entry] = {}
    for entry in (entry for commit in commits for entry in commit.entries if entry.key):
        assert entry.key not in kept, "a key had two effects"
        kept[entry.key] = entry
    assert set(memory.tickets) <= set(kept), "an acknowledged command was lost"
    for key, reply in memory.replies.items():
        if key in kept:
            if _afresh(key, memory):
                continue
            told, stored = msgspec.json.decode(reply), msgspec.json.decode(kept[key].reply)
            assert _common(told, stored) == stored, f"{key} was answered {told}, the journal says {stored}"
        else:
            assert memory.calls.get(key, "") is None, f"{key} was acknowledged, and the journal doesn't have it"


def _afresh(key: str, memory: Memory) -> bool:
    """Whether nobody waited when it was answered, and an earlier sending of it may have called somebody afterwards.

    What had no effect is decided afresh (`tests/runtime/test_idempotency.py`). So it can go with what lay at a server
    that stood still, while the sender had turned to another one.
    """
    return key in memory.again and memory.calls.get(key, "") is None


def _common(told: Any, stored: Any) -> Any:
    """What was told, without what is never kept in the journal (a tracking token)."""
    if isinstance(told, dict) and isinstance(stored, dict):
        return {name: _common(value, stored[name]) for name, value in told.items() if name in stored}
    return told


def _check_order(commits: list[Commit], memory: Memory) -> None:
    """Nothing stands behind what was asked only after it had been answered."""
    latest = 0.0
    for key in (entry.key for commit in commits for entry in commit.entries if entry.key in memory.asked_at):
        assert _afresh(key, memory) or memory.answered_at.get(key, float("inf")) >= latest, (
            f"{key} was answered before others were asked"
        )
        latest = max(latest, memory.asked_at[key])
