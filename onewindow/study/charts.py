"""The figures as plots (图): SVG files that read in Chinese and English. matplotlib is imported here only."""

import io
import math
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from onewindow.study.day_run import DayRun, Wait
from onewindow.study.summary import figures, utilisation
from onewindow.study.table import ARRANGEMENT_NAMES, KIND_NAMES, RULE_NAMES, every, of_kind, of_zone
from onewindow.zones.model import Hall

FONT: Final = Path(__file__).parents[1] / "web" / "static" / "fonts" / "NotoSansSC-Regular.woff2"
SYSTEM: Final = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei", "SimHei")
COLOURS: Final = ("#1f4e79", "#c55a11", "#548235", "#7f6000", "#7030a0", "#808080", "#00838f", "#ad1457", "#37474f")
STROKES: Final = ("-", "--", "-.", ":")
"""Lines differ by more than their colour."""
INK: Final = "#222222"
Bars = list[tuple[str, list[float]]]


def draw(hall: Hall, runs: dict[str, list[DayRun]], out: Path) -> list[Path]:
    """Write all plots of a study into the folder `out`; their paths."""
    families = fonts()
    style: Any = {
        "font.family": families,
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#888888",
        "text.color": INK,
        "axes.labelcolor": INK,
        "svg.hashsalt": "onewindow",
        "axes.unicode_minus": False,
    }
    made = {
        "waits-by-zone": by_zone,
        "waits-by-class": by_class,
        "longer-than": longer_than,
        "through-the-day": through_the_day,
        "windows": windows,
    }
    paths = []
    with mpl.rc_context(style):
        for name, make in made.items():
            path = out / f"{name}.svg"
            buffer = io.StringIO()
            make(hall, runs).savefig(buffer, format="svg", metadata={"Date": None})
            path.write_text(
                "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n", encoding="utf-8"
            )
            paths.append(path)
    return paths


def fonts() -> list[str]:
    """Families that draw Chinese: the program's own font, then the system's; each draws what the one before lacks."""
    found = []
    try:
        from fontTools.ttLib import TTFont

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "NotoSansSC.ttf"
            font = TTFont(FONT)
            font.flavor = None
            font.save(path)
            # matplotlib keeps the path and opens the file when it first draws, so it must outlive the folder.
            kept = Path(tempfile.gettempdir()) / "onewindow-NotoSansSC.ttf"
            kept.write_bytes(path.read_bytes())
        font_manager.fontManager.addfont(str(kept))
        found.append(font_manager.FontProperties(fname=str(kept)).get_name())
    except ImportError:
        pass  # WOFF2 needs brotli beside fontTools; the system's fonts do as well.
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return [*found, *(name for name in SYSTEM if name in installed), "DejaVu Sans"]


def label(name: str, runs: dict[str, list[DayRun]]) -> str:
    """A scenario's name, without what all have in common."""
    arrangement, _, policy = name.partition("/")
    parts = []
    if len({each.partition("/")[0] for each in runs}) > 1:
        parts.append(" ".join(dict.fromkeys(ARRANGEMENT_NAMES[arrangement])))
    if len({each.partition("/")[2] for each in runs}) > 1 or not parts:
        parts.append(" ".join(RULE_NAMES[policy]))
    return "，".join(parts)


def by_zone(hall: Hall, runs: dict[str, list[DayRun]]) -> Figure:
    """Mean and 95th percentile of the wait in each zone."""
    zones = [("全部 all", every), *((z.short_zh, of_zone(z.code)) for z in hall.zones.values())]
    return _mean_and_tail("各区等候 Waits by zone", zones, runs)


def by_class(hall: Hall, runs: dict[str, list[DayRun]]) -> Figure:
    """The same by class."""
    kinds = [("全部 all", every), *((" ".join(names), of_kind(kind)) for kind, names in KIND_NAMES.items())]
    return _mean_and_tail("各类来宾等候 Waits by class", kinds, runs)


def _mean_and_tail(
    title: str, groups: Sequence[tuple[str, Callable[[Wait], bool]]], runs: dict[str, list[DayRun]]
) -> Figure:
    figure = Figure(figsize=(9.6, 4.2 + 0.16 * len(runs)), layout="constrained")
    axes = figure.subplots(1, 2)
    names = [name for name, keep in groups]
    for side, what in enumerate(("平均 mean", "95% 的人不超过 95th percentile")):
        bars: Bars = []
        for run, days in runs.items():
            found = [figures(days, keep) for _, keep in groups]
            bars.append((label(run, runs), [(f.p95 if side else f.mean.value) if f else 0.0 for f in found]))
        _bars(axes[side], names, bars)
        axes[side].set_title(what, fontsize=11, loc="left")
        axes[side].set_xlabel("分钟 minutes")
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _bars(axes: Any, names: Sequence[str], bars: Bars) -> None:
    """Grouped horizontal bars with their values."""
    height = 0.82 / len(bars)
    for index, (text, values) in enumerate(bars):
        at = [row + (index - (len(bars) - 1) / 2) * height for row in range(len(names))]
        drawn = axes.barh(at, values, height * 0.9, color=COLOURS[index % len(COLOURS)], label=text)
        axes.bar_label(drawn, fmt="%.1f", padding=2, fontsize=7 if len(bars) > 4 else 8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.12)


