"""Thousands of random calls judged from their journal; `make bench-routing` judges a million."""

import random
from collections.abc import Callable

import pytest

from bench.routing.reading import Broken, Seen
from bench.routing.walk import Walk, judge_calls
from onewindow.queue import decide_window
from onewindow.routing.lines import Lines
from onewindow.routing.number_time import NumberTime
from onewindow.routing.policy import Choice
from onewindow.zones.model import RoutingSettings


def test_every_call_is_the_rules_and_gives_its_true_reason() -> None:
    seen = judge_calls(seed=5, calls=3000, a_day=150)
    assert seen.calls == 3000
    assert set(seen.terms) == {"only", "earliest", "credit", "head_start", "both"}, "every term was met"
    assert seen.empty > 100 and seen.passed > 300
    assert 0 < seen.widest_class <= seen.bound_class
    assert seen.widest_class < seen.widest_any <= seen.bound_any


class Late(NumberTime):
    """δ half a minute too large."""

    def __init__(self, settings: RoutingSettings) -> None:
        super().__init__(settings)
        self.headstart += 30_000


class Shy(NumberTime):
    """Sends a window away when only one waits."""

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str], at: int) -> Choice | None:
        return super().choose(lines, window, number_of, at) if lines.waiting_at(window) > 1 else None


class Boastful(NumberTime):
    """Calls the right one and counts those who wait wrongly."""

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str], at: int) -> Choice | None:
        choice = super().choose(lines, window, number_of, at)
        if choice is None:
            return None
        why = choice.why
        return Choice(choice.ticket, type(why)(policy=why.policy, term=why.term, seniority=why.seniority, waiting=0))


@pytest.mark.parametrize(
    ("rule", "told"), [(Late, "smallest key|is told|says"), (Shy, "idles while"), (Boastful, "says .* true is")]
)
def test_a_rule_that_is_a_little_wrong_is_found_out(
    rule: type[NumberTime], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide_window, "rule_for", rule)
    with pytest.raises(Broken, match=told):
        for day in range(40):
            Walk(random.Random(day), Seen()).run(100)
