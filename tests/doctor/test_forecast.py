"""The doctor's look at the forecast, with the real worker."""

import sys
from pathlib import Path

import pytest

from onewindow.doctor import forecast
from onewindow.doctor.finding import Level
from onewindow.outlook.engine import Engine
from tests.server import ROOT

DATA = ROOT / ".pytest_cache"
"""Where the tests' kernel is compiled, in `outlook/compiled`."""


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)


def test_the_real_worker_starts_and_answers() -> None:
    finding = forecast.worker(DATA, engine=Engine(DATA / "outlook"))
    assert finding.level is Level.OK
    assert "秒就绪" in finding.zh and "ready in" in finding.en


def test_nothing_is_compiled_where_nothing_was(tmp_path: Path) -> None:
    finding = forecast.worker(tmp_path / "data")
    assert finding.level is Level.OK
    assert "第一次启动时编译" in finding.zh
    assert list(tmp_path.iterdir()) == []


def test_without_a_compiler_it_says_which_import_failed(tmp_path: Path) -> None:
    finding = forecast.worker(tmp_path, imports=(sys.executable, "-c", "import numba_that_is_not_there"))
    assert finding.level is Level.WARN
    assert "No module named 'numba_that_is_not_there'" in finding.zh
    assert "make setup" in finding.todo_zh and "make setup" in finding.todo_en


def test_a_worker_that_ends_at_once_is_found_out(tmp_path: Path) -> None:
    finding = forecast.worker(tmp_path, engine=Engine(tmp_path / "outlook", command=("/bin/false",)))
    assert finding.level is Level.WARN
    assert "did not start" in finding.en
    assert "outlook/compiled" in finding.todo_zh
