"""The checker (核对): what must be true of a journal after a load, and of what its users were told.

Nothing here trusts the server: the journal is read twice, through the API and from its file, its chain is recomputed,
numbers and places are followed by eyes of their own, and every command is decided again by the core.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from loadtest.evidence import Evidence, Watched
from loadtest.places import Places
from loadtest.redecide import Disagreement, Judge
from onewindow.queue import events as ev
from onewindow.queue.journal import GENESIS, Commit, JournalBroken, StoredCommit
from onewindow.queue.series_right import is_reserved
from onewindow.queue.upcast import Chain
from onewindow.zones.model import Hall

SHOWN_WITHIN_MS: Final = 2000
"""Calls so shortly after a screen's first frame or before its end are not demanded of it."""
TERMS: Final = {"only", "earliest", "credit", "head_start", "both", "clerk", "held", "rule"}


class Fault(msgspec.Struct, frozen=True):
    """Something that must not be."""

    code: str
    words: str

    def __str__(self) -> str:
        return f"{self.code}: {self.words}"


def check(hall: Hall, stored: list[StoredCommit], lines: list[bytes], evidence: Evidence) -> list[Fault]:
    """All faults of one day: `stored` is the journal's file, `lines` are the API's answer without line ends."""
    faults = [*_same(stored, lines)]
    commits, chain = _chained(hall, stored)
    faults += chain
    events = [event for commit in commits for entry in commit.entries for event in entry.events]
    faults += _keys(commits)
    faults += _numbers(hall, events)
    faults += _reasons(hall, events)
    faults += _places(events)
    faults += _decisions(hall, commits)
    faults += _acknowledged(commits, evidence)
    day = commits[0].day if commits else ""
    calls = [event for event in events if isinstance(event, ev.TicketCalled | ev.TicketRecalled)]
    crowd = evidence.crowd
    faults += (fault for one in (*evidence.watched, *crowd.watched) for fault in _shown(hall, day, calls, one))
    faults += (Fault("told_wrong", words) for words in evidence.faults)
    faults += (Fault("socket", words) for words in crowd.faults)
    if evidence.unserved:
        faults.append(Fault("unserved", f"the run ended before {evidence.unserved} people were dealt with"))
    faults += (
        Fault("request_failed", f"{figure.name}: {figure.failed} of {figure.count}")
        for figure in evidence.figures
        if figure.failed
    )
    return faults


def _same(stored: list[StoredCommit], lines: list[bytes]) -> Iterator[Fault]:
    if [one.body for one in stored] != lines:
        place = next((i for i, (a, b) in enumerate(zip(stored, lines, strict=False), 1) if a.body != b), None)
        where = f"commit {place}" if place is not None else f"{len(stored)} commits, {len(lines)} lines"
        yield Fault("api_differs", f"the API and the file tell different journals: {where}")


def _chained(hall: Hall, stored: list[StoredCommit]) -> tuple[list[Commit], list[Fault]]:
    """The commits up to the first that can't be trusted, and why it can't."""
    commits: list[Commit] = []
    if not stored:
        return commits, [Fault("chain", "the journal is empty")]
    chain = Chain(stored[0].day, hall=hall.settings.code)
    try:
        for one in stored:
            commits.append(chain.follow(one))
    except JournalBroken as broken:
        return commits, [Fault("chain", str(broken).rpartition("\n")[2])]
    first = commits[0]
    opened = first.entries[0].events[0]
    head = opened.previous_head if isinstance(opened, ev.DayOpened) else None
    if first.prev != (head or GENESIS):
        return commits, [Fault("chain", "the day doesn't begin where its first event says")]
    return commits, []


def _keys(commits: list[Commit]) -> Iterator[Fault]:
    keys = Counter((e.by, e.key) for commit in commits for e in commit.entries if e.key)
    for (by, key), count in keys.items():
        if count > 1:
            yield Fault("doubled_key", f"the key {key} of {by} had {count} effects")


def _numbers(hall: Hall, events: list[ev.AnyEvent]) -> Iterator[Fault]:
    """Numbers: each once, none left out, each as the hall's files form it; the same of call ids."""
    issued = [event for event in events if isinstance(event, ev.TicketIssued)]
    for what, counts in (("number", Counter(e.number for e in issued)), ("id", Counter(e.ticket for e in issued))):
        for name, count in counts.items():
            if count > 1:
                yield Fault("doubled_number", f"the {what} {name} was given out {count} times")
    numbers = hall.settings.numbers
    expected: dict[str, int] = {}
    calls = 0
    for event in events:
        if isinstance(event, ev.LossNoted):
            expected |= {series: max(count, expected.get(series, 0)) for series, count in event.series.items()}
            calls = max(calls, event.calls)
        elif isinstance(event, ev.TicketCalled | ev.TicketRecalled):
            calls += 1
            if event.call != calls:
                yield Fault("gap", f"call {calls} should follow, the id {event.call} was given")
                calls = event.call
        if not isinstance(event, ev.TicketIssued):
            continue
        if event.offline is None:
            count = expected.get(event.series, 0) + 1
            while count in numbers.skip or is_reserved(numbers.width, count):
                count += 1
            expected[event.series] = event.count
            if event.count != count:
                yield Fault("gap", f"series {event.series}: {count} should follow, {event.count} was given")
        elif not is_reserved(numbers.width, event.count):
            yield Fault("gap", f"{event.number} was issued offline and is in no offline series")
        if event.number != f"{event.series}{event.count:0{numbers.width}d}":
            yield Fault("gap", f"{event.number} is no number for {event.count} of series {event.series}")


