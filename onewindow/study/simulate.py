"""`python run.py simulate`: simulated days of a hall, in a table and in plots (模拟若干天)."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from onewindow.forecast.arrangement import ARRANGEMENTS
from onewindow.forecast.errand import Behaviour
from onewindow.routing.rules import RULES
from onewindow.study.day_run import DayRun
from onewindow.study.habits import Habits, habits_of
from onewindow.study.runs import Job, lunch_turns, play_all, working_days
from onewindow.study.scenario import scenarios
from onewindow.study.table import report
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

NEEDED = ("matplotlib", "tqdm")


class CannotSimulate(Exception):
    """Something is missing or wrongly asked. Says what to do, in Chinese and English."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The command's options."""

    hall: Path
    days: int = 30
    start: str = "2026-01-01"
    policies: tuple[str, ...] = ()
    """None: the hall's own rule."""
    arrangements: tuple[str, ...] = ("one_plus_x",)
    seed: int = 1
    jobs: int = 1
    load: float = 1.0
    appointments: float | None = None
    same_window: bool = True
    staggered_lunch: bool = False
    out: Path | None = None


def simulate(asked: Asked) -> None:
    """Run, print the tables, and write plots and figures into `out` if it is named. Raises CannotSimulate."""
    check(asked)
    hall = load_hall(asked.hall)
    job = job_of(asked, hall)
    runs: dict[str, list[DayRun]] = {scenario.name: [] for scenario in job.scenarios}
    for of_day in progress(play_all(job, asked.jobs), len(job.days)):
        for run in of_day:
            runs[run.scenario].append(run)
    text = f"{heading(asked, job)}\n\n{report(hall, runs)}"
    print(text)
    if asked.out is not None:
        from onewindow.study.charts import draw

        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "figures.txt").write_text(text + "\n", encoding="utf-8")
        for path in draw(hall, runs, asked.out):
            print(path)


def check(asked: Asked) -> None:
    """Whether what is asked exists. Raises CannotSimulate."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        names = "、".join(missing)
        raise CannotSimulate(
            f"缺少 {names}。请安装模拟用的包：pip install 'onewindow[study]'。\n"
            f"{', '.join(missing)} missing. Install what simulations need: pip install 'onewindow[study]'."
        )
    for name, known in ((asked.policies, RULES), (asked.arrangements, ARRANGEMENTS)):
        for each in name:
            if each not in known:
                raise CannotSimulate(
                    f"没有“{each}”。可选：{'、'.join(known)}。\nThere is no {each}. Known: {', '.join(known)}."
                )
    if asked.days < 1 or asked.jobs < 1:
        raise CannotSimulate("--days 和 --jobs 至少是 1。\n--days and --jobs take at least 1.")


def job_of(asked: Asked, hall: Hall) -> Job:
    """What is to be simulated. Raises CannotSimulate for a start that is no date, or lunch turns without a lunch."""
    own = hall.settings.routing.policy
    try:
        days = working_days(hall, asked.start, asked.days)
        if asked.staggered_lunch:
            lunch_turns(hall)
    except ValueError as error:
        raise CannotSimulate(
            "--start 是日期，例如 2026-01-05；--lunch staggered 需要大厅有午休。\n"
            f"--start is a date such as 2026-01-05; --lunch staggered needs a hall with a lunch break ({error})."
        ) from error
    return Job(
        hall=str(asked.hall),
        scenarios=tuple(scenarios(list(asked.policies) or [own], list(asked.arrangements), own)),
        days=days,
        seed=asked.seed,
        habits=habits_of(hall, load=asked.load, appointments=asked.appointments),
        behaviour=Behaviour(same_window=asked.same_window),
        staggered_lunch=asked.staggered_lunch,
    )


def progress(days: Iterator[list[DayRun]], count: int) -> Iterator[list[DayRun]]:
    """The days with a progress bar on standard error."""
    from tqdm import tqdm

    bar: Iterator[list[DayRun]] = iter(tqdm(days, total=count, unit="天 day", file=sys.stderr, dynamic_ncols=True))
    return bar


def heading(asked: Asked, job: Job) -> str:
    """What was simulated, with every parameter that was assumed."""
    habits: dict[str, object] = msgspec.to_builtins(job.habits, builtin_types=())
    assumed = ", ".join(f"{key} {json.dumps(habits[key])}" for key in Habits.__struct_fields__)
    lunch = "错峰午休 staggered lunch" if job.staggered_lunch else "共同午休 common lunch"
    back = "回原窗口 back to the same window" if asked.same_window else "回任一窗口 back to any window"
    return (
        f"{asked.hall.name}: {len(job.days)} 个工作日 working days {job.days[0]} … {job.days[-1]}, seed {job.seed}; "
        f"{lunch}; {back}\n假定 assumed: {assumed}"
    )
