"""One simulated day of one scenario, cut down to what tables and plots need; what crosses between processes."""

import msgspec

from onewindow.forecast.errand import Behaviour
from onewindow.forecast.opening import DayPlan
from onewindow.forecast.record import LEFT, UNSERVED, Turn
from onewindow.forecast.simulator import simulate
from onewindow.forecast.trace import Visit
from onewindow.study.fairness import Overtakes, overtakes

VULNERABLE, APPOINTED, OTHERS = "priority", "appointment", "standard"
"""The classes as the tables show them."""
HALF_HOUR = 1_800_000


class Wait(msgspec.Struct, frozen=True, array_like=True):
    """One wait."""

    zone: str
    kind: str
    """`priority`, `appointment` or `standard`."""
    ms: int
    half_hour: int
    """Of the day, when it began."""
    left: bool
    again: bool
    later: bool
    """A second or third step of an errand."""


class DayRun(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a scenario."""

    scenario: str
    day: str
    waits: list[Wait]
    visits: dict[str, int]
    """How many visits ended in which way."""
    windows: dict[str, tuple[int, int]]
    """Window -> (busy ms, planned ms)."""
    fairness: Overtakes
    overrun_ms: int
    """How long after the planned end the last visitor was done; 0 for none."""


def run_day(name: str, plan: DayPlan, visits: list[Visit], behaviour: Behaviour) -> DayRun:
    """Simulate the day and cut it down."""
    record = simulate(plan, visits, behaviour, keep=True)
    standard = plan.hall.settings.applicants[0].code
    kinds = {a.code: VULNERABLE if a.credit_minutes else OTHERS for a in plan.hall.settings.applicants}
    kinds |= {standard: OTHERS, "appointment": APPOINTED}
    last = max((w.spans[-1][1] for w in plan.windows if w.spans), default=0)
    outcomes: dict[str, int] = {}
    for outcome in record.visits:
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return DayRun(
        scenario=name,
        day=plan.day,
        waits=[_wait(plan, turn, kinds[turn.applicant]) for turn in record.turns],
        visits=outcomes,
        windows={no: (use.busy_ms, use.planned_ms) for no, use in record.windows.items()},
        fairness=overtakes(plan.hall, record.events),
        overrun_ms=max(0, record.ended - plan.midnight - last),
    )


def _wait(plan: DayPlan, turn: Turn, kind: str) -> Wait:
    begun = (turn.clock - plan.midnight) // HALF_HOUR
    later = turn.step > 0 and turn.seniority < turn.issued and not turn.again
    left = turn.outcome in (LEFT, UNSERVED)
    return Wait(turn.zone, kind, turn.waited_ms, begun, left, turn.again, later)
