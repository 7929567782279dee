"""The forecast's section of `docs/performance.md` (报告), written from the figures and from nothing else."""

from datetime import date

import msgspec

from bench.forecast.accuracy import Accuracy, Figures
from bench.forecast.moves import Effect
from bench.forecast.speed import Speed


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All figures."""

    speed: Speed
    accuracy: list[Accuracy]
    effects: list[Effect]
    share: float
    machine: list[str]
    busy_before: float
    minutes: float
    command: str
    day: date


def section(found: Results) -> str:
    """The section's text."""
    lines = ["## Forecast 预测", "", *_head(found), "", *_goals(found), "", *_accuracy(found)]
    lines += ["", *_paths(found), "", *_effects(found), "", *_speed(found.speed)]
    return "\n".join(lines) + "\n"


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _head(found: Results) -> list[str]:
    return [
        f"Measured on {found.day} by `{found.command}`, which wrote this section, in {found.minutes:.0f} minutes on",
        f"{found.machine[0]}; processes that wanted a core before it began: {found.busy_before:.1f}. The days are",
        "simulated on the product's own core; those that the model learned from, those that it was calibrated on and",
        f"those that judge it are different days. {found.share:.0%} of the numbers were forecast with 60 paths as",
        "they were issued; judged are those that had to queue, by the wait until the first call.",
    ]


def _goals(found: Results) -> list[str]:
    rows = ["| what | goal | measured | |", "| --- | --- | --- | --- |"]
    for one in found.accuracy:
        whole = one.whole
        rows.append(_goal(f"{one.world}: error / mean wait", "≤ 0.25", whole.mae / max(whole.wait, 0.01), 0, 0.25))
        naive = whole.mae / max(whole.naive_mae, 0.01)
        rows.append(_goal(f"{one.world}: error / that of people ahead × minutes", "≤ 0.40", naive, 0, 0.40))
        rows.append(_goal(f"{one.world}: within the 80 % range", "0.78-0.82", whole.covered, 0.78, 0.82))
        for kind, own in one.classes.items():
            if own.tickets:
                rows.append(_goal(f"{one.world}: the same, {kind}", "0.75-0.85", own.covered, 0.75, 0.85))
        rows.append(_goal(f"{one.world}: within max(5 min, 25 %)", "≥ 0.80", whole.near, 0.80, 1))
    for effect in found.effects:
        rows.append(_goal(f"what-if, {effect.zone}: error of the p95's change, min", "≤ 4", effect.effect_mae, 0, 4))
    speed = found.speed
    for name, values, most in (
        ("forecast of an area, 60 paths, p99 ms", speed.forecast, 30),
        ("the same, processor's time", speed.forecast_cpu, 30),
        ("what-if, 2 × 100 paths over 2 h, p99 ms", speed.what_if, 100),
        ("the same, processor's time", speed.what_if_cpu, 100),
    ):
        rows.append(_goal(name, f"≤ {most}", percentile(values, 0.99), 0, most))
    return rows


def _goal(what: str, goal: str, measured: float, low: float, high: float) -> str:
    met = "met 达到" if low <= round(measured, 3) <= high else "**not met 未达到**"
    return f"| {what} | {goal} | {measured:.2f} | {met} |"


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
    return rows


def _row(name: str, f: Figures) -> str:
    return (
        f"| {name} | {f.tickets:,} | {f.wait:.1f} | {f.mae:.2f} | {f.bias:+.2f} | {f.path_mae:.2f} | "
        f"{f.path_covered:.1%} | {f.work_ahead_mae:.2f} | {f.naive_mae:.2f} | {f.raw:.1%} | {f.covered:.1%} | "
        f"{f.width:.1f} | {f.near:.1%} |"
    )


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
            f"{e.real[0]:.1f} → {e.real[1]:.1f} | {e.effect_mae:.1f} | {e.mean_effect_mae:.1f} | "
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
