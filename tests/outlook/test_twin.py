"""The kernel is the rule: the same futures, through the core and through the kernel, ticket by ticket."""

import pytest

from onewindow.zones.model import Hall
from tests.core_hall import core_hall
from tests.hall_app import anqiu
from tests.outlook.twin import Both

SEEDS = 80


def compared(hall: Hall, seeds: range) -> tuple[int, int]:
    """(tickets called, how many of them otherwise than in the core)"""
    tickets = differ = 0
    for seed in seeds:
        both = Both(hall, seed)
        kernel, core = both.kernel(), both.core()
        tickets += len(core)
        differ += sum(kernel.get(name) != core.get(name) for name in kernel.keys() | core.keys())
    return tickets, differ


def test_every_ticket_is_called_when_and_where_the_core_calls_it() -> None:
    tickets, differ = compared(anqiu(), range(SEEDS))
    assert tickets > 3000
    assert differ == 0


def test_the_same_in_a_hall_where_all_windows_are_one_area() -> None:
    tickets, differ = compared(core_hall(), range(1000, 1000 + SEEDS))
    assert tickets > 3000
    assert differ == 0


@pytest.mark.parametrize("other", ["no head start", "no credits"])
def test_another_rule_is_noticed(other: str) -> None:
    differ = 0
    for seed in range(30):
        both = Both(anqiu(), seed)
        arrays = both.arrays
        if other == "no head start":
            arrays = arrays._replace(world=arrays.world._replace(headstart=0))
        else:
            arrays.world.credit[:] = 0
        kernel, core = both.kernel(arrays), both.core()
        differ += sum(kernel.get(name) != core.get(name) for name in kernel.keys() | core.keys())
    assert differ > 50
