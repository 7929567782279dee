"""The people of many halls (多厅施压进程): `python -m bench.halls_load`, told what to do by lines on standard input.

In every hall visitors come as at its peak hour, by chance and in real time: each takes a number, and a window calls
somebody and begins to serve. Screens and phones follow by websocket and say every 5 s that they are alive.
"""

import asyncio
import base64
import contextlib
import itertools
import os
import random
import secrets
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import uvloop

from bench.http_load import HOST, Spread, good, spread
from bench.lab import resident_kib
from bench.screens import Screen
from onewindow.demo.client import Connection, ConnectionGone, request_bytes
from onewindow.serve import KEEP_ALIVE_SECONDS

TICK: Final = os.sysconf("SC_CLK_TCK")
BEAT_SECONDS: Final = 5
BEAT: Final = b"\x81\x8d\0\0\0\0" + b'{"beat":null}'
"""A masked text frame; a mask of zeros leaves the text as it is."""
LANES: Final = 16
"""Halls that are made ready at the same time."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A hall, and who may act in it."""

    code: str
    guide: str
    supervisor: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done next: make these halls ready, then rest and work in all that are."""

    halls: tuple[Seat, ...]
    rest: float
    """Seconds without commands, sockets connected …"""
    work: float
    """… and of the peak hour."""
    pace: float = 1.0
    """Times as many visits as come at the peak."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    port: int
    pid: int
    """The server's process."""
    windows: tuple[str, ...]
    matters: tuple[str, ...]
    channels: tuple[str, ...]
    """What each hall's screens follow; the hall's own first."""
    waiting: int
    """Who waits in each hall at the beginning, each with a phone."""
    rate: float
    """Visits a second in each hall."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an order."""

    halls: int
    pace: float = 1.0
    sockets: int
    ready_seconds: float
    rest_cpu: float
    """Seconds of processor that the server took for each second of rest …"""
    work_cpu: float
    """… and of work;"""
    load_cpu: float
    """and this process in the latter;"""
    others_cpu: float = 0.0
    """what else wanted the cores then: the voice, the kernel, other processes, and what the host took away …"""
    disk_wait: float = 0.0
    """… and cores that had nothing to do but wait for the disk."""
    visits: float
    """A second, of all halls."""
    bytes_a_second: float
    """To all sockets, while at work."""
    mib: float
    """The server's resident memory at the end."""
    issue: Spread
    call: Spread
    shown: Spread
    """From the click until the hall's screen has it."""


class Pongs:
    """Answers the server's pings, as every browser does; a client that doesn't is cut off after 40 s."""

    def __init__(self) -> None:
        self._rest = b""
        self._shaken = False

    def take(self, data: bytes, transport: asyncio.Transport) -> None:
        """Look through what came for pings; a frame may come in parts."""
        self._rest += data
        if not self._shaken:
            head, end, self._rest = self._rest.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            self._shaken = True
        while len(self._rest) >= 2:
            size, begin = self._rest[1] & 0x7F, 2
            if size >= 126:
                begin = 4 if size == 126 else 10
                size = int.from_bytes(self._rest[2:begin], "big") if len(self._rest) >= begin else len(self._rest)
            if len(self._rest) < begin + size:
                return
            if self._rest[0] & 0x0F == 9:
                transport.write(bytes((0x8A, 0x80 | size, 0, 0, 0, 0)) + self._rest[begin : begin + size])
            self._rest = self._rest[begin + size :]


class HallScreen(Screen):
    """A hall's own screen, for as long as the run lasts."""

    def __init__(self, host: str, heard: asyncio.Event) -> None:
        super().__init__(host, heard)
        self._pongs = Pongs()

    def data_received(self, data: bytes) -> None:
        """Note the time, and answer pings."""
        super().data_received(data)
        if self.transport is not None:
            self._pongs.take(data, self.transport)


