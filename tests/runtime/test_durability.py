"""An ack is a promise that the disk has kept already.

Killing a process proves little: the page cache survives it. So the order of the system calls is looked at, a file is
cut back to what the last sync had covered, and both are tried on a control that doesn't sync, which must fail.
"""

import asyncio
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.runtime.live_day import load_day
from tests.core_hall import DAY, core_hall
from tests.runtime.trace_check import Trace, read_trace

ROOT = Path(__file__).parent.parent.parent
WAL = "core.journal-wal"
CHILD = (sys.executable, "-m", "tests.runtime.durable_child")
TRACED = ("strace", "-f", "-y", "-s", "64", "-e", "trace=pwrite64,write,fdatasync,fsync", "-o")


async def kill(child: Process, pid: int) -> list[str]:
    """Kill the server's process itself; returns what it had printed that was not read yet."""
    os.kill(pid, signal.SIGKILL)
    rest, _ = await child.communicate()
    return rest.decode().splitlines()


async def start(folder: Path, synchronous: str, count: int, lanes: int, *prefix: str) -> tuple[Process, int]:
    """Start the child (under `prefix`); returns it with the number of the server's own process."""
    child = await asyncio.create_subprocess_exec(
        *prefix, *CHILD, str(folder), synchronous, str(count), str(lanes), stdout=PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    word, pid = (await child.stdout.readline()).decode().split()
    assert word == "ready"
    return child, int(pid)


async def traced(folder: Path, synchronous: str, count: int, lanes: int) -> Trace:
    """Let the child issue its tickets under strace, then kill it; returns what the trace shows."""
    assert shutil.which("strace"), "strace is missing: install the package `strace` (apt-get install strace)"
    child, pid = await start(folder, synchronous, count, lanes, *TRACED, str(folder / "trace"))
    assert child.stdout is not None
    while (await child.stdout.readline()) != b"done\n":
        pass
    await kill(child, pid)
    return read_trace(folder / "trace", WAL)


def cut_at_last_sync(folder: Path, trace: Trace) -> Path:
    """A copy of the files as a power cut could have left them: the log ends where the last sync did."""
    after = folder / "after"
    after.mkdir()
    shutil.copy(folder / "core.journal", after)
    log = (folder / WAL).read_bytes()
    (after / WAL).write_bytes(log[: trace.synced_size])
    return after


async def tickets_in(folder: Path) -> list[str]:
    """The numbers of the tickets that a restart finds, the chain checked."""
    journal = await SqliteJournal.open(folder / "core.journal")
    loaded = await load_day(journal, core_hall(), DAY)
    await journal.close()
    return [ticket.number for ticket in loaded.live.state.tickets.values()]


@pytest.mark.parametrize(("count", "lanes"), [(12, 1), (4, 8)], ids=["one by one", "grouped"])
async def test_each_ack_comes_after_the_sync_of_its_commit(tmp_path: Path, count: int, lanes: int) -> None:
    trace = await traced(tmp_path, "FULL", count, lanes)
    assert len(trace.acks) == count * lanes
    assert trace.early == []
    assert trace.syncs >= count
    # The file itself was written when it was made, and its name in the directory is durable, too.
    assert read_trace(tmp_path / "trace", "core.journal").early == []
    assert re.search(rf"\bfsync\(\d+<{re.escape(str(tmp_path))}>\)\s+= 0", (tmp_path / "trace").read_text())
    assert set(trace.acks) <= set(await tickets_in(cut_at_last_sync(tmp_path, trace)))


async def test_the_control_without_sync_is_caught_and_loses_acks(tmp_path: Path) -> None:
    """With synchronous=OFF the same program must fail both checks, or they would prove nothing."""
    trace = await traced(tmp_path, "OFF", 12, 1)
    assert len(trace.acks) == 12
    assert trace.early == trace.acks
    assert trace.syncs == 0
    after = cut_at_last_sync(tmp_path, trace)
    try:
        left = await tickets_in(after)
    except sqlite3.DatabaseError:
        left = []
    assert set(trace.acks) - set(left) == set(trace.acks)


async def test_the_control_survives_a_kill_though_nothing_was_synced(tmp_path: Path) -> None:
    """Why the tests above are needed: the page cache outlives a killed process, so a kill shows no missing sync."""
    trace = await traced(tmp_path, "OFF", 12, 1)
    assert set(trace.acks) <= set(await tickets_in(tmp_path))


async def test_twenty_kills_lose_no_ack_and_repeat_no_number(tmp_path: Path) -> None:
    """One journal, twenty servers, each killed at a random moment after its start."""
    chance = random.Random(20261124)
    acked: list[str] = []
    for _ in range(20):
        child, pid = await start(tmp_path, "FULL", 0, 4)
        assert child.stdout is not None
        lines = [(await child.stdout.readline()).decode().strip() for _ in range(chance.randrange(40))]
        lines += await kill(child, pid)
        acked += [line.removeprefix("ack ") for line in lines if line.startswith("ack ")]
    there = await tickets_in(tmp_path)
    assert len(acked) == len(set(acked))
    assert set(acked) <= set(there)
    # No number twice and none left out, but those that the hall doesn't give out (its files skip 4).
    counts = [int(number[1:]) for number in there]
    assert counts == [n for n in range(1, counts[-1] + 1) if n != 4]


@pytest.mark.parametrize(
    ("calls", "early"),
    [
        (["write", "sync", "ack"], []),
        (["write", "ack", "sync"], ["A001"]),
        (["ack"], []),
        (["write", "sync", "write", "ack"], ["A001"]),
        (["write", "sync begins", "ack", "sync ends"], ["A001"]),
        (["write", "sync begins", "sync ends", "ack"], []),
        (["write", "sync begins", "write", "sync ends", "ack"], ["A001"]),
        (["write", "sync fails", "ack"], ["A001"]),
        (["write begins", "ack", "write ends"], ["A001"]),
        (["write", "other sync", "ack"], ["A001"]),
    ],
)
def test_the_checker_knows_an_early_ack(tmp_path: Path, calls: list[str], early: list[str]) -> None:
    lines = {
        "write": '7  pwrite64(9</d/core.journal-wal>, "\\0\\1"..., 4096, 32) = 4096',
        "write begins": '7  pwrite64(9</d/core.journal-wal>, "\\0\\1"..., 4096, 32 <unfinished ...>',
        "write ends": "7  <... pwrite64 resumed>) = 4096",
        "sync": "7  fdatasync(9</d/core.journal-wal>) = 0",
        "sync fails": "7  fdatasync(9</d/core.journal-wal>) = -1 EIO (Input/output error)",
        "sync begins": "8  fdatasync(9</d/core.journal-wal> <unfinished ...>",
        "sync ends": "8  <... fdatasync resumed>) = 0",
        "other sync": "7  fdatasync(5</d/core.journal>) = 0",
        "ack": '6  write(1<pipe:[77]>, "ack A001\\n", 9) = 9',
    }
    (tmp_path / "trace").write_text("\n".join(lines[call] for call in calls))
    trace = read_trace(tmp_path / "trace", WAL)
    assert (trace.acks, trace.early) == (["A001"], early)
