"""The journal and the clock: each check on a good one and on a bad one."""

import sqlite3
import sys
import zoneinfo
from pathlib import Path

import pytest

from onewindow.doctor import record
from onewindow.doctor.finding import Finding, Level
from onewindow.zones.calendar import calendar_warning
from tests.doctor.worlds import some_commits
from tests.hall_app import NINE, anqiu

HOUR = 3_600_000
SETTINGS = anqiu().settings


def journal(data: Path) -> Finding:
    return record.journal(anqiu(), data)[0]


def change(data: Path, statement: str) -> None:
    with sqlite3.connect(data / "anqiu.journal") as connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """Four commits of one day."""
    await some_commits(tmp_path)
    return tmp_path


def test_no_journal_yet_is_well(tmp_path: Path) -> None:
    assert record.journal(anqiu(), tmp_path) == (journal(tmp_path), None)
    assert journal(tmp_path).level is Level.OK


def test_a_chain_that_fits_is_well(data: Path) -> None:
    found, last = record.journal(anqiu(), data)
    assert found.level is Level.OK and " 4 " in found.en
    assert last is not None and (last.n, last.day) == (4, "2026-11-24")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commits SET body = CAST(replace(body, 'li', 'wu') AS BLOB) WHERE n = 3",
        "DELETE FROM commits WHERE n = 2",
        "UPDATE commits SET body = CAST('{}' AS BLOB) WHERE n = 4",
    ],
)
def test_a_doctored_journal_stops(data: Path, statement: str) -> None:
    change(data, statement)
    found = journal(data)
    assert found.level is Level.STOP
    assert "2026-11-24" in found.zh and "2026-11-24" in found.en and "anqiu.journal" in found.todo_en


def test_a_damaged_file_stops(tmp_path: Path) -> None:
    (tmp_path / "anqiu.journal").write_bytes(b"no journal" * 1000)
    assert journal(tmp_path).level is Level.STOP


def test_a_clock_after_the_last_commit_is_well(data: Path) -> None:
    _, last = record.journal(anqiu(), data)
    found = record.clock(SETTINGS, last, NINE + HOUR)
    assert found.level is Level.OK and "2026-11-24 10:00:00" in found.zh
    assert record.clock(SETTINGS, None, NINE).level is Level.OK


def test_a_clock_that_went_back_is_judged(data: Path) -> None:
    _, last = record.journal(anqiu(), data)
    assert record.clock(SETTINGS, last, NINE + 150_000).level is Level.OK
    assert record.clock(SETTINGS, last, NINE - HOUR).level is Level.WARN
    found = record.clock(SETTINGS, last, NINE - 24 * HOUR)
    assert found.level is Level.STOP and "2026-11-24" in found.zh and found.todo_zh


def test_the_time_zone_is_looked_for() -> None:
    assert record.time_zone("Asia/Shanghai").level is Level.OK
    found = record.time_zone("Asia/Nowhere")
    assert found.level is Level.STOP and "tzdata" in found.todo_zh


def test_a_machine_without_time_zones_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The studies bring the data as a package too: it is out of reach here, as where only serving is set up.
    for name in [name for name in sys.modules if name.partition(".")[0] == "tzdata"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath([str(tmp_path)])
    try:
        assert record.time_zone("Asia/Shanghai").level is Level.STOP
    finally:
        zoneinfo.reset_tzpath()


def test_unknown_holidays_are_told_before_they_come() -> None:
    assert record.holidays(SETTINGS, NINE).level is Level.OK
    years = 73 * 365 * 24 * HOUR
    assert record.holidays(SETTINGS, NINE + years).level is Level.WARN
    last_known = next(year for year in range(2026, 2100) if not _knows(year + 1))
    december = NINE + round((last_known - 2026) * 365.25 * 24 * HOUR)
    assert record.holidays(SETTINGS, december).level is Level.OK
    found = record.holidays(SETTINGS, december + 14 * 24 * HOUR)
    assert found.level is Level.WARN and str(last_known + 1) in found.zh


def _knows(year: int) -> bool:
    return calendar_warning(SETTINGS, f"{year}-01-05") is None
