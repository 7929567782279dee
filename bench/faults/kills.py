"""SIGKILL at random moments under load (断电演练): one process on SQLite, two processes on one Redis.

Guides and clerks work over HTTP and remember every answer. The server is killed somewhere within a command's life;
once another serves, whoever got no answer asks again under the same key. Then the journal is read: each answer must
be in it exactly once, no number twice, nobody at two windows, and every command decided as the core decides it.
"""

import asyncio
from pathlib import Path

import msgspec

from onewindow.queue.journal import Commit
from tests.callers.browsers import always_open
from tests.e2e.history import check, journal, judge
from tests.e2e.load import Crowd
from tests.e2e.roamers import Roamers
from tests.e2e.stage import paired
from tests.server import Server

MOST_BETWEEN = 60
"""Acknowledgements between two kills, at the most."""
WITHIN_SECONDS = 0.02
"""A kill falls anywhere in so long: several commits' lives."""


class Drill(msgspec.Struct, kw_only=True):
    """What came of one drill. A fault ends it with an AssertionError: all faults are 0, or there is no page."""

    kills: int = 0
    acknowledged: int = 0
    commits: int = 0
    tickets: int = 0
    calls: int = 0
    in_flight: int = 0
    """Commands that were under way when a kill came; each asked again under its key."""
    had_effect: int = 0
    """Of those: already durable, only their answer was lost. (Counted on SQLite.)"""
    moves: int = 0
    """How often somebody went to the other process. (Counted on Redis.)"""


async def on_sqlite(folder: Path, kills: int, seed: int) -> Drill:
    """One process with its journal on SQLite, killed so many times. AssertionError: something was lost or doubled."""
    server = Server(folder / "var", always_open(folder))
    found = Drill(kills=kills)
    server.start()
    try:
        crowd = Crowd(server, seed=seed)
        await crowd.open_windows()
        for _ in range(kills):
            await crowd.work_until(crowd.luck.randint(1, MOST_BETWEEN), within=WITHIN_SECONDS)
            await asyncio.to_thread(server.start)
            kept = {entry.key for commit in journal(server) for entry in commit.entries}
            found.in_flight += len(crowd.memory.owed)
            found.had_effect += len(kept & set(crowd.memory.owed))
            await crowd.ask_again()
            assert not crowd.memory.owed
        commits = journal(server)
        check(commits, crowd.memory)
        judge(commits, server.hall)
    finally:
        server.stop()
    server.run("verify", "--hall", str(server.hall))
    memory = crowd.memory
    return _told(found, commits, memory.acknowledged, len(memory.tickets), len(memory.calls))


async def on_redis(folder: Path, kills: int, seed: int) -> Drill:
    """Two processes of one hall on one Redis; the one that writes is killed, so many times."""
    with paired(folder) as pair:
        crowd = Roamers(pair, seed=seed)

        async def drill() -> None:
            for _ in range(kills):
                await crowd.reach(crowd.luck.randint(1, MOST_BETWEEN))
                victim = pair.servers[await pair.writer()]
                await asyncio.sleep(crowd.luck.random() * WITHIN_SECONDS)
                victim.kill()
                await crowd.reach(20)
                await asyncio.to_thread(victim.start)

        await crowd.work(drill, seconds=60 + 60 * kills)
        await pair.converge()
        await crowd.ask_again()
        commits = await asyncio.to_thread(pair.judge, crowd.memory)
        await asyncio.to_thread(pair.servers[1].run, "verify", "--hall", str(pair.hall))
        memory = crowd.memory
        found = Drill(kills=kills, moves=crowd.moves)
        return _told(found, commits, memory.acknowledged, len(memory.tickets), len(memory.calls))


def _told(found: Drill, commits: list[Commit], acknowledged: int, tickets: int, calls: int) -> Drill:
    found.commits, found.acknowledged, found.tickets, found.calls = len(commits), acknowledged, tickets, calls
    return found
