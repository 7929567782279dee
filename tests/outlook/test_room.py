"""Forecasts in the running hall: they come by themselves, are shown and recorded, and are missed by nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from onewindow.access.principal import Role
from onewindow.forecast.day_summary import DaySummary
from onewindow.outlook.engine import Engine
from onewindow.outlook.room import OutlookRoom, open_outlook
from onewindow.queue import events as ev
from onewindow.queue.journal import StoredCommit
from onewindow.queue.upcast import decode
from onewindow.shared.copies import CopiesMissing
from tests.hall_app import done, running
from tests.outlook.patience import until
from tests.server import ROOT


def engine() -> Engine:
    """As the hall's, but with patience for a machine that does much else."""
    return Engine(ROOT / ".pytest_cache" / "outlook", timeout=120.0)


async def forecast_of(refigured: list[tuple[str, ...]], count: int = 1) -> None:
    """Wait until the screens were told of so many forecasts more."""
    wanted = len(refigured) + count
    await until(lambda: len(refigured) >= wanted)


async def test_forecasts_come_and_are_shown_and_recorded(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        told: list[tuple[str, ...]] = []
        runtime, worker = api.opened.runtime, engine()
        async with open_outlook(runtime, tmp_path, lambda w: told.append(tuple(w)), engine=worker):
            await worker.start()
            for no in ("17", "18", "19"):
                await api.clerk(no, "open")
            for _ in range(12):
                await api.issue(matter="BIZ-001")
                api.clock.on(30)
            for no in ("17", "18", "19"):
                await api.clerk(no, "call-next")
                await api.clerk(no, "start")
            await forecast_of(told, 1)
            # Whatever was asked before the last command has come; the next of this area is after it.
            before = len([t for t in told if "17" in t])
            await until(lambda: len([t for t in told if "17" in t]) > before)
            state = await runtime.committed()
            assert state.outlook is not None
            assert state.outlook.engine == "kernel"
            issued = (await api.issue(matter="BIZ-001"))["ticket"]
            state = await runtime.committed()
            wait = state.tickets[issued["id"]].wait_at_issue
            assert wait is not None
            assert wait.raw is not None
            assert wait.range is not None
            assert wait.low <= wait.range[0] <= wait.expected <= wait.range[1] <= wait.high
            assert wait.low % 300 == wait.high % 300 == 0
            # Twelve others, nine of whom wait at three windows: more than a quarter of an hour, less than three.
            assert 900 < wait.expected < 10_000
            assert issued["wait"] == {"low": wait.low, "expected": wait.expected, "high": wait.high}
        stored = [decode(s.body) async for s in runtime.journal.read(runtime.day)]
        last = [e for c in stored for entry in c.entries for e in entry.events if isinstance(e, ev.TicketIssued)][-1]
        assert last.wait == wait


async def test_a_day_that_cannot_be_read_costs_the_scores_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as api:
        runtime, dead = api.opened.runtime, Engine(tmp_path / "dead", command=("/bin/false",))
        await api.clerk("17", "open")

        def unread(day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
            raise CopiesMissing(1, 0)

        monkeypatch.setattr(runtime.journal, "read", unread)
        async with open_outlook(runtime, tmp_path, lambda w: None, engine=dead) as room:
            await api.issue(matter="BIZ-001")
            # It is asked for a forecast, and nothing is kept for scores that will never come.
            await until(lambda: dead.kind == "down")
            assert room._held_back is None


async def test_issuing_goes_on_without_an_engine(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        dead = Engine(tmp_path / "dead", command=("/bin/false",))
        async with open_outlook(api.opened.runtime, tmp_path, lambda w: None, engine=dead) as room:
            await api.clerk("17", "open")
            ticket = (await api.issue(matter="BIZ-001"))["ticket"]
            await until(lambda: dead.kind == "down")
            again = (await api.issue(matter="BIZ-001"))["ticket"]
            assert ticket["wait"] is not None
            assert again["wait"] is not None
            assert room.scores.withheld == set()


async def test_the_day_before_is_learned_from_once_it_is_over(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        runtime = api.opened.runtime
        await api.clerk("17", "open")
        for _ in range(5):
            await api.issue(matter="BIZ-001")
            await api.clerk("17", "call-next")
            api.clock.on(40)
            await api.clerk("17", "start")
            api.clock.on(30 * 60)
            await api.clerk("17", "finish")
        api.clock.on(86_400)
        await runtime.turn()
        assert runtime.day == "2026-11-25"
        async with open_outlook(runtime, tmp_path, lambda w: None, engine=engine()) as room:
            await until(lambda: room.model.days > 0)
            summary = msgspec.json.decode((tmp_path / "outlook/days/2026-11-24.json").read_bytes(), type=DaySummary)
            (services,) = summary.services.values()
            assert services.count == 5
            assert summary.walks.total == 5 * 40_000
            assert room.model.ratio["BIZ-001"] > 1
        # The next start knows it before any worker runs.
        later = OutlookRoom(runtime, engine(), tmp_path / "outlook", lambda w: None)
        assert later.model.ratio == room.model.ratio


async def test_waits_that_are_wrong_are_withheld_and_the_supervisor_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        runtime = api.opened.runtime
        async with open_outlook(runtime, tmp_path, lambda w: None) as room:
            await until(lambda: room.begun)
            room.scores.withheld.add("business")
            await api.clerk("17", "open")
            ticket = (await api.issue(matter="BIZ-001"))["ticket"]
            assert ticket["wait"] is None
            assert ticket["ahead"] == 0
            elsewhere = (await api.issue(matter="REA-001"))["ticket"]
            assert elsewhere["windows"]
            floor = done(await api.get("/api/supervisor/floor", Role.SUPERVISOR))
            (alarm,) = [a for a in floor["alarms"] if a["code"] == "forecast_withheld"]
            assert alarm["zone"] == "business"
            room.scores.withheld.clear()
            await api.clerk("18", "open")
            assert (await api.issue(matter="BIZ-001"))["ticket"]["wait"] is not None
