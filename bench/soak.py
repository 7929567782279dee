"""The soak (久泡): two thousand screens and phones on one process at many times the peak hour's pace.

`python -m bench.soak` writes its section of `docs/performance.md`; under six minutes. One in twenty reads slowly, one
in twenty comes back all the time. No client may get a version out of order or a call twice; memory stays flat; the
others' calls come as soon as without such neighbours.
"""

import argparse
import itertools
import resource
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench.open_hall import SAMPLE
from bench.wire.measures import p99
from bench.wire.pair import Pair, Talk, hall_alone
from bench.wire.watcher import Tally
from bench.wire.watching import Crowd
from loadtest import machine, sections
from loadtest.plan import channels
from loadtest.server import ROOT
from onewindow.zones.load import load_hall

PAGE: Final = ROOT / "docs" / "performance.md"
CALLS: Final = 2.0
"""Calls a second, and as many new numbers: the peak hour of the sample hall has one in twelve seconds."""
PHONES: Final = 0.6
"""Of all watchers."""
LOOK: Final = 5.0
"""Seconds between two looks at memory and tally."""


class Phase(msgspec.Struct, kw_only=True):
    """One part of the soak."""

    clients: int
    misbehaving: int
    seconds: float = 0.0
    calls: int = 0
    late: list[float] = msgspec.field(default_factory=list)
    resident: list[int] = msgspec.field(default_factory=list)
    """KiB of the hall's process, at each look."""
    tally: Tally = msgspec.field(default_factory=Tally)
    cpu: float = 0.0
    """Of one core."""


def phase(both: Pair, paths: tuple[str, ...], seconds: float, misbehaving: int) -> Phase:
    """Watch for so long, with so many slow ones and as many restless ones."""
    found = Phase(clients=len(paths), misbehaving=misbehaving)
    watchers = Talk("bench.wire.watching")
    try:
        crowd = Crowd(
            port=both.ready.port,
            ahead_ms=both.ready.ahead_ms,
            screen=both.ready.screen,
            paths=paths,
            slow=misbehaving,
            restless=misbehaving,
        )
        watchers.tell(crowd)
        watchers.hear()
        _look(both, watchers, found)  # What came while everybody connected is not counted.
        found.late.clear()
        found.resident.clear()
        cpu, begun = both.hall("cpu"), time.perf_counter()
        looked = begun
        while (now := time.perf_counter()) - begun < seconds:
            both.cost("call")
            both.hall("issue", 1)
            found.calls += 1
            if now - looked > LOOK:
                looked = now
                _look(both, watchers, found)
            time.sleep(max(0.0, begun + found.calls / CALLS - time.perf_counter()))
        found.seconds = time.perf_counter() - begun
        found.cpu = (both.hall("cpu") - cpu) / found.seconds
        _look(both, watchers, found)
    finally:
        watchers.end()
    return found


def _look(both: Pair, watchers: Talk, found: Phase) -> None:
    watchers.tell("tally")
    found.tally = msgspec.convert(watchers.hear(), Tally)
    found.late += found.tally.late
    found.resident.append(both.hall("memory"))


def soak(data: Path, clients: int, seconds: float, quiet: float) -> tuple[Phase, Phase]:
    """Both parts: everybody behaves for `quiet` seconds; then one in ten doesn't."""
    with hall_alone(data) as both:
        phones = int(clients * PHONES)
        tokens = both.hall("issue", max(1, phones // 2))
        screens = [f"/ws/{one}" for one in channels(load_hall(SAMPLE), clients - phones)]
        tickets = itertools.cycle(f"/ws/tickets/{token}" for token in tokens)
        # Mixed, so that those who misbehave, the first ones, are of all kinds.
        paths = tuple(next(tickets) if n % 5 < 5 * PHONES or not screens else screens.pop() for n in range(clients))
        return phase(both, paths, quiet, 0), phase(both, paths, seconds, clients // 20)


def section(calm: Phase, rough: Phase, *, command: str, busy: float) -> str:
    """The section of the page."""
    tally = rough.tally
    p50s, p99s = ([f(one.late) * 1000 for one in (calm, rough)] for f in (statistics.median, p99))
    third = max(1, len(rough.resident) // 3)
    early, late = (statistics.median(part) / 1024 for part in (rough.resident[:third], rough.resident[-third:]))
    faults = len(calm.tally.faults) + len(tally.faults)
    each, times = rough.misbehaving, p99s[1] / p99s[0]
    return f"""## Soak 久泡

Measured on {datetime.now(UTC).date().isoformat()} by `{command}`; {machine.facts()[0]};
processes that wanted a core before it began: {busy:.1f}. {rough.clients:,} screens and phones on one process for
{rough.seconds:.0f} s, {CALLS:g} calls and {CALLS:g} new numbers a second ({rough.calls:,} of each). {each} of them
read nothing for 12–20 s at a time, {each} hang up and come back every few seconds; before that, {calm.seconds:.0f} s
in which all behave. The server took {rough.cpu:.0%} of a core.

- Versions out of order, calls that came twice: **{faults}** in {calm.tally.frames + tally.frames:,} frames.
- {tally.connected:,} connections, {tally.resumed:,} of which went on from what they showed; {tally.cut:,} were cut
  off for taking nothing, {tally.caught_up:,} were given the newest state instead of all that they had missed.
- Memory of the process: {early:.1f} MiB in the first third, {late:.1f} MiB in the last ({late - early:+.1f}; the
  day's {rough.calls:,} new numbers are in it).
- From a clerk's command until a screen or phone that behaves has the call: p50 {p50s[1]:.1f} ms, p99
  {p99s[1]:.1f} ms, while all behaved p50 {p50s[0]:.1f} ms, p99 {p99s[0]:.1f} ms: **{times:.2f}** times."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and write; 1 if anything came out of order."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=270.0, help="with those who misbehave")
    parser.add_argument("--quiet", type=float, default=45.0, help="seconds before, in which all behave")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    busy = machine.busy()
    asked.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="soak-", dir=asked.work) as folder:
        calm, rough = soak(Path(folder), asked.clients, asked.seconds, asked.quiet)
    command = shlex.join(["python", "-m", "bench.soak", *(arguments if arguments is not None else sys.argv[1:])])
    text = section(calm, rough, command=command, busy=busy)
    sections.put(asked.page, "soak", text)
    print(text)
    for fault in (*calm.tally.faults[:10], *rough.tally.faults[:10]):
        print(fault, file=sys.stderr)
    return 1 if calm.tally.faults or rough.tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
