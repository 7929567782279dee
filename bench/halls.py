"""`python -m bench.halls`: many halls in one process (多厅测量), written to `docs/performance.md`.

What a hall costs by being there, and the peak hour of more and more halls at once, in real time; then of the most
halls at a higher and higher pace, until the process can't. From that, how many halls one process carries. The load's
process has the machine's other core.

    --part there|peak|forecasts --kept FILE      in parts: the page is written when the file has all of them
"""

import argparse
import asyncio
import math
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench.halls_lab import Life, OnRedis, crowd, folder_of, life, on_redis, seats, server_of, visit_bytes
from bench.halls_load import Order, Told, cpu_seconds
from bench.lab import Lab, children_of
from bench.page import paragraph
from bench.scale import FULL, Costs, plan
from loadtest import machine, sections
from loadtest.server import ROOT

PAGE: Final = ROOT / "docs" / "performance.md"
SCALE: Final = "scale.md"
SECTION: Final = "halls"
VISITS: Final = 478
"""A sample hall's visits in the peak hour of a Monday: (198 + 207) × 1.18."""
WAITING: Final = 40
PROVINCE: Final = 150
SOON_MS: Final = 50.0
GIVEN_OUT: Final = 0.98
"""From this share of its core on, a process has no more to give."""
PACES: Final = (1.5, 2.0, 3.0, 4.0)
FEW: Final = 10
"""Halls for whose forecasts one forecaster has time."""
PARTS: Final = ("there", "peak", "forecasts")


class Found(msgspec.Struct):
    """What was measured, part by part."""

    there: Life | None = None
    shared: OnRedis | None = None
    told: list[Told] = msgspec.field(default_factory=list)
    visit_bytes: float = 0.0
    """Of the journal, a number."""
    forecast_cpu: float = 0.0
    """Seconds of the common forecaster's processor a second for a hall at its peak, where it has time for all …"""
    forecast_told: Told | None = None
    """… and the most halls at their peak with it …"""
    forecast_cores: float = 0.0
    """… and what it takes then."""
    busy: list[float] = msgspec.field(default_factory=list)
    """Processes that wanted a core before each part."""


def peak(
    lab: Lab,
    stages: Sequence[int],
    rest: float,
    work: float,
    rate: float = VISITS / 3600,
    paces: Sequence[float] = (),
) -> tuple[list[Told], float]:
    """The peak hour of more and more halls in one process, until it is full; and the journal's bytes a number.

    `rate`: visits a second in a hall; `paces`: times as many, one after the other in the most halls.
    """
    folder, codes = folder_of(lab, max(stages))
    told: list[Told] = []
    with server_of(lab, folder, "--forecast", "off", "--idle-minutes", "60") as (port, pid, data):
        everybody = asyncio.run(seats(data, codes))
        with crowd(lab, port, pid, WAITING, rate) as people:
            for halls, pace in [*((stage, 1.0) for stage in stages), *((max(stages), pace) for pace in paces)]:
                fresh = everybody[told[-1].halls if told else 0 : halls]
                told.append(people.follow(Order(halls=fresh, rest=rest if fresh else 0.0, work=work, pace=pace)))
                if not fresh:  # It rests as it did before.
                    told[-1] = msgspec.structs.replace(told[-1], rest_cpu=told[-2].rest_cpu)
                print(f"bench: {told[-1]}", file=sys.stderr, flush=True)
                if told[-1].work_cpu > GIVEN_OUT or not in_time(told[-1]):
                    break
        bytes_each = visit_bytes(data, codes[0])
    return told, bytes_each


def forecasting(lab: Lab, count: int, work: float) -> tuple[Told, float]:
    """So many halls at their peak with their forecasts; and the common forecaster's processor, cores."""
    folder, codes = folder_of(lab, count)
    with server_of(lab, folder, "--idle-minutes", "60") as (port, pid, data):
        everybody = asyncio.run(seats(data, codes))
        with crowd(lab, port, pid, WAITING, VISITS / 3600) as people:
            people.follow(Order(halls=everybody, rest=work, work=1.0))
            before = sum(map(cpu_seconds, children_of(pid)))
            told = people.follow(Order(halls=(), rest=0.0, work=work))
            return told, (sum(map(cpu_seconds, children_of(pid))) - before) / work


def in_time(told: Told) -> bool:
    """Whether a stage was served in time: as many visits as chance allows, half of the numbers within `SOON_MS`.

    Of some dozens of answers the 99th percentile is the slowest: on a shared machine it tells of the others.
    """
    expected = told.halls * told.pace * VISITS / 3600 * told.issue.seconds
    return told.issue.count > expected - 3 * math.sqrt(expected) and told.issue.p50 <= SOON_MS


def held(told: Sequence[Told]) -> Told:
    """The largest stage in real time that was served in time. Raises RuntimeError when there is none."""
    for one in reversed(told):
        if one.pace == 1.0 and in_time(one):
            return one
    raise RuntimeError("no stage was served in time: the machine is too busy for figures")


