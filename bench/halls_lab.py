"""Servers of many halls for the benchmark (多厅实验台), and what is read off them."""

import asyncio
import http.client
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.halls_load import Job, Order, Seat, Told, cpu_seconds
from bench.lab import Lab, children_of, resident_kib
from bench.open_hall import open_copy
from bench.redis import redis_served
from loadtest.plan import channels, public_windows
from loadtest.server import ROOT, clean_environment, free_port, serving
from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from onewindow.halls.house import LOOK_SECONDS
from onewindow.halls.marks import AT_WORK
from onewindow.queue.journal import hash_of
from onewindow.queue.journal_redis import RedisJournal
from onewindow.shared.link import client

MIB: Final = 1024
SCREENS: Final = 60
APPENDS: Final = 500
BODY: Final = b"x" * 2000
"""About a commit of the peak hour."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What a hall costs by being there. MiB and seconds."""

    halls: int
    empty_mib: float
    """The process without a hall."""
    hall_mib: float
    """Each hall more, nobody connected."""
    after_mib: float
    """The process after all halls were let go."""
    first_seconds: float
    """Median of the first request to a hall that nobody has opened before …"""
    again_seconds: float
    """… and to one that was let go."""
    again_cpu: float
    """The processor's part of that."""
    idle_cpu: float
    """Seconds of processor a second for a loaded hall without anybody."""


class OnRedis(msgspec.Struct, frozen=True, kw_only=True):
    """The same with Redis, for each hall."""

    halls: int
    hall_mib: float
    idle_cpu: float
    connections: float
    """To Redis."""
    commands: float
    """A second, while nobody is there."""
    redis_cpu: float
    """Seconds of Redis's processor a second."""
    append_cpu: float
    """Seconds of Redis's processor for one commit of `BODY` bytes, synced."""


def folder_of(lab: Lab, count: int) -> tuple[Path, tuple[str, ...]]:
    """Copies of the sample hall, each under its own code, open always."""
    folder, codes = lab.place(), tuple(f"h{n:03d}" for n in range(count))
    for code in codes:
        open_copy(folder / code, code)
    return folder, codes


@contextmanager
def server_of(lab: Lab, folder: Path, *options: str) -> Iterator[tuple[int, int, Path]]:
    """`run.py serve --halls`: its port, its process, its data."""
    data, port = lab.place(), free_port()
    command = ["run.py", "serve", "--halls", str(folder), "--data", str(data), "--port", str(port), *options]
    with serving(command, port, data / "server.log") as process:
        yield port, process.pid, data


def ask(port: int, code: str, path: str = "/healthz") -> bytes:
    """A GET in a hall; an empty code: in none."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", path, headers={"Host": f"{code}.localhost"} if code else {})
        reply = connection.getresponse()
        body = reply.read()
    if reply.status != http.client.OK:
        raise RuntimeError(f"{code} {path}: {reply.status} {body[:200]!r}")
    return body


def cpu_share(pid: int, seconds: float) -> float:
    """The processor's share that a process takes in the next seconds."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds


def _timed(port: int, pid: int, codes: Sequence[str]) -> tuple[float, float]:
    """Median seconds of a request to each hall, and of the processor's part."""
    times, parts = [], []
    for code in codes:
        begun, before = time.perf_counter(), cpu_seconds(pid)
        ask(port, code)
        times.append(time.perf_counter() - begun)
        parts.append(cpu_seconds(pid) - before)
    return statistics.median(times), statistics.mean(parts)


def _settled(port: int, pid: int) -> float:
    """MiB when all halls' files are checked and no hall is at work."""
    deadline = time.monotonic() + 120
    while b"at_work" in ask(port, "", "/readyz") or children_of(pid):
        if time.monotonic() > deadline:
            raise RuntimeError("halls stay though nobody needs them")
        time.sleep(0.2)
    return resident_kib(pid) / MIB


def life(lab: Lab, count: int, seconds: float) -> Life:
    """Load halls without anybody in them, let them go, load them again."""
    folder, codes = folder_of(lab, count)
    with server_of(lab, folder, "--forecast", "off", "--idle-minutes", "60") as (port, pid, data):
        empty = _settled(port, pid)
        first, _ = _timed(port, pid, codes)
    # The first start of a hall makes its accounts, whose hashing takes memory once: measured is a later one.
    options = ("--forecast", "off", "--data", str(data), "--idle-minutes", "0.5")
    for mark in data.glob("*/at-work"):
        mark.unlink()
    with server_of(lab, folder, *options) as (port, pid, _):
        empty = _settled(port, pid)
        again, part = _timed(port, pid, codes)
        loaded = resident_kib(pid) / MIB
        idle = cpu_share(pid, seconds) / count
        _settled(port, pid)
        time.sleep(2 * LOOK_SECONDS)  # Until what they leave behind is given back.
        after = resident_kib(pid) / MIB
    return Life(
        halls=count,
        empty_mib=empty,
        hall_mib=(loaded - empty) / count,
        after_mib=after,
        first_seconds=first,
        again_seconds=again,
        again_cpu=part,
        idle_cpu=idle,
    )


