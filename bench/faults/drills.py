"""`python -m bench.faults.drills` (`make faults`): every fault drill in its full form; a section of reliability.md.

One line each as it ends. Exit status 0: no drill found a fault. What a drill says comes from tests/faults; here is
only how much of each is wanted, and each in a hall of its own.
"""

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from loadtest import machine, sections
from loadtest.server import ROOT
from tests.e2e.stage import Stage
from tests.faults import clock, disk, redis_faults, stops
from tests.faults.clock import Clock
from tests.faults.hall import Drill, drilled, staged

PAGE: Final = ROOT / "docs" / "reliability.md"
SQLITE: Final = "SQLite"
REDIS: Final = "Redis, two processes"
ROW: Final = re.compile(r"^\| ([^|\n]+) \| ([^|\n]+) \| [^|\n]+ \| \d+ s \| [^|\n]+ \|$", re.MULTILINE)
"""A drill's row in the section."""


class Told(msgspec.Struct, kw_only=True):
    """What came of one drill."""

    name: str
    store: str
    said: str
    seconds: float
    fault: bool = False
    left_out: bool = False


SECTION: Final = """\
Written by `make faults`, each row by its drill's last run; {facts}.
Drills run: {told} of {all}; **faults: {faults}**. Times hold the starts of servers; *load* is how many processes
wanted one of the cores when the drill ended, other people's work included.

| drill | store | what was done, and the history that was judged | time | run on, load |
| --- | --- | --- | --- | --- |
"""

Run = Callable[[Path], Awaitable[list[str]]]


async def plain(folder: Path, *, shared: bool, drill: Drill, seed: int) -> list[str]:
    """A drill in a hall of its own."""
    async with staged(folder, shared=shared) as stage:
        return await drilled(stage, [drill], seed)


async def on_steps(folder: Path, *, shared: bool, seed: int) -> list[str]:
    """The clock's steps; of two processes each has a clock of its own, ten minutes behind the other's."""
    clocks: list[Clock] = []

    def first(stage: Stage) -> None:
        clocks.append(Clock(stage, folder, apart=600))

    async with staged(folder, shared=shared, first=first) as stage:
        drills = [partial(one, clock=clocks[0]) for one in (clock.steps, clock.over_midnight)]
        return await drilled(stage, [*drills], seed)


async def on_small_disk(folder: Path, *, shared: bool, seconds: float, seed: int) -> list[str]:
    """A file system that is filled: SQLite's, or Redis's."""
    with disk.small_disk(folder / "disk") as small:
        place = folder if shared else small
        async with staged(place, shared=shared, redis_folder=small / "redis") as stage:
            return await drilled(stage, [partial(disk.brimful, seconds=seconds, disk=small)], seed)


async def in_browser(folder: Path) -> list[str]:
    """The slow tests of the screens: cut off for real, in Chromium."""
    asked = (sys.executable, "-m", "pytest", "-q", "-m", "slow", "tests/displays", "--basetemp", str(folder / "run"))
    done = await asyncio.to_thread(subprocess.run, asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    return [done.stdout.strip().splitlines()[-1].strip("= ")]


def cases(kills: int, takeovers: int, seed: int) -> list[tuple[str, str, Run]]:
    """Name, store and full form of every drill."""

    def both(name: str, drill: Drill) -> list[tuple[str, str, Run]]:
        return [alone(name, drill), pair(name, drill)]

    def alone(name: str, drill: Drill) -> tuple[str, str, Run]:
        return name, SQLITE, partial(plain, shared=False, drill=drill, seed=seed)

    def pair(name: str, drill: Drill) -> tuple[str, str, Run]:
        return name, REDIS, partial(plain, shared=True, drill=drill, seed=seed)

    return [
        alone("SIGKILL", partial(stops.killed, times=kills)),
        pair("SIGKILL", partial(stops.killed, times=takeovers)),
        *both("SIGTERM", partial(stops.terminated, times=5)),
        *both("SIGSTOP", partial(stops.stood_still, seconds=30)),
        pair("Redis killed", partial(redis_faults.redis_killed, times=10)),
        pair("Redis paused", partial(redis_faults.redis_paused, seconds=10)),
        pair("link mangled", partial(redis_faults.mangled, rounds=50)),
        pair("link hangs", partial(redis_faults.cut_off, seconds=10)),
        alone("disk full (a limit)", partial(disk.limited, seconds=10)),
        ("disk full", SQLITE, partial(on_small_disk, shared=False, seconds=10, seed=seed)),
        ("Redis's disk full", REDIS, partial(on_small_disk, shared=True, seconds=10, seed=seed)),
        ("clock steps", SQLITE, partial(on_steps, shared=False, seed=seed)),
        ("clock steps", REDIS, partial(on_steps, shared=True, seed=seed)),
        ("screens cut off", "Chromium", in_browser),
    ]


def tell(name: str, store: str, run: Run) -> Told:
    """Run it in a folder of its own; one line as soon as it has ended."""
    folder = Path(tempfile.mkdtemp(prefix="onewindow-drill-"))
    begun = time.monotonic()
    told = Told(name=name, store=store, said="", seconds=0)
    try:
        told.said = "; ".join(asyncio.run(_awaited(run, folder)))
    except disk.NotPermitted as reason:
        told.left_out, told.said = True, f"left out: {reason}"
    except Exception as error:
        told.fault, told.said = True, f"FAULT: {_first(error)}"
        traceback.print_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told.seconds = time.monotonic() - begun
    mark = "FAULT" if told.fault else "  -  " if told.left_out else "  ok "
    print(f"{mark} {name:18} {store:21} {told.seconds:5.0f} s  {told.said}", flush=True)
    return told


async def _awaited(run: Run, folder: Path) -> list[str]:
    return await run(folder)


def _first(error: BaseException) -> str:
    """The first line of what was really wrong."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return (str(error).strip() or repr(error)).splitlines()[0]


def put(page: Path, found: list[Told], order: list[tuple[str, str]]) -> None:
    """Write the section: what was found now, and of every other drill what its own last run found.

    `order`: name and store of every drill there is, as they stand in the table.
    """
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    rows = {(row[1], row[2]): row[0] for row in ROW.finditer(old)}
    when = f"{datetime.now(UTC).date().isoformat()}, {machine.busy():.0f}"
    for one in found:
        said = one.said.replace("|", "/")
        rows[one.name, one.store] = f"| {one.name} | {one.store} | {said} | {one.seconds:.0f} s | {when} |"
    told = [rows[name] for name in order if name in rows]
    faults = sum("| FAULT" in row for row in told)
    head = SECTION.format(facts=machine.facts()[0], told=len(told), all=len(order), faults=faults)
    sections.put(page, "drills", head + "\n".join(told))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drills that were asked for; each writes its row as it ends."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.drills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="SIGKILL on SQLite, 50; `make bench-faults` has 200")
    parser.add_argument("--takeovers", type=int, default=25, help="SIGKILL to the writing one of two, 25; there 100")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", help="drills whose name or store holds this")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    every = cases(asked.kills, asked.takeovers, asked.seed)
    wanted = [case for case in every if not asked.only or asked.only.lower() in f"{case[0]} {case[1]}".lower()]
    found: list[Told] = []
    for case in wanted:
        found.append(tell(*case))
        put(asked.page, found[-1:], [(name, store) for name, store, _ in every])
    return int(not found or any(one.fault for one in found))


if __name__ == "__main__":
    sys.exit(main())
