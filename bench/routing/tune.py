"""`python -m bench.routing.tune`: choose the head start and the credits (调参) on days that judge nothing.

The study chose its constants on the days that it reported. Here they are tried on days and halls of their own seed;
those that `bench.routing` judges the rule on are never seen. First the head start (δ, κ, τ) under the hall's credits,
then the credits under the hall's head start: a step at a time, so that each row differs from the shipped setting in
one thing. A setting's *excess* is how far it is beyond its worst goal, in the worse world; the best has the smallest,
and where nothing is beyond a goal, the smallest mean. A setting's widest possible overtake, C + δ, is in its name.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench.page import paragraph
from bench.routing.figures import DayFigures, Figure, Interval, by_way, interval, mean, mean_further, mean_later, p95
from bench.routing.figures import ratio as over
from bench.routing.policies import FIRST_COME, NONE, Way, mixed
from bench.routing.study import BEHAVIOUR, WORLDS, figures_of, hall_of, spread
from bench.routing.visitors import draw
from bench.routing.world import CREDITS, RULE
from loadtest import machine, sections
from loadtest.server import ROOT
from onewindow.forecast.simulator import simulate

PAGE: Final = ROOT / "docs" / "performance.md"
SEED: Final = 7001
"""Not the one that the rule is judged with."""
PLAIN: Final = "first come first served"


class Setting(msgspec.Struct, frozen=True):
    """The rule's constants; minutes, but for κ."""

    headstart: float = RULE.headstart_minutes
    kappa: float = RULE.kappa
    tau: float = RULE.tau_minutes
    vulnerable: float = CREDITS["vulnerable"]
    appointment: float = CREDITS["appointment"]

    @property
    def name(self) -> str:
        """As the table tells it."""
        widest = max(self.vulnerable, self.appointment) + self.headstart
        earlier = f"C {self.vulnerable:g}/{self.appointment:g}"
        return f"δ {self.headstart:g}, κ {self.kappa:g}, τ {self.tau:g}, {earlier} (≤ {widest:g})"

    def way(self) -> Way:
        """The rule so set."""
        routing = msgspec.structs.replace(
            RULE, headstart_minutes=self.headstart, kappa=self.kappa, tau_minutes=self.tau
        )
        given = {"standard": 0.0, "vulnerable": self.vulnerable, "appointment": self.appointment}
        return Way(self.name, self.name, mixed, routing, given)


SHIPPED: Final = Setting()
HEAD_STARTS: Final = tuple(
    Setting(headstart=headstart, kappa=kappa, tau=tau)
    for headstart in (10, 20, 30)
    for kappa, tau in ((1, 0), (1, 10), (2, 10))
)
ALL_CREDITS: Final = tuple(
    Setting(vulnerable=vulnerable, appointment=appointment)
    for vulnerable, appointment in ((20, 15), (20, 20), (25, 15), (25, 20), (30, 15), (30, 20), (30, 25), (35, 20))
)


class Job(msgspec.Struct, frozen=True):
    """A day of a world under some settings, and under first come first served."""

    world: str
    seed: int
    day: int
    settings: tuple[Setting, ...]


class Judged(msgspec.Struct, frozen=True):
    """A setting beside the goals, worlds U and B."""

    name: str
    figures: dict[str, tuple[Interval, Interval]]
    excess: float
    """Share beyond the worst goal; negative: all are met."""
    beyond: str
    """Which goal that is."""
    mean: float
    """Of both worlds, minutes."""


LIMITS: Final = {
    "vulnerable p95": 15.0,
    "… / walk-in": 1 / 3,
    "appointment p95": 20.0,
    "walk-in / FCFS": 1.15,
    "later step": 3.0,
    "further number": 3.0,
}
"""Goals 7 to 10 of the study, by the column that shows them."""


def play(job: Job) -> dict[str, DayFigures]:
    """One day under each setting."""
    world = hall_of(job.world, job.seed, job.day)
    visits = draw(world, job.seed, job.day)
    ways = [Way(PLAIN, PLAIN, mixed, FIRST_COME, NONE), *(setting.way() for setting in job.settings)]
    return {way.name: figures_of(world, visits, simulate(way.plan(world), visits, BEHAVIOUR)) for way in ways}