class Follower(asyncio.Protocol):
    """A screen or a phone; only counts what comes."""

    def __init__(self, host: str, path: str) -> None:
        self._hello = (host, path)
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.got = 0
        self.lost = False
        self._pongs = Pongs()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self.transport = cast(asyncio.Transport, transport)
        host, path = self._hello
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = (f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade")
        more = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        self.transport.write("\r\n".join(lines + more).encode())

    def data_received(self, data: bytes) -> None:
        """Count."""
        self.got += len(data)
        if self.transport is not None:
            self._pongs.take(data, self.transport)
        if not self.ready.done():
            self.ready.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"{self._hello}: hung up"))


class Crowd:
    """Everybody in one hall."""

    def __init__(self, job: Job, seat: Seat, seed: int) -> None:
        self.job, self.seat = job, seat
        self.followers: list[Follower] = []
        self.luck = random.Random(seed)
        self._host = f"{seat.code}.localhost:{job.port}"
        self._keys = itertools.count(1)
        self._matters = itertools.cycle(self.luck.sample(job.matters, len(job.matters)))
        self._desk: Connection
        self._spoke = time.monotonic()
        self.screen: HallScreen
        """The hall's own; it is looked into when a call has come."""
        self._heard = asyncio.Event()

    async def ready(self) -> None:
        """Load the hall, open its windows, let people wait, connect screens and phones."""
        self._desk = await Connection.to(HOST, self.job.port)
        for no in self.job.windows:
            opened = await self._ask(self._post(f"/api/windows/{no}/open", {}, self.seat.supervisor))
            if not opened.ok and opened.code != "window_already_open":
                good(opened)
        paths = [f"/ws/{channel}" for channel in self.job.channels[1:]]
        for _ in range(self.job.waiting):
            paths.append("/ws/tickets/" + (await self.issue())["track"].removeprefix("/t/"))
        loop = asyncio.get_running_loop()
        _, self.screen = await loop.create_connection(
            lambda: HallScreen(self._host, self._heard), HOST, self.job.port
        )
        await self.screen.ready
        for path in paths:
            _, follower = await loop.create_connection(partial(Follower, self._host, path), HOST, self.job.port)
            self.followers.append(follower)
            await follower.ready

    async def issue(self) -> Any:
        """A visitor takes a number."""
        return good(
            await self._ask(self._post("/api/tickets", {"matter": next(self._matters)}, self.seat.guide))
        ).json()

    async def come(self, until: float, times: "Times", pace: float) -> None:
        """Visitors come, `pace` times as many as at the peak, and windows call, until then."""
        while (at := time.perf_counter()) < until:
            await asyncio.sleep(min(self.luck.expovariate(self.job.rate * pace), max(0.0, until - at)))
            if time.perf_counter() >= until:
                return
            begun = time.perf_counter()
            ticket = (await self.issue())["ticket"]
            times.issue.append(time.perf_counter() - begun)
            no = next(no for no in ticket["windows"] if no in self.job.windows)
            await self._call(no, times)
            times.visits += 1

    async def _call(self, no: str, times: "Times") -> None:
        clicked = time.perf_counter()
        request = self._post(f"/api/windows/{no}/call-next", {"finish": True}, self.seat.supervisor)
        called = good(await self._ask(request)).json()["ticket"]
        times.call.append(time.perf_counter() - clicked)
        if called is None:
            return
        call = f'"{called["id"].partition("-")[0]}-{called["call"]}"'.encode()
        async with asyncio.timeout(30):
            while (at := self.screen.when(call)) is None:
                self._heard.clear()
                await self._heard.wait()
        times.shown.append(at - clicked)
        self.screen.news.clear()
        good(await self._ask(self._post(f"/api/windows/{no}/start", {}, self.seat.supervisor)))

    async def _ask(self, request: bytes) -> Any:
        """The answer. A connection that was idle while other halls were made ready may be put away: made anew."""
        idle, self._spoke = time.monotonic() - self._spoke, time.monotonic()
        try:
            return await self._desk.ask(request)
        except ConnectionGone:
            if idle < KEEP_ALIVE_SECONDS - 1.0:
                raise
            self._desk = await Connection.to(HOST, self.job.port)
            return await self._desk.ask(request)

    def _post(self, path: str, body: Any, token: str) -> bytes:
        key = f"load-{next(self._keys)}-{secrets.token_hex(4)}"
        return request_bytes("POST", path, self._host, token=token, key=key, body=msgspec.json.encode(body))


