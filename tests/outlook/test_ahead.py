"""The path that the server drives itself, held against the kernel on the same future, ticket by ticket."""

import msgspec
import pytest

from onewindow.forecast.ahead import FAR_MS, Ahead
from onewindow.forecast.expected import arrivals, left_of
from onewindow.forecast.model import first_model
from onewindow.forecast.snapshot import Snapshot
from onewindow.outlook.arrays import arrays_of
from onewindow.outlook.kernel import run_path
from onewindow.outlook.world import ABSENT, BUSY
from onewindow.routing.policy import Policy
from onewindow.routing.rules import rule_for
from onewindow.zones.model import Hall
from tests.core_hall import core_hall
from tests.hall_app import anqiu
from tests.outlook.twin import Both

Called = dict[object, int]
"""Ticket, or (matter set by places, credit) -> ms from the snapshot."""


def by_kernel(taken: Snapshot) -> Called:
    """The kernel's answer to exactly the future that a path ahead expects."""
    world, _, trace, room, sets, _ = arrays_of(taken, 1500)
    entries = [
        (max(0, (t.away_until or taken.at) - taken.at) + round(t.away_more), i)
        for i, t in enumerate(taken.tickets)
        if world.t_status[i] == ABSENT
    ]
    beside = taken.walk_ms + taken.gap_ms
    for i, ticket in enumerate(taken.tickets):
        trace.t_lasts[i] = beside + round(ticket.mean_ms + taken.miss_share * taken.miss_ms)
    for k, coming in enumerate(arrivals(taken)):
        i, aim = world.tickets + k, taken.aims[coming.aim]
        trace.t_set[i] = sets.index(aim.windows)
        trace.t_credit[i] = taken.credits.index(coming.credit)
        trace.t_seniority[i], trace.t_work[i] = coming.counts_from, aim.work
        trace.t_lasts[i] = beside + round(aim.mean_ms + taken.miss_share * taken.miss_ms)
        entries.append((coming.at, i))
    entries.sort()
    for place, (at, i) in enumerate(entries):
        trace.entry_at[place], trace.entry_ticket[place] = at, i
    for w, window in enumerate(taken.windows):
        if world.w_state[w] == BUSY:
            trace.w_until[w] = left_of(window, taken.sigma)
    run_path(world, trace, len(entries), room, FAR_MS, 1)
    found: Called = {t.id: int(room.called_at[i]) for i, t in enumerate(taken.tickets) if room.called_at[i] >= 0}
    for line in range(world.sets * world.credits):
        if room.newcomer_at[line] >= 0:
            place, credit = divmod(line, world.credits)
            found[sets[place], taken.credits[credit]] = int(room.newcomer_at[line])
    return found


def by_path(taken: Snapshot, rule: Policy) -> Called:
    ahead = Ahead(taken, rule).run()
    places = {w.no: place for place, w in enumerate(taken.windows)}
    found: Called = {name: at for name, at in ahead.called.items()}  # noqa: C416
    for (windows, credit), at in ahead.newcomers.items():
        found[tuple(sorted(places[no] for no in windows)), credit] = at
    return found


def futures(hall: Hall, seeds: range) -> list[Snapshot]:
    """Random states of the hall, with people who never give up: the kernel takes patience as a moment."""
    model = msgspec.structs.replace(first_model(hall), patience_ms=0.0)
    return [Both(hall, seed, model).snapshot for seed in seeds]


@pytest.mark.parametrize("hall", [anqiu(), core_hall()], ids=["areas", "one area"])
def test_the_path_calls_whom_and_when_the_kernel_calls(hall: Hall) -> None:
    rule = rule_for(hall.settings.routing)
    tickets = differ = 0
    for taken in futures(hall, range(40)):
        path, kernel = by_path(taken, rule), by_kernel(taken)
        tickets += len(kernel)
        differ += sum(path.get(name) != kernel.get(name) for name in path.keys() | kernel.keys())
    assert tickets > 1000
    assert differ == 0


def test_another_rule_calls_otherwise() -> None:
    hall = anqiu()
    other = msgspec.structs.replace(hall.settings.routing, headstart_minutes=0.0)
    rule = rule_for(other)
    differ = 0
    for taken in futures(hall, range(20)):
        path, kernel = by_path(taken, rule), by_kernel(taken)
        differ += sum(path.get(name) != kernel.get(name) for name in path.keys() | kernel.keys())
    assert differ > 20
