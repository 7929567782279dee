"""How long the next call takes with so many waiting (叫号耗时): the choice, the whole command, and the durable one.

The first two are computing alone and are measured in the thread's own time, so that other programs' turns on the
same cores don't count; the durable one is measured by the clock on the wall.
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import msgspec

from bench.routing.world import make_world
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.journal import GENESIS, VERSION, Commit, Entry, encode, hash_of
from onewindow.queue.journal_sqlite import SqliteJournal
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.routing.rules import rule_for

ZONE = "general"
DAY = "2026-01-05"


class Spread(msgspec.Struct, frozen=True):
    """Microseconds."""

    p50: float
    p99: float


class CallSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """One zone's queue with so many waiting."""

    waiting: int
    calls: int
    lines: int
    """Fronts that a comprehensive window compares."""
    choice: Spread
    """`choose` alone: which ticket, and why."""
    command: Spread
    """`execute(CallNext(finish=True))`: the end before, the choice, both events folded in."""
    durable: Spread
    """The same, encoded, and its commit synced to SQLite."""
    control: Spread
    """Fixed work of a few microseconds, measured between the calls: its spread is the machine's, not ours."""


def measure(waiting: int, calls: int, seed: int, folder: Path) -> CallSpeed:
    """The zone with the most windows of a world, everybody in it: the longest lines that the rule can meet."""
    state = _crowded(waiting, seed)
    rule = rule_for(state.hall.settings.routing)
    windows = list(state.hall.zones[ZONE].windows)
    at = state.last_at
    choices, commands, control = [], [], []
    for turn in range(calls):
        at += 1000
        no = windows[turn % len(windows)]
        begun = time.thread_time_ns()
        rule.choose(state.lines, no, lambda ticket: state.tickets[ticket].number, at)
        choices.append(time.thread_time_ns() - begun)
        begun = time.thread_time_ns()
        done = execute(state, cmd.CallNext(window=no, finish=True), at)
        commands.append(time.thread_time_ns() - begun)
        assert not isinstance(done, Refusal)
        begun = time.thread_time_ns()
        sum(range(400))
        control.append(time.thread_time_ns() - begun)
        execute(state, cmd.StartService(window=no), at)
        _issue(state, random.Random(turn), at)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        durable = asyncio.run(_durable(state, windows, min(calls, 1000), Path(scratch) / "calls.journal"))
    return CallSpeed(
        waiting=waiting,
        calls=calls,
        lines=max(sum(len(s.lines) for s in state.lines.by_window[no]) for no in windows),
        choice=_spread(choices),
        command=_spread(commands),
        durable=_spread(durable),
        control=_spread(control),
    )


def _crowded(waiting: int, seed: int) -> HallDay:
    state = HallDay(make_world(seed, balanced=False).hall)
    rng = random.Random(seed)
    at = 0
    execute(state, cmd.OpenDay(day=DAY, hall_digest=""), at)
    for no in state.windows:
        execute(state, cmd.OpenWindow(window=no, clerk="a"), at)
    for _ in range(waiting):
        at += rng.randrange(1, 200)
        _issue(state, rng, at)
    return state


def _issue(state: HallDay, rng: random.Random, at: int) -> None:
    matters = state.hall.groups[state.hall.zones[ZONE].default_group].matters
    applicant = rng.choices(("standard", "vulnerable", "appointment"), (73, 12, 15))[0]
    done = execute(state, cmd.IssueTickets(items=(cmd.Item(matter=rng.choice(matters)),), applicant=applicant), at)
    assert not isinstance(done, Refusal), done.en


async def _durable(state: HallDay, windows: list[str], calls: int, path: Path) -> list[int]:
    journal = await SqliteJournal.open(path)
    took, prev, at = [], GENESIS, state.last_at
    for n in range(1, calls + 1):
        at += 1000
        no = windows[n % len(windows)]
        begun = time.perf_counter_ns()
        events = execute(state, cmd.CallNext(window=no, finish=True), at)
        assert not isinstance(events, Refusal)
        entry = Entry(at=at, by="clerk", do="call_next", events=events)
        body = encode(Commit(version=VERSION, hall="made", day=DAY, n=n, prev=prev, entries=(entry,)))
        prev = hash_of(body)
        await journal.append(DAY, n, body, prev)
        took.append(time.perf_counter_ns() - begun)
        execute(state, cmd.StartService(window=no), at)
    await journal.close()
    return took


def _spread(nanoseconds: list[int]) -> Spread:
    cuts = quantiles(nanoseconds, n=100)
    return Spread(cuts[49] / 1000, cuts[98] / 1000)
