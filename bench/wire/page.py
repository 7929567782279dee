"""The wire bench's section of the page (报告)."""

import statistics

from bench.wire.measures import Crowd, FanOut, Squeezed, Stalled, p99
from loadtest import machine

GOALS = {100: 1.6, 500: 1.6, 2000: 1.3}
"""Call to floor, by the number of screens."""


def section(
    fans: list[FanOut], crowd: Crowd, stalled: Stalled, squeezed: Squeezed, *, command: str, day: str, busy: float
) -> str:
    """The whole section."""
    parts = [
        _head(command, day, busy, fans[0]),
        _fans(fans),
        _crowd(crowd),
        _stalled(stalled),
        _squeezed(squeezed),
    ]
    return "\n\n".join(parts)


def _head(command: str, day: str, busy: float, one: FanOut) -> str:
    parted = (
        "The hall's loop has one core, the screens and the voice's process the other, as machines of their own"
        if one.parted
        else "The screens take only what time the hall leaves of its cores, as machines of their own"
    )
    return f"""## The wire 从提交到屏幕

Measured on {day} by `{command}`; {machine.facts()[0]};
processes that wanted a core before it began: {busy:.1f}. The real application on uvloop with its journal on SQLite,
synced. From the moment a call's commit is durable until the last screen has its frame ({one.size} bytes); all screens
are watched by one bare epoll loop in another process, which notes what comes and reads it afterwards.
{parted} would.
The floor: the same bytes by `transport.write` to as many raw TCP connections of the same loop, in turn.
Medians of {len(one.call)} rounds; a ratio is the median of the rounds' own, so that it is of one minute."""


def _fans(fans: list[FanOut]) -> str:
    rows = [
        "| screens | last has it, ms | floor, ms | ratio | CPU a screen, µs | floor | ratio | goal | | all | KiB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in fans:
        goal = GOALS.get(one.screens, 1.6)
        cpu, floor, whole = (_micros(times, one.screens) for times in (one.call_cpu, one.floor_cpu, one.whole_cpu))
        met = _met(one.times <= goal and one.cpu_times <= goal)
        rows.append(
            f"| {one.screens:,} | {_ms(one.call)} | {_ms(one.floor)} | {one.times:.2f} | {cpu:.1f} | {floor:.1f} "
            f"| {one.cpu_times:.2f} | ≤ {goal} | {met} | {whole:.1f} | {one.kib:.1f} |"
        )
    straight = " · ".join(f"{_ms(one.straight)} ms, {_micros(one.straight_cpu, one.screens):.1f} µs" for one in fans)
    own = " · ".join(f"{statistics.median(one.call_cpu) * 1e6 - _micros(one.straight_cpu):.0f} µs" for one in fans)
    wholes = " · ".join(f"{one.whole_times:.2f}" for one in fans)
    said = f"""CPU: what the hall's process uses from the commit until every frame is with the system: the
projection, the frame, its writes, and what the other rooms note of the commit meanwhile. *All*: and until the
rest that follows from the call is done, too, for which no screen waits (the announcement's words, the answer to the
clerk, what the forecasts want): {wholes} times the floor. The floor written straight to the sockets, past the
loop's transports, as the product does: {straight} a screen. Beyond those writes a call costs {own},
for all its screens together: that is what weighs where there are few."""
    return "\n".join([*rows, "", said])


def _crowd(one: Crowd) -> str:
    all_batches = (one.idle, one.resting, one.calm, one.busy)
    idle, resting, calm, busy = (statistics.median(p99(batch) for batch in batches) for batches in all_batches)
    halves = [statistics.median(t for batch in batches for t in batch) for batches in all_batches]
    shown = ", and ".join(
        f"the last screen has it after {screens * 1000:.0f} ms,\nthe first phone after {first * 1000:.0f} ms, "
        f"the last after {last * 1000:.0f} ms"
        for screens, first, last in one.shown
    )
    return f"""### Ten thousand sockets 一万条连接

1,000 screens and 9,000 phones of 2,000 tickets on one process, connected in {one.connect_seconds:.0f} s:
**{one.kib:.1f} KiB** a connection, what each phone shows included (goal 25: {_met(one.kib <= 25)}). Connections lost
meanwhile: {one.gone}. With nothing called they take {one.resting_share:.0%} of a core (beats, pings); while windows
call five times a second and numbers are issued one after the other, {one.cpu_share:.0%}.

| an issue over HTTP, one at a time | p50 ms | p99 ms |
| --- | --- | --- |
| nobody follows | {halves[0] * 1000:.2f} | {idle * 1000:.2f} |
| all follow, nothing is called | {halves[1] * 1000:.2f} | {resting * 1000:.2f} |
| all follow, one call a second | {halves[2] * 1000:.2f} | {calm * 1000:.2f} |
| all follow, five calls a second | {halves[3] * 1000:.2f} | {busy * 1000:.2f} |

With one call a second the p99 is **{calm / idle:.2f}** times the one without followers (goal 2:
{_met(calm <= 2 * idle)}), with five, which no hall of this size has, {busy / idle:.2f} times; medians of
{len(one.busy)} batches of {len(one.busy[0])}, without followers of as many before and after.

A suspension of service, which everybody shows, and its end: {shown}; screens before
phones, {_met(all(screens < phones for screens, phones, _ in one.shown))}."""


def _stalled(one: Stalled) -> str:
    pairs = [(p99(alone) * 1000, p99(beside) * 1000) for alone, beside in zip(one.alone, one.beside, strict=True)]
    ratios = sorted(beside / alone for alone, beside in pairs)
    alone, beside = (statistics.median(side) for side in zip(*pairs, strict=True))
    grown = statistics.median(one.grown) / 1024
    control = statistics.median(one.control) / 1024
    dropped = "not at all" if one.dropped is None else f"after **{one.dropped:.1f} s**"
    within = one.dropped is not None and one.dropped <= 10
    times = statistics.median(ratios)
    calm = _met(times <= 1.1)
    return f"""### One client that reads nothing 一个卡住的屏

Among {one.screens:,} screens the others' p99 is {beside:.1f} ms with it, {alone:.1f} ms without,
**{times:.2f}** times (goal 1.1: {calm}): the median of {len(ratios)} pairs of batches, one after the other, which
range from {ratios[0]:.2f} to {ratios[-1]:.2f}. The process grew by {grown:+.2f} MiB more in a batch
with it than in the one after it, with as many suspensions and calls and without it (goal 1: {_met(grown <= 1)}; that
one by itself: {control:+.2f} MiB, of a day that grows). It was cut off {dropped}
of taking nothing (goal 10: {_met(within)})."""


def _squeezed(one: Squeezed) -> str:
    return f"""### Compression 压缩

Off: a frame is then the same bytes for all. With permessage-deflate a call's {one.size} bytes would be {one.small},
for {one.micros:.0f} µs of the processor and {one.kib:.0f} KiB of memory more for each connection (zlib, the context
kept, as the extension does it). A call on 2,000 screens is {one.size * 2000 / 1e6:.1f} MB of traffic."""


def _micros(seconds: list[float], screens: int = 1) -> float:
    return statistics.median(seconds) * 1e6 / screens


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.2f}"


def _met(met: bool) -> str:
    return "met 达到" if met else "**not met 未达到**"
