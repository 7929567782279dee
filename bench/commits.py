"""How many durable commands a second the writer makes, one commit each and grouped.

    python -m bench.commits [--data DIR] [--seconds 2] [--runs 3]

The whole of it without HTTP: the real core, the real journal on a file under --data, replies built and kept under
their keys. "Single" is the same writer with batches of one command, which is what a lock around decide-and-commit
would give. Variants take turns within a run; the figure is the median of the runs.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import uvloop

from bench.open_hall import open_copy
from onewindow.queue.commands import IssueTickets, Item, OpenDay
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.runtime.clock import SystemClock
from onewindow.runtime.live_day import LiveDay, load_day
from onewindow.runtime.writer import BATCH_LIMIT, HallWriter
from onewindow.zones.load import load_hall

DAY = "2026-11-24"


async def measure(data: Path, lanes: int, limit: int, seconds: float) -> tuple[float, ...]:
    """Of `lanes` submitters that each wait for their answer: commands/s, commits/s, p50 ms, p99 ms; and the ms that
    reading the day back takes for 1,000 commands, chain checked, as a restart or a failed append does."""
    with tempfile.TemporaryDirectory(dir=data) as folder:
        hall = load_hall(open_copy(Path(folder) / "hall"))
        matters = list(hall.matters)
        journal = await SqliteJournal.open(Path(folder) / "bench.journal")
        writer = HallWriter(hall, journal, LiveDay.fresh(hall, ""), SystemClock(), batch_limit=limit)
        writer.start()
        await writer.turn_day(lambda _: (LiveDay.fresh(hall, DAY), OpenDay(day=DAY, hall_digest=hall.digest)))
        took: list[float] = []
        end = time.perf_counter() + seconds

        async def lane(lane_no: int) -> None:
            asked = 0
            while (begun := time.perf_counter()) < end:
                asked += 1
                item = Item(matter=matters[(lane_no * 37 + asked) % len(matters)])
                await writer.submit(IssueTickets(items=(item,)), by="bench", key=f"{lane_no}-{asked}")
                took.append(time.perf_counter() - begun)

        await asyncio.gather(*(lane(n) for n in range(lanes)))
        commits = (await journal.head(DAY)).n - 1
        await writer.stop()
        begun = time.perf_counter()
        await load_day(journal, hall, DAY)
        replay = (time.perf_counter() - begun) * 1000 / len(took) * 1000
        await journal.close()
    cuts = statistics.quantiles(took, n=100)
    return len(took) / seconds, commits / seconds, cuts[49] * 1000, cuts[98] * 1000, replay


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    variants = [
        (name, lanes, limit) for lanes in (1, 16, 64) for name, limit in (("single", 1), ("grouped", BATCH_LIMIT))
    ]
    found: dict[tuple[str, int, int], list[tuple[float, ...]]] = {v: [] for v in variants}
    for _ in range(given.runs):
        for variant in variants:
            _, lanes, limit = variant
            found[variant].append(uvloop.run(measure(given.data, lanes, limit, given.seconds)))
    print("| submitters | | commands/s | commits/s | p50 ms | p99 ms | replay, ms for 1,000 |")
    print("|---|---|---|---|---|---|---|")
    for (name, lanes, _), runs in found.items():
        rate, commits, p50, p99, replay = (statistics.median(run[i] for run in runs) for i in range(5))
        print(f"| {lanes} | {name} | {rate:,.0f} | {commits:,.0f} | {p50:.2f} | {p99:.2f} | {replay:.0f} |")


if __name__ == "__main__":
    main()
