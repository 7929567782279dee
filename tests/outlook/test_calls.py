"""The supervisor's questions over HTTP, against the worker at work: reports, what-if, the ranking, the command."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from onewindow.access.principal import Role
from onewindow.forecast.areas import areas_of
from onewindow.forecast.model import first_model
from onewindow.forecast.snapshot import Ground, snapshot
from onewindow.forecast.waits import source_of
from onewindow.outlook.command import lines
from tests.hall_app import Api, done, running
from tests.outlook.patience import until
from tests.server import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="module")
HORIZON_MS = 7_200_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Household registration with one of two windows open, a dozen people waiting, forecasts on."""
    async with running(tmp_path_factory.mktemp("calls"), forecast=True) as api:
        await api.clerk("32", "open")
        for _ in range(12):
            await api.issue(matter="CNV-001")
            api.clock.on(60)
        await api.clerk("32", "call-next")
        await api.clerk("32", "start")
        state = await api.opened.runtime.committed()
        await until(lambda: state.outlook is not None and state.outlook.engine == "kernel")
        yield api


async def compare(api: Api, *moves: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = done(
        await api.post("/api/what-if", {"alternatives": [[move] for move in moves]}, Role.SUPERVISOR)
    )
    return found


async def one_windows_worth(api: Api) -> float:
    """Minutes by which window 32 shortens the mean wait of two hours, by hand from the snapshot.

    It serves one person after the other without a pause, each of whom would else have waited until giving up, at half
    of the usual patience more on average; shared out among all who wait or come.
    """
    state = await api.opened.runtime.committed()
    areas = areas_of(state)
    area = areas.all[areas.of_window["32"]]
    taken = snapshot(state, Ground(state.hall, area, first_model(state.hall)), state.last_at)
    come, now = 0.0, taken.at
    for until_ms, rate in taken.rates:
        come += max(0, min(until_ms, taken.at + HORIZON_MS) - now) * rate
        now = max(now, until_ms)
    served = HORIZON_MS / (taken.tickets[0].mean_ms + taken.walk_ms + taken.gap_ms)
    return served * taken.patience_ms / 2 / (len(taken.tickets) + come) / 60_000


async def test_a_second_window_shortens_the_wait_and_none_lengthens_it(busy: Api) -> None:
    found = await compare(
        busy, {"do": "open", "window": "33"}, {"do": "close", "window": "32"}, {"do": "open", "window": "34"}
    )
    opened, closed, elsewhere = (one["change"]["mean_minutes"] for one in found["alternatives"])
    assert opened["high"] < -3
    # To first order a window more or less moves the mean by this much, to a factor of two; one that serves others
    # doesn't: it would fail the same bound.
    moved = await one_windows_worth(busy)
    assert moved / 2 < closed["low"] <= closed["high"] < moved * 2
    assert -moved * 2 < opened["low"] <= opened["high"] < -moved / 2
    assert -moved / 2 < elsewhere["low"]
    # The exit-entry window serves others: those who wait here gain nothing.
    assert abs(elsewhere["mean"]) < abs(opened["mean"]) / 2
    assert found["now"]["mean_minutes"]["low"] <= found["now"]["mean_minutes"]["high"]
    assert found["alternatives"][0]["moves"][0]["zh"] == "开 33 号窗口"


async def test_the_same_question_gets_the_same_answer(busy: Api) -> None:
    asked = {"do": "open", "window": "33"}
    first, second = await compare(busy, asked), await compare(busy, asked)
    assert first["alternatives"] == second["alternatives"]


async def test_all_moves_are_ranked(busy: Api) -> None:
    found = done(await busy.get("/api/what-if/moves?zone=convenience&limit=100", Role.SUPERVISOR))
    changes = [one["change"]["mean_minutes"]["mean"] for one in found["alternatives"]]
    assert changes == sorted(changes)
    by_move = {(one["moves"][0]["do"], one["moves"][0]["window"]): one["change"] for one in found["alternatives"]}
    assert by_move["open", "33"]["mean_minutes"]["high"] < 0 < by_move["close", "32"]["mean_minutes"]["low"]
    assert found["tried"] >= len(changes) > 10
    said = "\n".join(lines(found))
    assert "开 33 号窗口" in said


@pytest.mark.parametrize(
    ("move", "status", "code"),
    [
        ({"do": "open", "window": "32"}, 409, "window_already_open"),
        ({"do": "close", "window": "33"}, 409, "window_closed"),
        ({"do": "open", "window": "99"}, 404, "unknown_window"),
        ({"do": "matter", "window": "32", "matter": "CNV-001"}, 409, "move_changes_nothing"),
        ({"do": "matter", "window": "32", "matter": "XX"}, 422, "unknown_matter"),
        ({"do": "fly", "window": "32"}, 422, "bad_body"),
        ({"do": "lunch", "window": "32", "at": "27:00"}, 422, "bad_body"),
    ],
)
async def test_what_makes_no_sense_is_refused(busy: Api, move: dict[str, Any], status: int, code: str) -> None:
    answer = await busy.post("/api/what-if", {"alternatives": [[move]]}, Role.SUPERVISOR)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_zone_or_day_is_refused(busy: Api) -> None:
    assert (await busy.get("/api/what-if/moves?zone=moon", Role.SUPERVISOR)).status_code == 422
    assert (await busy.get("/api/reports/forecast?day=2001-01-01", Role.SUPERVISOR)).status_code == 422


async def test_the_command_asks_the_running_server(busy: Api) -> None:
    url = str(busy.client.base_url).rstrip("/")
    data = Path(busy.opened.store.place).parent
    command = ["run.py", "what-if", "--server", url, "--data", str(data), "--window", "33", "--open"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "开 33 号窗口" in out.decode()


async def test_the_report_and_the_metrics_score_what_was_told(busy: Api) -> None:
    # The first few came before a forecast that knew of anybody, and were told that nobody waits: those aren't scored.
    for _ in range(8):
        busy.clock.on(400)
        await busy.clerk("32", "call-next", {"finish": True})
        await busy.clerk("32", "start")
    found = done(await busy.get("/api/reports/forecast", Role.SUPERVISOR))
    tickets = (await busy.opened.runtime.committed()).tickets.values()
    called = [t.wait_at_issue for t in tickets if t.called_at is not None]
    told = [wait for wait in called if wait is not None and wait.expected > 0]
    assert len(told) >= 4
    assert found["all"]["tickets"] == len(told)
    assert found["classes"]["standard"]["tickets"] == len(told)
    sources = Counter(map(source_of, told))
    assert {name: one["tickets"] for name, one in found["sources"].items()} == sources
    zone = next(z for z in found["zones"] if z["zone"] == "convenience")
    assert zone["all"]["mae_seconds"] > 0
    assert not zone["withheld"]
    metrics = (await busy.get("/metrics")).text
    assert f'onewindow_forecast_tickets{{credit_minutes="0",zone="convenience"}} {len(told)}.0' in metrics
    assert "onewindow_forecast_up 1.0" in metrics


async def test_without_forecasts_what_if_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        answer = await api.post("/api/what-if", {"alternatives": [[{"do": "open", "window": "33"}]]}, Role.SUPERVISOR)
        assert (answer.status_code, answer.json()["code"]) == (409, "forecast_off")
