"""Calibration: what was too narrow holds four of five afterwards, by class and by size."""

import random

from onewindow.forecast.calibration import ENOUGH, Outcome, calibrated, kind_of, learned_shifts

MINUTE = 60_000


def outcomes(count: int, seed: int, kind: str = "0", error: float = 6 * MINUTE) -> list[Outcome]:
    """Forecasts whose band of +-2 minutes is far too narrow for errors of this size."""
    luck = random.Random(seed)
    found = []
    for _ in range(count):
        p50 = luck.uniform(0, 40) * MINUTE
        wait = max(0.0, p50 + luck.gauss(0, error))
        found.append(Outcome(kind, max(0.0, p50 - 2 * MINUTE), p50, p50 + 2 * MINUTE, wait))
    return found


def covered(shifts: object, tests: list[Outcome]) -> float:
    inside = 0
    for o in tests:
        low, high = calibrated(shifts, o.kind, o.p10, o.p50, o.p90)  # type: ignore[arg-type]
        inside += low <= o.wait <= high
    return inside / len(tests)


def test_a_band_that_was_too_narrow_holds_four_of_five() -> None:
    tests = outcomes(4000, seed=2)
    assert covered({}, tests) < 0.4
    shifts = learned_shifts(outcomes(3000, seed=1))
    assert 0.77 < covered(shifts, tests) < 0.84


def test_each_class_has_its_own_constants() -> None:
    past = outcomes(2000, seed=1) + outcomes(2000, seed=2, kind="30", error=1 * MINUTE)
    shifts = learned_shifts(past)
    assert 0.76 < covered(shifts, outcomes(3000, seed=3)) < 0.84
    assert 0.76 < covered(shifts, outcomes(3000, seed=4, kind="30", error=1 * MINUTE)) < 0.84
    assert shifts["30"].high[1] < shifts["0"].high[1]


def test_few_tickets_teach_nothing_and_a_rare_class_takes_the_constants_of_all() -> None:
    assert learned_shifts(outcomes(ENOUGH - 1, seed=1)) == {}
    shifts = learned_shifts(outcomes(2000, seed=1) + outcomes(5, seed=2, kind="20"))
    assert "20" not in shifts
    one = (10 * MINUTE, 12 * MINUTE, 14 * MINUTE)
    assert calibrated(shifts, "20", *one) == calibrated(shifts, "", *one)


def test_the_ends_never_cross_and_never_go_below_nothing() -> None:
    wide = [Outcome("0", 0, 10 * MINUTE, 60 * MINUTE, 10 * MINUTE) for _ in range(100)]
    shifts = learned_shifts(wide)
    low, high = calibrated(shifts, "0", 5 * MINUTE, 10 * MINUTE, 11 * MINUTE)
    assert 0 <= low <= high


def test_a_class_is_named_by_its_minutes() -> None:
    assert (kind_of(0), kind_of(30 * MINUTE), kind_of(90_000)) == ("0", "30", "1.5")
