"""What each rule promises, on simulated days: read from the journal, by readings that share no code with the rule."""

import random

import msgspec
import pytest
from hypothesis import given, settings

from bench.routing.formulas import mean_wait
from bench.routing.reading import Reading, Seen
from onewindow.forecast.errand import Behaviour
from onewindow.forecast.opening import WindowPlan
from onewindow.forecast.simulator import simulate
from onewindow.forecast.trace import Step, Visit
from onewindow.queue.events import TicketCalled
from onewindow.queue.evolve import evolve
from onewindow.queue.state import HallDay
from onewindow.routing.reasons import reason
from onewindow.routing.rules import RULES
from onewindow.study.fairness import overtakes
from tests.forecast.traces import MINUTE, drawn, hall_with, plan, traces


@pytest.mark.parametrize("policy", list(RULES))
@settings(max_examples=25, deadline=None)
@given(visits=traces())
def test_first_come_first_served_within_class_and_matter_set(policy: str, visits: list[Visit]) -> None:
    day = plan(policy)
    record = simulate(day, visits, keep=True)
    found = overtakes(day.hall, record.events)
    assert found.calls == len(record.calls) and found.same_line == 0
    for call in record.calls:
        said = reason(call.why, lambda at: f"{at}")
        assert call.why.policy == policy and "取号" in said.zh and "number" in said.en
    if policy == "fcfs":
        assert found.any_class == 0
    if policy == "number_time":
        # The two bounds of the rule: δ = 20 min within a class, C_max + δ = 50 min over all.
        assert found.gap_same_class <= 20 * MINUTE and found.gap_any_class <= 50 * MINUTE


@settings(max_examples=25, deadline=None)
@given(visits=traces())
def test_strict_priority_calls_nobody_while_a_higher_class_waits(visits: list[Visit]) -> None:
    day = plan("strict_priority")
    state = HallDay(day.hall)
    for event in simulate(day, visits, keep=True).events:
        if isinstance(event, TicketCalled):
            waiting = [t for t in state.tickets.values() if t.line is not None and event.window in t.line]
            credit = {"standard": 0, "elderly": 30, "appointment": 20}
            most = max(credit[ticket.applicant] for ticket in waiting)
            assert credit[state.tickets[event.ticket].applicant] == most
        evolve(state, event)


@settings(max_examples=20, deadline=None)
@given(visits=traces())
def test_every_reason_of_a_simulated_day_is_the_true_one(visits: list[Visit]) -> None:
    matters = [visit for visit in visits if all(step.matter is not None for step in visit.steps)]
    day, seen = plan(), Seen()
    record = simulate(day, matters, Behaviour(same_window=False), keep=True)
    reading = Reading(day.hall, seen)
    for event in record.events:
        reading.read((event,))
    assert seen.calls == len(record.calls)


def test_the_bounds_are_reached_so_that_they_could_be_broken() -> None:
    """A busy day: some are passed nearly as far as δ allows, and by credit and head start together."""
    found = overtakes(plan().hall, simulate(plan(), drawn(5, 260), keep=True).events)
    assert found.gap_same_class > 15 * MINUTE and found.gap_any_class > 35 * MINUTE


@pytest.mark.parametrize(("windows", "load"), [(1, 0.7), (2, 0.8)])
def test_plain_queues_wait_as_erlang_says(windows: int, load: float) -> None:
    """M/M/c by the simulator: mean wait within the interval of 40 batches."""
    mean = 8.0
    luck, at, visits = random.Random(11), 510.0, []
    for _ in range(12_000):
        at += luck.expovariate(windows * load / mean)
        step = Step(matter="N-1", service_ms=round(luck.expovariate(1 / mean) * MINUTE))
        visits.append(Visit(at_ms=round(at * MINUTE), applicant="standard", steps=(step,)))
    names = ("01", "02")[:windows]
    hours = tuple(WindowPlan(window=no, spans=((0, visits[-1].at_ms),)) for no in names)
    day = msgspec.structs.replace(plan(hall=hall_with("fcfs")), windows=hours, slow={})
    record = simulate(day, visits, Behaviour(walk_ms=0))
    waits = [turn.waited_ms / MINUTE for turn in record.turns]
    batches = [sum(waits[i : i + 300]) / 300 for i in range(0, len(waits), 300)]
    found = sum(batches) / len(batches)
    spread = (sum((each - found) ** 2 for each in batches) / (len(batches) - 1) / len(batches)) ** 0.5
    assert abs(found - mean * mean_wait(windows, load)) < 3 * spread < 0.6 * found
