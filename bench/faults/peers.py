"""The script that was run against two open-source peers (同业脚本): 200 issues and 150 calls by 20 in parallel.

Against this hall with its journal on SQLite, and against two processes on one Redis with every second request at the
other one. Numbers and called tickets are compared as the requesters saw them. The requesters are light: with httpx, a
request's time was mostly its client's. One whose answer is lost with its connection asks again under the same key.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench.http_load import Spread, good, spread
from onewindow.demo.client import Answer, Client
from onewindow.zones.load import load_hall
from tests.callers.browsers import always_open
from tests.e2e.stage import paired
from tests.server import served

ISSUES, CALLS, PARALLEL = 200, 150, 20


class Script(msgspec.Struct, kw_only=True):
    """What one run of the script showed."""

    issued: Spread
    distinct_numbers: int
    called: Spread
    """From the clerk's request to its answer, the commit included."""
    distinct_tickets: int


def run(folder: Path, processes: int) -> Script:
    """The script against one process on SQLite, or two on Redis, all windows open."""
    with ExitStack() as stack:
        if processes == 1:
            hall = always_open(folder)
            server = stack.enter_context(served(folder / "var", hall))
            return asyncio.run(_script([server.url], server.bearer, hall))
        pair = stack.enter_context(paired(folder))
        return asyncio.run(_script([one.url for one in pair.servers], pair.bearer, pair.hall))


async def _script(urls: list[str], bearer: Callable[[str], dict[str, str]], files: Path) -> Script:
    hall = load_hall(files)
    windows = [w.no for w in hall.windows.values() if w.kind not in ("issuing", "agent")]
    matters = [m for m in hall.matters if any(m in hall.windows[no].matters for no in windows)]
    clients = [Client(url.hostname or "", url.port or 80) for url in map(urlsplit, urls)]
    turn = itertools.cycle(clients)
    tokens = {role: bearer(role)["Authorization"].removeprefix("Bearer ") for role in ("guide", "supervisor")}

    async def post(path: str, body: dict[str, object], role: str) -> Answer:
        return good(await next(turn).post(path, body, tokens[role]))

    try:
        for no in windows:
            await post(f"/api/windows/{no}/open", {}, "supervisor")
        numbers: list[str] = []
        tickets: list[str] = []

        async def issue(n: int) -> float:
            begun = time.perf_counter()
            reply = await post("/api/tickets", {"matter": matters[n % len(matters)]}, "guide")
            took = time.perf_counter() - begun
            assert reply.status == HTTPStatus.CREATED, reply.body
            numbers.append(reply.json()["ticket"]["number"])
            return took

        clerks = itertools.cycle(windows)
        free = {no: asyncio.Lock() for no in windows}

        async def call(_: int) -> float:
            while True:
                no = next(clerks)
                async with free[no]:  # a clerk presses again only after the answer
                    begun = time.perf_counter()
                    reply = await post(f"/api/windows/{no}/call-next", {"finish": True}, "supervisor")
                    took = time.perf_counter() - begun
                    if (ticket := reply.json()["ticket"]) is None:
                        continue
                    tickets.append(ticket["id"])
                    await post(f"/api/windows/{no}/start", {}, "supervisor")
                    return took

        issued = await _together(ISSUES, issue)
        called = await _together(CALLS, call)
        return Script(
            issued=issued,
            distinct_numbers=len(set(numbers)),
            called=called,
            distinct_tickets=len(set(tickets)),
        )
    finally:
        for client in clients:
            client.close()


async def _together(count: int, once: Callable[[int], Awaitable[float]]) -> Spread:
    """So many, `PARALLEL` at a time."""
    left = iter(range(count))
    took: list[float] = []

    async def worker() -> None:
        for n in left:
            took.append(await once(n))

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(PARALLEL)))
    return spread(took, time.perf_counter() - begun)
