"""From a snapshot to the kernel's arrays (数组化). Of the worker's process; NumPy where it is, else plain lists."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from onewindow.forecast.snapshot import Snapshot, WindowAt
from onewindow.outlook.compiled import COMPILED
from onewindow.outlook.draws import Chances
from onewindow.outlook.world import ABSENT, BUSY, IDLE, NEVER, SHUT, WAITING, Numbers, Scratch, Trace, World

ROOM = 1500
"""Most arrivals on one path; whoever would come after them doesn't."""


class Arrays(NamedTuple):
    """All that a run of paths takes."""

    world: World
    chances: Chances
    trace: Trace
    room: Scratch
    sets: tuple[tuple[int, ...], ...]
    issued: Numbers


def whole(values: Sequence[int] | int) -> Numbers:
    """An int64 array of these values, or of so many zeros."""
    if not COMPILED:
        return [0] * values if isinstance(values, int) else list(values)
    import numpy as np

    return np.zeros(values, np.int64) if isinstance(values, int) else np.array(values, np.int64)


def real(values: Sequence[float] | int) -> Numbers:
    """A float64 array of these values, or of so many zeros."""
    if not COMPILED:
        return [0.0] * values if isinstance(values, int) else [float(v) for v in values]
    import numpy as np

    return np.zeros(values, np.float64) if isinstance(values, int) else np.array(values, np.float64)


def arrays_of(snapshot: Snapshot, room_for: int = ROOM) -> Arrays:
    """The arrays of a snapshot, with room for so many arrivals."""
    at, windows, tickets = snapshot.at, snapshot.windows, snapshot.tickets
    sets, place = _sets(snapshot)
    credits_at = {credit: c for c, credit in enumerate(snapshot.credits)}
    set_of = [place[(t.bound,) if t.bound >= 0 else snapshot.aims[t.aim].windows] for t in tickets]
    comprehensive = [int(w.comprehensive) for w in windows]
    specialists = [sum(1 - comprehensive[w] for w in s) for s in sets]
    zones = list(dict.fromkeys(w.zone for w in windows))
    breaks = [_breaks(w, at) for w in windows]
    states = [_state(w) for w in windows]
    members: list[list[int]] = [[] for _ in range(snapshot.visits)]
    for i, ticket in enumerate(tickets):
        if ticket.visit >= 0:
            members[ticket.visit].append(i)
    status = [ABSENT if t.away_until is not None and not t.resting else WAITING for t in tickets]
    servable = [int(any(states[w] != SHUT or windows[w].breaks for w in s)) for s in sets]
    awaited = [int(t.away_more == 0 and servable[s] == 1) for t, s in zip(tickets, set_of, strict=True)]
    world = World(
        windows=len(windows),
        sets=len(sets),
        credits=len(snapshot.credits),
        tickets=len(tickets),
        headstart=snapshot.headstart,
        kappa=float(snapshot.kappa),
        tau=float(snapshot.tau),
        vain_ms=snapshot.miss_ms + snapshot.gap_ms,
        slow=float(snapshot.slow),
        w_comprehensive=whole(comprehensive),
        w_clears=whole([int(w.clears) for w in windows]),
        w_zone=whole([zones.index(w.zone) for w in windows]),
        w_state=whole(states),
        w_idle_since=whole([w.idle_since - at for w in windows]),
        w_visit=whole([w.visit for w in windows]),
        w_breaks=whole(_offsets(breaks)),
        break_start=whole([b[0] for each in breaks for b in each]),
        break_end=whole([b[1] for each in breaks for b in each]),
        ws=whole(_offsets([[s for s, of in enumerate(sets) if w in of] for w in range(len(windows))])),
        ws_set=whole([s for w in range(len(windows)) for s, of in enumerate(sets) if w in of]),
        sw=whole(_offsets(sets)),
        sw_window=whole([w for s in sets for w in s]),
        s_specialists=whole(specialists),
        s_servable=whole(servable),
        credit=whole(list(snapshot.credits)),
        t_visit=whole([t.visit for t in tickets]),
        visits=snapshot.visits,
        v=whole(_offsets(members)),
        v_ticket=whole([i for each in members for i in each]),
        t_status=whole(status),
        t_resting=whole([int(t.resting) for t in tickets]),
        t_awaited=whole(awaited),
        awaited=sum(awaited),
    )
    aways = sorted((max(0, (t.away_until or at) - at), i) for i, t in enumerate(tickets) if status[i] == ABSENT)
    coming = [(a.share, place[a.windows], a.work, a.mean_ms) for a in snapshot.aims if a.share > 0]
    early = snapshot.early or [(0.0, 0.0)] * len(snapshot.credits)
    chances = Chances(
        sigma=float(snapshot.sigma),
        beside_ms=snapshot.walk_ms + snapshot.gap_ms,
        miss_share=float(snapshot.miss_share),
        miss_ms=snapshot.miss_ms,
        t_mean=real([t.mean_ms for t in tickets]),
        t_issued=whole([t.issued_at - at for t in tickets]),
        patience_ms=float(snapshot.patience_ms),
        patience_sigma=float(snapshot.patience_sigma),
        silent_share=float(snapshot.silent_share),
        w_mean=real([w.mean_ms for w in windows]),
        w_elapsed=whole([w.elapsed_ms for w in windows]),
        w_rest=whole([w.rest_ms for w in windows]),
        away_at=whole([moment for moment, _ in aways]),
        away_ticket=whole([i for _, i in aways]),
        away_more=real([tickets[i].away_more for _, i in aways]),
        back_at=whole(len(aways)),
        back_ticket=whole(len(aways)),
        follow_share=float(snapshot.follow_share),
        follow_ms=float(snapshot.follow_ms),
        early_share=real([e[0] for e in early]),
        early_ms=real([e[1] for e in early]),
        aim_share=real(_cumulative([c[0] for c in coming])),
        aim_set=whole([c[1] for c in coming]),
        aim_work=real([c[2] for c in coming]),
        aim_mean=real([c[3] for c in coming]),
        credit_share=real(_cumulative(list(snapshot.credit_shares))),
        rate_until=whole([until - at for until, _ in snapshot.rates]),
        rate=real([rate for _, rate in snapshot.rates]),
    )
    most = len(tickets) + room_for
    trace = Trace(
        t_set=whole(set_of + [0] * room_for),
        t_credit=whole([credits_at[t.credit] for t in tickets] + [0] * room_for),
        t_seniority=whole([t.seniority - at for t in tickets] + [0] * room_for),
        t_work=real([t.work for t in tickets] + [0.0] * room_for),
        t_lasts=whole(most),
        t_gone=whole([NEVER] * most),
        t_silent=whole(most),
        w_until=whole(len(windows)),
        entry_at=whole(most),
        entry_ticket=whole(most),
    )
    return Arrays(
        world, chances, trace, scratch(world, len(set(zones)), most), sets, whole([t.issued_at - at for t in tickets])
    )