class Times:
    """Single times of one stage, seconds."""

    def __init__(self) -> None:
        self.issue: list[float] = []
        self.call: list[float] = []
        self.shown: list[float] = []
        self.visits = 0


class Load:
    """All halls of the run."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.crowds: list[Crowd] = []

    async def follow(self, order: Order) -> Told:
        """Do what is ordered."""
        begun = time.perf_counter()
        lanes = asyncio.Semaphore(LANES)

        async def ready(crowd: Crowd) -> None:
            async with lanes:
                await crowd.ready()

        fresh = [Crowd(self.job, seat, len(self.crowds) + n) for n, seat in enumerate(order.halls)]
        await asyncio.gather(*(ready(crowd) for crowd in fresh))
        self.crowds += fresh
        made_ready = time.perf_counter() - begun
        beats = asyncio.create_task(self._beats())
        try:
            rest, *_ = await self._measured(asyncio.sleep(order.rest))
            times, got = Times(), self._got()
            until = time.perf_counter() + order.work
            coming = (crowd.come(until, times, order.pace) for crowd in self.crowds)
            work, own, others, disk = await self._measured(asyncio.gather(*coming))
        finally:
            beats.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beats
        seconds = order.work
        if lost := sum(follower.lost for crowd in self.crowds for follower in crowd.followers):
            raise ConnectionError(f"{lost} screens and phones were cut off")
        return Told(
            halls=len(self.crowds),
            pace=order.pace,
            sockets=sum(len(crowd.followers) + 1 for crowd in self.crowds),
            ready_seconds=made_ready,
            rest_cpu=rest,
            work_cpu=work,
            load_cpu=own,
            others_cpu=others,
            disk_wait=disk,
            visits=times.visits / seconds,
            bytes_a_second=(self._got() - got) / seconds,
            mib=resident_kib(self.job.pid) / 1024,
            issue=spread(times.issue or [0.0], seconds),
            call=spread(times.call or [0.0], seconds),
            shown=spread(times.shown or [0.0], seconds),
        )

    async def _measured(self, work: Any) -> tuple[float, float, float, float]:
        """Cores that the server, this process and all else take meanwhile, and those that wait for the disk."""
        begun, server, own, machine = time.perf_counter(), cpu_seconds(self.job.pid), time.process_time(), taken()
        await work
        seconds = time.perf_counter() - begun
        shares = (cpu_seconds(self.job.pid) - server) / seconds, (time.process_time() - own) / seconds
        every, disk = ((now - before) / seconds for now, before in zip(taken(), machine, strict=True))
        return *shares, max(0.0, every - sum(shares)), disk

    async def _beats(self) -> None:
        for turn in itertools.count():
            alive: list[Follower | HallScreen] = []
            for crowd in self.crowds:
                alive += (*crowd.followers, crowd.screen)
            for follower in alive[turn % (BEAT_SECONDS * 10) :: BEAT_SECONDS * 10]:
                if follower.transport is not None and not follower.transport.is_closing():
                    follower.transport.write(BEAT)
            await asyncio.sleep(0.1)

    def _got(self) -> int:
        return sum(follower.got for crowd in self.crowds for follower in crowd.followers)


def cpu_seconds(pid: int) -> float:
    """The processor's time that a process has had, in user and system mode; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def taken() -> tuple[float, float]:
    """Seconds of all cores that were taken, and in which they only waited for the disk; Linux only."""
    user, nice, system, _, disk, *more = map(int, Path("/proc/stat").read_text(encoding="ascii").split()[1:9])
    return (user + nice + system + sum(more)) / TICK, disk / TICK


async def main() -> None:
    """Answer each order with a line."""
    loop = asyncio.get_running_loop()
    load = Load(msgspec.json.decode(sys.stdin.buffer.readline(), type=Job))
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        told = await load.follow(msgspec.json.decode(line, type=Order))
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())