def _stroke(index: int) -> dict[str, Any]:
    return {"color": COLOURS[index % len(COLOURS)], "linestyle": STROKES[index % len(STROKES)]}


def longer_than(hall: Hall, runs: dict[str, list[DayRun]]) -> Figure:
    """How many wait longer than so many minutes."""
    figure = Figure(figsize=(8, 4.4), layout="constrained")
    axes = figure.subplots()
    minutes = range(0, 91)
    for index, (name, days) in enumerate(runs.items()):
        waits = sorted(wait.ms for day in days for wait in day.waits)
        over = [100 * (1 - bisect_right(waits, minute * 60_000) / max(1, len(waits))) for minute in minutes]
        axes.plot(minutes, over, label=label(name, runs), linewidth=1.8, **_stroke(index))
    axes.set_title("等候超过这么久的人 Share who wait longer", loc="left", fontsize=13)
    axes.set_xlabel("分钟 minutes")
    axes.set_ylabel("%")
    axes.set_xlim(0, 90)
    axes.set_ylim(0)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.legend(frameon=False, fontsize=9)
    return figure


def through_the_day(hall: Hall, runs: dict[str, list[DayRun]]) -> Figure:
    """Mean wait of those who came in each half-hour."""
    figure = Figure(figsize=(8, 4.4), layout="constrained")
    axes = figure.subplots()
    for index, (name, days) in enumerate(runs.items()):
        found: dict[int, list[int]] = {}
        for day in days:
            for wait in day.waits:
                if not (wait.again or wait.later):
                    found.setdefault(wait.half_hour, []).append(wait.ms)
        # A few people make no mean.
        shown = {slot for slot, waits in found.items() if len(waits) >= 5 * len(days)}
        slots = range(min(shown, default=0), max(shown, default=0) + 1)
        means = [sum(found[s]) / len(found[s]) / 60_000 if s in shown else math.nan for s in slots]
        axes.plot(
            [slot / 2 for slot in slots],
            means,
            label=label(name, runs),
            marker="o",
            markersize=3,
            linewidth=1.6,
            **_stroke(index),
        )
    axes.set_title("一天之中：这时来的人平均等多久 Mean wait by time of arrival", loc="left", fontsize=13)
    axes.set_xticks(range(8, 19), [f"{hour}:00" for hour in range(8, 19)])
    axes.set_ylabel("分钟 minutes")
    axes.set_ylim(0)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.legend(frameon=False, fontsize=9)
    return figure


def windows(hall: Hall, runs: dict[str, list[DayRun]]) -> Figure:
    """How busy each window is, under the first scenario and, if there are several arrangements, the others."""
    chosen: dict[str, list[DayRun]] = {}
    for name, days in runs.items():
        if name.partition("/")[0] not in {other.partition("/")[0] for other in chosen}:
            chosen[name] = days
    numbers = list(next(iter(runs.values()))[0].windows)
    figure = Figure(figsize=(11, 1.0 + 2.0 * len(chosen)), layout="constrained")
    rows = figure.subplots(len(chosen), 1, sharex=True, squeeze=False)
    hues = {code: COLOURS[zone.hue - 1] for code, zone in hall.zones.items()}
    for axes, (name, days) in zip(rows[:, 0], chosen.items(), strict=True):
        values = [100 * utilisation(days, [no]) for no in numbers]
        axes.bar(range(len(numbers)), values, color=[hues[hall.windows[no].zone] for no in numbers], width=0.75)
        axes.set_title(" ".join(dict.fromkeys(ARRANGEMENT_NAMES[name.partition("/")[0]])), loc="left", fontsize=11)
        axes.set_ylabel("%")
        axes.set_ylim(0, max(100, *values))
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
    axes.set_xticks(range(len(numbers)), numbers, fontsize=8)
    axes.set_xlabel("窗口 window")
    figure.suptitle("窗口有多忙 How busy the windows are", x=0.01, ha="left", fontsize=13)
    handles = [mpl.patches.Patch(color=hues[code], label=zone.short_zh) for code, zone in hall.zones.items()]
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles), frameon=False, fontsize=9)
    return figure
