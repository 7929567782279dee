"""The page (报告页): `docs/performance.md`, written from the figures and from nothing else."""

import textwrap
from datetime import date

import msgspec

from bench.growth import FLAT, Grown
from bench.lab import Sizes
from bench.measures import Commits, Http, Memory, Replay, Request, Search, Shown


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one benchmark."""

    http: Http
    screens: dict[int, Shown]
    replay: Replay
    memory: Memory
    commits: Commits
    growth: tuple[Grown, ...]
    search: Search
    sizes: Sizes
    machine: list[str]
    busy_before: float
    busy_after: float
    minutes: float
    command: str
    day: date


class Goal(msgspec.Struct, frozen=True):
    """Something that was promised, and what was measured."""

    what: str
    goal: str
    measured: str
    met: bool


def goals(found: Results) -> list[Goal]:
    """The goals, judged."""
    http, memory, commits, replay = found.http, found.memory, found.commits, found.replay
    most = max(found.screens)
    alone = http.alone_p50 / http.raw_commit_p50
    last = found.screens[most].last_p99
    return [
        *_durable(found),
        Goal(
            f"resident memory with {memory.tickets:,} tickets",
            "≤ 150 MiB",
            f"{memory.full:.0f} MiB",
            memory.full <= 150,
        ),
        Goal(
            f"durable issue at {found.sizes.connections} connections, against a bare POST of the same framework",
            "≥ 0.75",
            f"{http.durable_to_floor:.2f}",
            http.durable_to_floor >= 0.75,
        ),
        Goal(
            f"grouped commits against one for each command, {found.sizes.connections} submitters",
            "≥ 5 times",
            f"{commits.ratio:.1f} times",
            commits.ratio >= 5,
        ),
        Goal(
            "one durable ticket alone (p50), against a bare commit of SQLite",
            "≤ 2 times",
            f"{alone:.1f} times",
            alone <= 2,
        ),
        Goal(f"click → the last of {most} screens (p99)", "≤ 50 ms", f"{last:.1f} ms", last <= 50),
        Goal(
            f"replay of a day of {replay.commits:,} commits", "≤ 0.5 s", f"{replay.whole:.2f} s", replay.whole <= 0.5
        ),
        Goal("start with that day", "≤ 2 s", f"{replay.start_full:.1f} s", replay.start_full <= 2),
        Goal(
            f"processor a command takes at {found.growth[-1].tickets:,} tickets of the day, against "
            f"{found.growth[0].tickets:,}",
            f"flat: ≤ {FLAT} times",
            f"{found.growth[-1].times:.2f} times",
            found.growth[-1].times <= FLAT,
        ),
    ]


def _durable(found: Results) -> list[Goal]:
    """What durability costs, against the same endpoints without it."""
    http = found.http
    of = f"at {found.sizes.connections} connections, against the same without durability"
    rate = http.issue["sqlite"].rate
    return [
        Goal(f"durable issue {of}", "≥ 0.75", f"{http.durable_to_memory:.2f}", http.durable_to_memory >= 0.75),
        Goal(f"durable call-next {of}", "≥ 0.75", f"{http.call_to_memory:.2f}", http.call_to_memory >= 0.75),
        Goal("… the p99 of an issue, likewise", "≤ 2 times", f"{http.issue_p99:.2f} times", http.issue_p99 <= 2),
        Goal("… the p99 of a call, likewise", "≤ 2 times", f"{http.call_p99:.2f} times", http.call_p99 <= 2),
        Goal("durable issues a second", "≥ 3,000", f"{rate:,.0f}", rate >= 3000),
    ]


def page(found: Results) -> str:
    """The page's text."""
    return "\n".join([*_head(found), *_goals(found), *_http(found), *_screens(found), *_rest(found)]) + "\n"


def _head(found: Results) -> list[str]:
    sizes = found.sizes
    return [
        "# Performance 性能",
        "",
        paragraph(
            f"Measured on {found.day.isoformat()} by `{found.command}`, which wrote this page.",
            "Don't edit it: measure anew.",
        ),
        "",
        *(f"- {fact}" for fact in found.machine),
        f"- {found.minutes:.1f} minutes. Processes that wanted a core: {found.busy_before:.1f} before, "
        f"{found.busy_after:.1f} at the end (the benchmark's own included)",
        "",
        paragraph(
            f"Every figure is the median of {rounds(sizes.rounds)} (requests: of twice as many, there and back);",
            "within a round the variants take turns, each on",
            "a fresh server in a process of its own, loaded by another process that shares the cores. The hall is",
            "the sample hall, open always. Compare ratios, which hold from machine to machine, rather than times,",
            "which don't.",
        ),
        "",
    ]


