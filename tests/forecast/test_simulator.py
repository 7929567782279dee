"""The simulator: the same day twice, everybody accounted for, and nobody kept waiting by an idle window."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings

from onewindow.forecast.errand import Behaviour, TraceFault
from onewindow.forecast.opening import WindowPlan, staggered
from onewindow.forecast.record import LEFT, SERVED, UNSERVED
from onewindow.forecast.simulator import simulate
from onewindow.forecast.trace import Back, Step, Visit
from onewindow.queue import events as ev
from onewindow.queue.evolve import evolve
from onewindow.queue.state import DayPhase, HallDay, TicketState, WindowPhase
from tests.forecast.traces import MINUTE, OPEN, drawn, journal, plan, traces

AT = 540 * MINUTE


def visit(*steps: Step, at: int = AT, **more: object) -> Visit:
    return Visit(at_ms=at, applicant="standard", steps=steps, **more)  # type: ignore[arg-type]


def step(matter: str = "N-1", minutes: int = 10, **more: object) -> Step:
    return Step(matter=matter, service_ms=minutes * MINUTE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("same_window", [True, False])
def test_the_same_trace_gives_the_same_journal(same_window: bool) -> None:
    one, two = (simulate(plan(), drawn(1), Behaviour(same_window=same_window), keep=True) for _ in range(2))
    assert len(one.events) > 300
    assert journal(one) == journal(two)
    other = simulate(plan(), drawn(2), Behaviour(same_window=same_window), keep=True)
    assert journal(one) != journal(other)


@settings(max_examples=60, deadline=None)
@given(visits=traces())
def test_everybody_is_accounted_for_and_the_journal_replays(visits: list[Visit]) -> None:
    record = simulate(plan(), visits, keep=True)
    assert len(record.visits) == len(visits) and set(record.visits) <= {SERVED, LEFT}
    assert all(turn.outcome in (SERVED, LEFT) and turn.ended is not None for turn in record.turns)
    served = Counter((turn.visit, turn.step) for turn in record.turns if turn.outcome == SERVED)
    for index, (outcome, trace) in enumerate(zip(record.visits, visits, strict=True)):
        turns = {number: served[index, number] for number in range(len(trace.steps))}
        wanted = {number: 1 + (each.back is not None) for number, each in enumerate(trace.steps)}
        assert (turns == wanted) == (outcome == SERVED)
    state = HallDay(plan().hall)
    for event in record.events:
        evolve(state, event)
    assert state.phase is DayPhase.CLOSED
    ended = {TicketState.FINISHED, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.ABANDONED}
    assert {ticket.state for ticket in state.tickets.values()} <= ended
    assert [event for event in record.events if isinstance(event, ev.TicketCalled)] == record.calls


@settings(max_examples=60, deadline=None)
@given(visits=traces())
def test_no_window_is_idle_while_somebody_waits_whom_it_serves(visits: list[Visit]) -> None:
    record = simulate(plan(), visits, keep=True)
    state = HallDay(plan().hall)
    for event in record.events:
        if event.at > state.last_at:
            idle = [
                window.no
                for window in state.windows.values()
                if window.phase is WindowPhase.OPEN and window.ticket is None and state.lines.waiting_at(window.no)
            ]
            assert not idle, (idle, state.last_at, event)
        evolve(state, event)


def test_a_wait_counts_from_the_appointed_time_and_seniority_too() -> None:
    early = visit(step(), at=AT - 10 * MINUTE, slot_ms=AT)
    late = visit(step(), at=AT + 16 * MINUTE, slot_ms=AT)
    in_time = visit(step(), at=AT + 15 * MINUTE, slot_ms=AT)
    record = simulate(plan(), [early, late, in_time])
    midnight = plan().midnight
    assert [(t.seniority - midnight, t.clock - midnight) for t in sorted(record.turns, key=lambda t: t.visit)] == [
        (AT, AT),
        (AT + 16 * MINUTE, AT + 16 * MINUTE),
        (AT, AT + 15 * MINUTE),
    ]


def test_the_next_step_keeps_the_place_and_comes_after_its_lag() -> None:
    record = simulate(plan(), [visit(step(), step("S-1", after=(0,), lag_ms=6 * MINUTE))])
    first, second = record.turns
    assert second.seniority == first.seniority
    assert second.issued == (first.ended or 0) + 6 * MINUTE and second.waited_ms == 0


@pytest.mark.parametrize("other", ["S-1", "N-1"])
def test_two_numbers_of_one_person_are_served_one_after_the_other(other: str) -> None:
    """At another window, or in the same commit at the same one: being served is no waiting."""
    record = simulate(plan(), [visit(step("N-1"), step(other))])
    first, second = sorted(record.turns, key=lambda turn: turn.called or 0)
    assert second.called == first.ended == second.clock and second.waited_ms == 0


def test_a_missing_paper_brings_the_visitor_back() -> None:
    trace = [visit(step(back=Back(away_ms=20 * MINUTE, service_ms=5 * MINUTE)))]
    for same in (True, False):
        first, second = simulate(plan(), trace, Behaviour(same_window=same)).turns
        assert (first.again, second.again) == (False, True) and second.seniority == first.seniority
        assert second.issued == (first.ended or 0) + 20 * MINUTE
        assert (second.ticket == first.ticket) is same
        assert (second.ended or 0) - (second.started or 0) == 5 * MINUTE


def test_a_window_loses_time_on_whoever_is_not_there() -> None:
    behaviour = Behaviour(walk_ms=0)
    absent = simulate(plan(), [visit(step(absent=True))], behaviour)
    (turn,) = absent.turns
    assert turn.waited_ms == 0 and turn.outcome == SERVED
    # The hall demands 60 s and one recall before a number is passed over; six minutes later its visitor is back.
    assert (turn.called or 0) - (turn.first_called or 0) == 7 * MINUTE
    assert sum(use.busy_ms for use in absent.windows.values()) == 11 * MINUTE


def test_who_loses_patience_has_left_and_a_silent_one_is_still_called() -> None:
    queue = [visit(step(minutes=60), at=AT - 1 + i) for i in range(2)]
    for silent in (False, True):
        last = visit(step(patience_ms=20 * MINUTE), at=AT + 5, silent=silent)
        record = simulate(plan(), [*queue, last])
        (turn,) = (turn for turn in record.turns if turn.visit == 2)
        assert (turn.outcome, record.visits[2], turn.waited_ms) == (LEFT, LEFT, 20 * MINUTE)
        assert (turn.first_called is not None) is silent


def test_comprehensive_windows_are_slower_at_specialists_matters() -> None:
    busy = visit(step("N-2", minutes=100), at=AT - MINUTE)
    record = simulate(plan(), [busy, visit(step("N-2", minutes=10))])
    first, second = record.turns
    assert first.window == "03" and (first.ended or 0) - (first.started or 0) == 100 * MINUTE
    assert second.window in ("01", "02") and (second.ended or 0) - (second.started or 0) == 11 * MINUTE


def test_a_line_is_cleared_before_lunch_and_a_staggered_lunch_leaves_half_the_windows() -> None:
    crowd = [visit(step("N-1"), at=710 * MINUTE + i) for i in range(8)]
    common = simulate(plan(), crowd)
    assert max((turn.called or 0) - common.calls[0].at for turn in common.turns) > 20 * MINUTE
    breaks = ((690 * MINUTE, 750 * MINUTE), (750 * MINUTE, 810 * MINUTE))
    record = simulate(staggered(plan(), breaks), crowd)
    midday = [t for t in record.turns if 690 * MINUTE <= (t.called or 0) - plan().midnight < 750 * MINUTE]
    assert {turn.window for turn in midday} == {"02"}


def test_a_window_that_closes_for_good_leaves_its_people_unserved() -> None:
    windows = (WindowPlan(window="05", spans=((OPEN, AT),), stays=False),)
    hours = msgspec.structs.replace(plan(), windows=windows)
    trace = [visit(step("S-1", minutes=90), at=AT - 60 * MINUTE), visit(step("S-1"), at=AT - 10 * MINUTE)]
    record = simulate(hours, trace, keep=True)
    assert record.visits == [SERVED, UNSERVED]
    assert isinstance(record.events[-1], ev.DayClosed)


def test_a_trace_that_does_not_fit_the_hall_is_told() -> None:
    with pytest.raises(TraceFault, match="no matter X-9"):
        simulate(plan(), [visit(step("X-9"))])
