"""The real server loses its forecast's process: waits go on from one path of means, and from the process again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from onewindow.outlook.fallback import MOST, Fallback
from onewindow.outlook.warming import smallest
from onewindow.queue.outlook import PATH
from onewindow.routing.rules import rule_for
from tests.callers.browsers import Desk, always_open
from tests.hall_app import anqiu
from tests.outlook.patience import PATIENCE
from tests.server import ROOT, Server, served

ISSUING = 0.3
"""Seconds between two tickets that are issued to look at what they are told."""


def workers(server: Server) -> list[int]:
    """The process ids of the server's forecast workers."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    named = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    return [pid for pid, command in named.items() if b"onewindow.outlook.worker" in command]


def eventually(found: Callable[[], bool], every: float = 0.02) -> None:
    """Return once this holds, looked at every so many seconds: what is waited for happens in other processes."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline
        time.sleep(every)


class Told:
    """What the tickets of a desk are told, and by what."""

    def __init__(self, server: Server, desk: Desk) -> None:
        self._server = server
        self._desk = desk

    def read(self, path: str) -> httpx.Response:
        return httpx.get(self._server.url + path, headers=self._server.bearer("supervisor"), trust_env=False)

    def engine(self) -> object:
        """What the report says computes the waits."""
        return self.read("/api/reports/forecast").json()["engine"]

    def newest(self) -> dict[str, object]:
        """The wait of a ticket issued now, as the journal has it."""
        self._desk.issue("CNV-001")
        found: dict[str, object] = self._desk.events("ticket_issued")[-1]["wait"]
        return found

    def by_worker(self) -> bool:
        return self.newest().get("raw") is not None

    def by_path(self) -> bool:
        wait = self.newest()
        return wait.get("path") is True and wait.get("range") is not None and wait.get("raw") is None


@contextmanager
def stopped(server: Server, old: list[int]) -> Iterator[None]:
    """The worker that replaces the old ones, held while it starts."""
    fresh: list[int] = []

    def caught() -> bool:
        fresh.extend(pid for pid in workers(server) if pid not in old)
        return bool(fresh)

    eventually(caught)
    os.kill(fresh[0], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(fresh[0], signal.SIGCONT)


def test_waits_go_on_while_the_worker_is_gone_and_come_from_it_again(tmp_path: Path) -> None:
    env = {"ONEWINDOW_FORECAST": "on", "NUMBA_CACHE_DIR": str(ROOT / ".pytest_cache" / "outlook" / "compiled")}
    with served(tmp_path / "data", always_open(tmp_path), env=env) as server:
        desk = Desk(server)
        told = Told(server, desk)
        desk.post("/api/windows/32/open", {"clerk": "li"})
        for _ in range(8):
            desk.issue("CNV-001")
        eventually(told.by_worker, ISSUING)
        assert told.engine() == "kernel"
        (old,) = workers(server)
        os.kill(old, signal.SIGKILL)
        desk.issue("CNV-001")
        with stopped(server, [old]):
            eventually(told.by_path, ISSUING)
            # Not a last forecast that lingers: it follows what happens, for as long as the worker is gone.
            before = told.newest()
            for _ in range(5):
                desk.issue("CNV-001")
            eventually(lambda: int(str(told.newest()["expected"])) > int(str(before["expected"])) + 300, ISSUING)
            assert told.by_path()
            assert told.engine() == PATH
            gauges = told.read("/metrics").text
            assert 'onewindow_forecast_source{source="path"} 1.0' in gauges
            assert "onewindow_forecast_up 0.0" in gauges
        eventually(told.by_worker, ISSUING)
        assert told.engine() == "kernel"
        desk.close()


async def test_an_area_with_too_many_people_is_left_alone() -> None:
    taken = smallest()
    fallback = Fallback(rule_for(anqiu().settings.routing))
    assert await fallback.drive(taken) is not None
    crowd = tuple(msgspec.structs.replace(taken.tickets[0], id=str(i)) for i in range(MOST + 1))
    assert await fallback.drive(msgspec.structs.replace(taken, tickets=crowd)) is None