def on_redis(lab: Lab, count: int, seconds: float) -> OnRedis:
    """Halls without anybody, their journals in Redis."""
    folder, codes = folder_of(lab, count)
    with redis_served(lab.place()) as url:
        options = ("--forecast", "off", "--redis", url)
        with server_of(lab, folder, *options) as (port, pid, _):
            _timed(port, pid, codes)  # Their accounts are made, as in `life`.
        asyncio.run(_forget_marks(url))
        with server_of(lab, folder, *options) as (port, pid, _):
            empty = _settled(port, pid)
            _timed(port, pid, codes)
            mib = (resident_kib(pid) / MIB - empty) / count
            before = asyncio.run(_redis_info(url))
            idle = cpu_share(pid, seconds) / count
            after = asyncio.run(_redis_info(url))
        append = asyncio.run(_append_cpu(url))
    return OnRedis(
        halls=count,
        hall_mib=mib,
        idle_cpu=idle,
        connections=(after["connected_clients"] - 1) / count,
        commands=(after["total_commands_processed"] - before["total_commands_processed"]) / seconds / count,
        redis_cpu=_cpu(before, after) / seconds / count,
        append_cpu=append,
    )


def _cpu(before: dict[str, Any], after: dict[str, Any]) -> float:
    return float(sum(after[name] - before[name] for name in ("used_cpu_user", "used_cpu_sys")))


async def _append_cpu(url: str) -> float:
    journal = RedisJournal(url, "bench")
    before = await _redis_info(url)
    for n in range(1, APPENDS + 1):
        await journal.append("2026-01-05", n, BODY, hash_of(BODY))
    after = await _redis_info(url)
    await journal.close()
    return _cpu(before, after) / APPENDS


async def _forget_marks(url: str) -> None:
    redis = client(url)
    await redis.delete(AT_WORK)
    await redis.aclose()


async def _redis_info(url: str) -> dict[str, Any]:
    redis = client(url)
    found: dict[str, Any] = await redis.info()
    await redis.aclose()
    return found


def visit_bytes(data: Path, code: str) -> float:
    """Bytes in the journal for each number that a hall gave."""
    with closing(sqlite3.connect(f"{(data / code / f'{code}.journal').absolute().as_uri()}?mode=ro", uri=True)) as db:
        bodies = [bytes(body) for (body,) in db.execute("SELECT body FROM commits")]
    issued = sum(body.count(b'"ticket_issued"') for body in bodies)
    return sum(map(len, bodies)) / max(1, issued)


async def seats(data: Path, codes: Sequence[str]) -> tuple[Seat, ...]:
    """Who may act in these halls; their stores are made if the halls weren't opened yet."""
    found = []
    for code in codes:
        async with open_store(data / code) as store:
            tokens = Tokens(store.secret)
            guide, supervisor = (
                tokens.make(role, f"load-{role}", hours=24) for role in (Role.GUIDE, Role.SUPERVISOR)
            )
            found.append(Seat(code=code, guide=guide, supervisor=supervisor))
    return tuple(found)


@contextmanager
def crowd(lab: Lab, port: int, pid: int, waiting: int, rate: float) -> Iterator["Crowd"]:
    """The load's process."""
    windows = public_windows(lab.hall)
    matters = tuple(sorted({one for no in windows for one in lab.hall.windows[no].matters}))
    job = Job(
        port=port,
        pid=pid,
        windows=windows,
        matters=matters,
        channels=tuple(channels(lab.hall, SCREENS)),
        waiting=waiting,
        rate=rate,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.halls_load"],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Crowd(process, job)
    finally:
        process.kill()
        process.communicate()


class Crowd:
    """The load's process, seen from here."""

    def __init__(self, process: "subprocess.Popen[bytes]", job: Job) -> None:
        self._process = process
        self._say(job)

    def follow(self, order: Order) -> Told:
        """Have it done. Raises RuntimeError when it fails."""
        self._say(order)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load failed")
        return msgspec.json.decode(line, type=Told)

    def _say(self, what: msgspec.Struct) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(what) + b"\n")
        self._process.stdin.flush()
