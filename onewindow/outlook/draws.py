"""Draws (抽样): what chance decides on a path - who comes, how long each takes - filled into the kernel's arrays.

Every draw is a function of seed, path and thing (`onewindow.outlook.chance`), so that alternatives share their luck.
The k-th arrival of a path is the same person at the same time under every alternative.
"""

import math
from typing import NamedTuple

from onewindow.outlook.chance import lognormal, lognormal_rest, uniform
from onewindow.outlook.compiled import compiled
from onewindow.outlook.kernel import run_path
from onewindow.outlook.world import BUSY, Numbers, Scratch, Trace, World

SERVICE, MISS, REST, GAP, AIM, CREDIT = 0, 1, 2, 3, 4, 5
"""What is drawn of a thing."""
WINDOWS = 500_000
"""Things from here on are windows; below are tickets of the state, and arrivals from `ARRIVALS` on."""
ARRIVALS = 250_000


class Chances(NamedTuple):
    """The distributions of an area."""

    sigma: float
    beside_ms: int
    """Walk and gap of every call."""
    miss_share: float
    miss_ms: int
    t_mean: Numbers
    """Expected service of each of the N tickets, ms."""
    w_mean: Numbers
    w_elapsed: Numbers
    """-1: not begun."""
    w_rest: Numbers
    away_at: Numbers
    """When tickets that are away come back, in order …"""
    away_ticket: Numbers
    """… and which."""
    aim_share: Numbers
    """Cumulative."""
    aim_set: Numbers
    aim_work: Numbers
    aim_mean: Numbers
    credit_share: Numbers
    """Cumulative."""
    rate_until: Numbers
    rate: Numbers


@compiled
def place_in(shares: Numbers, u: float) -> int:
    """The first place whose cumulative share is at least `u`."""
    low, high = 0, len(shares) - 1
    while low < high:
        middle = (low + high) // 2
        if shares[middle] < u:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def draw(world: World, chances: Chances, trace: Trace, seed: int, path: int, horizon: int, arrive: int) -> int:
    """Fill `trace` for this path; returns the number of entries. No arrivals when `arrive` is 0."""
    for w in range(world.windows):
        if world.w_state[w] == BUSY:
            rest = 0.0
            if chances.w_mean[w] > 0.0:
                u = uniform(seed, path, WINDOWS + w, REST)
                if chances.w_elapsed[w] < 0 and uniform(seed, path, WINDOWS + w, MISS) < chances.miss_share:
                    rest = float(chances.miss_ms)
                else:
                    rest = lognormal_rest(chances.w_mean[w], chances.sigma, float(chances.w_elapsed[w]), u)
            trace.w_until[w] = int(rest) + chances.w_rest[w]
    for i in range(world.tickets):
        trace.t_lasts[i] = lasts(chances, chances.t_mean[i], seed, path, i)
    total, entries = world.tickets, 0
    aways, away = len(chances.away_at), 0
    now, bin_, number = 0.0, 0, 0
    bins = len(chances.rate)
    most = len(trace.t_set)
    while arrive == 1 and bin_ < bins and total < most and len(chances.aim_share) > 0:
        rate = chances.rate[bin_]
        wait = -math.log(uniform(seed, path, ARRIVALS + number, GAP))
        # The gap is spent at each stretch's own rate.
        while bin_ < bins and (rate <= 0.0 or now + wait / rate > chances.rate_until[bin_]):
            wait -= max(0.0, chances.rate_until[bin_] - now) * rate
            now = max(now, float(chances.rate_until[bin_]))
            bin_ += 1
            rate = chances.rate[bin_] if bin_ < bins else 0.0
        if bin_ >= bins:
            break
        now += wait / rate
        if now > horizon:
            break
        while away < aways and chances.away_at[away] <= now:
            trace.entry_at[entries] = chances.away_at[away]
            trace.entry_ticket[entries] = chances.away_ticket[away]
            entries += 1
            away += 1
        aim = place_in(chances.aim_share, uniform(seed, path, ARRIVALS + number, AIM))
        trace.t_set[total] = chances.aim_set[aim]
        trace.t_credit[total] = place_in(chances.credit_share, uniform(seed, path, ARRIVALS + number, CREDIT))
        trace.t_seniority[total] = int(now)
        trace.t_work[total] = chances.aim_work[aim]
        trace.t_lasts[total] = lasts(chances, chances.aim_mean[aim], seed, path, ARRIVALS + number)
        trace.entry_at[entries] = int(now)
        trace.entry_ticket[entries] = total
        entries += 1
        total += 1
        number += 1
    while away < aways:
        trace.entry_at[entries] = chances.away_at[away]
        trace.entry_ticket[entries] = chances.away_ticket[away]
        entries += 1
        away += 1
    return entries


@compiled
def lasts(chances: Chances, mean: float, seed: int, path: int, thing: int) -> int:
    """How long a call of this ticket keeps a window: it comes and is served, or it doesn't come."""
    if uniform(seed, path, thing, MISS) < chances.miss_share:
        return chances.miss_ms + chances.beside_ms
    return int(lognormal(mean, chances.sigma, uniform(seed, path, thing, SERVICE))) + chances.beside_ms


@compiled
def forecast_paths(
    world: World, chances: Chances, trace: Trace, room: Scratch, seed: int, paths: int, until: int, waits: Numbers
) -> None:
    """`paths` paths until everybody of the state and every newcomer is called, at most until `until`.

    `waits` takes, path by path, ms from now: N tickets, then the newcomers by set and credit; `until` if not called.
    """
    lines = world.sets * world.credits
    width = world.tickets + lines
    for path in range(paths):
        entries = draw(world, chances, trace, seed, path, until, 1)
        run_path(world, trace, entries, room, until, 1)
        for i in range(world.tickets):
            waits[path * width + i] = room.called_at[i] if room.called_at[i] >= 0 else until
        for line in range(lines):
            at = room.newcomer_at[line]
            waits[path * width + world.tickets + line] = at if at >= 0 else until


@compiled
def horizon_paths(
    world: World,
    chances: Chances,
    trace: Trace,
    room: Scratch,
    seed: int,
    paths: int,
    until: int,
    issued: Numbers,
    waits: Numbers,
    counts: Numbers,
) -> None:
    """`paths` paths for exactly `until` ms: everybody's wait, from the issue to the call or to the end.

    `issued`: ms of the N tickets' issue, before now. `waits` takes each path's waits one after another, `counts` how
    many: M a path at most. Whoever is away all the time is left out.
    """
    most = len(trace.t_set)
    for path in range(paths):
        entries = draw(world, chances, trace, seed, path, until, 1)
        run_path(world, trace, entries, room, until, 0)
        found = 0
        for i in range(world.tickets):
            if room.status[i] != 0:
                end = room.called_at[i] if room.called_at[i] >= 0 else until
                waits[path * most + found] = end - issued[i]
                found += 1
        for at in range(entries):
            i = trace.entry_ticket[at]
            if i >= world.tickets:
                end = room.called_at[i] if room.called_at[i] >= 0 else until
                waits[path * most + found] = end - trace.entry_at[at]
                found += 1
        counts[path] = found