def carried(told: Sequence[Told]) -> float:
    """Halls at their peak that one process carries: from the processor's time for a hall in the stage that held."""
    last = held(told)
    return FULL / (last.work_cpu / last.halls)


def costs(there: Life, shared: OnRedis, last: Told, forecast: float, written: float) -> Costs:
    """What single things cost, from the largest stage; what is left after the halls is the sockets', and so on."""
    sockets = last.sockets / last.halls
    rest = last.rest_cpu / last.halls
    return Costs(
        process_mib=there.empty_mib,
        hall_mib=there.hall_mib,
        hall_cpu=there.idle_cpu,
        socket_kib=max(0.0, (last.mib - there.empty_mib) / last.halls - there.hall_mib) * 1024 / sockets,
        socket_cpu=max(0.0, rest - there.idle_cpu) / sockets,
        visit_cpu=max(0.0, last.work_cpu - last.rest_cpu) / max(last.visits, 1e-9),
        socket_bytes=last.bytes_a_second / last.sockets,
        forecast_cpu=forecast,
        visit_bytes=written,
        append_cpu=shared.append_cpu,
        redis_cpu=shared.redis_cpu,
        redis_commands=shared.commands,
        redis_connections=shared.connections,
    )


def section(found: Found, command: str) -> str:
    """The section of the page. All parts must have been measured."""
    there, shared, told, forecast = found.there, found.shared, found.told, found.forecast_told
    assert there is not None and shared is not None and forecast is not None
    last, halls = held(told), carried(told)
    each = costs(there, shared, last, found.forecast_cpu, found.visit_bytes)
    intro = paragraph(
        f"Measured on {datetime.now(UTC).date().isoformat()} by `{command}`; {machine.facts()[0]};",
        f"processes that wanted a core before each part: {', '.join(f'{one:.1f}' for one in found.busy)}.",
        "One process",
        "serves copies of the sample hall, each with its journal on SQLite and without forecasts. In real time,",
        f"{VISITS} visits an hour come to each, as at its peak: a number, a call, a service begun. {WAITING} people",
        "with phones wait in each, 60 screens follow, and all say every 5 s that they are there. Then so many times",
        "as many visits come to the same halls, until the process gives out. The load has the other core;",
        "*else*: cores that anything else had (the voice, the kernel, other processes, the host), and what the cores",
        "only waited for the disk.",
    )
    return "\n".join(
        [
            "## Many halls 多厅",
            "",
            intro,
            "",
            "| halls | pace | sockets | visits a second | cores at rest | cores at work | MiB a hall "
            "| issue p50 / p99 ms | call p50 / p99 ms | click → screen p50 / p99 ms | MB a second out "
            "| the load's cores | else, disk |",
            "| --- " * 13 + "|",
            *(_row(one, there.empty_mib) for one in told),
            "",
            _carries(last, told, halls),
            "",
            _with_forecasts(forecast, found),
            "",
            "| what | costs |",
            "| --- | --- |",
            *(f"| {what} | {cost} |" for what, cost in _table(there, shared, each)),
        ]
    )


def _row(one: Told, empty_mib: float) -> str:
    return (
        f"| {one.halls} | ×{one.pace:g} | {one.sockets:,} | {one.visits:.1f} "
        f"| {one.rest_cpu:.2f} | {one.work_cpu:.2f} | {(one.mib - empty_mib) / one.halls:.1f} "
        f"| {one.issue.p50:.1f} / {one.issue.p99:.1f} | {one.call.p50:.1f} / {one.call.p99:.1f} "
        f"| {one.shown.p50:.1f} / {one.shown.p99:.1f} | {one.bytes_a_second / 1e6:.2f} | {one.load_cpu:.2f} "
        f"| {one.others_cpu:.2f}, {one.disk_wait:.2f} |"
    )


def _carries(last: Told, told: Sequence[Told], halls: float) -> str:
    words = [
        f"A process is full at {FULL:.0%} of a core. By the largest stage that was served in time ({last.halls}",
        f"halls) it carries **{halls:.0f} halls** at their peak, so a province of {PROVINCE} needs",
        f"{PROVINCE / halls:.1f} processes' worth of cores at the same hour.",
    ]
    end = told[-1]
    if in_time(end):
        words.append(f"At the end of the steps ({end.halls} halls, ×{end.pace:g}) it still served in time.")
    else:
        asked = end.halls * end.pace * VISITS / 3600
        words += [
            f"With {end.halls} halls at ×{end.pace:g} answers came late (p50 {end.issue.p50:.0f} ms,",
            f"{end.visits:.0f} of {asked:.0f} visits a second) with {end.work_cpu:.2f} of a core and the load at",
            f"{end.load_cpu:.2f}:",
            "the process was full." if end.work_cpu > FULL else "something else was at its end.",
        ]
    return paragraph(*words)


