"""What is told of a run in words (结果): the terminal's table, and this pace's section of docs/performance.md."""

import shutil
import textwrap
from pathlib import Path
from typing import Final

from loadtest import sections
from loadtest.evidence import Figure
from loadtest.report import Report

MOST_FAULTS_SHOWN: Final = 20
FOLDER: Final = "load"
"""Beside the page, for its plots."""


def table(of: Report) -> str:
    """The figures and the verdict, as text."""
    head = f"{'':32}{'count':>8}{'failed':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}"
    lines = [
        f"高峰 1 小时 ×{of.compress:g}，{of.seconds:.0f} s · the peak hour, so many times as fast",
        f"取号 issued {of.issued}，叫号 called {of.called}，提交 commits {of.commits}，连接 sockets {of.sockets}",
        "",
        head,
        *(_line(figure, of.seconds) for figure in of.requests),
        "",
        f"全部到齐之后 once everybody is there: {_there(of)}",
        *(_line(figure, of.seconds - (of.all_there or 0)) for figure in of.peak),
        "",
        f"CPU (cores): {', '.join(f'{name} {share:.2f}' for name, share in of.cores.items())}",
        f"可以有的拒绝 refusals that may be: {_counts(of.refused)}",
    ]
    if not of.faults:
        return "\n".join([*lines, "核对通过：没有丢号、重号、错序。 Checked: nothing lost, doubled or out of order."])
    lines.append(f"核对发现 {len(of.faults)} 处错误。 Faults found: {_counts(of.by_code)}")
    return "\n".join([*lines, *(f"  {fault}" for fault in of.faults[:MOST_FAULTS_SHOWN])])


def _line(figure: Figure, seconds: float) -> str:
    return (
        f"{figure.name:<32}{figure.count:>8}{figure.failed:>8}{figure.count / max(seconds, 1e-9):>10.1f}"
        f"{figure.p50:>9.1f}{figure.p95:>9.1f}{figure.p99:>9.1f}{figure.most:>9.1f}"
    )


def _there(of: Report) -> str:
    return "never at one time" if of.all_there is None else f"{of.all_there:.0f} s after the door opened"


def _counts(of: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in of.items()) or "0"


def put_section(page: Path, of: Report, out: Path) -> None:
    """Write this pace's section into the page, and its plots beside it."""
    name = f"load-x{of.compress:g}".replace(".", "-")
    folder = page.parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for plot in ("times", "run"):
        shutil.copyfile(out / f"{plot}.svg", folder / f"x{of.compress:g}-{plot}.svg")
    sections.put(page, name, section(of))


def section(of: Report) -> str:
    """The section, as Markdown."""
    errors = f"**{len(of.faults)}**" + (f" ({_counts(of.by_code)})" if of.faults else "")
    rows = [f"| {one.name} | {_cells(one)} |" for one in of.peak]
    rows += [f"| {one.name}, while the door opens | {_cells(one)} |" for one in of.opening]
    unheard = of.called - of.heard
    hour = f"{of.start // 60:02}:{of.start % 60:02}"
    words = [
        f"Measured on {of.at.date().isoformat()} by `{of.command}`; {of.machine[0]}; processes that wanted a core "
        f"before it began: {of.busy:.1f}. The peak hour of {of.hall_en} ({hour} on), {of.compress:g} times as fast, "
        f"for {of.seconds:.0f} s: {of.windows} clerks, {of.guides} guides, {of.kiosks} kiosks and "
        f"{of.phones - of.followers} looking phones (Locust), {of.screens} screens, {of.loudspeakers} loudspeakers "
        f"and {of.followers:,} phones by socket (asyncio), on one process with SQLite on the same machine. "
        f"Everybody was there {_there(of)}; what came before is told by itself.",
        f"{of.issued:,} numbers, {of.called:,} calls, {of.commits:,} commits, {of.frames:,} frames over "
        f"{of.connected:,} connections, at most {of.sockets:,} at a time. Errors: {errors}. An error is any answer "
        "but the right one, a refusal that is not named here, a socket that the server ends or that is silent for "
        "15 s, a frame out of order, a sound that can't be had, a call missed by a screen, anyone without a number, "
        "an error in the server's log, and whatever the checker finds in the journal: lost, doubled, out of order, "
        f"without a reason. Refusals that two people who act at once may get: {_counts(of.refused)}.",
    ]
    tail = [
        f"A loudspeaker says one thing at a time; what it says is {of.compress:g} times as short here too, but never "
        f"under half a second. {of.heard:,} calls were heard, {unheard:,} were replaced (a recall, a service that "
        "had begun) or came too late. In the last row nobody was being called when the clerk clicked. Cores: "
        f"{_cores(of)}. The longest anybody waited for somebody before them at the desk: {of.behind:.1f} s. "
        f"{of.caught_up:,} connections got a snapshot instead of single frames. {_full(of)}",
        "The run leaves `report.html` (this, with plots), `locust.html` (Locust's own), `figures.json` and "
        "`evidence.json` (every acknowledgement and frame that was checked) in the folder that it names.",
    ]
    x = f"{FOLDER}/x{of.compress:g}"
    return "\n\n".join(
        [
            f"## Load ×{of.compress:g} 压测",
            *(textwrap.fill(text, 118, break_on_hyphens=False, break_long_words=False) for text in words),
            "| ms | count | p50 | p95 | p99 | max |\n| --- | --- | --- | --- | --- | --- |\n" + "\n".join(rows),
            *(textwrap.fill(text.strip(), 118, break_on_hyphens=False, break_long_words=False) for text in tail),
            f"![Share done within so many ms]({x}-times.svg)\n\n![Through the run]({x}-run.svg)",
        ]
    )


def _cells(one: Figure) -> str:
    return f"{one.count:,} | {one.p50:.1f} | {one.p95:.1f} | {one.p99:.1f} | {one.most:.1f}"


def _cores(of: Report) -> str:
    names = {"server": "the server", "its workers": "its voice and forecast", "crowd": "the sockets' client"}
    return ", ".join(f"{names.get(name, name)} {share:.2f}" for name, share in of.cores.items())


def _full(of: Report) -> str:
    if not of.full:
        return ""
    return f"**{' and '.join(of.full)} had a core to itself and no more: the times are the load's own.**"
