"""The study's figures: one value for any number of processes, and each figure as its definition says."""

import importlib.util
import statistics
from pathlib import Path

import msgspec
import pytest

from onewindow.cli import main
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.study.day_run import DayRun, Wait
from onewindow.study.fairness import Overtakes, overtakes
from onewindow.study.habits import habits_of
from onewindow.study.runs import Job, play_all, working_days
from onewindow.study.scenario import Scenario, scenarios
from onewindow.study.simulate import Asked, CannotSimulate, simulate
from onewindow.study.summary import difference, figures, interval, quantile, student
from onewindow.study.table import aligned, every, width
from onewindow.zones.load import load_hall
from tests.core_hall import core_hall
from tests.queue.story import Story

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "halls" / "small"


def job(*policies: str, days: int = 2) -> Job:
    hall = load_hall(SMALL)
    return Job(
        hall=str(SMALL),
        scenarios=tuple(Scenario(policy, "one_plus_x") for policy in policies),
        days=working_days(hall, "2026-03-02", days),
        seed=3,
        habits=habits_of(hall, load=1.5),
    )


def test_two_processes_find_what_one_finds() -> None:
    asked = job("number_time", "fcfs")
    one, two = list(play_all(asked, 1)), list(play_all(asked, 2))
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert [[run.scenario for run in day] for day in one] == [["one_plus_x/number_time", "one_plus_x/fcfs"]] * 2
    assert all(run.waits for day in one for run in day)


def test_days_are_working_days() -> None:
    hall = load_hall(ROOT / "halls" / "anqiu")
    # 4 January 2026 is a Sunday that makes up for the holidays.
    assert working_days(hall, "2026-01-01", 3) == ("2026-01-04", "2026-01-05", "2026-01-06")


def test_rules_are_compared_on_the_first_arrangement_and_arrangements_under_the_halls_rule() -> None:
    made = scenarios(["fcfs", "number_time"], ["one_plus_x", "pooled"], "number_time")
    assert [each.name for each in made] == ["one_plus_x/fcfs", "one_plus_x/number_time", "pooled/number_time"]


def wait(minutes: float, *, left: bool = False) -> Wait:
    return Wait("z", "standard", round(minutes * 60_000), 20, left, False, False)


def run(*waits: Wait) -> DayRun:
    return DayRun(scenario="s", day="d", waits=list(waits), visits={}, windows={}, fairness=Overtakes(), overrun_ms=0)


def test_figures_are_what_their_names_say() -> None:
    days = [run(wait(0), wait(10), wait(20)), run(wait(40, left=True))]
    found = figures(days, every)
    assert found is not None
    assert (found.turns, found.mean.value, found.p50, found.longest) == (4, 25.0, 15.0, 40.0)
    assert (found.over_15, found.over_30.value, found.left) == (0.5, 0.5, 0.25)
    assert figures(days, lambda each: False) is None
    changed = difference([run(wait(5)), run(wait(9))], [run(wait(3)), run(wait(5))], every)
    assert changed is not None and changed.value == 3.0


def test_intervals_are_students() -> None:
    # The 97.5 % points of the tables.
    assert [round(student(n), 2) for n in (5, 10, 30, 249)] == [2.57, 2.23, 2.04, 1.97]
    values = [3.0, 5.0, 4.0, 6.0, 2.0, 4.0]
    half = 2.571 * statistics.stdev(values) / 6**0.5
    assert interval(values).half == pytest.approx(half, rel=2e-3)
    assert interval([3.0]).half is None
    assert [quantile([0, 10, 20], p) for p in (0, 0.25, 0.95, 1)] == [0, 5, 19, 20]


def test_overtakes_are_counted_from_the_journal() -> None:
    day = Story()
    day.issue("N-2")
    day.issue("N-1", after=1)
    day.issue("N-1", after=1, applicant="elderly")
    day.open("01")
    day.call("01")
    found = overtakes(core_hall(), day.events)
    assert found == Overtakes(calls=1, any_class=2, gap_any_class=120_000)
    day.do(cmd.StartService(window="01"))
    day.open("03")
    day.call("01", finish=True, after=5)
    assert isinstance(day.events[-1], ev.TicketCalled)
    found = overtakes(core_hall(), day.events)
    assert (found.calls, found.same_class, found.same_line, found.gap_same_class) == (2, 1, 0, 60_000)


def test_columns_stand_under_each_other_in_both_scripts() -> None:
    lines = aligned([("全部 all", "1"), ("x", "10.0")]).splitlines()
    assert lines == ["全部 all     1", "x         10.0"]
    assert {width(line) for line in lines} == {14}


def test_the_command_prints_tables_and_draws_plots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", str(SMALL), "--days", "2", "--policy", "number_time", "--policy", "fcfs"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "== 1+X，先到先办 · 1+X, FCFS ==" in said.out and "same class and set 0;" in said.out
    assert "patience_median null" in said.out and "2/2" in said.err
    drawn = sorted(path.name for path in tmp_path.glob("*.svg"))
    names = ["longer-than.svg", "through-the-day.svg", "waits-by-class.svg", "waits-by-zone.svg", "windows.svg"]
    assert drawn == names
    assert all(path.read_text(encoding="utf-8").count("<path") > 20 for path in tmp_path.glob("*.svg"))
    assert (tmp_path / "figures.txt").read_text(encoding="utf-8").strip() in said.out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--policy", "luck"], "没有“luck”"),
        (["--days", "0"], "至少是 1"),
        (["--start", "soon"], "--start 是日期"),
    ],
)
def test_what_is_asked_wrongly_is_told(more: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(SMALL), *more]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("missing", [("matplotlib",), ("tqdm",), ("matplotlib", "tqdm")])
def test_what_simulations_lack_is_named(monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]) -> None:
    """Known before a day is played, not after half an hour of them."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else found(name))
    with pytest.raises(CannotSimulate) as refused:
        simulate(Asked(hall=SMALL, days=30))
    zh, en = str(refused.value).splitlines()
    assert zh.startswith(f"缺少 {'、'.join(missing)}。")
    assert en.startswith(f"{', '.join(missing)} missing.")
    assert "pip install 'onewindow[study]'" in zh and "pip install 'onewindow[study]'" in en
