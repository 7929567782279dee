"""Ciw as the independent reference: the same traces, ticket by ticket; `make bench-routing` does 100,000 tickets."""

import random

import pytest

from bench.routing.ciw_reference import first_come, in_ciw, number_time
from bench.routing.network import Job, Network, random_network, random_trace
from bench.routing.trace import Served, drive


def made(seed: int, tickets: int = 500) -> tuple[Network, list[Job]]:
    rng = random.Random(seed)
    network = random_network(rng)
    return network, random_trace(rng, network, tickets, load=1.3)


@pytest.mark.parametrize("seed", range(40, 44))
def test_every_ticket_is_served_where_and_when_ciw_serves_it(seed: int) -> None:
    network, jobs = made(seed)
    assert drive(network, jobs) == in_ciw(network, jobs, number_time)


def test_another_rule_in_ciw_serves_nearly_all_differently() -> None:
    differ = total = 0
    for seed in range(40, 44):
        network, jobs = made(seed)
        differ += sum(a != b for a, b in zip(drive(network, jobs), in_ciw(network, jobs, first_come), strict=True))
        total += len(jobs)
    assert differ > 0.9 * total


def test_a_trace_by_hand() -> None:
    """One comprehensive window (0) and one specialist (1); δ = 20, C = 30 minutes."""
    minute = 60_000
    network = Network(
        comprehensive=(True, False),
        matters=(frozenset({0}), frozenset({0, 1})),
        minutes=(10.0, 10.0),
        credits=(0, 30),
        headstart=20,
        kappa=1.0,
        tau=10.0,
    )
    jobs = [
        Job(0, 0, 0, 60 * minute),  # window 0 until 60
        Job(1 * minute, 1, 0, 99 * minute),  # window 1 until 100
        Job(5 * minute, 1, 0, 10 * minute),  # 5, at window 0 counted as 25: the specialist keeps up
        Job(20 * minute, 0, 0, 10 * minute),  # 20: first at 60
        Job(40 * minute, 0, 1, 10 * minute),  # 40 - 30 = 10: before both
    ]
    by_hand = [
        Served(0, 0),
        Served(1, minute),
        Served(0, 80 * minute),
        Served(0, 70 * minute),
        Served(0, 60 * minute),
    ]
    assert drive(network, jobs) == by_hand
    assert in_ciw(network, jobs, number_time) == by_hand
