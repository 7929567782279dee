"""Traces for the tests, drawn by a seed on the small synthetic hall, and a day's journal as bytes."""

import random

import msgspec
from hypothesis import strategies as st

from onewindow.forecast.opening import DayPlan, WindowPlan, plan_of
from onewindow.forecast.record import DayRecord
from onewindow.forecast.trace import Back, Step, Visit
from onewindow.zones.model import Hall, RoutingSettings
from tests.core_hall import DAY, core_hall

MINUTE = 60_000
OPEN, SHUT = 510 * MINUTE, 1050 * MINUTE
MATTERS = ("N-1", "N-2", "S-1", "S-2")
CLASSES = ("standard", "standard", "elderly", "appointment")


def hall_with(policy: str = "number_time", headstart: float = 20) -> Hall:
    hall = core_hall()
    routing = RoutingSettings(policy=policy, headstart_minutes=headstart, kappa=1, tau_minutes=10)
    return msgspec.structs.replace(hall, settings=msgspec.structs.replace(hall.settings, routing=routing))


def plan(policy: str = "number_time", *, lunch: bool = True, hall: Hall | None = None) -> DayPlan:
    made = plan_of(hall or hall_with(policy), DAY, {"01": frozenset({"N-2"}), "02": frozenset({"N-2"})})
    if lunch:
        return made
    windows = tuple(WindowPlan(window=w.window, spans=((OPEN, SHUT),)) for w in made.windows)
    return msgspec.structs.replace(made, windows=windows)


def drawn(seed: int, count: int = 120) -> list[Visit]:
    """A full day of everything: chains, appointments, returns, people who don't come and people who leave."""
    luck = random.Random(seed)

    def step(matter: str, *after: int) -> Step:
        return Step(
            matter=matter,
            service_ms=round(luck.lognormvariate(1.8, 0.6) * MINUTE),
            after=after,
            lag_ms=round(luck.expovariate(1 / 6) * MINUTE) if after else 0,
            patience_ms=round(luck.expovariate(1 / 60) * MINUTE) if luck.random() < 0.7 else None,
            absent=luck.random() < 0.1,
            back=Back(away_ms=luck.randrange(5, 30) * MINUTE, service_ms=4 * MINUTE)
            if luck.random() < 0.15
            else None,
        )

    visits = []
    for _ in range(count):
        at = luck.randrange(OPEN, 1000 * MINUTE)
        kind = luck.random()
        if kind < 0.15:
            steps = [step("N-1"), step("N-2", 0), step("S-1", 0, 1)]
        elif kind < 0.3:
            steps = [step(luck.choice(MATTERS)), step(luck.choice(MATTERS))]
        elif kind < 0.4:
            steps = [Step(zone=luck.choice(("north", "south")), purpose="collect", service_ms=2 * MINUTE)]
        else:
            steps = [step(luck.choice(MATTERS))]
        slot = (at // (15 * MINUTE) + luck.choice((-1, 0, 1))) * 15 * MINUTE if luck.random() < 0.2 else None
        visits.append(
            Visit(
                at_ms=at,
                applicant="appointment" if slot is not None else luck.choice(CLASSES[:3]),
                steps=tuple(steps),
                slot_ms=slot,
                silent=luck.random() < 0.6,
            )
        )
    return visits


@st.composite
def traces(draw: st.DrawFn) -> list[Visit]:
    """Few visits, close together, so that everything meets."""
    return drawn(draw(st.integers(0, 2**32)), draw(st.integers(1, 60)))


def journal(record: DayRecord) -> bytes:
    """The day's journal, byte by byte."""
    return b"\n".join(msgspec.json.encode(event) for event in record.events)
