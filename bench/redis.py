"""Several processes on Redis (多进程测量): `python -m bench.redis` writes its section of `docs/performance.md`.

One process on Redis beside the same without durability, two processes on one hall beside one (with the processor's
time of each), and how long a call made at one takes to the other's screens, beside the bare way. A redis-server of
its own, everything synced; variants take turns.
"""

import argparse
import asyncio
import contextlib
import http.client
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench.http_load import Job, Spread
from bench.lab import LONGEST, Lab, Running
from bench.redis_figures import Round, Work
from bench.redis_page import section
from bench.redis_shown import Shown, ShownJob
from loadtest import machine, sections
from loadtest.plan import make_cast
from loadtest.server import ROOT, clean_environment, free_port, serving
from onewindow.shared.link import LOST, client

PAGE: Final = ROOT / "docs" / "performance.md"
SECTION: Final = "redis"
CONNECTIONS: Final = 64
DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")
TICK: Final = os.sysconf("SC_CLK_TCK")


@contextmanager
def redis_served(folder: Path) -> Iterator[str]:
    """A redis-server on a free port; its address."""
    with redis_process(folder) as (url, _):
        yield url


@contextmanager
def redis_process(folder: Path) -> Iterator[tuple[str, int]]:
    """A redis-server on a free port; its address and its process."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), *DURABLE]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        asyncio.run(_answering(url))
        yield url, process.pid
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


class Site(msgspec.Struct, frozen=True):
    """A Redis and the servers of one hall."""

    url: str
    redis: int
    """Its process."""
    servers: list[Running]
    """The first one writes."""


@contextmanager
def processes(lab: Lab, count: int) -> Iterator[Site]:
    """A Redis and so many servers of one hall."""
    with ExitStack() as stack:
        url, redis = stack.enter_context(redis_process(lab.place()))
        cast = make_cast(lab.folder, lab.windows, url, lab.hall.settings.code)
        tokens = cast.clerks | {"guide": cast.guide, "supervisor": cast.supervisor}
        running = []
        for _ in range(count):
            where, port = lab.place(), free_port()
            command = ["run.py", "serve", "--hall", str(lab.files), "--data", str(where), "--port", str(port)]
            command += ["--redis", url, "--forecast", "off"]
            process = stack.enter_context(serving(command, port, where / "server.log"))
            running.append(Running(port=port, pid=process.pid, tokens=tokens))
        yield Site(url, redis, running)


def measure(lab: Lab, requests: int, calls: int) -> Round:
    """One round."""
    with lab.server("memory") as alone:
        memory = lab.load(alone, "issue", connections=CONNECTIONS, count=requests)["issue"]
        with processes(lab, 1) as site:
            one, one_work = _loaded(lab, site, requests)
        with processes(lab, 2) as site:
            two, two_work = _loaded(lab, site, requests)
            shown = _shown(lab, site, alone, calls)
            takeover = _take_over(site.servers[0].pid, site.servers[1].port)
    return Round(
        memory=memory,
        one=one,
        one_work=one_work,
        two=two,
        two_work=two_work,
        shown=shown,
        takeover=takeover,
    )


def _loaded(lab: Lab, site: Site, requests: int) -> tuple[Spread, Work]:
    """The same load for any number of servers: each has its part of the connections and of the requests."""
    many = len(site.servers)
    before = _worked(site)
    with ThreadPoolExecutor(many) as threads:
        parts = [
            threads.submit(lab.load, running, "issue", connections=CONNECTIONS // many, count=requests // many)
            for running in site.servers
        ]
        spreads = [part.result()["issue"] for part in parts]
    redis, *servers = (
        (after - ago) / (requests + CONNECTIONS) * 1e6 for ago, after in zip(before, _worked(site), strict=True)
    )
    count = sum(part.count for part in spreads)
    together = Spread(
        count=count,
        seconds=count / sum(part.rate for part in spreads),
        p50=max(part.p50 for part in spreads),
        p99=max(part.p99 for part in spreads),
    )
    return together, Work(redis=redis, servers=servers)


def _worked(site: Site) -> list[float]:
    """The processor's time so far of Redis and each server, s; Linux only."""
    return [_cpu(pid) for pid in (site.redis, *(running.pid for running in site.servers))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _shown(lab: Lab, site: Site, alone: Running, calls: int) -> Shown:
    """Calls followed to the other process's screens, beside the bare way. Raises RuntimeError when that fails."""

    def job(running: Running, screen_port: int = 0) -> Job:
        return Job(
            kind="shown",
            port=running.port,
            connections=1,
            count=calls,
            name=f"bench-{secrets.token_hex(4)}",
            tokens=running.tokens,
            matters=lab.matters,
            screen_port=screen_port,
        )

    with ExitStack() as stack:
        port = int(site.url.rpartition(":")[2].partition("/")[0])
        ends = [stack.enter_context(_floor(role, port)) for role in ("write", "follow")]
        writes, follows = site.servers
        asked = ShownJob(
            call=job(writes, follows.port),
            bare=job(alone),
            redis=site.url,
            floor_writes=ends[0],
            floor_follows=ends[1],
        )
        done = subprocess.run(
            [sys.executable, "-m", "bench.redis_shown"],
            cwd=ROOT,
            env=clean_environment(),
            input=msgspec.json.encode(asked),
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])
    return msgspec.json.decode(done.stdout, type=Shown)


@contextmanager
def _floor(role: str, redis: int) -> Iterator[int]:
    """One end of the bare way; its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.redis_floor", role, str(port), str(redis), "floor"],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the floor's {role} end didn't start")
        yield port
    finally:
        process.kill()
        process.communicate()


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
    text = section(rounds, CONNECTIONS, command, busy)
    sections.put(asked.page, SECTION, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
