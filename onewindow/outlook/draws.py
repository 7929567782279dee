"""Draws (抽样): what chance decides on a path - who comes, how long each takes - filled into the kernel's arrays.

Every draw is a function of seed, path and thing (`onewindow.outlook.chance`), so that alternatives share their luck.
The k-th arrival of a path is the same person at the same time under every alternative.
"""

import math
from typing import NamedTuple

from onewindow.outlook.chance import lognormal, lognormal_rest, uniform
from onewindow.outlook.compiled import compiled
from onewindow.outlook.kernel import run_path
from onewindow.outlook.world import BUSY, NEVER, Numbers, Scratch, Trace, World

SERVICE, MISS, REST, GAP, AIM, CREDIT, BACK, FOLLOW, EARLIER = 0, 1, 2, 3, 4, 5, 6, 7, 8
PATIENCE, SILENT, EARLY, BEFORE = 9, 10, 11, 12
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
    t_issued: Numbers
    patience_ms: float
    """Median of how long people wait before they give up; 0: they never do."""
    patience_sigma: float
    silent_share: float
    """Of those who give up, how many say nothing."""
    w_mean: Numbers
    w_elapsed: Numbers
    """-1: not begun."""
    w_rest: Numbers
    away_at: Numbers
    """When tickets that are away come back at the soonest …"""
    away_ticket: Numbers
    """… which …"""
    away_more: Numbers
    """… and how much later on average (exponentially); 0: just then."""
    back_at: Numbers
    """Room: when each is back on this path, in order …"""
    back_ticket: Numbers
    follow_share: float
    follow_ms: float
    early_share: Numbers
    """By credit: who comes before the appointment, and counts from it …"""
    early_ms: Numbers
    """… how long before on average (exponentially)."""
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
                rest = lognormal_rest(chances.w_mean[w], chances.sigma, float(chances.w_elapsed[w]), u)
            trace.w_until[w] = int(rest) + chances.w_rest[w]
    for i in range(world.tickets):
        trace.t_lasts[i] = lasts(chances, chances.t_mean[i], seed, path, i)
        trace.t_gone[i] = gives_up(chances, chances.t_issued[i], seed, path, i)
        trace.t_silent[i] = 1 if uniform(seed, path, i, SILENT) < chances.silent_share else 0
    total, entries = world.tickets, 0
    aways, away = come_back(chances, seed, path), 0
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
        while away < aways and chances.back_at[away] <= now:
            trace.entry_at[entries] = chances.back_at[away]
            trace.entry_ticket[entries] = chances.back_ticket[away]
            entries += 1
            away += 1
        aim = place_in(chances.aim_share, uniform(seed, path, ARRIVALS + number, AIM))
        trace.t_set[total] = chances.aim_set[aim]
        trace.t_credit[total] = place_in(chances.credit_share, uniform(seed, path, ARRIVALS + number, CREDIT))
        trace.t_seniority[total] = int(now)
        if chances.follow_share > 0.0 and uniform(seed, path, ARRIVALS + number, FOLLOW) < chances.follow_share:
            earlier = -math.log(uniform(seed, path, ARRIVALS + number, EARLIER)) * chances.follow_ms
            trace.t_seniority[total] = int(now - earlier)
        early = chances.early_share[trace.t_credit[total]]
        if early > 0.0 and uniform(seed, path, ARRIVALS + number, EARLY) < early:
            before = -math.log(uniform(seed, path, ARRIVALS + number, BEFORE))
            trace.t_seniority[total] = int(now + before * chances.early_ms[trace.t_credit[total]])
        trace.t_work[total] = chances.aim_work[aim]
        trace.t_lasts[total] = lasts(chances, chances.aim_mean[aim], seed, path, ARRIVALS + number)
        trace.t_gone[total] = gives_up(chances, int(now), seed, path, ARRIVALS + number)
        trace.t_silent[total] = 1 if uniform(seed, path, ARRIVALS + number, SILENT) < chances.silent_share else 0
        trace.entry_at[entries] = int(now)
        trace.entry_ticket[entries] = total
        entries += 1
        total += 1
        number += 1
    while away < aways:
        trace.entry_at[entries] = chances.back_at[away]
        trace.entry_ticket[entries] = chances.back_ticket[away]
        entries += 1
        away += 1
    return entries


@compiled
def come_back(chances: Chances, seed: int, path: int) -> int:
    """When those who are away come back on this path, in order; returns how many they are."""
    count = len(chances.away_at)
    for k in range(count):
        i = chances.away_ticket[k]
        at = chances.away_at[k]
        if chances.away_more[k] > 0.0:
            at += int(-math.log(uniform(seed, path, i, BACK)) * chances.away_more[k])
        place = k
        while place > 0 and chances.back_at[place - 1] > at:
            chances.back_at[place] = chances.back_at[place - 1]
            chances.back_ticket[place] = chances.back_ticket[place - 1]
            place -= 1
        chances.back_at[place] = at
        chances.back_ticket[place] = i
    return count


@compiled
def gives_up(chances: Chances, issued: int, seed: int, path: int, thing: int) -> int:
    """When whoever took the number at `issued` gives up, knowing that it hasn't happened before 0."""
    if chances.patience_ms <= 0.0:
        return NEVER
    mean = chances.patience_ms * math.exp(0.5 * chances.patience_sigma * chances.patience_sigma)
    waited = float(max(0, -issued))
    u = uniform(seed, path, thing, PATIENCE)
    return max(0, issued) + int(lognormal_rest(mean, chances.patience_sigma, waited, u))


@compiled
def lasts(chances: Chances, mean: float, seed: int, path: int, thing: int) -> int:
    """How long a ticket keeps windows. Whoever isn't there at the first call comes back soon: both count as one."""
    vain = chances.miss_ms if uniform(seed, path, thing, MISS) < chances.miss_share else 0
    return vain + int(lognormal(mean, chances.sigma, uniform(seed, path, thing, SERVICE))) + chances.beside_ms


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
    """`paths` paths for exactly `until` ms: everybody's wait, from the issue to the call, to giving up or to the end.

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
                end = min(room.called_at[i], trace.t_gone[i]) if room.called_at[i] >= 0 else trace.t_gone[i]
                waits[path * most + found] = min(end, until) - issued[i]
                found += 1
        for at in range(entries):
            i = trace.entry_ticket[at]
            if i >= world.tickets:
                end = min(room.called_at[i], trace.t_gone[i]) if room.called_at[i] >= 0 else trace.t_gone[i]
                waits[path * most + found] = min(end, until) - trace.entry_at[at]
                found += 1
        counts[path] = found
