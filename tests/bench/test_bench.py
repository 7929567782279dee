"""The benchmark runs, in tiny sizes, and its page says what was measured and no more."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from bench import __main__ as bench
from bench.growth import Grown
from bench.http_load import Spread, spread
from bench.lab import Lab, Sizes, children_of, even_matters, resident_kib
from bench.measures import Commits, Http, Memory, Replay, Request, Search, Shown
from bench.page import Results, goals, page

TINY = Sizes(
    rounds=1,
    requests=40,
    connections=8,
    shown=3,
    screens=(2, 3),
    commits=120,
    tickets=40,
    grown=(10, 30),
    seconds=0.1,
)


def results() -> Results:
    request = Request(rate=3000, p50=10, p99=20)
    return Results(
        http=Http(
            issue={"sqlite": request, "memory": request, "floor": request},
            call={"sqlite": request},
            command={"sqlite": request},
            durable_to_memory=0.9,
            durable_to_floor=0.75,
            call_to_memory=0.75,
            issue_p99=2.0,
            call_p99=2.0,
            alone_p50=0.6,
            raw_commit_p50=0.3,
        ),
        screens={5: Shown(p50=1, p99=2, last_p50=3, last_p99=4), 60: Shown(p50=5, p99=6, last_p50=7, last_p99=50)},
        replay=Replay(
            commits=10_000, tickets=3000, mebibytes=20, verified=0.2, whole=0.5, start_empty=1.1, start_full=2.0
        ),
        memory=Memory(start=100, full=150, tickets=2000, helpers=30),
        commits=Commits(single=500, grouped=2500, ratio=5.0, batch=60),
        growth=(
            Grown(tickets=100, cpu_us=400.0, rate=2000, p50=10),
            Grown(tickets=100_000, cpu_us=500.0, times=1.25, rate=1500, p50=12),
        ),
        search=Search(queries=879, build=100, p50=0.5, p99=2, http_p50=1, http_p99=3),
        sizes=Sizes(),
        machine=["2 cores"],
        busy_before=0.5,
        busy_after=1.5,
        minutes=6,
        command="python -m bench",
        day=date(2026, 11, 24),
    )


def test_it_measures_and_writes_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "QUICK", TINY)
    written = tmp_path / "docs" / "performance.md"
    assert bench.main(["--quick", "--page", str(written), "--work", str(tmp_path / "work")]) == 0
    text = written.read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    for told in ("# Performance", "## Goals", "8 connections", "120 commits", "40 tickets", "879 queries", "| 3 |"):
        assert told in text
    assert str(tmp_path) not in text and "nan" not in text
    assert list((tmp_path / "work").iterdir()) == [], "nothing is left behind"


def test_a_goal_is_met_at_its_bound_and_missed_beyond() -> None:
    found = results()
    assert [goal.met for goal in goals(found)] == [True] * 13
    assert page(found).count("| met 达到 |") == 13
    replace = msgspec.structs.replace
    worse = replace(
        found,
        http=replace(
            found.http,
            issue={"sqlite": replace(found.http.issue["sqlite"], rate=2999)},
            durable_to_memory=0.74,
            durable_to_floor=0.74,
            call_to_memory=0.74,
            issue_p99=2.01,
            call_p99=2.01,
            alone_p50=0.61,
        ),
        replay=replace(found.replay, whole=0.51, start_full=2.01),
        growth=(found.growth[0], replace(found.growth[1], times=1.26)),
        memory=replace(found.memory, full=150.1),
        commits=replace(found.commits, ratio=4.9),
        screens=found.screens | {60: replace(found.screens[60], last_p99=50.1)},
    )
    assert [goal.met for goal in goals(worse)] == [False] * 13
    assert page(worse).count("**not met 未达到**") == 13


def test_a_spread() -> None:
    found = spread([0.25 * n for n in range(100, 0, -1)], 2.0)
    assert found == Spread(count=100, seconds=2.0, p50=12_750.0, p99=25_000.0)
    assert found.rate == 50.0


def test_the_matters_of_the_load_keep_every_window_busy(tmp_path: Path) -> None:
    with Lab(tmp_path) as lab:
        matters = set(even_matters(lab.hall))
        for window in lab.hall.windows.values():
            assert not window.matters or matters & window.matters, window.no


def test_memory_is_read_of_a_living_server_and_a_failed_load_is_told(tmp_path: Path) -> None:
    with Lab(tmp_path) as lab, lab.server("floor") as running:
        assert 10 * 1024 < resident_kib(running.pid) < 1024 * 1024
        assert children_of(running.pid) == []
        with pytest.raises(RuntimeError, match="404"):
            lab.load(running, "issue", connections=1, count=1)
