"""What no rule can beat (下界): the clairvoyant linear programme of a zone's day, indexed by time.

Let x[j,t] be the minutes of task j that are worked in bucket t (B minutes from s_t on). Then

    min  Σ_j w_j / p_j · Σ_t max(s_t, clock_j) · x[j,t]
    s.t. Σ_t x[j,t] = p_j;  0 <= x[j,t] <= B;  nothing before the release of j
         Σ_{j of set g} x[j,t] - o[g,t] <= B · open specialist windows of g
         Σ_g o[g,t] + Σ_{j for comprehensive windows only} x[j,t] <= B · open comprehensive windows

(o: what specialists' work overflows to the comprehensive windows). A service that begins at S without a break has
its mean busy time M_j = S + p_j / 2 (Goemans et al. 2002), so M_j - p_j / 2 - clock_j is at most its wait, in any
schedule; for those who may be served before their clock, the programme takes 0 where that is negative.
The programme knows every service time, may interrupt and split at will, lets a person be at two windows at once and
counts a bucket from its start: each of these only lowers it, so that it bounds every policy from below.

w = 1 bounds the mean wait; no fair rule comes near, since it may let all short services go first. w = p bounds the
work-weighted mean wait, which is blind to the order of sizes: the yardstick. There every minute of work costs the
same, so that more is known: c windows that do X minutes of work in a bucket do them at X / 2c after its start on
average, at the earliest. The programme carries this convex term by its tangents, and the width of a bucket costs the
bound next to nothing.

Columns are made when they are needed: the programme starts with those soon after each release and takes in every
other whose reduced cost is negative, until there is none. The result is the optimum over all buckets.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TINY: Final = 1e-7
TANGENTS: Final = (0.25, 0.5, 0.75, 1.0)
"""Where the tangents of X² / 2c touch it, as shares of a bucket's capacity."""


class Task(msgspec.Struct, frozen=True):
    """A service: minutes since the day began."""

    release: float
    """Not before."""
    clock: float
    """Its wait counts from here; not before the release."""
    minutes: float
    """How long it occupies a window."""
    group: int
    """0: only comprehensive windows can; g: also the specialist windows of set g (from 1)."""


