"""The ways of running a hall that are compared (对比方案): an arrangement of its windows, and a rule."""

from collections.abc import Callable
from typing import Final

import msgspec

from bench.routing.visitors import plan_for
from bench.routing.world import CREDITS, RULE, SLOW, World
from onewindow.forecast.arrangement import cross_trained, dedicated, one_plus_x, pooled
from onewindow.forecast.opening import DayPlan
from onewindow.zones.model import Hall, RoutingSettings, Window, WindowKind

NONE: Final = dict.fromkeys(CREDITS, 0.0)
GENEROUS: Final = {"standard": 0.0, "vulnerable": 30.0, "appointment": 30.0}
FIRST_COME: Final = msgspec.structs.replace(RULE, headstart_minutes=0)
"""The rule without its head start: with credits it is those alone, without credits it is plain FCFS."""


def _named(policy: str) -> RoutingSettings:
    return msgspec.structs.replace(RULE, policy=policy)


class Arranged(msgspec.Struct, frozen=True):
    """A hall as arranged, and what goes slower where."""

    hall: Hall
    slow: dict[str, frozenset[str]]


class Way(msgspec.Struct, frozen=True):
    """One way of running the hall."""

    name: str
    told: str
    """In the report."""
    arrange: Callable[[World], Arranged]
    routing: RoutingSettings
    credits: dict[str, float]

    def plan(self, world: World, *, lunch: bool = True) -> DayPlan:
        """A day of this way."""
        arranged = self.arrange(world)
        settings = arranged.hall.settings
        applicants = tuple(
            msgspec.structs.replace(a, credit_minutes=self.credits[a.code]) for a in settings.applicants
        )
        settings = msgspec.structs.replace(settings, routing=self.routing, applicants=applicants)
        hall = msgspec.structs.replace(arranged.hall, settings=settings)
        return plan_for(world, hall, arranged.slow, SLOW, lunch=lunch)


def mixed(world: World) -> Arranged:
    """1+X as the world has it."""
    made = one_plus_x(world.hall)
    return Arranged(made.hall, dict(made.slow))


def helped(world: World) -> Arranged:
    """Each specialist window also takes a third of what only comprehensive windows take."""
    made = cross_trained(world.hall)
    return Arranged(made.hall, dict(made.slow))


def pool(world: World) -> Arranged:
    """Every window does everything of its zone, as quickly as whoever does it every day."""
    made = pooled(world.hall)
    return Arranged(made.hall, {})


def all_comprehensive(world: World) -> Arranged:
    """The same, but at the comprehensive windows' pace: specialists' matters go slower everywhere."""
    made = pooled(world.hall)
    special = {m.code for m in world.hall.matters.values() if m.kind == "specialist"}
    return Arranged(made.hall, {no: w.matters & special for no, w in made.hall.windows.items()})


def by_unit(world: World) -> Arranged:
    """The old way: the 23 units with the most work have windows of their own, the others share one in each zone.

    Own windows in proportion to the work; nobody works slower at what is done every day.
    """
    hall = world.hall
    work: dict[str, float] = {}
    for matter in hall.matters.values():
        weight = hall.profile.matter_weights[matter.code] * matter.typical_minutes
        # Chances add up to 1 in each zone: the zone's share of the hall's work comes from its windows.
        work[matter.department] = work.get(matter.department, 0.0) + weight
    for zone in hall.zones.values():
        units = {m.department for m in hall.matters.values() if m.zone == zone.code}
        total = sum(work[u] for u in units)
        for unit in units:
            work[unit] *= len(zone.windows) / total
    largest = sorted(work, key=lambda unit: (-work[unit], unit))[:23]
    windows = dict(hall.windows)
    for zone in hall.zones.values():
        for no, matters in zip(zone.windows, _desks(hall, zone.code, largest, work), strict=True):
            windows[no] = msgspec.structs.replace(windows[no], kind=WindowKind.SPECIALIST, matters=matters)
    return Arranged(_with(hall, windows), {})


def best_by_unit(world: World) -> Arranged:
    """The old way at its best: how many units get windows of their own is chosen to spread the work most evenly."""
    return Arranged(dedicated(world.hall).hall, {})


def _desks(hall: Hall, zone: str, largest: list[str], work: dict[str, float]) -> list[frozenset[str]]:
    """What each window of the zone takes."""
    matters: dict[str, set[str]] = {}
    for matter in hall.matters.values():
        if matter.zone == zone:
            matters.setdefault(matter.department, set()).add(matter.code)
    count = len(hall.zones[zone].windows)
    own = [u for u in largest if u in matters][: count - 1]
    shared = set[str]().union(*(matters[u] for u in matters if u not in own))
    desks = dict.fromkeys(own, 1)
    for _ in range(count - len(own) - bool(shared)):
        desks[max(desks, key=lambda u: work[u] / desks[u])] += 1
    found = [frozenset(matters[u]) for u in own for _ in range(desks[u])]
    return [*found, frozenset(shared)] if shared else found


def _with(hall: Hall, windows: dict[str, Window]) -> Hall:
    return msgspec.structs.replace(hall, windows=windows)


WAYS: Final = (
    Way("dedicated", "windows by unit (the old way)", by_unit, FIRST_COME, NONE),
    Way("dedicated_even", "the same, units spread as evenly as can be", best_by_unit, FIRST_COME, NONE),
    Way("fcfs", "1+X, first come first served", mixed, FIRST_COME, NONE),
    Way("strict", "1+X, strict priority", mixed, _named("strict_priority"), CREDITS),
    Way("accumulating", "1+X, accumulating priority", mixed, _named("accumulating_priority"), CREDITS),
    Way("c_mu", "1+X, generalised cμ", mixed, _named("generalized_c_mu"), CREDITS),
    Way("max_weight", "1+X, max-weight", mixed, _named("max_weight"), NONE),
    Way("rule", "1+X, the rule", mixed, RULE, CREDITS),
    Way("rule30", "1+X, the rule with C 30 for appointments", mixed, RULE, GENEROUS),
    Way("help_fcfs", "a third cross-trained, first come first served", helped, FIRST_COME, NONE),
    Way("help", "a third cross-trained, the rule", helped, RULE, CREDITS),
    Way("comprehensive", "all comprehensive, first come first served", all_comprehensive, FIRST_COME, NONE),
    Way("pooled", "fully pooled, first come first served", pool, FIRST_COME, NONE),
    Way("pooled_credits", "fully pooled, the same credits", pool, FIRST_COME, CREDITS),
)
