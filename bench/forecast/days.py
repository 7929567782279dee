"""Days to forecast (试验日): drawn and played as the studies play them, with a look at every number issued."""

import datetime
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import msgspec

from bench.routing.policies import mixed
from bench.routing.study import BEHAVIOUR
from bench.routing.visitors import draw, plan_for
from bench.routing.world import SLOW, make_world
from onewindow.forecast.agenda import HOURS
from onewindow.forecast.arrangement import one_plus_x
from onewindow.forecast.errand import Behaviour
from onewindow.forecast.opening import DayPlan, plan_of
from onewindow.forecast.simulator import Simulator
from onewindow.forecast.trace import Visit
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.state import HallDay
from onewindow.study.habits import habits_of
from onewindow.study.visits import Drawer
from onewindow.zones.calendar import at_ms_of, is_working_day
from onewindow.zones.model import Hall

FIRST: Final = datetime.date(2026, 1, 5)

Look = Callable[[HallDay, cmd.IssueTickets, int], cmd.IssueTickets]
"""(state, command, at) -> the command with its waits: what the shell does before each issue."""
Glance = Callable[[HallDay, int], None]
"""(state, at): a look at a set moment."""


class Day(msgspec.Struct, frozen=True):
    """A day that can be played, as often as one likes."""

    plan: DayPlan
    visits: tuple[Visit, ...]
    behaviour: Behaviour


class Source(Protocol):
    """Where days come from."""

    name: str
    hall: Hall

    def next(self) -> Day:
        """The next day."""
        ...


class Watched(Simulator):
    """A day under way, with a look before every issue, and one at a set moment (ms since midnight)."""

    def __init__(
        self, day: Day, look: Look | None = None, glance: Glance | None = None, moment: int = 0, *, keep: bool = True
    ) -> None:
        super().__init__(day.plan, day.visits, day.behaviour, keep=keep)
        self._look = look
        if glance is not None:
            at = day.plan.midnight + moment
            self.at(at, HOURS, lambda: glance(self.state, at))

    def do(self, command: cmd.AnyCommand) -> tuple[ev.AnyEvent, ...]:
        if self._look is not None and isinstance(command, cmd.IssueTickets):
            command = self._look(self.state, command, max(self.now, self.state.last_at))
        return super().do(command)


def working_days(hall: Hall, first: datetime.date = FIRST) -> Iterator[str]:
    """ISO dates of the hall's working days from `first` on."""
    day = first
    while True:
        if is_working_day(hall.settings, day.isoformat()):
            yield day.isoformat()
        day += datetime.timedelta(days=1)


class Anqiu:
    """The sample hall, as its files say; the study's habits draw its visitors."""

    name = "Anqiu"

    def __init__(self, hall: Hall, seed: int, load: float = 1.0) -> None:
        arranged = one_plus_x(hall)
        self.hall, self._slow = arranged.hall, arranged.slow
        self._drawer = Drawer(hall, habits_of(hall, load=load), seed)
        self._days = working_days(hall)

    def next(self) -> Day:
        """The next working day."""
        day = next(self._days)
        plan = plan_of(self.hall, day, self._slow)
        return Day(plan, tuple(self._drawer.day(day)), Behaviour())


class StudyWorld:
    """One of the routing study's halls, U or B: fixed for all its days, nothing in its profile."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = f"world {name}"
        self._world = make_world(seed, balanced=name == "B")
        self._seed = seed
        self._day = 0
        self.hall = mixed(self._world).hall

    def next(self) -> Day:
        """The next day: other people, the same hall."""
        self._day += 1
        arranged = mixed(self._world)
        plan = plan_for(self._world, arranged.hall, arranged.slow, SLOW)
        # The study counts from midnight; the product's own clock wants a date's.
        midnight = at_ms_of(arranged.hall.settings, plan.day, 12 * 60) - 12 * 3_600_000
        plan = msgspec.structs.replace(plan, midnight=midnight)
        return Day(plan, tuple(draw(self._world, self._seed, self._day)), BEHAVIOUR)