class Staff(msgspec.Struct, frozen=True):
    """Open windows by minute of the day: row 0 comprehensive, row g the specialist set g. Whole minutes.

    The last minute stands for all later ones.
    """

    windows: NDArray[np.int64]


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The bound on a weighted mean wait."""

    minutes: float
    total_weight: float
    columns: int
    rounds: int


def lower_bound(tasks: Sequence[Task], staff: Staff, *, by_work: bool, bucket: int = 1, first: int = 180) -> Bound:
    """The bound in minutes on the mean wait, weighted by the tasks' minutes if `by_work`.

    `bucket`: its width in minutes. `first`: minutes after each release for which columns stand from the start; the
    result doesn't depend on it. Raises RuntimeError when the solver gives up.
    """
    made = _Programme(tasks, staff, by_work, bucket)
    chosen = made.near(first)
    for turn in range(1, 60):
        found = made.solve(chosen)
        more = made.missing(chosen, found)
        if not len(more[0]):
            if found.unserved > TINY:
                raise RuntimeError("the day is too short for its work")
            return Bound(
                minutes=made.mean(found),
                total_weight=float(made.weight.sum()),
                columns=len(chosen[0]),
                rounds=turn,
            )
        chosen = (np.concatenate([chosen[0], more[0]]), np.concatenate([chosen[1], more[1]]))
    raise RuntimeError("the bound's programme does not settle")


class _Programme:
    """Rows: a task each (=), sets × buckets of capacity (<=), tangents; columns: (task, bucket), o, a safety net."""

    def __init__(self, tasks: Sequence[Task], staff: Staff, by_work: bool, bucket: int) -> None:
        self.width = float(bucket)
        self.minutes: Floats = np.array([t.minutes for t in tasks])
        self.release: Floats = np.array([t.release for t in tasks])
        self.clock: Floats = np.array([max(t.clock, t.release) for t in tasks])
        self.group: Ints = np.array([t.group for t in tasks], dtype=np.int64)
        self.early: Ints = np.flatnonzero(self.clock > self.release + TINY)
        """Who is there before the clock may be served before it: their wait is a variable, at least 0."""
        self.is_early = np.zeros(len(tasks), dtype=bool)
        self.is_early[self.early] = True
        self.weight: Floats = self.minutes.copy() if by_work else np.ones(len(tasks))
        self.earliest: Ints = np.array([int(t.release // bucket) for t in tasks], dtype=np.int64)
        latest = max(t.release for t in tasks)
        work = float(self.minutes.sum())
        last = int((latest + work / max(1, staff.windows[0, -1]) + float(self.minutes.max())) // bucket) + 2
        self.capacity = _capacity(staff, bucket, last)
        self.groups, self.buckets = self.capacity.shape
        starts: Floats = np.array([k * self.width for k in range(self.buckets)])
        self.starts = starts
        self.tangents = TANGENTS if by_work else ()

    def near(self, minutes: int) -> tuple[Ints, Ints]:
        """The (task, bucket) pairs soon after each release."""
        span = np.maximum(np.ceil(self.minutes / self.width).astype(np.int64) + 1, int(minutes // self.width))
        span = np.minimum(span, self.buckets - self.earliest)
        tasks = np.repeat(np.arange(len(span)), span)
        offsets = np.arange(int(span.sum())) - np.repeat(np.cumsum(span) - span, span)
        return tasks, self.earliest[tasks] + offsets

    def cost(self, tasks: Ints, buckets: Ints) -> Floats:
        """Of a minute of work in the objective."""
        later: Floats = np.maximum(self.starts[buckets], self.clock[tasks])
        return np.where(self.is_early[tasks], 0.0, self.weight[tasks] / self.minutes[tasks] * later)

    def settled(self, tasks: Ints, buckets: Ints) -> NDArray[np.bool_]:
        """Whether the convex term counts this work: all of it after the task's clock."""
        counts: NDArray[np.bool_] = (self.clock[tasks] <= self.starts[buckets]) & ~self.is_early[tasks]
        return counts

    def solve(self, chosen: tuple[Ints, Ints]) -> Any:
        """The optimum over these columns."""
        tasks, buckets = chosen
        count, overflow, cells = len(tasks), (self.groups - 1) * self.buckets, self.groups * self.buckets
        jobs = len(self.minutes)
        over, net, cell, column = np.arange(overflow), np.arange(jobs), np.arange(cells), np.arange(count)
        extra, waits = cells if self.tangents else 0, len(self.early)
        width = count + overflow + jobs + extra + waits
        unserved = self.weight / self.minutes * self.starts[-1] * 10
        cost = np.concatenate(
            [self.cost(tasks, buckets), np.zeros(overflow), unserved, np.ones(extra), self.weight[self.early]]
        )
        equal = coo_array(
            (
                np.ones(count + jobs),
                (np.concatenate([tasks, net]), np.concatenate([column, count + overflow + net])),
            ),
            shape=(jobs, width),
        )
        rows = np.concatenate([self.group[tasks] * self.buckets + buckets, self.buckets + over, over % self.buckets])
        columns = np.concatenate([column, count + over, count + over])
        used = np.concatenate([np.ones(count), -np.ones(overflow), np.ones(overflow)])
        # The convex term leaves out what may be done before a task's clock,
        # and from the comprehensive windows' as much as could have flowed over to them.
        settled = np.concatenate([self.settled(tasks, buckets).astype(float), used[count:]])
        fresh = np.flatnonzero((settled[:count] == 0.0) & (self.group[tasks] > 0))
        parts = [coo_array((used, (rows, columns)), shape=(cells, width))]
        limits = [self.capacity.ravel()]
        for share in self.tangents:
            slope = share * self.width
            values = np.concatenate([slope * settled, -np.ones(cells), np.full(len(fresh), -slope)])
            where = (
                np.concatenate([rows, cell, buckets[fresh]]),
                np.concatenate([columns, count + overflow + jobs + cell, fresh]),
            )
            parts.append(coo_array((values, where), shape=(cells, width)))
            limits.append(share * slope / 2 * self.capacity.ravel())
        place = np.full(jobs, -1)
        place[self.early] = np.arange(waits)
        mine = np.flatnonzero(self.is_early[tasks])
        when = np.maximum(self.starts[buckets[mine]], self.clock[tasks[mine]]) / self.minutes[tasks[mine]]
        each = np.arange(waits)
        values = np.concatenate([when, -np.ones(waits)])
        where = (np.concatenate([place[tasks[mine]], each]), np.concatenate([mine, width - waits + each]))
        parts.append(coo_array((values, where), shape=(waits, width)))
        limits.append(self.minutes[self.early] / 2 + self.clock[self.early])
        upper = np.full(width, np.inf)
        ends = self.starts[buckets] + self.width
        upper[:count] = np.minimum(self.width, ends - self.release[tasks])
        found = linprog(
            cost,
            A_ub=vstack(parts, format="csr"),
            b_ub=np.concatenate(limits),
            A_eq=equal.tocsr(),
            b_eq=self.minutes,
            bounds=np.column_stack([np.zeros_like(upper), upper]),
            method="highs",
        )
        if found.status != 0:
            raise RuntimeError(f"the bound's programme failed: {found.message}")
        found.unserved = float(found.x[count + overflow : count + overflow + jobs].max())
        return found

    def missing(self, chosen: tuple[Ints, Ints], found: Any) -> tuple[Ints, Ints]:
        """The columns left out so far whose reduced cost is negative."""
        waits = len(self.early)
        marginals: Floats = np.asarray(found.ineqlin.marginals)
        shadow = marginals[: len(marginals) - waits].reshape(-1, self.groups, self.buckets)
        steep: Floats = np.zeros_like(shadow[0])
        for share, each in zip(self.tangents, shadow[1:], strict=True):
            steep += share * self.width * each
        worth: Floats = np.asarray(found.eqlin.marginals)
        rate = self.weight.copy()
        rate[self.early] = -marginals[len(marginals) - waits :]
        jobs, every = np.arange(len(self.minutes))[:, None], np.arange(self.buckets)[None, :]
        reduced = (
            (rate / self.minutes)[:, None] * np.maximum(self.starts[None, :], self.clock[:, None])
            - worth[:, None]
            - shadow[0][self.group]
            - np.where(
                self.settled(jobs, every), steep[self.group], np.where(self.group[:, None] > 0, -steep[:1], 0.0)
            )
        )
        reduced[every < self.earliest[:, None]] = 0.0
        reduced[chosen] = 0.0
        tasks, buckets = np.nonzero(reduced < -TINY * max(1.0, float(np.abs(worth).max())))
        return tasks.astype(np.int64), buckets.astype(np.int64)

    def mean(self, found: Any) -> float:
        """The bound that an optimum is."""
        constant = float((self.weight * (self.minutes / 2 + self.clock))[~self.is_early].sum())
        return (float(found.fun) - constant) / float(self.weight.sum())


def _capacity(staff: Staff, bucket: int, last: int) -> Floats:
    """Minutes of work that each set can do in each bucket."""
    windows = staff.windows
    minutes = (last + 1) * bucket
    if minutes > windows.shape[1]:
        tail = np.repeat(windows[:, -1:], minutes - windows.shape[1], axis=1)
        windows = np.concatenate([windows, tail], axis=1)
    capacity: Floats = windows[:, :minutes].reshape(windows.shape[0], -1, bucket).sum(axis=2).astype(np.float64)
    return capacity
