"""The report's plots (图): how long it took, how it went through the run. SVG, in Chinese and English."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from loadtest import times
from loadtest.evidence import Evidence
from loadtest.times import Point
from onewindow.study.charts import INK, fonts

COLOURS: Final = {
    times.ISSUE: "#1F5C9E",
    times.CALL: "#7F5210",
    times.SCREEN: "#0D655D",
    times.SPEECH: "#B3261E",
    times.FREE: "#65437F",
}
"""The pages' own hues."""
STROKES: Final = dict(zip(times.MAIN, ("-", "--", "-", "-.", ":"), strict=True))
"""Lines differ by more than their colour."""
NAMES: Final = {
    times.ISSUE: "取号 issue",
    times.CALL: "叫号 call",
    times.SCREEN: "按键→屏幕 click → screen",
    times.SPEECH: "按键→出声 click → speech",
    times.FREE: "同上，喇叭空闲 …, loudspeaker free",
}
MARKS, LAST_MARKS = 300, 30
"""Of a line of shares: so many are seen, and the slowest are told apart."""
STEPS: Final = 60
"""Points of a line through the run."""


def draw(found: Evidence, out: Path) -> list[Path]:
    """Write the plots into the folder `out`; their paths."""
    style: Any = {
        "font.family": fonts(),
        "font.size": 10.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#8A8577",
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.unicode_minus": False,
        "svg.hashsalt": "onewindow",
        "svg.fonttype": "path",
    }
    every = times.points(found)
    makes: dict[str, Callable[[Evidence, dict[str, list[Point]]], Figure]] = {"times": spread, "run": through_the_run}
    paths = []
    with mpl.rc_context(style):
        for name, make in makes.items():
            path, buffer = out / f"{name}.svg", io.StringIO()
            make(found, every).savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
            text = buffer.getvalue()
            # Without its XML heading it stands in a page as it is.
            lines = [line.rstrip() for line in text[text.index("<svg") :].splitlines()]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            paths.append(path)
    return paths


def spread(found: Evidence, every: dict[str, list[Point]]) -> Figure:
    """The share that is done within so many ms, once everybody is there."""
    figure = Figure(figsize=(9.2, 4.2), layout="constrained")
    axes = figure.subplots()
    border = times.there(found)
    for name in times.MAIN:
        taken = sorted(point.ms for point in every[name] if point.at >= border)
        if taken:
            marks = sorted({*range(0, len(taken), max(1, len(taken) // MARKS)), *range(len(taken))[-LAST_MARKS:]})
            shares = [100 * (n + 1) / len(taken) for n in marks]
            axes.step([taken[n] for n in marks], shares, where="post", label=NAMES[name], **_stroke(name))
    axes.set_xscale("log")
    axes.set_ylim(0, 101)
    axes.set_xlabel("毫秒 ms")
    axes.set_ylabel("%")
    axes.set_title("这么多毫秒之内完成的份额 Share done within so many ms", loc="left", fontsize=12)
    _ready(axes)
    _name(figure, axes)
    return figure


def through_the_run(found: Evidence, every: dict[str, list[Point]]) -> Figure:
    """Median and 99th percentile, commands a second and sockets, from the door's opening to the end."""
    figure = Figure(figsize=(9.2, 7.6), layout="constrained")
    top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(2.2, 1, 1))
    step = max(found.seconds / STEPS, 1.0)
    for name in (times.ISSUE, times.CALL, times.SCREEN, times.SPEECH):
        cut = times.by_time(every[name], found.begun, found.seconds, step)
        at = [middle_of for middle_of, _ in cut]
        top.plot(at, [times.at_share(sorted(of), 0.5) for _, of in cut], label=NAMES[name], **_stroke(name))
        top.plot(at, [max(of) for _, of in cut], linewidth=0.7, color=COLOURS[name], alpha=0.6)
    top.set_yscale("log")
    top.set_ylabel("毫秒 ms")
    top.set_title("中位数（粗）和最大值（细） Median (bold) and maximum (thin)", loc="left", fontsize=12)
    for name in (times.ISSUE, times.CALL):
        cut = times.by_time(every[name], found.begun, found.seconds, step)
        middle.plot([at for at, _ in cut], [len(of) / step for _, of in cut], label=NAMES[name], **_stroke(name))
    middle.set_ylabel("每秒 a second")
    sockets = [(at - found.begun, count) for at, count in found.crowd.sockets if at >= found.begun]
    bottom.plot([at for at, _ in sockets], [count for _, count in sockets], color=INK, linewidth=1.4)
    bottom.set_ylabel("连接 sockets")
    bottom.set_xlabel("秒 seconds")
    for axes in (top, middle, bottom):
        axes.set_xlim(0, found.seconds)
        _ready(axes)
    _name(figure, top)
    middle.set_ylim(0)
    bottom.set_ylim(0)
    return figure


def _stroke(name: str) -> dict[str, Any]:
    return {"color": COLOURS[name], "linestyle": STROKES[name], "linewidth": 1.7}


def _ready(axes: Any) -> None:
    axes.grid(color="#D9D4C8", linewidth=0.6)
    axes.set_axisbelow(True)


def _name(figure: Figure, axes: Any) -> None:
    """The lines' names under the plots, where they hide nothing."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=8.5)
