"""The core against queues with a known mean wait, and the formulas against sums that need no formula."""

import math

import pytest

from bench.routing.formulas import against_cobham, against_erlang, cobham, erlang_c, mean_wait


@pytest.mark.parametrize(("servers", "load"), [(1, 0.8), (5, 0.9), (12, 0.85), (15, 0.95)])
def test_erlang_c_is_the_chance_of_finding_all_servers_busy(servers: int, load: float) -> None:
    """By the stationary distribution of the birth-and-death process, summed term by term."""
    offered = servers * load
    weights = [math.prod(offered / min(k, servers) for k in range(1, n + 1)) for n in range(700)]
    assert erlang_c(servers, load) == pytest.approx(sum(weights[servers:]) / sum(weights), rel=1e-9)
    queue = sum((n - servers) * w for n, w in enumerate(weights) if n > servers) / sum(weights)
    assert mean_wait(servers, load) == pytest.approx(queue / offered, rel=1e-6), "Little's law"


def test_cobham_keeps_the_work_that_waits() -> None:
    """Kleinrock's conservation law: Σ ρ W doesn't depend on the order of the classes."""
    loads = (0.2, 0.3, 0.25)
    total = sum(rho * wait for rho, wait in zip(loads, cobham(loads), strict=True))
    assert total == pytest.approx(sum(loads) * mean_wait(1, sum(loads)))


def test_the_core_agrees_with_erlang() -> None:
    found = against_erlang(3, 0.7, seed=11, repeats=10, tickets=900)
    assert found.within, found
    assert found.half_width < 0.35 * found.exact, "an interval this wide would contain anything"


def test_the_core_agrees_with_cobham() -> None:
    urgent, other = against_cobham((0.3, 0.35), seed=3, repeats=10, tickets=900)
    assert urgent.within and other.within, (urgent, other)
    assert urgent.measured + urgent.half_width < other.measured - other.half_width
