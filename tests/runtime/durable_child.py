"""A server's heart in a process of its own, to be traced and killed: an ack is printed after each reply.

    python -m tests.runtime.durable_child FOLDER SYNCHRONOUS COUNT LANES

Prints `ready <pid>`; then `ack <number>` for each ticket issued, each by one write to standard output; then `done`,
and waits to be killed. COUNT 0 goes on for ever. LANES submitters work at once, so that commits are grouped.
"""

import asyncio
import os
import sys
from pathlib import Path

from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.runtime.hall import open_runtime
from tests.core_hall import core_hall
from tests.runtime.support import ManualClock, issue, numbers, numbers_of


def say(line: str) -> None:
    """One line, by one system call."""
    os.write(1, f"{line}\n".encode())


async def work(folder: Path, synchronous: str, count: int, lanes: int) -> None:
    journal = await SqliteJournal.open(folder / "core.journal", synchronous=synchronous)
    async with open_runtime(
        core_hall(), folder, clock=ManualClock(), build_reply=numbers, journal=journal, tick_seconds=None
    ) as hall:
        say(f"ready {os.getpid()}")

        async def lane() -> None:
            issued = 0
            while not count or issued < count:
                for number in numbers_of(await hall.submit(issue(), by="guide:wang")):
                    say(f"ack {number}")
                issued += 1

        await asyncio.gather(*(lane() for _ in range(lanes)))
        say("done")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
