"""From a call at one process to the screens of the other (跨进程上屏): `python -m bench.redis_shown`, a job on stdin.

One thing at a time, in turns, in a process of its own: the call that is followed, an append alone, the bare way
(`bench.redis_floor`), and the same call where nothing is durable. So all meet the same machine.
"""

import sys
import time
from contextlib import AsyncExitStack
from typing import Final

import msgspec
import uvloop

from bench.http_load import HOST, Job, Load, Spread, good, spread
from bench.screens import Screens
from onewindow.demo.client import Connection, request_bytes
from onewindow.queue.journal import hash_of
from onewindow.queue.journal_redis import RedisJournal

BODY: Final = b"x" * 1000
"""About what a commit of one command takes."""
DAY: Final = "2026-01-05"


class ShownJob(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done."""

    call: Job
    """At the process that writes; `screen_port`: the other one."""
    bare: Job
    """The same at a process without a durable journal."""
    redis: str
    floor_writes: int
    floor_follows: int
    """Ports of the two ends of the bare way."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """How long each took."""

    appended: Spread
    floor: Spread
    """From a bare request at one process to a bare frame from the other."""
    bare: Spread
    """From the call to its answer, nothing durable, no other process."""
    answered: Spread
    shown: Spread


class Clerk:
    """Who calls at one server, over one connection."""

    def __init__(self, load: Load, connection: Connection) -> None:
        self._load, self._connection = load, connection
        self._windows: list[str] = []
        self._issued = 0

    async def begin(self) -> None:
        """Open the windows."""
        self._windows = await self._load.open_all(self._connection)

    async def ready(self) -> str:
        """Have somebody waiting; the window that is to call."""
        ticket = good(await self._connection.ask(self._load.issue(self._issued))).json()["ticket"]
        self._issued += 1
        return next(no for no in self._windows if no in ticket["windows"])

    async def call(self, no: str) -> bytes:
        """Call; what a screen that shows it has in its bytes."""
        asked = self._load.at_window(no, "call-next", {"finish": True})
        called = good(await self._connection.ask(asked)).json()["ticket"]
        return f'"{called["id"].partition("-")[0]}-{called["call"]}"'.encode()

    async def start(self, no: str) -> None:
        """Serve who was called."""
        good(await self._connection.ask(self._load.at_window(no, "start")))


async def run(job: ShownJob) -> Shown:
    """Do the job."""
    times: dict[str, list[float]] = {name: [] for name in Shown.__struct_fields__}
    journal = RedisJournal(job.redis, "bench")
    begun = time.perf_counter()

    def took(name: str, since: float, until: float = 0.0) -> None:
        times[name].append((until or time.perf_counter()) - since)

    async with AsyncExitStack() as stack:
        clerks = []
        for one in (job.call, job.bare):
            load = Load(one)
            (connection,) = await stack.enter_async_context(load.connected(1))
            clerks.append(Clerk(load, connection))
            await clerks[-1].begin()
        hall, bare = clerks
        screens = await stack.enter_async_context(Screens(HOST, job.call.screen_port, 1))
        frames = await stack.enter_async_context(Screens(HOST, job.floor_follows, 1))
        floor = await Connection.to(HOST, job.floor_writes)
        for n in range(1, job.call.count + 1):
            no = await hall.ready()
            clicked = time.perf_counter()
            call = await hall.call(no)
            took("answered", clicked)
            (at,) = await screens.shown(call)
            took("shown", clicked, at)
            await hall.start(no)

            clicked = time.perf_counter()
            await journal.append(DAY, n, BODY, hash_of(BODY))
            took("appended", clicked)

            mark = b'"floor-%d"' % n
            request = request_bytes("POST", "/", HOST, body=mark + BODY)
            clicked = time.perf_counter()
            await floor.ask(request)
            (at,) = await frames.shown(mark)
            took("floor", clicked, at)

            no = await bare.ready()
            clicked = time.perf_counter()
            await bare.call(no)
            took("bare", clicked)
            await bare.start(no)
        floor.close()
    await journal.close()
    seconds = time.perf_counter() - begun
    return Shown(**{name: spread(found, seconds) for name, found in times.items()})


def main() -> None:
    """Do the job of standard input."""
    found = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=ShownJob)))
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