def _goals(found: Results) -> list[str]:
    rows = [
        f"| {goal.what} | {goal.goal} | {goal.measured} | {'met 达到' if goal.met else '**not met 未达到**'} |"
        for goal in goals(found)
    ]
    return ["## Goals 目标", "", "| what | goal | measured | |", "| --- | --- | --- | --- |", *rows, ""]


def _http(found: Results) -> list[str]:
    http, sizes, commits = found.http, found.sizes, found.commits
    names = {
        "sqlite": "journal on SQLite, synced",
        "memory": "the same, journal in memory",
        "floor": "bare POST, JSON",
    }

    def rows(by_journal: dict[str, Request], what: str) -> list[str]:
        return [
            f"| {what} | {names[journal]} | {r.rate:,.0f} | {r.p50:.1f} | {r.p99:.1f} |"
            for journal, r in by_journal.items()
        ]

    return [
        f"## Requests at {sizes.connections} connections 请求",
        "",
        paragraph(
            f"{sizes.requests:,} of each in a round. While calls are measured, a clerk at each of the hall's windows",
            "calls (finishing the ticket before) and starts, and the other connections issue.",
        ),
        "",
        "| | | a second | p50 ms | p99 ms |",
        "| --- | --- | --- | --- | --- |",
        *rows(http.issue, "issue"),
        *rows(http.call, "call-next"),
        *rows(http.command, "all commands while calling"),
        "",
        paragraph(
            f"One connection alone: p50 {http.alone_p50:.2f} ms a ticket; SQLite's bare commit of one row:",
            f"{http.raw_commit_p50:.2f} ms.",
        ),
        "",
        paragraph(
            f"The writer alone (no HTTP), {sizes.connections} submitters: {commits.grouped:,.0f} durable commands a",
            f"second in groups of {commits.batch:.0f} on average, {commits.single:,.0f} with a commit for each.",
        ),
        "",
    ]


def _screens(found: Results) -> list[str]:
    rows = [
        f"| {count} | {s.p50:.1f} | {s.p99:.1f} | {s.last_p50:.1f} | {s.last_p99:.1f} |"
        for count, s in found.screens.items()
    ]
    return [
        "## Click → screen 从按键到屏幕",
        "",
        paragraph(
            "From the clerk's POST until the hall screen's frame has come, the commit and its sync included;",
            f"{found.sizes.shown} calls in a round, one after the other. ms.",
        ),
        "",
        "| screens | each p50 | each p99 | last p50 | last p99 |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
    ]


def _rest(found: Results) -> list[str]:
    replay, memory, search, sizes = found.replay, found.memory, found.search, found.sizes
    return [
        "## Replay and start 回放与启动",
        "",
        paragraph(
            f"A day of {replay.commits:,} commits ({replay.tickets:,} tickets, {replay.mebibytes:.0f} MiB): read and",
            f"verified in {replay.verified:.2f} s, with the state rebuilt in {replay.whole:.2f} s. From the command",
            f"until the server takes commands: {replay.start_empty:.1f} s without data,",
            f"{replay.start_full:.1f} s with that day.",
        ),
        "",
        "## A day that grows 当日票数",
        "",
        paragraph(
            f"The load of calls above, {sizes.connections} connections, on a day that already has so many tickets,",
            "once the server has read it.",
        ),
        "",
        "| tickets | processor a command, µs | commands a second | p50 ms |",
        "| --- | --- | --- | --- |",
        *(f"| {one.tickets:,} | {one.cpu_us:.0f} | {one.rate:,.0f} | {one.p50:.1f} |" for one in found.growth),
        "",
        "## Memory 内存",
        "",
        paragraph(
            f"The serving process (VmRSS): {memory.start:.0f} MiB at the start, {memory.full:.0f} MiB with",
            f"{memory.tickets:,} tickets. Its helpers' processes (the voice, once windows call, and the forecast)",
            f"take {memory.helpers:.0f} MiB beside.",
        ),
        "",
        "## Search 检索",
        "",
        paragraph(
            f"{search.queries} queries (initials, beginnings of names, codes): p50 {search.p50:.2f} ms, p99",
            f"{search.p99:.2f} ms; over HTTP p50 {search.http_p50:.2f} ms, p99 {search.http_p99:.2f} ms.",
            f"The index is built in {search.build:.0f} ms.",
        ),
    ]


def rounds(count: int) -> str:
    """So many rounds, in words."""
    return f"{count} rounds" if count > 1 else "one round"


def paragraph(*parts: str) -> str:
    """The parts as one paragraph of the page."""
    return textwrap.fill(" ".join(parts), 118)
