"""The forecast's section of `docs/performance.md` (报告), written from the figures and from nothing else."""

import math
from datetime import date
from typing import Final

import msgspec

from bench.forecast.figures import Accuracy, Figures
from bench.forecast.moves import Effect
from bench.forecast.speed import Speed
from bench.page import paragraph
from bench.routing.figures import Interval

LEAST: Final = 100
"""Tickets of a class below which nothing can be said of its coverage: its row stands in the second table alone."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All figures."""

    speed: Speed
    accuracy: list[Accuracy]
    wrong: list[Accuracy]
    """The same halls and days with each matter's expected minutes wrong by 25 %."""
    sizes: tuple[int, int, int]
    """Days of each hall to learn from, to calibrate on, to judge."""
    effects: list[Effect]
    share: float
    machine: list[str]
    busy_before: float
    minutes: float
    command: str
    day: date


def section(found: Results) -> str:
    """The section's text."""
    lines = ["## Forecast 预测", "", *_head(found), "", *_goals(found), "", *_why(found), *_accuracy(found)]
    lines += ["", *_paths(found), "", *_effects(found), "", *_speed(found.speed)]
    return "\n".join(lines) + "\n"


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _head(found: Results) -> list[str]:
    learned, calibrated, judged = found.sizes
    return [
        paragraph(
            f"Measured on {found.day} by `{found.command}`, which wrote this section, in {found.minutes:.0f} minutes",
            f"on {found.machine[0]}; processes that wanted a core before it began: {found.busy_before:.1f}.",
            f"The days are simulated on the product's own core, in {found.accuracy[0].halls} halls drawn of each",
            f"world and as many years of the sample hall: {learned} days to learn from, {calibrated} others to",
            f"calibrate on, {judged} others again to judge. {found.share:.0%} of the standard numbers, and all of",
            "other classes, were forecast with 60 paths as they were issued (each counts for as many as it stands",
            "for); judged are those that had to queue, by the wait until the first call. In brackets: 95 %",
            "intervals, days drawn again 1,000 times.",
        ),
    ]


def _goals(found: Results) -> list[str]:
    rows = ["| what | goal | measured | |", "| --- | --- | --- | --- |"]
    for one in found.accuracy:
        whole = one.whole
        rows.append(_goal(f"{one.world}: error / mean wait", "≤ 0.25", whole.relative, 0, 0.25))
        rows.append(_goal(f"{one.world}: error / that of people ahead × minutes", "≤ 0.40", whole.of_naive, 0, 0.40))
        rows.append(_goal(f"{one.world}: within the 80 % range", "0.78-0.82", whole.covered, 0.78, 0.82))
        for kind, own in one.classes.items():
            if own.tickets >= LEAST:
                what = f"{one.world}: the same, {kind} ({own.tickets:,} tickets)"
                rows.append(_goal(what, "0.75-0.85", own.covered, 0.75, 0.85))
        rows.append(_goal(f"{one.world}: within max(5 min, 25 %)", "≥ 0.80", whole.near, 0.80, 1))
    for one in found.wrong:
        what = f"{one.world}, each matter's minutes wrong by 25 %: error / mean wait"
        rows.append(_goal(what, "≤ 0.27", one.whole.relative, 0, 0.27))
    for effect in found.effects:
        what = f"what-if, {effect.zone}: error of the p95's change, min"
        rows.append(_goal(what, "≤ 4", effect.effect_mae, 0, 4))
    speed = found.speed
    for name, values, most in (
        ("forecast of an area, 60 paths, p99 ms", speed.forecast, 30),
        ("the same, processor's time", speed.forecast_cpu, 30),
        ("what-if, 2 × 100 paths over 2 h, p99 ms", speed.what_if, 100),
        ("the same, processor's time", speed.what_if_cpu, 100),
    ):
        worst = percentile(values, 0.99)
        rows.append(_goal(name, f"≤ {most}", Interval(worst, worst, worst), 0, most))
    return rows


def _why(found: Results) -> list[str]:
    """What the figures say of goals that are missed."""
    missed = {one.world for one in found.accuracy if one.whole.relative.value > 0.25 or one.whole.near.value < 0.8}
    poor = [one for one in found.accuracy if one.whole.of_naive.value > 0.40]
    told = []
    if missed:
        halls = "; ".join(
            f"{one.world} " + ", ".join(f"{f.wait.value:.1f} min: {f.relative.value:.2f}" for f in one.by_hall)
            for one in found.accuracy
        )
        told += [
            paragraph(
                "- Errors beside waits: what nobody can know at issue (how long the services under way and ahead",
                "last, who will come) weighs more where waits are short. Mean wait and error / wait of each hall:",
                f"{halls}.",
            )
        ]
    if poor:
        naive = ", ".join(
            f"{one.world} {one.whole.naive_mae.value / max(one.whole.wait.value, 0.01):.2f}" for one in found.accuracy
        )
        told += [
            paragraph(
                "- Against people ahead × minutes: the ratio says as much of that figure as of ours. Its own error /",
                f"wait: {naive}.",
            )
        ]
    return [*told, ""] if told else []


