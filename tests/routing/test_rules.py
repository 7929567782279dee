"""The textbook rules against their definitions, read independently and slowly."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onewindow.routing.policy import Choice
from onewindow.routing.reasons import reason
from onewindow.routing.rules import RULES, rule_for
from onewindow.zones.model import RoutingSettings, WindowKind
from tests.routing.test_number_time import MIN, WINDOWS, build, opened, tickets

AT = 100
"""Minutes; nobody came later than 90."""
Waiting = list[tuple[int, int, frozenset[str], float]]
BOTH = frozenset({"1", "2"})


def settings_of(policy: str) -> RoutingSettings:
    return RoutingSettings(policy=policy, headstart_minutes=20, kappa=1.0, tau_minutes=10)


def choose(policy: str, waiting: Waiting, open_windows: set[str], window: str) -> Choice | None:
    return rule_for(settings_of(policy)).choose(build(waiting, open_windows), window, lambda t: t, AT * MIN)


def score_of(policy: str, waiting: Waiting, open_windows: set[str], window: str) -> Callable[[int], float]:
    """The larger, the sooner, as the textbook says it of ticket i."""

    def score(i: int) -> float:
        seniority, credit, windows, _ = waiting[i]
        same = [t[3] for t in waiting if t[2] == windows]
        mu = 1 / (sum(same) / len(same))
        wait, rate = AT - seniority, 1 + credit / 30
        specialists = [w for w in windows if WINDOWS[w][0] is WindowKind.SPECIALIST and w in open_windows]
        flexible = WINDOWS[window][0] is WindowKind.COMPREHENSIVE
        return {
            "fcfs": wait,
            "strict_priority": credit,
            "accumulating_priority": rate * wait,
            "max_weight": len(same) * mu,
            "generalized_c_mu": rate * wait * mu,
            "comprehensive_first": wait + credit - (10_000 if flexible and specialists else 0),
        }[policy]

    return score


@pytest.mark.parametrize("policy", [name for name in RULES if name != "number_time"])
@settings(max_examples=200, deadline=None)
@given(waiting=tickets, open_windows=opened, window=st.sampled_from(list(WINDOWS)))
@example(waiting=[(82, 20, BOTH, 3.0), (85, 30, BOTH, 3.0)], open_windows=set(), window="1")  # 18 · 5/3 = 15 · 2
@example(waiting=[(28, 20, BOTH, 3.0), (8, 0, BOTH, 3.0)], open_windows=set(), window="1")  # 28 - 20 = 8 - 0
def test_calls_the_largest_score_and_tells_whom_it_passed(
    policy: str, waiting: Waiting, open_windows: set[str], window: str
) -> None:
    choice = choose(policy, waiting, open_windows, window)
    able = [i for i, t in enumerate(waiting) if window in t[2]]
    if not able:
        assert choice is None
        return
    assert choice is not None
    score = score_of(policy, waiting, open_windows, window)
    called = int(choice.ticket[1:])
    # Equal scores go to the earlier number, equal keys of number-time and of what is made from it to the one that was
    # issued first; two that only rounding tells apart are equal for this test.
    assert score(called) >= max(map(score, able)) - 1e-9
    for i in able:
        if abs(score(i) - score(called)) > 1e-9 or i == called:
            continue
        if policy == "comprehensive_first":
            assert called < i
        elif policy not in ("max_weight", "generalized_c_mu"):
            assert (waiting[called][0], called) < (waiting[i][0], i)
    same = [i for i in able if waiting[i][1:3] == waiting[called][1:3]]
    assert called == min(same, key=lambda i: (waiting[i][0], i)), "first come, first served in class and set"
    why = choice.why
    assert (why.policy, why.seniority, why.waiting) == (policy, waiting[called][0] * MIN, len(able))
    earlier = [i for i in able if (waiting[i][0], i) < (waiting[called][0], called)]
    assert (why.passed is None) == (not earlier)
    if why.passed is not None:
        first = min(earlier, key=lambda i: (waiting[i][0], i))
        assert why.passed.number == f"t{first}"
        if policy != "comprehensive_first":
            assert why.score == pytest.approx(score(called)) and why.passed.score == pytest.approx(score(first))
        assert why.term not in ("only", "earliest")
    said = reason(why, lambda at: f"{at // MIN}")
    assert "取号" in said.zh and "number" in said.en
    assert why.passed is None or (why.passed.number in said.zh and why.passed.number in said.en)


@pytest.mark.parametrize(
    ("policy", "waiting", "zh", "en"),
    [
        (
            "strict_priority",
            [(0, 0, frozenset("12"), 5.0), (60, 30, frozenset("12"), 5.0)],
            "60 取号，按“绝对优先”规则，类别优先（30 分钟比 0 分钟），先于 t0（0 取号）。",
            "Took the number at 60; by strict priority its class (credit 30 min, not 0) comes before t0 (0).",
        ),
        (
            "accumulating_priority",
            [(0, 0, frozenset("12"), 5.0), (40, 30, frozenset("12"), 5.0)],
            "40 取号，按“累积优先”规则，等候时间乘以类别系数为 120，高于 t0（0 取号）的 100。",
            "Took the number at 40; by accumulating priority its wait times its class's rate is 120, "
            "above 100 of t0 (0).",
        ),
        (
            "comprehensive_first",
            [(0, 0, frozenset("123"), 5.0), (80, 0, frozenset("12"), 5.0)],
            "80 取号，只有综合窗口能办；按“综合专属先办”规则，先于专业窗口也能办的 t0（0 取号）。",
            "Took the number at 80; only comprehensive windows serve it, and by this hall's rule these come before "
            "t0 (0), whom specialist windows serve too.",
        ),
    ],
)
def test_the_reason_in_words(policy: str, waiting: Waiting, zh: str, en: str) -> None:
    choice = choose(policy, waiting, {"1", "3"}, "1")
    assert choice is not None and choice.ticket == "t1"
    said = reason(choice.why, lambda at: f"{at // MIN}")
    assert (said.zh, said.en) == (zh, en)


def test_a_hall_without_credits_and_head_start_is_first_come_first_served() -> None:
    waiting = [(5, 0, frozenset("12"), 5.0), (0, 0, frozenset("123"), 5.0), (3, 0, frozenset("1"), 5.0)]
    plain = RoutingSettings(policy="number_time", headstart_minutes=0, kappa=1.0, tau_minutes=10)
    lines = build(waiting, {"1", "3"})
    mine = rule_for(plain).choose(lines, "1", lambda t: t, AT * MIN)
    theirs = rule_for(settings_of("fcfs")).choose(lines, "1", lambda t: t, AT * MIN)
    assert mine is not None and theirs is not None and mine.ticket == theirs.ticket == "t1"