def scratch(world: World, zones: int, most: int) -> Scratch:
    """Room for one path of at most so many tickets."""
    lines = world.sets * world.credits
    return Scratch(
        head=whole(lines),
        tail=whole(lines),
        follow=whole(most),
        in_line=whole(most),
        status=whole(most),
        count=whole(world.sets),
        work=real(world.sets),
        specialists_open=whole(world.sets),
        comprehensive_open=whole(zones),
        w_state=whole(world.windows),
        w_until=whole(world.windows),
        w_break=whole(world.windows),
        w_idle_since=whole(world.windows),
        w_visit=whole(world.windows),
        v_busy=whole(world.visits),
        called_at=whole(most),
        called_by=whole(most),
        newcomer_at=whole(lines),
        shift=whole(world.sets),
        stood=whole(most),
        left=whole(2),
    )


def _sets(snapshot: Snapshot) -> tuple[tuple[tuple[int, ...], ...], dict[tuple[int, ...], int]]:
    """The matter sets: the core's in its order, then those that nobody has stood in yet."""
    found = dict.fromkeys(snapshot.sets)
    found.update(dict.fromkeys(aim.windows for aim in snapshot.aims))
    found.update(dict.fromkeys((t.bound,) for t in snapshot.tickets if t.bound >= 0))
    sets = tuple(found)
    return sets, {windows: place for place, windows in enumerate(sets)}


def _state(window: WindowAt) -> int:
    if window.busy:
        return BUSY
    return IDLE if window.open else SHUT


def _breaks(window: WindowAt, at: int) -> list[tuple[int, int]]:
    """The window's breaks from now on, in ms from now."""
    found = [(max(0, start - at), end - at) for start, end in window.breaks if end > at]
    return found if window.open or window.busy or found else [(0, NEVER)]


def _offsets(groups: Sequence[Sequence[Any]]) -> list[int]:
    found = [0]
    for group in groups:
        found.append(found[-1] + len(group))
    return found


def _cumulative(shares: list[float]) -> list[float]:
    total, found = sum(shares), []
    so_far = 0.0
    for share in shares:
        so_far += share
        found.append(so_far / total if total else 1.0)
    return found
