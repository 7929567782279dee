"""The routing section of `docs/performance.md`, written from the figures."""

from typing import Final

from bench.page import paragraph
from bench.routing.figures import interval, longest, mean, mean_further, p95, ratio, share_left, use, value
from bench.routing.goals import WORLDS, Goal, Results, against_bound, goals
from bench.routing.policies import WAYS
from bench.routing.study import BOUNDED, COARSE, FINE

WHY: Final = {
    "3": "The programme knows every service time and may interrupt, and doesn't know that comprehensive windows are "
    "10 % slower at specialists' matters; the bounded head start is the rest.",
    "4": "What is left is the 10 % that work goes slower away from the window that does it every day, and waits for "
    "specialists' windows that nobody else can take over.",
    "5": "The tail is made by walk-ins on the days when one zone is overloaded, whom credits put further back.",
    "7": "A credit moves a number by a fixed time, so that who has it still waits where everybody waits longer than "
    "that. Larger credits are paid by walk-ins (goal 9).",
    "8": "As with goal 7: a credit doesn't bound a wait.",
    "13": "Compare the fixed loop's p50 and p99 below: on a busy machine the cores' caches are others' between two "
    "calls. The median is ours.",
}
"""What is known of why a goal is missed, by its number; `_why` tells it of others, with figures of the same run."""


def _why(number: str, found: Results) -> str | None:
    """Why a goal is missed."""
    if number == "9":
        saved = [ratio(mean(), found.days[w]["rule"], mean(), found.days[w]["fcfs"]) for w in WORLDS]
        return (
            "Credits are paid by walk-ins: 27 % of the visitors count as 20 or 30 minutes earlier. The mean wait of "
            f"all over that under FCFS is {saved[0]:.2f} / {saved[1]:.2f}. What smaller credits would change was "
            "tried on other days; see the tuning of the rule."
        )
    if number == "10":
        plain = [interval(mean_further(), found.days[w]["fcfs"]) for w in WORLDS]
        return (
            "Every number keeps its place. The last row also counts numbers that no other step held up: their line "
            "was longer than that of the visit's first number, and older ones still stand in it. It isn't the rule's "
            f"doing: under FCFS it is {plain[0]:.2f} / {plain[1]:.2f}."
        )
    return WHY.get(number)


def section(found: Results, head: str) -> str:
    """The section's text; `head`: when, where and how long it was measured."""
    sizes = found.sizes
    parts = [
        "## Routing 叫号规则",
        "",
        paragraph(head),
        "",
        paragraph(
            "Two made-up worlds: in U the comprehensive windows are the bottleneck, in B specialists have more of",
            "the work. Parameters are chosen, not measured in any hall: compare ratios.",
            f"{sizes.days} days of each world, each in a hall of its own, drawn of that world; every way of running",
            "it meets the very same visitors. In brackets: 95 % intervals, days drawn again 1,000 times and paired.",
        ),
        "",
        *_goal_table(found),
        *_ways(found),
        *_bounds(found),
        *_checks(found),
        *_speed(found),
    ]
    return "\n".join(parts)


def _goal_table(found: Results) -> list[str]:
    judged: list[Goal] = goals(found)
    rows = [
        f"| {g.number} | {g.what} | {g.wanted} | {g.measured} | {_verdict(g)} |"
        for g in sorted(judged, key=lambda g: int(g.number))
    ]
    missed = sorted({g.number for g in judged if not g.met}, key=int)
    told = [paragraph(f"- Goal {number}: {why}") for number in missed if (why := _why(number, found)) is not None]
    return [
        "### Goals 目标",
        "",
        "Two figures stand for worlds U / B. Goals 11, 12, 14 and 15 are the forecast's; its own section has them.",
        "",
        "| # | what | goal | measured | |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
        *([*told, ""] if told else []),
    ]


def _verdict(goal: Goal) -> str:
    if goal.met:
        return "met 达到"
    how = f"{100 * goal.over:.0f} %" if goal.over >= 0.005 else "less than 1 %"
    return f"**missed by {how} 未达到**"


