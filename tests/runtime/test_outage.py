"""The program was away: after the restart that time counts against nobody."""

from pathlib import Path

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.upcast import decode
from onewindow.runtime.hall import open_runtime
from onewindow.runtime.pulse import Pulse
from tests.core_hall import MINUTE, T0, core_hall
from tests.runtime.support import ManualClock


async def test_a_restart_after_a_power_cut_notes_the_outage(tmp_path: Path) -> None:
    hall = core_hall()
    clock = ManualClock(T0 + 95 * MINUTE)
    async with open_runtime(hall, tmp_path, clock=clock, tick_seconds=None) as runtime:
        await runtime.submit(cmd.OpenWindow(window="01", clerk="li"), by="clerk")
        assert runtime.pulse is not None
        runtime.pulse.beat(clock.now_ms() + MINUTE)
        cut = clock.now_ms() + MINUTE
    clock.now = cut + 4 * MINUTE
    async with open_runtime(hall, tmp_path, clock=clock, tick_seconds=None) as runtime:
        (stop,) = (await runtime.committed()).stops
        assert (stop.kind, stop.since, stop.until) == ("outage", cut, cut + 4 * MINUTE)
    clock.now += 5_000
    async with open_runtime(hall, tmp_path, clock=clock, tick_seconds=None) as runtime:
        state = await runtime.committed()
        assert len(state.stops) == 1, "a restart within seconds is no outage"
    assert ev.OutageNoted in {type(e) for e in await _events(tmp_path)}


async def _events(folder: Path) -> list[ev.AnyEvent]:
    hall = core_hall()
    found: list[ev.AnyEvent] = []
    async with open_runtime(hall, folder, clock=ManualClock(T0 + 101 * MINUTE), tick_seconds=None) as runtime:
        async for stored in runtime.journal.read(runtime.day):
            for entry in decode(stored.body).entries:
                found.extend(entry.events)
    return found


def test_a_torn_pulse_is_no_pulse(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path / "x.alive")
    assert pulse.last() is None
    pulse.beat(1_000_000)
    assert pulse.last() == 1_000_000
    pulse.beat(1_000_500)
    assert pulse.last() == 1_000_000, "seldom enough for a cheap disk"
    (tmp_path / "x.alive").write_bytes(b"\x00\x00")
    assert pulse.last() is None
