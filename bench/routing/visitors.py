"""A day's visitors of a world (一天的来客), drawn whole: no rule draws anything, so all meet the same people."""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.routing.world import LUNCH, RETURNS, SIGMA, ChainSpec, Demand, World
from onewindow.forecast.opening import DayPlan, WindowPlan
from onewindow.forecast.trace import Back, Step, Visit
from onewindow.zones.model import Hall

Floats = NDArray[np.float64]
MINUTE: Final = 60_000
OPENS: Final = 8 * 60 + 30
CLOSES: Final = 17 * 60
RATES: Final = (0.9, 1.3, 1.75, 1.75, 1.2, 0.8, 0.45, 0.25, 0.25, 0.5, 0.9, 1.6, 1.6, 1.1, 0.8, 0.5, 0.15)
"""Relative arrivals by half-hour from 8:30 on."""
BY_HALF_HOUR: Final = np.cumsum(RATES) / sum(RATES)
NO_SHOW: Final = 0.12


class Conduct(msgspec.Struct, frozen=True):
    """What people do besides coming and being served."""

    load: float = 1.0
    """Factor on the number of visits."""
    patient: bool = False
    """Everybody waits for ever and is there when called: for comparing with the bound."""
    bare: bool = False
    """One errand a visit, no paper missing, no lunch: then nothing that comes depends on how long anybody waited."""


def draw(world: World, seed: int, day: int, conduct: Conduct | None = None) -> list[Visit]:
    """The visits of a day, in the order of arrival."""
    conduct = conduct or Conduct()
    visits: list[Visit] = []
    for index, demand in enumerate(world.demands):
        popular = np.cumsum(demand.chance) / sum(demand.chance)
        rng = np.random.default_rng(np.random.SeedSequence([seed, day, index]))
        usual = demand.errands if conduct.bare else demand.visits
        expected = usual * conduct.load * max(0.1, rng.normal(1, 0.10)) / (1 - 0.15 * NO_SHOW)
        for _ in range(int(rng.poisson(expected))):
            visit = _visit(demand, popular, rng, conduct)
            if visit is not None:
                visits.append(visit)
    return sorted(visits, key=lambda visit: visit.at_ms)


def _visit(demand: Demand, popular: Floats, rng: np.random.Generator, conduct: Conduct) -> Visit | None:
    """One visit; None for an appointment that isn't kept. Always the same number of draws before the errands."""
    half_hour = int(BY_HALF_HOUR.searchsorted(rng.random(), side="right"))
    minute = OPENS + 30 * half_hour + float(rng.uniform(0, 30))
    kind, late, comes = float(rng.random()), float(rng.normal(-6, 8)), float(rng.random())
    applicant, slot = "standard", None
    if kind < 0.12:
        applicant = "vulnerable"
    elif kind < 0.27:
        if comes < NO_SHOW:
            return None
        booked = min(15 * (minute // 15), CLOSES - 15)
        minute = max(float(OPENS), booked + late)
        # Later than a quarter of an hour after the slot, it is an arrival like any other.
        if minute <= booked + 15:
            applicant, slot = "appointment", round(booked * MINUTE)
    patience = 120.0 if applicant == "vulnerable" else 150.0
    return Visit(
        at_ms=round(minute * MINUTE),
        applicant=applicant,
        slot_ms=slot,
        steps=_steps(demand, popular, rng, conduct, None if conduct.patient else patience),
        silent=bool(rng.random() < 0.6),
    )


def _steps(
    demand: Demand, popular: Floats, rng: np.random.Generator, conduct: Conduct, patience: float | None
) -> tuple[Step, ...]:
    chain = ChainSpec((demand.matters[int(popular.searchsorted(rng.random(), side="right"))],), ((),))
    if conduct.bare:
        step = _step(chain.matters[0], demand.minutes[chain.matters[0]], (), rng, patience, returns=0.0)
        return (step,)
    if demand.chains and rng.random() < demand.chain_share:
        chain = demand.chains[int(rng.integers(len(demand.chains)))]
    return tuple(
        _step(matter, demand.minutes[matter], after, rng, patience)
        for matter, after in zip(chain.matters, chain.after, strict=True)
    )


def _step(
    matter: str,
    mean: float,
    after: tuple[int, ...],
    rng: np.random.Generator,
    patience: float | None,
    returns: float = RETURNS,
) -> Step:
    service = mean * rng.lognormal(-(SIGMA**2) / 2, SIGMA)
    back = rng.random() < returns
    away = 10 + rng.exponential(20)
    lag = rng.exponential(6)
    waits = rng.exponential(patience or 1.0)
    absent = rng.random() < 0.02
    return Step(
        matter=matter,
        service_ms=round(service * (0.4 if back else 1.0) * MINUTE),
        after=after,
        lag_ms=round(lag * MINUTE) if after else 0,
        patience_ms=None if patience is None else round(waits * MINUTE),
        absent=bool(absent) and patience is not None,
        back=Back(away_ms=round(away * MINUTE), service_ms=round(0.8 * service * MINUTE)) if back else None,
    )


def lunch_of(world: World) -> dict[str, int]:
    """When each window's lunch begins, minutes since midnight: staggered, a lone specialist's at noon."""
    starts: dict[str, int] = {}
    turns: dict[tuple[str, int], int] = {}
    members: dict[tuple[str, int], int] = {}
    for no, kind in world.sets.items():
        key = (world.hall.windows[no].zone, kind)
        members[key] = members.get(key, 0) + 1
    for no, kind in world.sets.items():
        key = (world.hall.windows[no].zone, kind)
        turn = turns[key] = turns.get(key, -1) + 1
        starts[no] = 12 * 60 if kind and members[key] == 1 else (11 * 60 + 30, 12 * 60 + 30)[turn % 2]
    return starts


def plan_for(
    world: World, hall: Hall, slow: dict[str, frozenset[str]], factor: float, *, lunch: bool = True
) -> DayPlan:
    """The day's opening plan for this hall, an arrangement of the world's: lunches as in the world."""
    windows = tuple(
        WindowPlan(
            window=no,
            spans=((OPENS * MINUTE, start * MINUTE), ((start + LUNCH) * MINUTE, CLOSES * MINUTE))
            if lunch
            else ((OPENS * MINUTE, CLOSES * MINUTE),),
            clears=False,
            stays=True,
        )
        for no, start in lunch_of(world).items()
    )
    return DayPlan(hall=hall, day="2026-01-05", midnight=0, windows=windows, slow=slow, slow_factor=factor)
