"""Learning: what was put into simulated days is found again in their journals."""

import math
from functools import cache

import pytest

from bench.forecast.days import Anqiu, Watched
from onewindow.forecast.day_summary import DaySummary, Sum, summarise
from onewindow.forecast.learning import model_of
from onewindow.forecast.model import Model, first_model
from tests.hall_app import anqiu


@cache
def learned() -> tuple[tuple[DaySummary, ...], Model]:
    source = Anqiu(anqiu(), seed=3)
    found = []
    for _ in range(3):
        day = source.next()
        found.append(summarise(source.hall, day.plan.day, Watched(day).run().events))
    return tuple(found), model_of(source.hall, found)


def test_walks_gaps_and_absences_are_those_of_the_simulation() -> None:
    _, model = learned()
    assert model.walk_ms == pytest.approx(30_000, rel=0.02)
    assert model.gap_ms < 2_000
    assert 0.02 < model.miss_share < 0.06


def test_people_give_up_as_the_profile_says() -> None:
    hall = anqiu()
    assert hall.profile.abandon_minutes is not None
    _, model = learned()
    assert model.patience_ms / 60_000 == pytest.approx(hall.profile.abandon_minutes, rel=0.15)
    assert 0.45 < model.silent_share < 0.75


def test_comprehensive_windows_are_found_slower() -> None:
    _, model = learned()
    assert 1.01 < model.slow < 1.2


def test_ratios_stay_near_one_where_the_files_are_right() -> None:
    summaries, model = learned()
    for aim, services in summaries[0].services.items():
        matter = aim.split(":")[2]
        if services.count > 20 and matter:
            assert 0.6 < model.ratio[matter] < 1.3


def test_a_matter_that_was_seen_once_is_drawn_to_its_group() -> None:
    hall = anqiu()
    summary = DaySummary(day="2026-11-24")
    summary.services["business:G:BIZ-001:handle"] = Sum(200, 200 * 2.0, 200 * 4.0)
    summary.services["business:G:BIZ-002:handle"] = Sum(1, 10.0, 100.0)
    model = model_of(hall, [summary])
    assert model.ratio["BIZ-001"] == pytest.approx(2.0, abs=0.05)
    assert 2.0 < model.ratio["BIZ-002"] < 3.5


def test_no_past_leaves_the_files_word() -> None:
    hall = anqiu()
    assert model_of(hall, []) == first_model(hall)
    assert model_of(hall, [DaySummary(day="2026-11-24")]).sigma == pytest.approx(first_model(hall).sigma)
    assert math.isfinite(model_of(hall, [DaySummary(day="2026-11-24")]).patience_ms)


def test_the_slower_pace_of_comprehensive_windows_is_not_counted_twice() -> None:
    """Half of a matter's services at comprehensive windows, which take 1.2 times as long as specialist ones do."""
    summary = DaySummary(day="2026-11-24")
    name = "real_estate:R:RES-001:handle"
    summary.services[name] = Sum(2000, 2000 * 1.1, 2000 * 1.21)
    summary.slow[name] = Sum(1000, 1000 * math.log(1.2), 0.0)
    summary.slow[name + "+"] = Sum(1000, 0.0, 0.0)
    model = model_of(anqiu(), [summary])
    assert model.slow == pytest.approx(1.2, abs=0.02)
    assert model.ratio["RES-001"] == pytest.approx(1.0, abs=0.01)


def test_who_comes_before_the_appointment_counts_from_it() -> None:
    summary = DaySummary(day="2026-11-24", classes={"appointment": 40})
    summary.early["appointment"] = Sum(30, 30 * 360_000.0, 0.0)
    model = model_of(anqiu(), [summary])
    assert model.early == {"appointment": (0.75, 360_000.0)}
