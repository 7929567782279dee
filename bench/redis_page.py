"""The page of several processes (多进程一节): what `bench.redis` measured, in words and tables."""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime

from bench.http_load import Spread
from bench.redis_figures import Round, Work
from loadtest import machine

Rounds = list[Round]


def section(rounds: Rounds, connections: int, command: str, busy: float) -> str:
    """The section of the page."""
    return "\n".join(
        [
            "## Several processes on Redis 多进程",
            "",
            f"Measured on {datetime.now(UTC).date().isoformat()} by `{command}`; {machine.facts()[0]};",
            f"processes that wanted a core before it began: {busy:.1f}. Redis with `appendfsync always` on the same",
            f"machine, and the load too: they share its cores. Medians of {len(rounds)} rounds; ratios are of one",
            "round each.",
            "",
            *_rates(rounds, connections),
            "",
            *_way(rounds),
            "",
            "The process that writes is killed (SIGKILL): the other one writes after",
            f"{_takeovers(rounds)} s (goal 3).",
        ]
    )


def _rates(rounds: Rounds, connections: int) -> list[str]:
    def row(what: str, spread: Callable[[Round], Spread], work: Callable[[Round], Work] | None = None) -> str:
        figures = [spread(r) for r in rounds]
        rate = statistics.median(s.rate for s in figures)
        p50, p99 = statistics.median(s.p50 for s in figures), statistics.median(s.p99 for s in figures)
        return f"| {what} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {_work(rounds, work)} |"

    durable = _ratio(rounds, lambda r: r.one.rate, lambda r: r.memory.rate)
    twice = _ratio(rounds, lambda r: r.two.rate, lambda r: r.one.rate)
    tail = _ratio(rounds, lambda r: r.two.p99, lambda r: r.one.p99)
    return [
        f"| issues, {connections} connections | a second | p50 ms | p99 ms | processor's time a command, µs |",
        "| --- | --- | --- | --- | --- |",
        row("one process, nothing durable", lambda r: r.memory),
        row("one process, Redis", lambda r: r.one, lambda r: r.one_work),
        row("two processes on one hall, half of the connections each", lambda r: r.two, lambda r: r.two_work),
        "",
        f"- Redis to nothing durable: **{durable:.2f}** of the rate (goal 0.75).",
        f"- Two processes to one: **{twice:.2f}** of the rate (goal 0.9), **{tail:.2f}** times its p99 (goal 2).",
        "",
        "Each command is decided once, at the process that writes. The other one takes half of the connections off",
        "it and follows every commit; what that costs in all is the difference of the last column, and has to fit",
        "beside Redis and the load on the same cores.",
    ]


def _work(rounds: Rounds, work: Callable[[Round], Work] | None) -> str:
    if work is None:
        return ""
    figures = [work(r) for r in rounds]
    servers = [statistics.median(each) for each in zip(*(f.servers for f in figures), strict=True)]
    names = ("the server",) if len(servers) == 1 else ("the one that writes", "the one that follows")
    said = [f"{name} {us:.0f}" for name, us in zip(names, servers, strict=True)]
    return ", ".join([*said, f"Redis {statistics.median(f.redis for f in figures):.0f}"])


def _way(rounds: Rounds) -> list[str]:
    def row(what: str, spread: Callable[[Round], Spread]) -> str:
        p50 = statistics.median(spread(r).p50 for r in rounds)
        p99 = statistics.median(spread(r).p99 for r in rounds)
        return f"| {what} | {p50:.2f} | {p99:.2f} |"

    def times(above: Callable[[Round], Spread]) -> float:
        return _ratio(rounds, lambda r: r.shown.shown.p50, lambda r: above(r).p50)

    each = ", ".join(f"{r.shown.shown.p50 / r.shown.appended.p50:.2f}" for r in rounds)
    floor = _ratio(rounds, lambda r: r.shown.floor.p50, lambda r: r.shown.appended.p50)
    parts = statistics.median(r.shown.bare.p50 + r.shown.floor.p50 for r in rounds)
    return [
        "| one at a time, in turns | p50 ms | p99 ms |",
        "| --- | --- | --- |",
        row("an append of 1,000 bytes alone", lambda r: r.shown.appended),
        row("the bare way: request, XADD, XREAD in another process, frame", lambda r: r.shown.floor),
        row("a call where nothing is durable, to its answer", lambda r: r.shown.bare),
        row("a call at the process that writes, to its answer", lambda r: r.shown.answered),
        row("**a call at the process that writes, to a screen of the other**", lambda r: r.shown.shown),
        "",
        f"From the request to the other process's screens: **{times(lambda r: r.shown.appended):.2f}** times the",
        f"append's p50 (goal 3; round by round {each}), and {times(lambda r: r.shown.floor):.2f} times the bare way,",
        f"which has nothing of a hall in it and takes {floor:.2f} appends by itself. The bare way and a call without",
        f"durability, one after the other, are {parts:.2f} ms. The screen has the call after",
        f"{times(lambda r: r.shown.answered):.2f} of the time until its clerk has the answer.",
    ]


def _takeovers(rounds: Rounds) -> str:
    return " · ".join(f"{r.takeover:.2f}" for r in rounds)


def _ratio(rounds: Rounds, above: Callable[[Round], float], below: Callable[[Round], float]) -> float:
    return statistics.median(above(r) / below(r) for r in rounds)