def _ways(found: Results) -> list[str]:
    lines = [
        "### Ways of running the hall 方案对比",
        "",
        "Minutes. Tickets of visitors who left count with what they waited. By class: p95.",
        "",
    ]
    for world in WORLDS:
        days = found.days[world]
        lines += [
            f"| world {world} | mean | / pooled | p95 | longest | walk-in | vulnerable | appointment | left | use of "
            "comprehensive / specialist |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for way in WAYS:
            mine = days[way.name]
            classes = " | ".join(f"{value(p95(c), mine):.1f}" for c in ("standard", "vulnerable", "appointment"))
            lines.append(
                f"| {way.told} | {interval(mean(), mine):.2f} | {ratio(mean(), mine, mean(), days['pooled']):.2f} | "
                f"{value(p95(), mine):.1f} | {value(longest(), mine):.0f} | {classes} | "
                f"{100 * value(share_left(), mine):.1f} % | "
                f"{100 * value(use(0), mine):.0f} / {100 * value(use(1), mine):.0f} % |"
            )
        lines.append("")
    return lines


def _bounds(found: Results) -> list[str]:
    count = len(found.bounds["U"])
    lines = [
        "### Distance from the possible 与下界的距离",
        "",
        paragraph(
            f"{count} days of each world, nobody loses patience. Work-weighted mean wait over the clairvoyant",
            f"linear programme (buckets of {FINE} minute on bare days with skills, else {COARSE}). Bare days have",
            "one errand a visit, no missing papers and no lunch: nothing that comes depends on how long anybody",
            "waited, and no policy with these skills can be below 1. Whole days are the study's: a later step counts",
            "in the programme from when it could have begun had nobody waited at all, in the day from when its",
            "visitor was free for it, and a lunch may be overrun by 20 minutes. That is a yardstick to compare ways",
            "with; it bounds nothing and may be below 1. The last columns: against the programme in which every",
            "window does everything; and the plain mean against its own programme, which lets all short services",
            "go first.",
        ),
        "",
    ]
    for world in WORLDS:
        days = found.bounds[world]
        at = " · ".join(
            f"{name} {sum(d.bounds[name][0] for d in days) / sum(d.bounds[name][1] for d in days):.2f}"
            for name in days[0].bounds
        )
        lines += [
            f"World {world}; the programmes' minutes: {at}.",
            "",
            "| | whole days | bare days | bare days, pooled programme | bare days, plain mean |",
            "| --- | --- | --- | --- | --- |",
        ]
        told = {way.name: way.told for way in WAYS}
        for way in BOUNDED:
            able = way in ("fcfs", "rule", "max_weight")
            cells = [
                f"{against_bound(days, way, 'whole work'):.2f}" if able else "",
                f"{against_bound(days, way, 'bare work'):.2f}" if able else "",
                f"{against_bound(days, way, 'bare work', 'bare pooled work'):.2f}",
                f"{against_bound(days, way, 'bare one'):.2f}" if able else "",
            ]
            lines.append(f"| {told[way]} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def _checks(found: Results) -> list[str]:
    seen, ciw = found.calls, found.ciw
    terms = ", ".join(f"{name} {count:,}" for name, count in sorted(seen.terms.items(), key=lambda item: -item[1]))
    rows = [
        f"| {a.what} | {a.exact:.3f} | {a.measured:.3f} ± {a.half_width:.3f} | {'yes' if a.within else 'no'} |"
        for a in found.formulas
    ]
    return [
        "### Checks 校验",
        "",
        paragraph(
            f"{seen.calls:,} calls in random halls under random commands, each judged from the journal by an",
            "independent reading of the rule: the right ticket, its bounds, its stored reason word by word; and",
            f"{seen.empty:,} times a window was rightly sent away. Decided by: {terms}.",
        ),
        "",
        paragraph(
            f"Ciw, another simulator, on {ciw.tickets:,} tickets of {found.sizes.networks} random networks:",
            f"{ciw.differ} served at another window or moment. With first come first served in Ciw, {ciw.control:,}.",
        ),
        "",
        "Mean waits through the core in units of a mean service; ± is the 95 % interval.",
        "",
        "| | formula | measured | inside |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]


def _speed(found: Results) -> list[str]:
    speed = found.speed
    return [
        "### The next call 叫号耗时",
        "",
        paragraph(
            f"{speed.waiting:,} waiting in one zone of 15 windows, {speed.calls:,} calls, up to {speed.lines} lines",
            f"to compare. The choice and its reason: p50 {speed.choice.p50:.1f} µs, p99 {speed.choice.p99:.1f} µs.",
            f"The whole command (finish and call next, both folded in): p50 {speed.command.p50:.1f} µs,",
            f"p99 {speed.command.p99:.1f} µs; both in the thread's own time. With its commit encoded and synced, by",
            f"the clock: p50 {speed.durable.p50 / 1000:.2f} ms, p99 {speed.durable.p99 / 1000:.2f} ms. A fixed loop,",
            f"measured between the calls: p50 {speed.control.p50:.1f} µs, p99 {speed.control.p99:.1f} µs: that is",
            "the machine's own unrest.",
        ),
    ]