def judge(name: str, days: dict[str, dict[str, list[DayFigures]]]) -> Judged:
    """A setting's figures on the same days as all others'."""

    def of(figure: Figure) -> tuple[Interval, Interval]:
        return interval(figure, days["U"][name]), interval(figure, days["B"][name])

    def ratio(top: Figure, bottom: Figure, other: str) -> tuple[Interval, Interval]:
        return over(top, days["U"][name], bottom, days["U"][other]), over(
            top, days["B"][name], bottom, days["B"][other]
        )

    walk_in, vulnerable = p95("standard"), p95("vulnerable")
    figures = {
        "vulnerable p95": of(vulnerable),
        "… / walk-in": ratio(vulnerable, walk_in, name),
        "appointment p95": of(p95("appointment")),
        "walk-in / FCFS": ratio(walk_in, walk_in, PLAIN),
        "later step": of(mean_later()),
        "further number": of(mean_further()),
        "mean": of(mean()),
    }
    excess, beyond = max((max(i.value for i in figures[goal]) / limit - 1, goal) for goal, limit in LIMITS.items())
    return Judged(name, figures, excess, beyond, sum(i.value for i in figures["mean"]) / 2)


def tune(seed: int, days: int, processes: int, settings: Sequence[Setting]) -> list[Judged]:
    """All settings on the same days, in their order."""
    found = {
        world: by_way(
            spread(play, [Job(world, seed, day, tuple(settings)) for day in range(days)], processes, f"tune {world}")
        )
        for world in WORLDS
    }
    return [judge(name, found) for name in (PLAIN, *(setting.name for setting in settings))]


def best(judged: Sequence[Judged]) -> Judged:
    """The smallest excess; among those that meet all goals the smallest mean."""
    return min(judged, key=lambda each: (max(0.0, each.excess), each.mean))


def table(judged: Sequence[Judged]) -> list[str]:
    """The figures, U / B."""
    columns = list(judged[0].figures)
    rows = [f"| | {' | '.join(columns)} | beyond its worst goal |", "| --- |" + " --- |" * (len(columns) + 1)]
    for each in judged:
        cells = (" / ".join(f"{i.value:.2f}" for i in each.figures[column]) for column in columns)
        name = f"**{each.name}**" if each.name == SHIPPED.name else each.name
        verdict = f"{100 * each.excess:.0f} %, {each.beyond}" if each.excess > 0 else "no"
        rows.append(f"| {name} | {' | '.join(cells)} | {'' if each.name == PLAIN else verdict} |")
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Try, and write what came out; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing.tune", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--days", type=int, default=100, help="of each world")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    asked = parser.parse_args(arguments)
    begun, before = time.monotonic(), machine.busy()
    settings = tuple(dict.fromkeys((SHIPPED, *HEAD_STARTS, *ALL_CREDITS)))
    judged = tune(asked.seed, asked.days, asked.jobs, settings)
    minutes = (time.monotonic() - begun) / 60
    plain, tried = judged[0], {each.name: each for each in judged[1:]}
    shipped = tried[SHIPPED.name]
    head_starts = [tried[s.name] for s in HEAD_STARTS]
    all_credits = [tried[s.name] for s in ALL_CREDITS]
    text = "\n".join(
        [
            "## Tuning the rule 调参",
            "",
            paragraph(
                f"Measured on {datetime.now(UTC).date().isoformat()} by",
                f"`python -m bench.routing.tune --days {asked.days}`, seed {asked.seed}: {asked.days} days of each",
                f"world in halls of their own, in {minutes:.0f} minutes; processes that wanted a core before:",
                f"{before:.1f}. None of these days judges the rule. Two figures stand for worlds U / B; minutes or",
                "ratios; in brackets the widest overtake that a setting allows.",
                "The goals: " + ", ".join(f"{name} ≤ {limit:.3g}" for name, limit in LIMITS.items()) + ".",
            ),
            "",
            "The head start, under the shipped credits:",
            "",
            *table([plain, *head_starts]),
            "",
            "The credits (vulnerable visitors / appointments), under the shipped head start:",
            "",
            *table([plain, *all_credits]),
            "",
            paragraph(
                f"Shipped: {shipped.name}, beyond its worst goal by {100 * max(0.0, shipped.excess):.0f} %.",
                f"The best head start: {best(head_starts).name}, {100 * max(0.0, best(head_starts).excess):.0f} %.",
                f"The best credits: {best(all_credits).name}, {100 * max(0.0, best(all_credits).excess):.0f} %.",
            ),
        ]
    )
    sections.put(asked.page, "tuning", text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
