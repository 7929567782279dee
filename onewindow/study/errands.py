"""What visitors of a zone come for (来办什么): one matter, two, or a few steps of a chain, so that the totals fit.

The profile says how often each matter is asked for in a day. Whoever has two matters, or a chain's steps, asks for
several; so there are fewer people than matters, and single visits of a matter are fewer by those that come within
chains. Each matter is asked for as often as the profile says.
"""

from itertools import accumulate
from random import Random

import msgspec

from onewindow.study.habits import Habits
from onewindow.zones.model import Chain, Hall

SAME_DAY: float = 0.5
"""Promised working days up to which the next step can still be done in the same visit."""
LENGTHS = (2, 3)


class Wanted(msgspec.Struct, frozen=True):
    """Matters of one person, each with those (by index) that must be done before."""

    matters: tuple[str, ...]
    after: tuple[tuple[int, ...], ...]


def chain_runs(hall: Hall, zone: str) -> list[Wanted]:
    """All runs of two or three core steps of a zone's chains that one visit can go through."""
    runs: dict[Wanted, None] = {}
    for chain in hall.chains.values():
        core = [s.matter for s in chain.steps if s.core and hall.matters[s.matter].zone == zone]
        before = _before(chain)
        for length in LENGTHS:
            for start in range(len(core) - length + 1):
                run = core[start : start + length]
                after = tuple(tuple(j for j in range(i) if run[j] in before[matter]) for i, matter in enumerate(run))
                awaited = {run[j] for steps in after for j in steps}
                if awaited and all(hall.matters[code].promised_days <= SAME_DAY for code in awaited):
                    runs[Wanted(tuple(run), after)] = None
    return list(runs)


def _before(chain: Chain) -> dict[str, set[str]]:
    """All steps that must be done before each step, directly or not."""
    before: dict[str, set[str]] = {}
    for step in chain.steps:
        before[step.matter] = set(step.depends_on).union(*(before.get(code, set()) for code in step.depends_on))
    return before


class Errands:
    """Draws what the visitors of one zone come for."""

    def __init__(self, hall: Hall, zone: str, habits: Habits) -> None:
        profile = hall.profile
        handled = max(0.0, profile.visits_per_day - sum(profile.collect_by_zone.values()) - profile.consult_visits)
        total = sum(profile.matter_weights.values()) or 1.0
        wanted = {
            code: handled * weight / total
            for code, weight in profile.matter_weights.items()
            if hall.matters[code].zone == zone and weight > 0
        }
        self.habits = habits
        # A run is as frequent as its rarest matter.
        runs = {run: min(wanted.get(code, 0.0) for code in run.matters) for run in chain_runs(hall, zone)}
        self.runs = [run for run, weight in runs.items() if weight > 0]
        self._run_sums = list(accumulate(runs[run] for run in self.runs))
        all_runs = self._run_sums[-1] if self.runs else 1.0
        length = sum(len(run.matters) * runs[run] for run in self.runs) / all_runs
        within: dict[str, float] = {}
        for run in self.runs:
            for code in run.matters:
                within[code] = within.get(code, 0.0) + runs[run] / all_runs
        chains = self._chain_share(wanted, within, length)
        self.people = sum(wanted.values()) / (chains * length + (1 - chains) * (1 + habits.second)) if wanted else 0.0
        """Expected people a day with a matter of the zone, on a day of factor 1."""
        self.chain_share = chains
        left = {code: often - chains * self.people * within.get(code, 0.0) for code, often in wanted.items()}
        self.matters = [code for code in left if left[code] > 1e-9]
        self._sums = list(accumulate(left[code] for code in self.matters))

    def _chain_share(self, wanted: dict[str, float], within: dict[str, float], length: float) -> float:
        """The share of people on chains: as assumed, or as large as the matters' own frequency allows.

        `within`: how many times a chain's visitor asks for each matter; with c the share, N the people and T all the
        matters asked for, N (c · length + (1 - c) (1 + second)) = T, and no matter may be asked for too often.
        """
        if not within:
            return 0.0
        most, single = min(wanted[code] / often for code, often in within.items()), 1 + self.habits.second
        rest = sum(wanted.values()) - most * (length - single)
        return min(self.habits.chain, most * single / rest) if rest > 0 else self.habits.chain

    def draw(self, luck: Random) -> Wanted:
        """What the next person wants."""
        chained, twice = luck.random() < self.chain_share, luck.random() < self.habits.second
        if chained:
            return luck.choices(self.runs, cum_weights=self._run_sums)[0]
        first, second = (luck.choices(self.matters, cum_weights=self._sums)[0] for _ in range(2))
        if twice and second != first:
            return Wanted((first, second), ((), ()))
        return Wanted((first,), ((),))
