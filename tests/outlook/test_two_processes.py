"""Forecasts at two processes: each forecasts for those who ask it, what was told is recorded once, and scored once.

The process that writes records in the journal what the visitor was told; the other one forecasts from what it
follows. Neither's forecasts, nor any what-if, is a commit.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from onewindow.forecast.scoring import Scores
from onewindow.forecast.waits import source_of
from onewindow.queue.events import TicketIssued
from onewindow.queue.outlook import ENGINE
from onewindow.zones.load import load_hall
from tests.e2e.history import journal
from tests.e2e.stage import Stage, paired
from tests.outlook.conftest import CACHE
from tests.outlook.patience import PATIENCE
from tests.server import Server

pytestmark = pytest.mark.redis
MATTER, WINDOW, NEXT = "CNV-001", "32", "33"


FORECASTING = {"ONEWINDOW_FORECAST": "on", "NUMBA_CACHE_DIR": str(CACHE)}


class Hall:
    """What one asks of either server."""

    def __init__(self, pair: Stage, client: httpx.AsyncClient) -> None:
        self.pair, self._client = pair, client

    async def post(self, at: int, path: str, body: dict[str, Any], role: str = "supervisor") -> Any:
        reply = await self._client.post(self.pair.servers[at].url + path, json=body, headers=self.pair.bearer(role))
        assert reply.is_success, reply.text
        return reply.json()

    async def get(self, at: int, path: str) -> Any:
        reply = await self._client.get(self.pair.servers[at].url + path, headers=self.pair.bearer("supervisor"))
        assert reply.is_success, reply.text
        return reply.json()

    async def issue(self, at: int) -> Any:
        return (await self.post(at, "/api/tickets", {"matter": MATTER}, "guide"))["ticket"]

    async def serve_next(self, at: int) -> None:
        called = await self.post(at, f"/api/windows/{WINDOW}/call-next", {"finish": True})
        assert called["ticket"] is not None
        await self.post(at, f"/api/windows/{WINDOW}/start", {})

    async def report(self, at: int) -> Any:
        return await self.get(at, "/api/reports/forecast")

    async def until(self, at: int, holds: Callable[[Any], Any]) -> Any:
        """The report, once this holds of it."""
        async with asyncio.timeout(PATIENCE):
            while not holds(found := await self.report(at)):  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.05)
        return found

    async def waits(self, ticket: str, holds: Callable[[Any, Any], bool]) -> list[Any]:
        """How long it will wait by either, once this holds: a forecast that knows of all comes within seconds.

        Until then one that was made before the window opened may say that nothing is known.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                one, other = [(await self.get(at, f"/api/tickets/{ticket}"))["ticket"]["wait"] for at in (0, 1)]
                if one is not None and other is not None and holds(one, other):
                    return [one, other]
                await asyncio.sleep(0.05)

    async def compare(self, at: int) -> Any:
        """What another window would change."""
        asked = {"alternatives": [[{"do": "open", "window": NEXT}]]}
        found = await self.post(at, "/api/what-if", asked)
        return found["alternatives"][0]["change"]["mean_minutes"]

    async def end(self, at: int) -> tuple[int, str]:
        told = await self.get(at, "/readyz")
        return told["commits"], told["hash"]


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["low"] <= other["high"] and other["low"] <= one["high"])


async def test_each_process_forecasts_and_nothing_is_recorded_or_scored_twice(tmp_path: Path) -> None:
    with paired(tmp_path, FORECASTING) as pair:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            hall = Hall(pair, client)
            writes = await pair.writer()
            follows = 1 - writes
            await hall.post(follows, f"/api/windows/{WINDOW}/open", {})
            issued = [await hall.issue(n % 2) for n in range(3)]
            await hall.serve_next(follows)
            for at in (0, 1):
                await hall.until(at, lambda report: report["engine"] == "kernel")
            # What is told while the last forecast knew of an idle window is not scored.
            await hall.waits(issued[2]["id"], lambda one, other: one["expected"] and other["expected"])
            issued += [await hall.issue(n % 2) for n in range(11)]
            await pair.converge()
            before = await hall.end(writes)

            # Each forecasts by itself, from the same hall.
            waits = await hall.waits(issued[8]["id"], lambda one, other: one["low"] > 0 and overlap(one, other))
            assert all(0 < w["low"] <= w["expected"] <= w["high"] for w in waits), waits
            changes = [await hall.compare(at) for at in (0, 1)]
            assert all(change["high"] < 0 for change in changes) and overlap(*changes)
            assert await hall.end(0) == await hall.end(1) == before, "a question is no commit"

            commits = journal(pair.servers[follows])
            told = [e for c in commits for entry in c.entries for e in entry.events if isinstance(e, TicketIssued)]
            assert [e.ticket for e in told] == [t["id"] for t in issued], "each once"
            assert [source_of(e.wait) for e in told[-2:] if e.wait is not None] == [ENGINE] * 2
            await scored_once(hall, writes, follows)


def by_the_journal(pair: Stage, at: int) -> int:
    """How many tickets are scored when the day's events are read once, in their order."""
    scores = Scores(load_hall(pair.hall))
    for commit in journal(pair.servers[at]):
        for entry in commit.entries:
            scores.feed_all(entry.events)
    return len(scores.scored())


async def scored_once(hall: Hall, writes: int, follows: int) -> None:
    """Both score each call once, also after the one that writes has died and come back."""
    for n in range(4):
        await hall.serve_next(n % 2)
    await hall.pair.converge()
    called = await asyncio.to_thread(by_the_journal, hall.pair, follows)
    assert called > 1
    # A process reads the day over for its score beside its work.
    one, other = [
        await hall.until(at, lambda report: report["all"] and report["all"]["tickets"] >= called)
        for at in (writes, follows)
    ]
    assert one["all"]["tickets"] == called
    assert {**one, "engine": ""} == {**other, "engine": ""}
    dead: Server = hall.pair.servers[writes]
    dead.kill()
    await hall.pair.writer()
    await hall.serve_next(follows)
    after = await hall.until(follows, lambda report: report["all"]["tickets"] > called)
    assert after["all"]["tickets"] == called + 1 == await asyncio.to_thread(by_the_journal, hall.pair, follows)
    assert await hall.compare(follows)
    await asyncio.to_thread(dead.start)
    again = await hall.until(writes, lambda report: report["all"] and report["all"]["tickets"] == called + 1)
    assert again["all"] == after["all"], "from the journal, as from what it followed"
