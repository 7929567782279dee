"""Several processes on Redis (多进程测量): `python -m bench.redis` writes its section of `docs/performance.md`.

One process on Redis beside the same without durability, two processes on one hall beside one, and how long a call
made at one takes to the other's screens. A redis-server of its own, everything synced; variants take turns.
"""

import argparse
import asyncio
import contextlib
import http.client
import os
import shlex
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench import machine, sections
from bench.app import HALL
from bench.http_load import Spread, spread
from bench.lab import Lab, Running
from loadtest.plan import make_cast
from loadtest.server import ROOT, free_port, serving
from onewindow.queue.journal import hash_of
from onewindow.queue.journal_redis import RedisJournal
from onewindow.shared.link import LOST, client

PAGE: Final = ROOT / "docs" / "performance.md"
SECTION: Final = "redis"
CONNECTIONS: Final = 64
DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")
BODY: Final = b"x" * 1000
"""About what a commit of one issue takes."""


class Round(msgspec.Struct, kw_only=True):
    """One round's figures."""

    memory: Spread
    one: Spread
    two: Spread
    """Both processes' requests as one load: the sum of the rates, the worse percentiles."""
    appended: Spread
    answered: Spread
    """A call at the writer, one at a time: until its answer came …"""
    shown: Spread
    """… and until it was on a screen of the process that follows."""
    takeover: float
    """Seconds from SIGKILL of the process that writes until the other one does."""


@contextmanager
def redis_served(folder: Path) -> Iterator[str]:
    """A redis-server on a free port; its address."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), *DURABLE]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        asyncio.run(_answering(url))
        yield url
    finally:
        process.kill()
        process.wait()


async def _answering(url: str) -> None:
    redis = client(url)
    async with asyncio.timeout(20):
        while True:
            try:
                await redis.ping()
                break
            except LOST:
                await asyncio.sleep(0.02)
    await redis.aclose()


@contextmanager
def processes(lab: Lab, count: int) -> Iterator[tuple[str, list[Running]]]:
    """A Redis and so many servers of one hall; the first one writes."""
    with ExitStack() as stack:
        url = stack.enter_context(redis_served(lab.place()))
        cast = make_cast(lab.folder, lab.windows, url, lab.hall.settings.code)
        tokens = cast.clerks | {"guide": cast.guide, "supervisor": cast.supervisor}
        running = []
        for _ in range(count):
            where, port = lab.place(), free_port()
            command = ["run.py", "serve", "--hall", str(HALL), "--data", str(where), "--port", str(port)]
            command += ["--redis", url, "--forecast", "off"]
            process = stack.enter_context(serving(command, port, where / "server.log"))
            running.append(Running(port=port, pid=process.pid, tokens=tokens))
        yield url, running


def measure(lab: Lab, requests: int, calls: int) -> Round:
    """One round."""
    with lab.server("memory") as alone:
        memory = lab.load(alone, "issue", connections=CONNECTIONS, count=requests)["issue"]
    with processes(lab, 1) as (_, (single,)):
        one = lab.load(single, "issue", connections=CONNECTIONS, count=requests)["issue"]
    with processes(lab, 2) as (url, both), ThreadPoolExecutor(2) as threads:
        halves = [
            threads.submit(lab.load, running, "issue", connections=CONNECTIONS // 2, count=requests // 2)
            for running in both
        ]
        first, second = (half.result()["issue"] for half in halves)
        two = Spread(
            count=first.count + second.count,
            seconds=(first.count + second.count) / (first.rate + second.rate),
            p50=max(first.p50, second.p50),
            p99=max(first.p99, second.p99),
        )
        shown = lab.load(both[0], "screens", connections=1, count=calls, screen_port=both[1].port)
        appended = asyncio.run(_appends(url, calls))
        takeover = _take_over(both[0].pid, both[1].port)
    return Round(
        memory=memory,
        one=one,
        two=two,
        appended=appended,
        answered=shown["answered"],
        shown=shown["each"],
        takeover=takeover,
    )


def _take_over(victim: int, port: int) -> float:
    """Kill the process that writes, and wait for the other one. Raises RuntimeError when it doesn't come."""
    os.kill(victim, signal.SIGKILL)
    begun = time.perf_counter()
    while (seconds := time.perf_counter() - begun) < 30:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/readyz")
            if b'"writes":true' in connection.getresponse().read():
                return seconds
        time.sleep(0.01)
    raise RuntimeError("nobody took over")


