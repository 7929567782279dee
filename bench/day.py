"""A day of so many commits (一天的日志), made by the core, for measuring how fast a day is read back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from onewindow.api.replies import build_reply
from onewindow.demo.traffic import Traffic
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.journal import GENESIS, VERSION, Commit, Entry, digest_of, encode, hash_of
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay, WindowPhase
from onewindow.zones.calendar import opening_of
from onewindow.zones.model import Hall

OPEN_MS = 7 * 3_600_000
"""The commands of a day fill seven hours …"""
STEP_MS = 2500
"""… or are so far apart."""


async def write_day(hall: Hall, path: Path, day: str, commits: int) -> None:
    """Make a journal's file with one day of so many commits, one command each: issue, call, start, finish."""
    journal = await SqliteJournal.open(path)
    await journal.close()
    rows, prev = [], GENESIS
    for n, entry in enumerate(_entries(hall, day, commits), 1):
        body = encode(Commit(version=VERSION, hall=hall.settings.code, day=day, n=n, prev=prev, entries=(entry,)))
        prev = hash_of(body)
        rows.append((day, n, prev, body))
    connection = sqlite3.connect(path)
    with connection:
        connection.executemany("INSERT INTO commits(day, n, hash, body) VALUES (?, ?, ?, ?)", rows)
    connection.close()


def _entries(hall: Hall, day: str, count: int) -> Iterator[Entry]:
    state, at, made = HallDay(hall, day), opening_of(hall.settings, day), 0
    step = min(STEP_MS, OPEN_MS // count)
    for by, command in _commands(hall, state, day):
        at += step
        events = execute(state, command, at)
        if isinstance(events, Refusal) or not events:
            continue
        made += 1
        status, reply = build_reply(state, command, events, at)
        yield Entry(
            at=at,
            by=by,
            do=str(command.__struct_config__.tag),
            events=events,
            key=f"day-{made}",
            digest=digest_of(command),
            status=status,
            reply=msgspec.Raw(reply),
        )
        if made == count:
            return


def _commands(hall: Hall, state: HallDay, day: str) -> Iterator[tuple[str, cmd.AnyCommand]]:
    """One visitor issued, then a round at one window, for ever."""
    traffic = Traffic(hall, 1)
    yield "system", cmd.OpenDay(day=day, hall_digest=hall.digest)
    for no in state.windows:
        yield f"clerk:c{no}@{no}", cmd.OpenWindow(window=no, clerk=f"c{no}")
    windows = [no for no, window in state.windows.items() if window.phase is WindowPhase.OPEN]
    while True:
        for no in windows:
            arrival = traffic.arrival(0)
            if arrival.matters:
                items = tuple(cmd.Item(matter=code) for code in arrival.matters)
                yield "guide:g", cmd.IssueTickets(items=items, applicant=arrival.applicant)
            yield f"clerk:c{no}@{no}", cmd.CallNext(window=no, finish=True)
            yield f"clerk:c{no}@{no}", cmd.StartService(window=no)