def _goal(what: str, goal: str, measured: Interval, low: float, high: float) -> str:
    value = round(measured.value, 3)
    by = max(value / high - 1, 1 - value / low if low else 0.0)
    met = "met 达到" if low <= value <= high else f"**missed by {by:.0%} 未达到**"
    told = f"{value:.2f}" if measured.low == measured.high else f"{measured:.3f}"
    return f"| {what} | {goal} | {told} | {met} |"


def _accuracy(found: Results) -> list[str]:
    rows = [
        "Minutes. *raw*: share within the paths' own 10-90 % band; *calibrated*: within the range that is shown",
        "before rounding; *near*: median within 5 min or 25 % of the wait. *One path*: what the serving process",
        "tells by itself while the worker is down, with the share within its own 80 % range.",
        "",
        "| tickets | n | wait | error | bias | of one path | its range | of work ahead | of people ahead | raw | "
        "calibrated | width | near |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in found.accuracy:
        rows.append(_row(f"{one.world}, all", one.whole))
        rows += [_row(f"{one.world}, {kind}", own) for kind, own in one.classes.items()]
        rows.append(_row(f"{one.world}, waited > 15 min", one.long))
    rows += [_row(f"{one.world}, minutes wrong by 25 %", one.whole) for one in found.wrong]
    return rows


def _row(name: str, f: Figures) -> str:
    return (
        f"| {name} | {f.tickets:,} | {f.wait.value:.1f} | {f.mae.value:.2f} | {f.bias.value:+.2f} | "
        f"{_known(f.path_mae, '.2f')} | {_known(f.path_covered, '.1%')} | {f.work_ahead_mae.value:.2f} | "
        f"{f.naive_mae.value:.2f} | {f.raw.value:.1%} | {f.covered.value:.1%} | {f.width.value:.1f} | "
        f"{f.near.value:.1%} |"
    )


def _known(figure: Interval, form: str) -> str:
    return "" if math.isnan(figure.value) else f"{figure.value:{form}}"


def _paths(found: Results) -> list[str]:
    """What one path costs the serving process."""
    spent = [(one.world, one.path_ms) for one in found.accuracy]
    each = "; ".join(f"{name} p50 {percentile(ms, 0.5):.1f}, p99 {percentile(ms, 0.99):.1f} ms" for name, ms in spent)
    return [f"One path of an area, in slices of 2 ms in the serving process, takes of processor's time: {each}."]


def _effects(found: Results) -> list[str]:
    rows = [
        "What one window more at 10:10 changes in the next two hours (p95 of those called or waiting, minutes):",
        "foretold at 10:10, and the same day really played both ways.",
        "",
        "| zone | days | foretold | real | error of the p95's change | of the mean's change | ms for 2 × 100 paths |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for e in found.effects:
        rows.append(
            f"| {e.zone}, {e.windows} windows | {e.days} | {e.foretold[0]:.1f} → {e.foretold[1]:.1f} | "
            f"{e.real[0]:.1f} → {e.real[1]:.1f} | {e.effect_mae:.2f} | {e.mean_effect_mae:.2f} | "
            f"{percentile(e.run_ms, 0.5):.0f} |"
        )
    return rows


def _speed(s: Speed) -> list[str]:
    def both(values: list[float]) -> str:
        return f"p50 {percentile(values, 0.5):.1f}, p99 {percentile(values, 0.99):.1f} ms"

    return [
        f"In the worker's process, on {len(s.waiting)} snapshots of peak hours with {min(s.waiting)} to",
        f"{max(s.waiting)} waiting: a forecast of an area {both(s.forecast)} (the processor {both(s.forecast_cpu)}),",
        f"as the server sees it {both(s.round_trip)};",
        f"what-if {both(s.what_if)} (the processor {both(s.what_if_cpu)}).",
        f"Taking a snapshot takes the server's loop {both(s.snapshot)} of processor's time. The worker takes",
        f"{s.rss_mib:.0f} MiB and is ready {s.warm_start:.1f} s after its start, once compiled.",
    ]
