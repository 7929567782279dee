"""The study's goals (目标), judged: ratios in worlds U and B, with what was measured beside what was wanted."""

from typing import Final

import msgspec

from bench.routing.agreement import Compared
from bench.routing.call_speed import CallSpeed
from bench.routing.figures import (
    DayFigures,
    Figure,
    Interval,
    interval,
    mean,
    mean_again,
    mean_further,
    mean_later,
    p95,
    ratio,
    weighted,
)
from bench.routing.formulas import Agreement
from bench.routing.reading import Seen
from bench.routing.study import BoundDay, Sizes

WORLDS: Final = ("U", "B")
OLD: Final = ("dedicated", "dedicated_even")


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run. Days are by world, then by way."""

    speed: CallSpeed
    calls: Seen
    ciw: Compared
    formulas: list[Agreement]
    read: dict[str, list[Seen]]
    days: dict[str, dict[str, list[DayFigures]]]
    busy: dict[str, dict[str, list[DayFigures]]]
    """At 1.1 times the load."""
    bounds: dict[str, list[BoundDay]]
    sizes: Sizes
    seed: int


class Goal(msgspec.Struct, frozen=True):
    """A goal, what was measured, and by how much it was missed (0: met)."""

    number: str
    what: str
    wanted: str
    measured: str
    over: float
    """Share beyond the bound in the worst world; at most 0 when met."""

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.over <= 0


def goals(found: Results) -> list[Goal]:
    """All that this program measures."""
    return [*_promises(found), *_worlds(found), *_core(found)]


def against_bound(days: list[BoundDay], way: str, kind: str, under: str | None = None) -> Interval:
    """A way's weighted mean wait over the bound, on the same days."""
    return weighted([d.reached[way][kind] for d in days], [d.bounds[under or kind] for d in days])


def _promises(found: Results) -> list[Goal]:
    widest = max(s.widest_any for w in WORLDS for s in found.read[w]) / 60_000
    within = max(s.widest_class for w in WORLDS for s in found.read[w]) / 60_000
    any_bound = found.read["U"][0].bound_any / 60_000
    class_bound = found.read["U"][0].bound_class / 60_000
    judged = found.calls.calls
    return [
        Goal(
            "1",
            "overtakes within class and matter set",
            "0 in 10⁶ random calls",
            f"0 in {judged:,}",
            0.0 if judged >= 1_000_000 else 1.0,
        ),
        Goal(
            "2",
            "widest overtake: any class / same class (min)",
            f"≤ {any_bound:g} / ≤ {class_bound:g}",
            f"{widest:.2f} / {within:.2f}",
            max(widest / any_bound, within / class_bound) - 1,
        ),
    ]


def _worlds(found: Results) -> list[Goal]:
    u, b = found.days["U"], found.days["B"]

    def pair(
        number: str, what: str, limits: tuple[float, float], values: tuple[Interval, Interval], form: str = ".2f"
    ) -> Goal:
        same = limits[0] == limits[1]
        wanted = f"≤ {limits[0]:g}" if same else f"≤ {limits[0]:g} / {limits[1]:g}"
        over = max(v.value / limit - 1 for v, limit in zip(values, limits, strict=True))
        return Goal(number, what, wanted, " / ".join(f"{v:{form}}" for v in values), over)

    def over_pooled(way: str, percentile: bool) -> tuple[Interval, Interval]:
        figure = p95() if percentile else mean()
        return (
            ratio(figure, u[way], figure, u["pooled_credits"]),
            ratio(figure, b[way], figure, b["pooled_credits"]),
        )

    def over_old(way: str) -> tuple[Interval, Interval]:
        return (
            max((ratio(mean(), u[way], mean(), u[old]) for old in OLD), key=lambda i: i.value),
            max((ratio(mean(), b[way], mean(), b[old]) for old in OLD), key=lambda i: i.value),
        )

    def both(days: dict[str, dict[str, list[DayFigures]]], way: str, group: str) -> tuple[Interval, Interval]:
        return interval(p95(group), days["U"][way]), interval(p95(group), days["B"][way])

    def over_bound(kind: str) -> tuple[Interval, Interval]:
        return against_bound(found.bounds["U"], "rule", kind), against_bound(found.bounds["B"], "rule", kind)

    def of(figure: Figure) -> tuple[Interval, Interval]:
        return interval(figure, u["rule"]), interval(figure, b["rule"])

    walk_in = p95("standard")
    third = tuple(ratio(p95("vulnerable"), d["rule"], walk_in, d["rule"]) for d in (u, b))
    dearer = tuple(ratio(walk_in, d["rule"], walk_in, d["fcfs"]) for d in (u, b))
    weak, booked = "vulnerable", "appointment"
    return [
        pair("3", "work-weighted mean / the programme, whole days (no bound)", (1.2, 1.2), over_bound("whole work")),
        pair("3", "the same on bare days, where it is a bound", (1.2, 1.2), over_bound("bare work")),
        pair("4", "mean / fully pooled with the same credits", (1.5, 1.25), over_pooled("rule", False)),
        pair("4", "the same, a third cross-trained", (1.2, 1.2), over_pooled("help", False)),
        pair("5", "p95 / fully pooled with the same credits", (1.4, 1.18), over_pooled("rule", True)),
        pair("5", "the same, a third cross-trained", (1.15, 1.15), over_pooled("help", True)),
        pair("6", "mean / windows by unit, the better of two layouts", (0.67, 0.53), over_old("rule")),
        pair("6", "the same, a third cross-trained", (0.54, 0.51), over_old("help")),
        pair("7", "p95 of vulnerable visitors (min)", (15, 15), both(found.days, "rule", weak), ".1f"),
        pair("7", "the same / p95 of walk-ins", (0.3333, 0.3333), (third[0], third[1])),
        pair("7", "p95 of vulnerable visitors at load 1.1 (min)", (25, 25), both(found.busy, "rule", weak), ".1f"),
        pair("8", "p95 of on-time appointments, C = 20 (min)", (20, 20), both(found.days, "rule", booked), ".1f"),
        pair("8", "the same, C = 30 (min)", (14, 14), both(found.days, "rule30", booked), ".1f"),
        pair("9", "p95 of walk-ins / the same under FCFS", (1.15, 1.15), (dearer[0], dearer[1])),
        pair("10", "mean wait after a missing paper (min)", (2, 2), of(mean_again())),
        pair("10", "mean wait of a step that follows another (min)", (3, 3), of(mean_later())),
        pair("10", "the same of all numbers of a visit but the first called (min)", (3, 3), of(mean_further())),
    ]


def _core(found: Results) -> list[Goal]:
    speed, ciw = found.speed, found.ciw
    asked = f"with {speed.waiting:,} waiting"
    control = ciw.control / ciw.tickets
    return [
        Goal(
            "13",
            f"choosing the next, p99, {asked} (µs)",
            "≤ 20",
            f"{speed.choice.p99:.1f}",
            speed.choice.p99 / 20 - 1,
        ),
        Goal(
            "13",
            f"the call with its commit synced, p99, {asked} (ms)",
            "≤ 5",
            f"{speed.durable.p99 / 1000:.1f}",
            speed.durable.p99 / 5000 - 1,
        ),
        Goal(
            "16",
            f"tickets that Ciw serves otherwise, of {ciw.tickets:,} / with another rule there",
            "0 / > 90 %",
            f"{ciw.differ} / {100 * control:.1f} %",
            0.0 if ciw.differ == 0 and control > 0.9 and ciw.tickets >= 100_000 else 1.0,
        ),
    ]