async def _appends(url: str, count: int) -> Spread:
    """Appends of one commit after the other, nothing else."""
    journal = RedisJournal(url, "bench")
    times = []
    begun = time.perf_counter()
    for n in range(1, count + 1):
        at = time.perf_counter()
        await journal.append("2026-01-05", n, BODY, hash_of(BODY))
        times.append(time.perf_counter() - at)
    await journal.close()
    return spread(times, time.perf_counter() - begun)


def section(rounds: list[Round], command: str, busy: float) -> str:
    """The section of the page."""

    def row(what: str, spreads: list[Spread]) -> str:
        rate = statistics.median(s.rate for s in spreads)
        p50, p99 = statistics.median(s.p50 for s in spreads), statistics.median(s.p99 for s in spreads)
        return f"| {what} | {rate:,.0f} | {p50:.1f} | {p99:.1f} |"

    def timed(what: str, spreads: list[Spread]) -> str:
        p50, p99 = statistics.median(s.p50 for s in spreads), statistics.median(s.p99 for s in spreads)
        return f"| {what} | {p50:.2f} | {p99:.2f} |"

    def ratio(above: list[float], below: list[float]) -> float:
        return statistics.median(a / b for a, b in zip(above, below, strict=True))

    durable = ratio([r.one.rate for r in rounds], [r.memory.rate for r in rounds])
    twice = ratio([r.two.rate for r in rounds], [r.one.rate for r in rounds])
    tail = ratio([r.two.p99 for r in rounds], [r.one.p99 for r in rounds])
    seen = ratio([r.shown.p50 for r in rounds], [r.appended.p50 for r in rounds])
    later = ratio([r.shown.p50 for r in rounds], [r.answered.p50 for r in rounds])
    took = " · ".join(f"{r.takeover:.2f}" for r in rounds)
    return "\n".join(
        [
            "## Several processes on Redis 多进程",
            "",
            f"Measured on {datetime.now(UTC).date().isoformat()} by `{command}`; {machine.facts()[0]};",
            f"processes that wanted a core before it began: {busy:.1f}. Redis with `appendfsync always` on the same",
            f"machine, and the load too: they share its cores. Medians of {len(rounds)} rounds.",
            "",
            f"| issues, {CONNECTIONS} connections | a second | p50 ms | p99 ms |",
            "| --- | --- | --- | --- |",
            row("one process, nothing durable", [r.memory for r in rounds]),
            row("one process, Redis", [r.one for r in rounds]),
            row("two processes on one hall, half of the connections each", [r.two for r in rounds]),
            "",
            f"- Redis to nothing durable: **{durable:.2f}** of the rate (goal 0.75).",
            f"- Two processes to one: **{twice:.2f}** of the rate (goal 0.9), **{tail:.2f}** times its p99 (goal 2).",
            "",
            "| one call at a time | p50 ms | p99 ms |",
            "| --- | --- | --- |",
            timed("an append of 1,000 bytes alone", [r.appended for r in rounds]),
            timed("from the request to the answer, at the process that writes", [r.answered for r in rounds]),
            timed("from the request to a screen of the other process", [r.shown for r in rounds]),
            "",
            f"On the other process's screens after **{seen:.2f}** times the append's p50 (goal 3), with the request",
            f"over HTTP and the frame over its websocket included; {later:.2f} times the answer's p50.",
            "",
            f"The process that writes is killed (SIGKILL): the other one writes after {took} s (goal 3).",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.redis", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=4000)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    busy = machine.busy()
    with Lab(asked.work) as lab:
        rounds = [measure(lab, asked.requests, asked.calls) for _ in range(asked.rounds)]
    command = shlex.join(["python", "-m", "bench.redis", *(arguments if arguments is not None else sys.argv[1:])])
    text = section(rounds, command, busy)
    sections.put(asked.page, SECTION, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
