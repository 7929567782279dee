"""How fast the worker is (速度): the product's own worker process, asked as the server asks it, on a busy morning."""

import asyncio
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.forecast.days import Anqiu, Watched
from loadtest.server import ROOT
from onewindow.forecast.areas import areas_of
from onewindow.forecast.model import first_model
from onewindow.forecast.moves import Move
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.outlook.engine import Engine
from onewindow.outlook.protocol import Compared, Forecast, Forecasted, WhatIf
from onewindow.queue.state import HallDay
from onewindow.zones.load import load_hall

MOMENTS: Final = (9 * 60 + 40, 10 * 60 + 10, 10 * 60 + 40, 14 * 60 + 10)
"""Minutes since midnight: the peak hours."""
HORIZON_MS: Final = 7_200_000


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Times in ms."""

    waiting: list[int]
    """Who waits in the snapshots."""
    forecast: list[float]
    """60 paths, in the worker."""
    forecast_cpu: list[float]
    """The processor's time in it."""
    round_trip: list[float]
    """The same as the server sees it: encoded, sent, computed, decoded."""
    snapshot: list[float]
    """Taking the snapshot, in the server's loop: the processor's time."""
    what_if_cpu: list[float]
    what_if: list[float]
    """2 x 100 paths over two hours, in the worker."""
    warm_start: float
    """Until the worker is ready, its kernel compiled before, seconds."""
    rss_mib: float


def speed(runs: int) -> Speed:
    """Measure on the sample hall's Monday."""
    return asyncio.run(_speed(runs))


def _snapshots() -> tuple[list[Snapshot], list[float]]:
    taken: list[Snapshot] = []
    spent: list[float] = []
    for moment in MOMENTS:

        def glance(state: HallDay, at: int) -> None:
            for area in areas_of(state).all:
                ground = Ground(state.hall, area, first_model(state.hall))
                begun = time.process_time()
                taken.append(snapshot(state, ground, at))
                spent.append((time.process_time() - begun) * 1000)

        source = Anqiu(load_hall(ROOT / "halls" / "anqiu"), 5)
        Watched(source.next(), glance=glance, moment=moment * 60_000, keep=False).run()
    return taken, spent


async def _speed(runs: int) -> Speed:
    taken, spent = _snapshots()
    luck = random.Random(3)
    with TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        await engine.ask(Forecast(snapshot=taken[0], shifts={}, paths=2, seed=1))
        await engine.aclose()
        engine = Engine(Path(folder))
        begun = time.perf_counter()
        await engine.ask(Forecast(snapshot=taken[0], shifts={}, paths=2, seed=1))
        warm = time.perf_counter() - begun
        forecasts, trips, what_ifs = [], [], []
        spent_f, spent_w = [], []
        for seed in range(runs):
            one = luck.choice(taken)
            begun = time.perf_counter()
            answer = await engine.ask(Forecast(snapshot=one, shifts={}, paths=60, seed=seed))
            trips.append((time.perf_counter() - begun) * 1000)
            assert isinstance(answer, Forecasted)
            forecasts.append(answer.took_ms)
            spent_f.append(answer.cpu_ms)
            closing = next((w.no for w in one.windows if w.open and not any(b[0] <= one.at for b in w.breaks)), None)
            if closing is not None:
                moves = ((Move(do="close", window=closing),),)
                asked = WhatIf(snapshot=one, moves=moves, paths=100, seed=seed, horizon_ms=HORIZON_MS)
                compared = await engine.ask(asked)
                assert isinstance(compared, Compared)
                what_ifs.append(compared.took_ms)
                spent_w.append(compared.cpu_ms)
        rss = _rss(engine.pid)
        await engine.aclose()
    return Speed(
        waiting=[len(s.tickets) for s in taken],
        forecast=forecasts,
        forecast_cpu=spent_f,
        what_if_cpu=spent_w,
        round_trip=trips,
        snapshot=spent,
        what_if=what_ifs,
        warm_start=warm,
        rss_mib=rss,
    )


def _rss(pid: int | None) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
