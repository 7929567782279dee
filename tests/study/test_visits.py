"""The drawn visitors: the same for the same seed, as many as the profile says, for the matters it says."""

import datetime
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from onewindow.study.errands import Errands, chain_runs
from onewindow.study.habits import habits_of
from onewindow.study.visits import MINUTE, Drawer
from onewindow.zones.load import load_hall

ROOT = Path(__file__).parents[2]
HALL = load_hall(ROOT / "halls" / "anqiu")
DAYS = [f"2026-03-{day:02d}" for day in range(2, 30)]
STILL = msgspec.structs.replace(habits_of(HALL), day_spread=0.0)
"""No chance beside that of single visitors."""


def test_the_same_seed_and_day_give_the_same_people_whatever_else_is_drawn() -> None:
    one, two = (Drawer(HALL, STILL, 7) for _ in range(2))
    one.day("2026-03-02")
    assert one.day("2026-03-03") == two.day("2026-03-03")
    assert two.day("2026-03-03") != two.day("2026-03-10")
    assert Drawer(HALL, STILL, 8).day("2026-03-03") != two.day("2026-03-03")


def test_each_matter_is_asked_for_as_often_as_the_profile_says() -> None:
    flat = msgspec.structs.replace(HALL, profile=msgspec.structs.replace(HALL.profile, weekday_factor={}))
    drawer = Drawer(flat, STILL, 1)
    found = Counter(step.matter for day in DAYS for visit in drawer.day(day) for step in visit.steps if step.matter)
    profile = HALL.profile
    handled = profile.visits_per_day - sum(profile.collect_by_zone.values()) - profile.consult_visits
    assert sum(found.values()) == pytest.approx(len(DAYS) * handled, rel=0.03)
    for code, weight in profile.matter_weights.items():
        expected = len(DAYS) * handled * weight / sum(profile.matter_weights.values())
        assert abs(found[code] - expected) < 5 * expected**0.5 + 3, code


def test_arrivals_follow_the_half_hours_and_the_weekday() -> None:
    drawer = Drawer(HALL, msgspec.structs.replace(STILL, appointments=0.0), 1)
    first = datetime.date(2026, 3, 2)
    weeks = [first + datetime.timedelta(weeks=week) for week in range(26)]
    mondays = sum(len(drawer.day(monday.isoformat())) for monday in weeks)
    fridays = sum(len(drawer.day((monday + datetime.timedelta(days=4)).isoformat())) for monday in weeks)
    assert mondays / fridays == pytest.approx(1.18 / 0.84, rel=0.03)
    at = Counter(visit.at_ms // (30 * MINUTE) for day in DAYS for visit in drawer.day(day))
    assert at[19] / at[32] == pytest.approx(207 / 27, rel=0.15)
    assert at[24] == at[25] == 0


def test_appointments_are_kept_with_some_lateness_and_late_ones_lose_their_class() -> None:
    drawer = Drawer(HALL, msgspec.structs.replace(STILL, appointments=0.5, priority=0.0), 1)
    booked = [visit for day in DAYS for visit in drawer.day(day) if visit.slot_ms is not None]
    assert len(booked) > 1000
    for visit in booked:
        assert visit.slot_ms is not None and visit.slot_ms % (15 * MINUTE) == 0
        late = visit.at_ms > visit.slot_ms + 15 * MINUTE
        assert visit.applicant == ("standard" if late else "appointment")
    assert 0 < sum(visit.at_ms > (visit.slot_ms or 0) for visit in booked) < len(booked) / 4


def test_a_chain_is_walked_in_its_order_and_only_within_the_day() -> None:
    runs = chain_runs(HALL, "business")
    assert any(run.matters == ("BIZ-001", "BIZ-002", "BIZ-023") for run in runs)
    for run in runs:
        for matter, after in zip(run.matters, run.after, strict=True):
            assert all(HALL.matters[run.matters[i]].promised_days <= 0.5 for i in after), matter
    assert chain_runs(HALL, "convenience") == []
    assert not Errands(HALL, "convenience", STILL).chain_share


def test_the_small_hall_has_visitors_too() -> None:
    hall = load_hall(ROOT / "halls" / "small")
    visits = Drawer(hall, habits_of(hall), 1).day("2026-03-03")
    assert 30 < len(visits) < 90
    assert all(step.patience_ms is None for visit in visits for step in visit.steps)
