"""The figures in text (统计表): what `simulate` prints. Chinese first, English beside it."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from onewindow.study.day_run import APPOINTED, OTHERS, VULNERABLE, DayRun, Wait
from onewindow.study.summary import Figures, Interval, difference, fairness, figures, utilisation
from onewindow.zones.model import Hall, WindowKind

RULE_NAMES: Final = {
    "number_time": ("号序（本系统）", "number-time"),
    "fcfs": ("先到先办", "FCFS"),
    "strict_priority": ("绝对优先", "strict priority"),
    "accumulating_priority": ("累积优先", "accumulating"),
    "max_weight": ("最大权重", "max-weight"),
    "generalized_c_mu": ("广义 cμ", "generalised c-mu"),
    "comprehensive_first": ("综合专属先办", "comp.-only first"),
}
ARRANGEMENT_NAMES: Final = {
    "dedicated": ("改革前：各办各的", "dedicated"),
    "one_plus_x": ("1+X", "1+X"),
    "pooled": ("全部通办", "pooled"),
    "cross_trained": ("1+X 加一专多能", "cross-trained"),
    "chained": ("1+X 加邻窗互助", "chained"),
}
KIND_NAMES: Final = {
    VULNERABLE: ("优先", "priority"),
    APPOINTED: ("预约", "appointment"),
    OTHERS: ("普通", "standard"),
}
HEAD: Final = ("次数 n", "平均 mean", "中位 p50", "p95", "最长 max", ">15分 %", ">30分 %", "离开 %")

Row = tuple[str, ...]


def scenario_label(name: str) -> str:
    """`one_plus_x/fcfs` in words."""
    arrangement, _, policy = name.partition("/")
    zh = f"{ARRANGEMENT_NAMES[arrangement][0]}，{RULE_NAMES[policy][0]}"
    return f"{zh} · {ARRANGEMENT_NAMES[arrangement][1]}, {RULE_NAMES[policy][1]}"


def report(hall: Hall, runs: dict[str, list[DayRun]]) -> str:
    """All tables of a study: each scenario by zone and class, windows, fairness, and the differences to the first."""
    parts = []
    base = next(iter(runs))
    for name, days in runs.items():
        parts.append(f"== {scenario_label(name)} ==")
        parts.append(_waits(hall, days))
        parts.append(_use(hall, days))
        parts.append(_fair(days))
        if name != base:
            parts.append(_against(days, runs[base], base))
        parts.append("")
    return "\n".join(parts)


def every(wait: Wait) -> bool:
    """All waits."""
    return True


def of_zone(code: str) -> Callable[[Wait], bool]:
    """The waits of a zone."""
    return lambda wait: wait.zone == code


def of_kind(kind: str) -> Callable[[Wait], bool]:
    """The waits of a class."""
    return lambda wait: wait.kind == kind


def _waits(hall: Hall, days: Sequence[DayRun]) -> str:
    rows: list[Row] = [("", *HEAD)]
    for label, keep in [
        ("全部 all", every),
        *((f"{z.short_zh} {z.code}", of_zone(z.code)) for z in hall.zones.values()),
        *((" ".join(names), of_kind(kind)) for kind, names in KIND_NAMES.items()),
        ("补件回场 back", lambda wait: wait.again),
        ("后续步骤 steps", lambda wait: wait.later),
    ]:
        found = figures(days, keep)
        if found is not None:
            rows.append((label, *cells(found)))
    return aligned(rows)


def cells(found: Figures) -> Row:
    """A row's figures: minutes with one decimal, shares in percent."""
    return (
        f"{found.turns:,}",
        told(found.mean),
        f"{found.p50:.1f}",
        f"{found.p95:.1f}",
        f"{found.longest:.0f}",
        f"{found.over_15:.1%}".rstrip("%"),
        told(found.over_30, 100),
        f"{found.left:.1%}".rstrip("%"),
    )


def told(value: Interval, factor: float = 1) -> str:
    """`10.2 ±0.3`: the value and the half width of its 95 % interval."""
    half = "" if value.half is None else f" ±{value.half * factor:.1f}"
    return f"{value.value * factor:.1f}{half}"


def _use(hall: Hall, days: Sequence[DayRun]) -> str:
    words = []
    for kind, zh in (
        (WindowKind.COMPREHENSIVE, "综合窗口 comprehensive"),
        (WindowKind.SPECIALIST, "专业窗口 specialist"),
        (WindowKind.ISSUING, "出件窗口 issuing"),
    ):
        # By the hall's own files, whatever the arrangement makes of them: the same people at the same places.
        windows = [w.no for w in hall.windows.values() if w.kind is kind and w.no in days[0].windows]
        if windows:
            words.append(f"{zh} {utilisation(days, windows):.0%}")
    served = sum(day.visits.get("served", 0) for day in days)
    left = sum(day.visits.get("left", 0) for day in days)
    late = max(day.overrun_ms for day in days) / 60_000
    return (
        f"忙的时间 busy: {', '.join(words)}\n"
        f"每天办完 visits served a day {served / len(days):.0f}, 离开 left {left / len(days):.0f}; "
        f"最晚收尾 latest end +{late:.0f} min"
    )


def _fair(days: Sequence[DayRun]) -> str:
    found = fairness(days)
    calls = max(1, found.calls)
    return (
        f"被后来者先叫，每千次叫号 overtaken per 1,000 calls: 同类同事项 same class and set {found.same_line}; "
        f"同类 same class {1000 * found.same_class / calls:.0f} "
        f"(最多 at most {found.gap_same_class / 60_000:.1f} min); "
        f"任何人 anybody {1000 * found.any_class / calls:.0f} (最多 at most {found.gap_any_class / 60_000:.1f} min)"
    )


def _against(days: Sequence[DayRun], base: Sequence[DayRun], name: str) -> str:
    words = []
    for label, keep in [("全部 all", every), *((" ".join(n), of_kind(k)) for k, n in KIND_NAMES.items())]:
        found = difference(days, base, keep)
        if found is not None:
            half = "" if found.half is None else f" ±{found.half:.2f}"
            words.append(f"{label} {found.value:+.2f}{half}")
    return f"平均等候差 mean wait against {name}, min: {'; '.join(words)}"


def width(text: str) -> int:
    """Columns that a text takes in a terminal: hanzi take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(rows: Sequence[Row]) -> str:
    """Columns, the first to the left, the others to the right."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        first = row[0] + " " * (widths[0] - width(row[0]))
        rest = (" " * (w - width(cell)) + cell for cell, w in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join((first, *rest)))
    return "\n".join(lines)
