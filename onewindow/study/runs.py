"""Many days of several scenarios, on several cores (多日多方案): each day is drawn once and played under each."""

import datetime
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import msgspec

from onewindow.forecast.errand import Behaviour
from onewindow.forecast.opening import MINUTE, DayPlan, hall_hours, plan_of, staggered
from onewindow.study.day_run import DayRun, run_day
from onewindow.study.habits import Habits
from onewindow.study.scenario import Scenario, arranged
from onewindow.study.visits import Drawer
from onewindow.zones.calendar import is_working_day
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What to simulate."""

    hall: str
    """Folder of the hall's files."""
    scenarios: tuple[Scenario, ...]
    days: tuple[str, ...]
    seed: int
    habits: Habits
    behaviour: Behaviour = Behaviour()
    staggered_lunch: bool = False
    """The windows take lunch in turns, an hour each, instead of the hall's common break."""


def working_days(hall: Hall, start: str, count: int) -> tuple[str, ...]:
    """The first working days from `start` (ISO date) on, by the hall's calendar."""
    day = datetime.date.fromisoformat(start)
    found: list[str] = []
    while len(found) < count:
        if is_working_day(hall.settings, day.isoformat()):
            found.append(day.isoformat())
        day += datetime.timedelta(days=1)
    return tuple(found)


class Player:
    """Plays days of a job; one in each process."""

    def __init__(self, job: Job) -> None:
        self.job = job
        hall = load_hall(Path(job.hall))
        self.arrangements = [arranged(hall, scenario) for scenario in job.scenarios]
        self.drawer = Drawer(hall, job.habits, job.seed)

    def play(self, day: str) -> list[DayRun]:
        """The day under each scenario, in their order."""
        visits = self.drawer.day(day)
        return [
            run_day(scenario.name, self._plan(index, day), visits, self.job.behaviour)
            for index, scenario in enumerate(self.job.scenarios)
        ]

    def _plan(self, index: int, day: str) -> DayPlan:
        made = self.arrangements[index]
        plan = plan_of(made.hall, day, made.slow)
        return staggered(plan, lunch_turns(made.hall)) if self.job.staggered_lunch else plan


def lunch_turns(hall: Hall) -> tuple[tuple[int, int], ...]:
    """Two breaks of an hour, one after the other, around the hall's common break; ms since midnight.

    Raises ValueError for a hall without a common break.
    """
    hours = hall_hours(hall)
    if len(hours) < 2:
        raise ValueError("no break between the sessions")
    middle = (hours[0][1] + hours[1][0]) // 2
    return ((middle - 60 * MINUTE, middle), (middle, middle + 60 * MINUTE))


_player: Player | None = None


def _begin(job: Job) -> None:
    global _player  # noqa: PLW0603 - a worker process holds one
    _player = Player(job)


def _play(day: str) -> list[DayRun]:
    assert _player is not None
    return _player.play(day)


def play_all(job: Job, processes: int = 1) -> Iterator[list[DayRun]]:
    """All days in their order, each as soon as it and those before are done; the same for any number of processes."""
    if processes <= 1:
        player = Player(job)
        yield from map(player.play, job.days)
        return
    # A fresh process each: nothing that this one has opened or started is shared.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _begin, (job,)) as pool:
        yield from pool.imap(_play, job.days)
