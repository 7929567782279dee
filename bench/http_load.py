"""A load in a process of its own (施压进程): `python -m bench.http_load` reads a job from standard input.

Plain asyncio connections, kept alive, one request at a time each; nothing between the clock and the socket but the
parser of the answers.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

import msgspec
import uvloop

from bench.screens import Screens
from onewindow.demo.client import Answer, Connection, request_bytes

HOST: Final = "127.0.0.1"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done."""

    kind: str
    """`post`, `issue`, `call`, `search` or `screens`."""
    port: int
    connections: int
    count: int
    """Requests (of `call`: calls; of `screens`: calls, each awaited on every screen)."""
    name: str
    """Of this job alone: its idempotency keys begin with it."""
    tokens: dict[str, str]
    """By window; `guide`, `supervisor`."""
    matters: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    screen_port: int = 0
    """Where the screens are connected, if not at `port`."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How long requests of one kind took."""

    count: int
    seconds: float
    """From the first to the last."""
    p50: float
    p99: float
    """ms"""

    @property
    def rate(self) -> float:
        """A second."""
        return self.count / self.seconds


class Failed(Exception):
    """An answer that a benchmark can't go on with."""


def spread(times: list[float], seconds: float) -> Spread:
    """The figures of single times in seconds."""
    times = sorted(times)
    return Spread(count=len(times), seconds=seconds, p50=_at(times, 0.5) * 1000, p99=_at(times, 0.99) * 1000)


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


class Load:
    """One job at work."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._host = f"{HOST}:{job.port}"
        self._keys = itertools.count(1)

    @asynccontextmanager
    async def connected(self, count: int) -> AsyncIterator[list[Connection]]:
        """So many connections."""
        made = [await Connection.to(HOST, self.job.port) for _ in range(count)]
        try:
            yield made
        finally:
            for connection in made:
                connection.close()

    def post(self, path: str, body: Any, token: str) -> bytes:
        """A command under a fresh key."""
        key = f"{self.job.name}-{next(self._keys)}"
        encoded = msgspec.json.encode(body)
        return request_bytes("POST", path, self._host, token=self.job.tokens[token], key=key, body=encoded)

    def issue(self, n: int) -> bytes:
        """The n-th issue of a ticket."""
        return self.post("/api/tickets", {"matter": self.job.matters[n % len(self.job.matters)]}, "guide")

    def at_window(self, no: str, what: str, body: Any = None) -> bytes:
        """A command of the window's clerk."""
        return self.post(f"/api/windows/{no}/{what}", {} if body is None else body, no)

    async def all_of(self, requests: list[bytes]) -> Spread:
        """Send all, each connection the next as soon as it has its answer; the first on each is to warm up."""
        times = list[float]()

        async def lane(connection: Connection, line: Iterator[bytes]) -> None:
            for request in line:
                begun = time.perf_counter()
                good(await connection.ask(request))
                times.append(time.perf_counter() - begun)

        many = self.job.connections
        async with self.connected(many) as connections:
            for part in (iter(requests[:many]), iter(requests[many:])):
                times.clear()
                begun = time.perf_counter()
                await asyncio.gather(*(lane(connection, part) for connection in connections))
            return spread(times, time.perf_counter() - begun)

    async def open_all(self, connection: Connection) -> list[str]:
        """Open every window of which we have a token; agents' take part in the public queue.

        Where somebody is being called from before, the service begins.
        """
        windows = [no for no in self.job.tokens if no[0].isdigit()]
        for no in windows:
            opened = await connection.ask(self.at_window(no, "open"))
            if not opened.ok:
                assert opened.code == "window_already_open", opened.code
                await connection.ask(self.at_window(no, "start"))
            good(await connection.ask(self.post(f"/api/windows/{no}/matters", {"public": True}, "supervisor")))
        return windows

    async def calls(self) -> dict[str, Spread]:
        """A clerk at each window finishes, calls, starts; the other connections issue; until so many were called."""
        job, called, started, issued = self.job, list[float](), list[float](), list[float]()

        async def clerk(connection: Connection, no: str) -> None:
            while len(called) < job.count:
                begun = time.perf_counter()
                reply = good(await connection.ask(self.at_window(no, "call-next", {"finish": True}))).json()
                now = time.perf_counter()
                if reply["ticket"] is None:
                    return
                called.append(now - begun)
                good(await connection.ask(self.at_window(no, "start")))
                started.append(time.perf_counter() - now)

        async def guide(connection: Connection) -> None:
            for n in itertools.count():
                if len(called) >= job.count:
                    return
                begun = time.perf_counter()
                good(await connection.ask(self.issue(n)))
                issued.append(time.perf_counter() - begun)

        async with self.connected(job.connections) as connections:
            windows = await self.open_all(connections[0])
            clerks = zip(connections, windows, strict=False)
            begun = time.perf_counter()
            at_work = [asyncio.ensure_future(clerk(connection, no)) for connection, no in clerks]
            at_work += [asyncio.ensure_future(guide(connection)) for connection in connections[len(windows) :]]
            await asyncio.gather(*at_work)
            seconds = time.perf_counter() - begun
        every = called + started + issued
        return {"call-next": spread(called, seconds), "command": spread(every, seconds)}

    async def screens(self) -> dict[str, Spread]:
        """Call one ticket after the other, each until it has come to all screens: times from the click."""
        each, last, answered = list[float](), list[float](), list[float]()
        begun = time.perf_counter()
        async with (
            self.connected(1) as (connection,),
            Screens(HOST, self.job.screen_port or self.job.port, self.job.connections) as screens,
        ):
            windows = await self.open_all(connection)
            for n in range(self.job.count):
                ticket = good(await connection.ask(self.issue(n))).json()["ticket"]
                no = next(no for no in ticket["windows"] if no in windows)
                clicked = time.perf_counter()
                called = good(await connection.ask(self.at_window(no, "call-next", {"finish": True}))).json()[
                    "ticket"
                ]
                answered.append(time.perf_counter() - clicked)
                shown = await screens.shown(f'"{called["id"].partition("-")[0]}-{called["call"]}"'.encode())
                each += [at - clicked for at in shown]
                last.append(max(shown) - clicked)
                good(await connection.ask(self.at_window(no, "start")))
        seconds = time.perf_counter() - begun
        return {
            "each": spread(each, seconds),
            "last": spread(last, seconds),
            "answered": spread(answered, seconds),
        }

    async def run(self) -> dict[str, Spread]:
        """Do the job."""
        job = self.job
        more = job.count + job.connections
        match job.kind:
            case "post":
                body = {"matter": "X", "applicant": "standard"}
                return {"post": await self.all_of([self.post("/post", body, "guide") for _ in range(more)])}
            case "issue":
                return {"issue": await self.all_of([self.issue(n) for n in range(more)])}
            case "search":
                asked = [request_bytes("GET", f"/api/search?q={quote(q)}", self._host) for q in job.queries]
                return {"search": await self.all_of(asked)}
            case "call":
                return await self.calls()
            case "screens":
                return await self.screens()
            case _:
                raise Failed(job.kind)


def good(answer: Answer) -> Answer:
    """The answer, which must be a success. Raises Failed."""
    if not answer.ok:
        raise Failed(f"{answer.status} {answer.body[:300]!r}")
    return answer


def main() -> None:
    """Do the job of standard input."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    found = uvloop.run(Load(job).run())
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
