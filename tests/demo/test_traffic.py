"""The made-up day follows the hall's profile, and is the same for the same seed."""

import itertools
import statistics
from collections import Counter

import msgspec
import pytest

from onewindow.api.bodies import Issue
from onewindow.api.desk_calls import items_of
from onewindow.demo.traffic import (
    Arrival,
    Traffic,
    busiest_half_hour,
    busy_spans,
    median_minutes,
    seconds_of,
)
from onewindow.queue.commands import IssueTickets, OpenDay
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.core_hall import DAY, T0
from tests.server import ANQIU, ROOT

HALLS = {"anqiu": ANQIU, "small": ROOT / "halls" / "small"}
MIDNIGHT = 24 * 3600


@pytest.fixture(scope="module", params=list(HALLS.values()), ids=list(HALLS))
def hall(request: pytest.FixtureRequest) -> Hall:
    return load_hall(request.param)


def day(hall: Hall, seed: int = 7, weekday: int | None = None) -> list[Arrival]:
    return list(Traffic(hall, seed, weekday=weekday).arrivals(0, MIDNIGHT))


def test_the_same_seed_gives_the_same_day(hall: Hall) -> None:
    assert day(hall, 3) == day(hall, 3) != day(hall, 4)


def test_people_come_in_order_and_only_when_the_profile_says(hall: Hall) -> None:
    times = [arrival.at for arrival in day(hall)]
    assert times == sorted(times)
    assert all(any(start <= at < end for start, end in busy_spans(hall.profile)) for at in times)


def test_a_day_has_as_many_as_the_profile_says(hall: Hall) -> None:
    days = [len(day(hall, seed)) for seed in range(20)]
    expected = hall.profile.visits_per_day
    # The mean of 20 Poisson days has a standard deviation of sqrt(expected / 20): four of them.
    assert abs(statistics.mean(days) - expected) < 4 * (expected / 20) ** 0.5


def test_the_weekday_scales_the_day() -> None:
    hall = load_hall(ANQIU)
    monday, friday = (sum(len(day(hall, seed, weekday)) for seed in range(10)) for weekday in (0, 4))
    assert monday / friday == pytest.approx(1.18 / 0.84, rel=0.04)


def test_purposes_and_zones_follow_the_profile() -> None:
    hall = load_hall(ANQIU)
    people = [arrival for seed in range(10) for arrival in day(hall, seed)]
    purposes = Counter(arrival.purpose for arrival in people)
    assert purposes["collect"] / len(people) == pytest.approx(0.100, abs=0.01)
    assert purposes["consult"] / len(people) == pytest.approx(0.0907, abs=0.01)
    handle = [arrival for arrival in people if arrival.purpose == "handle"]
    zones = Counter(arrival.zone for arrival in handle)
    shares = {"investment": 0.0566, "real_estate": 0.2395, "business": 0.2598, "convenience": 0.4441}
    assert {zone: zones[zone] / len(handle) for zone in shares} == pytest.approx(shares, abs=0.02)


def test_the_core_takes_every_wish(hall: Hall) -> None:
    state = HallDay(hall, DAY)
    execute(state, OpenDay(day=DAY, hall_digest=hall.digest), T0)
    wishes = [arrival for arrival in itertools.islice(day(hall), 600) if arrival.wants_ticket]
    for arrival in wishes:
        body = msgspec.convert(arrival.issue(), Issue)
        items = items_of(hall, body)
        assert body.applicant is not None
        issued = execute(state, IssueTickets(items=items, applicant=body.applicant, purpose=body.purpose), T0)
        assert not isinstance(issued, Refusal), (arrival, issued.en)
    assert len(state.tickets) >= len(wishes) > 50


def test_services_lie_around_the_median(hall: Hall) -> None:
    traffic = Traffic(hall, 5)
    for code in itertools.islice(hall.profile.matter_weights, 5):
        drawn = [traffic.service_minutes(matter=code) for _ in range(2000)]
        assert statistics.median(drawn) == pytest.approx(hall.matters[code].typical_minutes, rel=0.05)
    collect = hall.purpose("collect")
    assert collect is not None and median_minutes(hall, None, None, "collect") == collect.minutes
    letter = next(iter(hall.groups))
    times = [hall.matters[code].typical_minutes for code in hall.groups[letter].matters]
    assert min(times) <= median_minutes(hall, None, letter, "handle") <= max(times)


def test_times_of_day() -> None:
    hall = load_hall(ANQIU)
    assert busiest_half_hour(hall.profile) == seconds_of("09:30") == 34_200
    assert busy_spans(hall.profile)[0] == (seconds_of("08:30"), seconds_of("12:00"))
    with pytest.raises(ValueError, match="9:75"):
        seconds_of("9:75")
