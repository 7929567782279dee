"""The measurements (测量): each is a function of the lab that returns figures. Variants take turns within a round."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from bench.commits import measure as measure_commits
from bench.day import write_day
from bench.http_load import Spread, spread
from bench.lab import Lab, Sizes, children_of, median_of, resident_kib
from onewindow.guide_desk.search import MatterIndex
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.upcast import Chain
from onewindow.runtime.clock import SystemClock
from onewindow.runtime.hall import journal_path
from onewindow.runtime.live_day import load_day
from onewindow.runtime.writer import BATCH_LIMIT
from onewindow.zones.calendar import business_day
from onewindow.zones.model import Matter

VARIANTS: Final = ("sqlite", "memory", "floor")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of request: medians over the rounds."""

    rate: float
    p50: float
    p99: float


class Http(msgspec.Struct, frozen=True, kw_only=True):
    """Issue and call over HTTP, by journal; and what one ticket costs alone."""

    issue: dict[str, Request]
    call: dict[str, Request]
    command: dict[str, Request]
    """All commands while calls are measured: clerks call and start, guides issue."""
    durable_to_memory: float
    """Issues a second with the journal over those without, the median of the rounds' ratios."""
    durable_to_floor: float
    call_to_memory: float
    """Calls a second, likewise."""
    issue_p99: float
    """The p99 with the journal over that without, the median of the rounds' ratios."""
    call_p99: float
    alone_p50: float
    """ms, one connection."""
    raw_commit_p50: float
    """ms, one row into SQLite, nothing else."""


