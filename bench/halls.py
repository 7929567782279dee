"""`python -m bench.halls`: many halls in one process (多厅测量), written to `docs/performance.md`.

What a hall costs by being there, and the peak hour of more and more halls at once, in real time, until the process
can't: from that, how many halls one process carries. The load's process has the machine's other core.
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


def peak(
    lab: Lab, stages: Sequence[int], rest: float, work: float, rate: float = VISITS / 3600
) -> tuple[list[Told], float]:
    """The peak hour of more and more halls in one process, until it is full; and the journal's bytes a number.

    `rate`: visits a second in a hall.
    """
    folder, codes = folder_of(lab, max(stages))
    told: list[Told] = []
    with server_of(lab, folder, "--forecast", "off", "--idle-minutes", "60") as (port, pid, data):
        everybody = asyncio.run(seats(data, codes))
        with crowd(lab, port, pid, WAITING, rate) as people:
            for stage in stages:
                fresh = everybody[told[-1].halls if told else 0 : stage]
                told.append(people.follow(Order(halls=fresh, rest=rest, work=work)))
                print(f"bench: {told[-1]}", file=sys.stderr, flush=True)
                if told[-1].work_cpu > FULL or not in_time(told[-1]):
                    break
        bytes_each = visit_bytes(data, codes[0])
    return told, bytes_each


def forecasting(lab: Lab, count: int, work: float) -> float:
    """Seconds of the common forecaster's processor a second for a hall at its peak."""
    folder, codes = folder_of(lab, count)
    with server_of(lab, folder, "--idle-minutes", "60") as (port, pid, data):
        everybody = asyncio.run(seats(data, codes))
        with crowd(lab, port, pid, WAITING, VISITS / 3600) as people:
            people.follow(Order(halls=everybody, rest=work, work=1.0))
            before = sum(map(cpu_seconds, children_of(pid)))
            people.follow(Order(halls=(), rest=0.0, work=work))
            return (sum(map(cpu_seconds, children_of(pid))) - before) / work / count


def in_time(told: Told) -> bool:
    """Whether a stage was served in time: as many visits as chance allows, half of the numbers within `SOON_MS`.

    Of some dozens of answers the 99th percentile is the slowest: on a shared machine it tells of the others.
    """
    expected = told.halls * VISITS / 3600 * told.issue.seconds
    return told.issue.count > expected - 3 * math.sqrt(expected) and told.issue.p50 <= SOON_MS


def held(told: Sequence[Told]) -> Told:
    """The largest stage that was served in time. Raises RuntimeError when there is none."""
    for one in reversed(told):
        if in_time(one):
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


def section(there: Life, shared: OnRedis, told: Sequence[Told], forecast: float, command: str, busy: float) -> str:
    """The section of the page."""
    last = held(told)
    halls = carried(told)
    each = costs(there, shared, last, forecast, 0.0)
    intro = paragraph(
        f"Measured on {datetime.now(UTC).date().isoformat()} by `{command}`; {machine.facts()[0]};",
        f"processes that wanted a core before it began: {busy:.1f}. One process serves copies of the sample hall,",
        f"each with its journal on SQLite. In real time, {VISITS} visits an hour come to each, as at its peak: a",
        f"number, a call, a service begun. {WAITING} people with phones wait in each, 60 screens follow, and all say",
        "every 5 s that they are there. The load has the other core.",
    )
    rows = [
        f"| {one.halls} | {one.sockets:,} | {one.visits:.1f} | {one.rest_cpu:.2f} | {one.work_cpu:.2f} "
        f"| {one.issue.p50:.1f} / {one.issue.p99:.1f} | {one.call.p50:.1f} / {one.call.p99:.1f} "
        f"| {one.shown.p50:.1f} / {one.shown.p99:.1f} | {one.bytes_a_second / 1e6:.2f} | {one.load_cpu:.2f} |"
        for one in told
    ]
    province = paragraph(
        f"A process is full at {FULL:.0%} of a core. By the largest stage that was served in time ({last.halls}",
        f"halls) it carries **{halls:.0f} halls** at their peak, so a province of {PROVINCE} needs",
        f"{PROVINCE / halls:.1f} processes' worth of cores at the same hour, and the forecasters beside them",
        f"{PROVINCE * forecast:.2f} cores.",
        *(
            ()
            if last is told[-1]
            else (
                f"With {told[-1].halls} halls answers came late (p50 {told[-1].issue.p50:.0f} ms) with",
                f"{told[-1].work_cpu:.2f} of a core: others wanted the cores, or the process was full.",
            )
        ),
    )
    table = [
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
        ("a hall's forecasts at the peak", f"{forecast * 1000:.1f} ms of the forecaster's processor a second"),
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
    return "\n".join(
        [
            "## Many halls 多厅",
            "",
            intro,
            "",
            "| halls | sockets | visits a second | cores at rest | cores at work | issue p50 / p99 ms "
            "| call p50 / p99 ms | click → screen p50 / p99 ms | MB a second out | the load's cores |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            province,
            "",
            "| what | costs |",
            "| --- | --- |",
            *(f"| {what} | {cost} |" for what, cost in table),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.halls", description=__doc__)
    parser.add_argument("--stages", type=int, nargs="+", default=[10, 40, 80, 150], help="halls at the same time")
    parser.add_argument("--quiet-halls", type=int, default=20, help="halls for the costs of being there")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each stage's peak hour")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    busy = machine.busy()
    with Lab(asked.work) as lab:
        there = life(lab, asked.quiet_halls, asked.seconds / 2)
        print(f"bench: {there}", file=sys.stderr, flush=True)
        shared = on_redis(lab, max(1, asked.quiet_halls // 2), asked.seconds / 2)
        print(f"bench: {shared}", file=sys.stderr, flush=True)
        forecast = forecasting(lab, min(asked.stages), asked.seconds)
        print(f"bench: forecasts {forecast:.4f}", file=sys.stderr, flush=True)
        told, written = peak(lab, sorted(asked.stages), asked.seconds / 2, asked.seconds)
    command = shlex.join(["python", "-m", "bench.halls", *(arguments if arguments is not None else sys.argv[1:])])
    text = section(there, shared, told, forecast, command, busy)
    sections.put(asked.page, SECTION, text)
    largest = held(told)
    found = costs(there, shared, largest, forecast, written)
    day = datetime.now(UTC).date().isoformat()
    measured = f"{day}; the largest stage had {largest.halls} halls; processes that wanted a core before: {busy:.1f}"
    paper = plan(found, there.again_cpu, measured)
    sections.put(asked.page.parent / SCALE, "plan", paper)
    print(text, paper, sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
