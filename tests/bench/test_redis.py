"""The benchmark of several processes runs, in a tiny size, and tells what it measured."""

from pathlib import Path

import pytest

from bench import redis
from bench.http_load import Spread
from bench.lab import Lab
from bench.redis_figures import Round, Work
from bench.redis_page import section
from bench.redis_shown import Shown

pytestmark = pytest.mark.redis


def spread(p50: float, rate: float = 1000.0, p99: float = 9.0) -> Spread:
    return Spread(count=100, seconds=100 / rate, p50=p50, p99=p99)


def a_round(shown: float) -> Round:
    return Round(
        memory=spread(10, 4000),
        one=spread(10, 3000, p99=20),
        one_work=Work(redis=20, servers=[250]),
        two=spread(10, 2700, p99=30),
        two_work=Work(redis=40, servers=[240, 150]),
        shown=Shown(
            appended=spread(0.4), floor=spread(0.5), bare=spread(0.6), answered=spread(2.0), shown=spread(shown)
        ),
        takeover=1.9,
    )


def test_the_page_tells_the_figures_beside_the_goals() -> None:
    text = section([a_round(1.0), a_round(1.2), a_round(1.6)], 64, "python -m bench.redis", 0.1)
    for said in (
        "**0.75** of the rate (goal 0.75)",
        "**0.90** of the rate (goal 0.9), **1.50** times its p99 (goal 2)",
        "the one that writes 240, the one that follows 150, Redis 40",
        "**3.00** times the",
        "round by round 2.50, 3.00, 4.00",
        "2.40 times the bare way",
        "1.90 · 1.90 · 1.90 s (goal 3)",
    ):
        assert said in text


def test_it_measures_two_processes_beside_the_bare_way(tmp_path: Path) -> None:
    with Lab(tmp_path / "work") as lab:
        found = redis.measure(lab, requests=40, calls=3)
    assert found.two.count == 40 and len(found.two_work.servers) == 2
    assert found.shown.shown.count == found.shown.floor.count == found.shown.appended.count == 3
    assert 0 < found.shown.floor.p50 < found.shown.shown.p99
    assert found.takeover > 0
