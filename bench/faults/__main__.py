"""`python -m bench.faults`: kills and the peers' script; writes its sections of `docs/reliability.md`.

Exit status 0: nothing lost, doubled or out of order. A fault ends the run with what was wrong, and no page.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from bench.faults import kills, peers
from bench.http_load import Spread
from loadtest import machine, sections
from loadtest.server import ROOT

PAGE: Final = ROOT / "docs" / "reliability.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and write the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of the one process on SQLite, 200")
    parser.add_argument("--takeovers", type=int, default=100, help="kills of the writing one of two on Redis, 100")
    parser.add_argument("--rounds", type=int, default=5, help="of the peers' script, 5; the median is told")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", choices=("sqlite", "redis", "peers"), action="append")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    wanted = set(asked.only or ("sqlite", "redis", "peers"))
    head = f"Measured on {datetime.now(UTC).date().isoformat()} by `python -m bench.faults`; {machine.facts()[0]}"
    if "sqlite" in wanted:
        found, minutes = _timed(lambda folder: asyncio.run(kills.on_sqlite(folder, asked.kills, asked.seed)))
        sections.put(asked.page, "kills-sqlite", sqlite_text(found, head, minutes))
    if "redis" in wanted:
        found, minutes = _timed(lambda folder: asyncio.run(kills.on_redis(folder, asked.takeovers, asked.seed)))
        sections.put(asked.page, "kills-redis", redis_text(found, head, minutes))
    if "peers" in wanted:
        busy = machine.busy()
        runs = [[_timed(_script(n))[0] for _ in range(asked.rounds)] for n in (1, 2)]
        sections.put(asked.page, "peers", peers_text(runs, f"{head}; processes that wanted a core: {busy:.1f}"))
    return 0


def _script(processes: int) -> Callable[[Path], peers.Script]:
    return lambda folder: peers.run(folder, processes)


T = TypeVar("T")


def _timed(does: Callable[[Path], T]) -> tuple[T, float]:
    """What it gives, in a folder of its own, and the minutes it took; after a fault the folder is kept, and named."""
    folder = Path(tempfile.mkdtemp(prefix="onewindow-faults-"))
    begun = time.monotonic()
    try:
        found = does(folder)
    except BaseException:
        print(f"bench.faults: the servers' data and Redis's file are kept in {folder}", file=sys.stderr, flush=True)
        raise
    minutes = (time.monotonic() - begun) / 60
    shutil.rmtree(folder, ignore_errors=True)
    return found, minutes


def sqlite_text(found: kills.Drill, head: str, minutes: float) -> str:
    """The section on one process."""
    return f"""\
{head}; {minutes:.0f} minutes.

One process, journal on SQLite, **{found.kills} times SIGKILL** at random moments under the load of 6 guides and 8
clerks: {found.acknowledged:,} commands answered, {found.tickets:,} numbers and {found.calls:,} calls among them, in
{found.commits:,} commits. When the kills came, {found.in_flight:,} commands were under way; {found.had_effect:,} of
them had become durable without their answer, and asking again under the same key gave that very answer.

| lost | doubled numbers | at two windows | effects of one key twice | decided otherwise by the core |
| --- | --- | --- | --- | --- |
| 0 | 0 | 0 | 0 | 0 |"""


def redis_text(found: kills.Drill, head: str, minutes: float) -> str:
    """The section on two processes."""
    return f"""\
{head}; {minutes:.0f} minutes.

Two processes of one hall on one Redis (`appendfsync always`), **{found.kills} times SIGKILL** to the one that writes:
{found.acknowledged:,} commands answered, {found.tickets:,} numbers and {found.calls:,} calls among them, in
{found.commits:,} commits; {found.moves:,} times a request went to the other process with the same key.

| lost | doubled numbers | at two windows | effects of one key twice | decided otherwise by the core |
| --- | --- | --- | --- | --- |
| 0 | 0 | 0 | 0 | 0 |"""


def peers_text(runs: list[list[peers.Script]], head: str) -> str:
    """The section beside the peers."""
    one, two = (_row(name, found) for name, found in zip(OURS, runs, strict=True))
    return f"""\
{head}. The median of {len(runs[0])} runs each; the worst count of doubles of all of them.

| | issue | doubled numbers | call next | double calls |
| --- | --- | --- | --- | --- |
{one}
{two}
{chr(10).join(PEERS)}

The peers' figures are one run each, on another two-core machine with a Python client on the same box, each product as
it comes; our requesters are bare connections, which cost less than such a client. The figures compare correctness.
Neither peer guards the giving of a number: one takes the highest so far and adds one, the other counts the day's
requests. Our calls' rate also holds a `start` after each call, and the windows that were asked in vain."""


PEERS: Final = (
    "| FQM, 4 workers of gunicorn, SQLite | 36/s, p50 532 ms, p99 887 ms | **36 of 200** "
    "| 57/s, p50 321 ms, p99 628 ms | **39 of 150** |",
    "| bcgov queue-management, 4 workers, PostgreSQL; 120 by 12, 80 by 6 | 8.2/s (3 requests each), p50 1.3 s, "
    "p99 3.8 s | **54 of 120** | 12.2/s, p50 85 ms, p99 6.4 s | 0 of 80 |",
)
OURS: Final = ("**OneWindow**, one process, SQLite, synced", "**OneWindow**, two processes, Redis, synced")


def _row(name: str, runs: list[peers.Script]) -> str:
    doubled = max(peers.ISSUES - run.distinct_numbers for run in runs)
    twice = max(peers.CALLS - run.distinct_tickets for run in runs)
    return (
        f"| {name} | {_spread([run.issued for run in runs])} | {doubled} of {peers.ISSUES} "
        f"| {_spread([run.called for run in runs])} | {twice} of {peers.CALLS} |"
    )


def _spread(found: list[Spread]) -> str:
    rate, p50, p99 = (statistics.median(getattr(one, name) for one in found) for name in ("rate", "p50", "p99"))
    return f"{rate:,.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