def _reasons(hall: Hall, events: list[ev.AnyEvent]) -> Iterator[Fault]:
    for event in events:
        if not isinstance(event, ev.TicketCalled):
            continue
        why = event.why
        if why.policy != hall.settings.routing.policy or why.term not in TERMS:
            yield Fault("no_reason", f"{event.ticket} was called for {why.term!r} by {why.policy!r}")
        elif why.term == "clerk" and not why.note.strip():
            yield Fault("no_reason", f"{event.ticket} was called out of order without a word")


def _places(events: list[ev.AnyEvent]) -> Iterator[Fault]:
    places = Places()
    for event in events:
        for words in places.follow(event):
            yield Fault("two_places", words)


def _decisions(hall: Hall, commits: list[Commit]) -> Iterator[Fault]:
    if not commits:
        return
    judge = Judge(hall, commits[0].day)
    for commit in commits:
        for entry in commit.entries:
            try:
                judge.judge(entry)
            except Disagreement as disagreement:
                code = "order" if entry.do == "call_next" else "decision"
                yield Fault(code, f"commit {commit.n}: {disagreement}")
            except (KeyError, AttributeError, ValueError, IndexError) as error:
                yield Fault("decision", f"commit {commit.n}: {entry.do} can't be replayed: {error!r}")
                return
            if judge.tired:
                yield Fault("decision", f"nothing after commit {commit.n} was decided again")
                return


def _acknowledged(commits: list[Commit], evidence: Evidence) -> Iterator[Fault]:
    """Whatever was acknowledged is in the journal, under its key, as it was told."""
    by_key = {entry.key: entry for commit in commits for entry in commit.entries if entry.key}
    for issued in evidence.issued:
        entry = by_key.get(issued.key)
        found = [e for e in entry.events if isinstance(e, ev.TicketIssued)] if entry is not None else []
        if [(e.ticket, e.number) for e in found] != [(t.id, t.number) for t in issued.tickets]:
            names = ", ".join(ticket.number for ticket in issued.tickets)
            yield Fault("lost_ticket", f"{names} was acknowledged and is not in the journal so (key {issued.key})")
    for number, count in Counter(t.number for issued in evidence.issued for t in issued.tickets).items():
        if count > 1:
            yield Fault("doubled_number", f"{number} was handed to {count} people")
    for called in evidence.called:
        entry = by_key.get(called.key)
        event = next((e for e in entry.events if isinstance(e, ev.TicketCalled)), None) if entry is not None else None
        told = (called.ticket, called.window, called.call)
        if event is None or (event.ticket, event.window, event.call) != told:
            yield Fault(
                "lost_call", f"{called.ticket} to window {called.window} was acknowledged, not in the journal so"
            )
        if not called.why.strip():
            yield Fault("no_reason", f"the clerk of window {called.window} was told no reason for {called.ticket}")


def _shown(
    hall: Hall, day: str, calls: Iterable[ev.TicketCalled | ev.TicketRecalled], watched: Watched
) -> Iterator[Fault]:
    """A screen saw frames in order and each of its calls once; all of them, if it was never conflated."""
    for words in watched.faults:
        yield Fault("screen_order", f"{watched.channel}: {words}")
    for call, count in Counter(watched.calls).items():
        if count > 1:
            yield Fault("screen_twice", f"{watched.channel}: the call {call} came {count} times")
    if watched.channel.startswith("tickets/"):
        return  # A phone shows where its ticket stands; what is called at a window is a screen's.
    mine = [event for event in calls if _concerns(hall, watched, event)]
    ids = {f"{day.replace('-', '')}-{event.call}": event for event in mine}
    seen = [call for call in watched.calls if call in ids]
    if [ids[call].call for call in seen] != sorted(ids[call].call for call in seen):
        yield Fault("screen_order", f"{watched.channel}: the calls didn't come in their order")
    if watched.snapshots > 1:
        return
    begin, end = watched.since_ms + SHOWN_WITHIN_MS, watched.until_ms - SHOWN_WITHIN_MS
    missed = [call for call, event in ids.items() if begin < event.at < end and call not in set(seen)]
    if missed:
        yield Fault("screen_missed", f"{watched.channel}: {len(missed)} call(s) never came, the first {missed[0]}")


def _concerns(hall: Hall, watched: Watched, event: ev.TicketCalled | ev.TicketRecalled) -> bool:
    kind, _, name = watched.channel.partition("/")
    if kind == "zones":
        return hall.windows[event.window].zone == name
    return kind == "hall" or event.window == name
