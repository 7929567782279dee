"""What a command costs as a day grows (随当日票数的增长): from 100 tickets to 100,000, on the real server.

The day lies in the journal before the server starts: issued, called, served, one after the other. Then the same load
meets it that "Requests" has: clerks who finish, call and start, guides who issue.
"""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Final

import msgspec

from bench.day import write_day
from bench.halls_load import cpu_seconds
from bench.lab import Lab, Sizes
from onewindow.runtime.clock import SystemClock
from onewindow.runtime.hall import journal_path
from onewindow.zones.calendar import business_day

COMMITS_A_TICKET: Final = 2.62
"""Of such a day: some of the tickets that were issued are still called and begun when it ends."""
CALLS: Final = 500
AT_REST: Final = 0.05
"""Cores."""
LONGEST: Final = 120.0
"""Seconds."""
FLAT: Final = 1.25
"""Times the cost on the smallest day: what is called flat."""


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """The load on a day with so many tickets: medians of the rounds."""

    tickets: int
    cpu_us: float
    """Processor of the serving process, a command …"""
    times: float = 1.0
    """… over that on the smallest day: the median of the rounds' ratios, in each of which the sizes take turns."""
    rate: float
    """Commands a second."""
    p50: float
    """ms"""


def growth(lab: Lab, sizes: Sizes) -> tuple[Grown, ...]:
    """(g) The same load on days of different length; the sizes take turns within a round."""
    found: dict[int, list[Grown]] = {tickets: [] for tickets in sizes.grown}
    largest = _day_of(lab, max(sizes.grown))
    for _ in range(sizes.rounds):
        for tickets, runs in found.items():
            # What a round adds is much to a small day and nothing to the largest, which takes long to make.
            runs.append(_one(lab, sizes, tickets, largest if tickets == max(sizes.grown) else _day_of(lab, tickets)))
    smallest = found[min(sizes.grown)]
    return tuple(
        Grown(
            tickets=tickets,
            cpu_us=statistics.median(run.cpu_us for run in runs),
            times=statistics.median(run.cpu_us / least.cpu_us for run, least in zip(runs, smallest, strict=True)),
            rate=statistics.median(run.rate for run in runs),
            p50=statistics.median(run.p50 for run in runs),
        )
        for tickets, runs in found.items()
    )


def _day_of(lab: Lab, tickets: int) -> Path:
    data = lab.place()
    day = business_day(lab.hall.settings, SystemClock().now_ms())
    asyncio.run(write_day(lab.hall, journal_path(lab.hall, data), day, round(tickets * COMMITS_A_TICKET)))
    return data


def _settle(pid: int) -> None:
    """Wait until it has nothing more to do: a server that starts reads the day over for its forecasts' score."""
    before, ends = cpu_seconds(pid), time.monotonic() + LONGEST
    while time.monotonic() < ends:
        time.sleep(1.0)
        spent, before = cpu_seconds(pid) - before, cpu_seconds(pid)
        if spent < AT_REST:
            return
    raise RuntimeError("the server found no rest")


def _one(lab: Lab, sizes: Sizes, tickets: int, data: Path) -> Grown:
    with lab.server("sqlite", data) as running:
        for kind in ("issue", "call"):  # to warm up
            lab.load(running, kind, connections=sizes.connections, count=sizes.connections)
        _settle(running.pid)
        before = cpu_seconds(running.pid)
        done = lab.load(running, "call", connections=sizes.connections, count=min(CALLS, sizes.requests))["command"]
        spent = cpu_seconds(running.pid) - before
    return Grown(tickets=tickets, cpu_us=spent / done.count * 1e6, rate=done.rate, p50=done.p50)