def http(lab: Lab, sizes: Sizes) -> Http:
    """(a) Issue and call-next a second, beside the same with the journal in memory and beside a bare floor."""
    found: dict[tuple[str, str], list[Spread]] = {}
    alone, raw = list[Spread](), list[float]()
    for n in range(2 * sizes.rounds):
        # There and back: what the machine does beside, half a second at a time, must not always meet the same one.
        for journal in VARIANTS if n % 2 else reversed(VARIANTS):
            with lab.server(journal) as running:
                kind = "post" if journal == "floor" else "issue"
                load = lab.load(running, kind, connections=sizes.connections, count=sizes.requests)
                found.setdefault((journal, "issue"), []).append(load[kind])
                if journal == "floor":
                    continue
                load = lab.load(running, "call", connections=sizes.connections, count=sizes.requests)
                for name in ("call-next", "command"):
                    found.setdefault((journal, name), []).append(load[name])
            if journal == "sqlite":
                with lab.server(journal) as running:
                    load = lab.load(running, "issue", connections=1, count=max(1, sizes.requests // 10))
                    alone.append(load["issue"])
                raw.append(raw_commit(lab, max(2, sizes.requests // 10)))

    def of(journal: str, name: str) -> Request:
        spreads = found[journal, name]
        return Request(
            rate=median_of(spreads, lambda s: s.rate),
            p50=median_of(spreads, lambda s: s.p50),
            p99=median_of(spreads, lambda s: s.p99),
        )

    def ratio(other: str, name: str = "issue", of: Callable[[Spread], float] = lambda s: s.rate) -> float:
        pairs = zip(found["sqlite", name], found[other, name], strict=True)
        return statistics.median(of(durable) / of(free) for durable, free in pairs)

    return Http(
        issue={journal: of(journal, "issue") for journal in VARIANTS},
        call={journal: of(journal, "call-next") for journal in VARIANTS[:2]},
        command={journal: of(journal, "command") for journal in VARIANTS[:2]},
        durable_to_memory=ratio("memory"),
        durable_to_floor=ratio("floor"),
        call_to_memory=ratio("memory", "call-next"),
        issue_p99=ratio("memory", of=lambda s: s.p99),
        call_p99=ratio("memory", "call-next", lambda s: s.p99),
        alone_p50=median_of(alone, lambda s: s.p50),
        raw_commit_p50=statistics.median(raw),
    )


def raw_commit(lab: Lab, count: int) -> float:
    """The p50 of one row of 2 KB, written and synced by SQLite alone: ms."""
    connection = sqlite3.connect(lab.place() / "raw.sqlite", isolation_level=None)
    try:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t(n, body)"):
            connection.execute(statement)
        times, body = [], b"x" * 2048
        for n in range(count):
            begun = time.perf_counter()
            connection.execute("INSERT INTO t VALUES (?, ?)", (n, body))
            times.append(time.perf_counter() - begun)
        return spread(times, sum(times)).p50
    finally:
        connection.close()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """From the click until a call's frame has come, ms: each screen, and the last of all."""

    p50: float
    p99: float
    last_p50: float
    last_p99: float


def screens(lab: Lab, sizes: Sizes) -> dict[int, Shown]:
    """(b) Click → screen, the commit and its sync included, by the number of screens."""
    found: dict[int, list[dict[str, Spread]]] = {count: [] for count in sizes.screens}
    for _ in range(sizes.rounds):
        for count in sizes.screens:
            with lab.server("sqlite") as running:
                found[count].append(lab.load(running, "screens", connections=count, count=sizes.shown))
    return {
        count: Shown(
            p50=median_of([f["each"] for f in loads], lambda s: s.p50),
            p99=median_of([f["each"] for f in loads], lambda s: s.p99),
            last_p50=median_of([f["last"] for f in loads], lambda s: s.p50),
            last_p99=median_of([f["last"] for f in loads], lambda s: s.p99),
        )
        for count, loads in found.items()
    }


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Reading a day back: seconds, medians of the rounds."""

    commits: int
    tickets: int
    mebibytes: float
    verified: float
    """Read, hashes and links checked, decoded."""
    whole: float
    """That, and the state rebuilt."""
    start_empty: float
    """From the command until the server takes commands: without data …"""
    start_full: float
    """… and with this day in its journal."""


def replay(lab: Lab, sizes: Sizes) -> Replay:
    """(c) The replay of a day, and what it means for a start."""
    data = lab.place()
    path = journal_path(lab.hall, data)
    day = business_day(lab.hall.settings, SystemClock().now_ms())
    asyncio.run(write_day(lab.hall, path, day, sizes.commits))
    body_bytes = path.stat().st_size
    verified, whole, empty, full = list[float](), list[float](), list[float](), list[float]()
    tickets = 0
    for _ in range(sizes.rounds):
        seconds, _ = uvloop.run(_read_back(lab, data=data, day=day, rebuild=False))
        verified.append(seconds)
        seconds, tickets = uvloop.run(_read_back(lab, data=data, day=day, rebuild=True))
        whole.append(seconds)
        for where, times in ((None, empty), (data, full)):
            begun = time.perf_counter()
            with lab.server("serve", where):
                times.append(time.perf_counter() - begun)
    return Replay(
        commits=sizes.commits,
        tickets=tickets,
        mebibytes=body_bytes / 2**20,
        verified=statistics.median(verified),
        whole=statistics.median(whole),
        start_empty=statistics.median(empty),
        start_full=statistics.median(full),
    )


async def _read_back(lab: Lab, *, data: Path, day: str, rebuild: bool) -> tuple[float, int]:
    journal = await SqliteJournal.open(journal_path(lab.hall, data))
    try:
        begun = time.perf_counter()
        if rebuild:
            loaded = await load_day(journal, lab.hall, day)
            return time.perf_counter() - begun, len(loaded.live.state.tickets)
        chain = Chain(day, hall=lab.hall.settings.code)
        async for stored in journal.read(day):
            chain.follow(stored)
        return time.perf_counter() - begun, 0
    finally:
        await journal.close()


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory, MiB."""

    start: float
    full: float
    """With so many tickets of the day."""
    tickets: int
    helpers: float
    """What its own child processes (the voice's and the forecast's) take beside, summed, once a tenth was called."""


def memory(lab: Lab, sizes: Sizes) -> Memory:
    """(d) The serving process, started as people start it, before and after a day's tickets."""
    start, full, helpers = list[float](), list[float](), list[float]()
    for _ in range(sizes.rounds):
        with lab.server("serve") as running:
            start.append(resident_kib(running.pid) / 1024)
            lab.load(running, "issue", connections=sizes.connections, count=sizes.tickets)
            full.append(resident_kib(running.pid) / 1024)
            lab.load(running, "call", connections=sizes.connections, count=sizes.tickets // 10)
            helpers.append(sum(resident_kib(child) for child in children_of(running.pid)) / 1024)
    return Memory(
        start=statistics.median(start),
        full=statistics.median(full),
        tickets=sizes.tickets,
        helpers=statistics.median(helpers),
    )


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """Durable commands a second of the writer alone, one commit each and grouped."""

    single: float
    grouped: float
    ratio: float
    """The median of the rounds' ratios."""
    batch: float
    """Commands in a commit, when grouped."""


def commits(lab: Lab, sizes: Sizes) -> Commits:
    """(e) Group commit against a commit for each command, with as many submitters as connections."""
    single, grouped, batch = list[float](), list[float](), list[float]()
    for _ in range(sizes.rounds):
        for limit, rates in ((1, single), (BATCH_LIMIT, grouped)):
            rate, commit_rate, *_ = uvloop.run(measure_commits(lab.place(), sizes.connections, limit, sizes.seconds))
            rates.append(rate)
            if limit != 1:
                batch.append(rate / commit_rate)
    return Commits(
        single=statistics.median(single),
        grouped=statistics.median(grouped),
        ratio=statistics.median(g / s for g, s in zip(grouped, single, strict=True)),
        batch=statistics.median(batch),
    )


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The desk's search: ms."""

    queries: int
    build: float
    p50: float
    p99: float
    http_p50: float
    http_p99: float


def search(lab: Lab, sizes: Sizes) -> Search:
    """(f) What people type: initials, words, codes; in the process, and over HTTP on one connection."""
    asked = tuple(query for matter in lab.hall.matters.values() for query in typed(matter))
    build, alone, over = list[float](), list[Spread](), list[Spread]()
    for _ in range(sizes.rounds):
        begun = time.perf_counter()
        index = MatterIndex(lab.hall)
        build.append((time.perf_counter() - begun) * 1000)
        times = []
        for query in asked:
            begun = time.perf_counter()
            index.search(query, 12)
            times.append(time.perf_counter() - begun)
        alone.append(spread(times, sum(times)))
        with lab.server("sqlite") as running:
            over.append(lab.load(running, "search", connections=1, queries=asked)["search"])
    return Search(
        queries=len(asked),
        build=statistics.median(build),
        p50=median_of(alone, lambda s: s.p50),
        p99=median_of(alone, lambda s: s.p99),
        http_p50=median_of(over, lambda s: s.p50),
        http_p99=median_of(over, lambda s: s.p99),
    )


def typed(matter: Matter) -> tuple[str, str, str]:
    """What somebody may type who looks for this matter: initials, the beginning of its name, its code."""
    return matter.initials[:3], matter.zh[:4], matter.code