def _with_forecasts(told: Told, found: Found) -> str:
    return paragraph(
        f"With forecasts, {told.halls} halls at their peak: the process {told.work_cpu:.2f} cores, the common",
        f"forecaster {found.forecast_cores:.2f}, the load {told.load_cpu:.2f}, of this machine's two; issue",
        f"p50 / p99 {told.issue.p50:.1f} / {told.issue.p99:.1f} ms, click → screen",
        f"{told.shown.p50:.1f} / {told.shown.p99:.1f} ms.",
        f"Each area once a second would be {told.halls * found.forecast_cpu:.2f} cores; the forecaster makes way for",
        "the halls, and areas are forecast as often as it comes round.",
    )


def _table(there: Life, shared: OnRedis, each: Costs) -> list[tuple[str, str]]:
    return [
        ("a process without a hall", f"{there.empty_mib:.0f} MiB"),
        (
            "a loaded hall, nobody there",
            f"{there.hall_mib:.1f} MiB, {there.idle_cpu * 1000:.2f} ms of processor a second",
        ),
        (f"the process after {there.halls} halls were let go", f"{there.after_mib:.0f} MiB"),
        ("the first request to a hall never opened", f"{there.first_seconds:.2f} s"),
        ("… to one that was let go", f"{there.again_seconds:.2f} s, of which {there.again_cpu:.2f} s of processor"),
        (
            "a screen or phone that waits",
            f"{each.socket_kib:.0f} KiB, {each.socket_cpu * 1e6:.0f} µs of processor a second",
        ),
        ("a visit at the peak, frames included", f"{each.visit_cpu * 1000:.1f} ms of processor"),
        (
            "a hall's forecasts at the peak",
            f"{each.forecast_cpu * 1000:.1f} ms of the forecaster's processor a second",
        ),
        (
            "with Redis: a loaded hall, nobody there",
            f"{shared.hall_mib:.1f} MiB, {shared.idle_cpu * 1000:.2f} ms a second",
        ),
        (
            "… of Redis",
            f"{shared.connections:.1f} connections, {shared.commands:.0f} commands and "
            f"{shared.redis_cpu * 1000:.2f} ms a second",
        ),
        ("… of Redis, a commit appended and synced", f"{shared.append_cpu * 1e6:.0f} µs"),
    ]


def measure(asked: argparse.Namespace, found: Found, parts: Sequence[str]) -> None:
    """Measure these parts."""
    for part in parts:
        found.busy.append(machine.busy())
        with Lab(asked.work) as lab:
            if part == "there":
                found.there = life(lab, asked.quiet_halls, asked.seconds / 2)
                found.shared = on_redis(lab, max(1, asked.quiet_halls // 2), asked.seconds / 2)
            elif part == "peak":
                paces = asked.paces
                found.told, found.visit_bytes = peak(
                    lab, sorted(asked.stages), asked.seconds / 2, asked.seconds, paces=paces
                )
            else:
                few, most = min(FEW, *asked.stages), max(asked.stages)
                found.forecast_cpu = forecasting(lab, few, asked.seconds)[1] / few
                found.forecast_told, found.forecast_cores = forecasting(lab, most, asked.seconds)
        print(f"bench: {part} measured", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.halls", description=__doc__)
    parser.add_argument("--stages", type=int, nargs="+", default=[10, 40, 80, 150], help="halls at the same time")
    parser.add_argument("--paces", type=float, nargs="*", default=list(PACES), help="then times as many visits")
    parser.add_argument("--quiet-halls", type=int, default=20, help="halls for the costs of being there")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each stage's peak hour")
    parser.add_argument("--part", choices=PARTS, action="append", help="measure this alone; all, unless named")
    parser.add_argument("--kept", type=Path, help="a file for the parts; the page is written when it has all")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    if asked.part and asked.kept is None:
        parser.error("--part goes with --kept")
    kept: Path | None = asked.kept
    found = msgspec.json.decode(kept.read_bytes(), type=Found) if kept is not None and kept.exists() else Found()
    measure(asked, found, asked.part or PARTS)
    if kept is not None:
        kept.write_bytes(msgspec.json.encode(found))
    if found.there is None or not found.told or found.forecast_told is None:
        return 0
    write(asked.page, found, _command(arguments))
    return 0


def _command(arguments: Sequence[str] | None) -> str:
    """As it was called, but for the parts and their file: they don't change what is measured."""
    words = list(arguments if arguments is not None else sys.argv[1:])
    for name in ("--part", "--kept", "--page", "--work"):
        while name in words:
            at = words.index(name)
            del words[at : at + 2]
    return shlex.join(["python", "-m", "bench.halls", *words])


def write(page: Path, found: Found, command: str) -> None:
    """Write the section of the page, and that of `scale.md` beside it."""
    assert found.there is not None and found.shared is not None
    text = section(found, command)
    sections.put(page, SECTION, text)
    last = held(found.told)
    each = costs(found.there, found.shared, last, found.forecast_cpu, found.visit_bytes)
    day, most = datetime.now(UTC).date().isoformat(), max(found.busy)
    measured = f"{day}; the largest stage had {last.halls} halls; processes that wanted a core before: {most:.1f}"
    paper = plan(each, found.there.again_cpu, measured)
    sections.put(page.parent / SCALE, "plan", paper)
    print(text, paper, sep="\n\n")


if __name__ == "__main__":
    sys.exit(main())
