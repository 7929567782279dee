"""The worker behind its engine: answers, dies, hangs, comes back; its libraries never come into the server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onewindow.forecast.moves import Move
from onewindow.outlook.engine import Engine, RequestFailed
from onewindow.outlook.protocol import Compared, Forecast, Forecasted, WhatIf
from onewindow.outlook.warming import smallest
from onewindow.worker_process import WorkerDown
from tests.outlook.patience import until
from tests.server import ROOT

ASKED = Forecast(snapshot=smallest(), shifts={}, paths=20, seed=1)


@pytest.fixture
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    engine = Engine(ROOT / ".pytest_cache" / "outlook")
    yield engine
    await engine.aclose()


async def test_the_worker_forecasts_and_compares(engine: Engine) -> None:
    answer = await engine.ask(ASKED)
    assert isinstance(answer, Forecasted)
    assert engine.kind == "kernel"
    # The window is free and the one ticket is called at once; a newcomer waits for its service.
    (ticket,) = answer.tickets
    assert ticket.p90 == 0
    ((windows, credit, newcomer),) = answer.newcomers
    assert (windows, credit) == ((0,), 0)
    assert 60_000 < newcomer.p10 < newcomer.p50 < newcomer.p90
    moves = ((Move(do="close", window="1"),), ())
    compared = await engine.ask(WhatIf(snapshot=smallest(), moves=moves, paths=20, seed=1, horizon_ms=3_600_000))
    assert isinstance(compared, Compared)
    closed, same = compared.effects
    assert closed.change.mean.mean > 30
    assert same.change.mean == (0.0, 0.0, 0.0)


async def test_the_same_seed_gives_the_same_forecast(engine: Engine) -> None:
    first, second = await engine.ask(ASKED), await engine.ask(ASKED)
    assert isinstance(first, Forecasted)
    assert isinstance(second, Forecasted)
    assert (first.tickets, first.newcomers) == (second.tickets, second.newcomers)


async def test_a_move_that_makes_no_sense_is_said_and_the_worker_goes_on(engine: Engine) -> None:
    wrong = WhatIf(snapshot=smallest(), moves=((Move(do="open", window="1"),),), paths=5, seed=1, horizon_ms=1000)
    with pytest.raises(RequestFailed, match="window_already_open"):
        await engine.ask(wrong)
    assert isinstance(await engine.ask(ASKED), Forecasted)
    assert engine.starts == 1


async def test_a_killed_worker_is_replaced(engine: Engine) -> None:
    await engine.ask(ASKED)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(WorkerDown):
        # Killed between two requests it is found out at the next write or read.
        while True:
            await engine.ask(ASKED)
            if engine.starts > 1:
                raise WorkerDown
    assert isinstance(await engine.ask(ASKED), Forecasted)
    assert engine.starts == 2


async def test_one_that_hangs_is_killed() -> None:
    engine = Engine(
        ROOT / ".pytest_cache" / "outlook",
        start_timeout=0.2,
        command=(sys.executable, "-c", "import time; time.sleep(600)"),
    )
    with pytest.raises(WorkerDown):
        await engine.ask(ASKED)
    assert engine.pid is None
    assert engine.kind == "down"
    await engine.aclose()


async def test_one_that_is_cut_off_in_a_long_answer_is_ended() -> None:
    """Its output may still be full of what nobody will read."""
    endless = "o = open(1, 'wb'); o.write((60 << 20).to_bytes(4, 'big'))\nwhile True: o.write(bytes(1 << 16))"
    engine = Engine(ROOT / ".pytest_cache" / "outlook", command=(sys.executable, "-c", endless))

    def unread() -> int:
        streams = engine._worker._streams
        return len(streams[0]._buffer) if streams else 0  # type: ignore[attr-defined]

    starting = asyncio.create_task(engine.start())
    await until(lambda: unread() > 1 << 20)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(20):
            await starting
    assert engine.pid is None
    await engine.aclose()


async def test_what_is_no_answer_ends_the_worker() -> None:
    engine = Engine(
        ROOT / ".pytest_cache" / "outlook",
        command=(sys.executable, "-c", "print('Segmentation fault, or so')"),
        rest_seconds=60,
    )
    for _ in range(2):
        with pytest.raises(WorkerDown):
            await engine.ask(ASKED)
    starts = engine.starts
    with pytest.raises(WorkerDown, match="repeatedly"):
        await engine.ask(ASKED)
    assert engine.starts == starts
    await engine.aclose()


async def test_closing_ends_a_worker_that_still_starts() -> None:
    engine = Engine(
        ROOT / ".pytest_cache" / "outlook", command=(sys.executable, "-c", "import time; time.sleep(600)")
    )
    asking = asyncio.create_task(engine.ask(ASKED))
    await until(lambda: engine.pid is not None)
    await engine.aclose()
    with pytest.raises(WorkerDown):
        await asking


def test_the_serving_process_loads_neither_numba_nor_numpy() -> None:
    code = (
        "import sys, onewindow.app, onewindow.serve, onewindow.outlook.room\n"
        "found = {'numba', 'numpy', 'llvmlite', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {found}' if found else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_without_a_compiler_the_same_source_forecasts(tmp_path: Path) -> None:
    """Plain Python over lists gives what the machine code gives, to rounding."""
    code = (
        "import importlib.util as u, sys\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'numba' else real(name, package)\n"
        "from onewindow.outlook.compute import forecast\n"
        "from onewindow.outlook.warming import smallest\n"
        "from onewindow.outlook.compiled import COMPILED\n"
        "assert not COMPILED and 'numpy' not in sys.modules\n"
        "print(forecast(smallest(), {}, 20, 1)[1][0][2].p50)"
    )
    plain = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    from onewindow.outlook.compute import forecast

    assert abs(int(plain.stdout) - forecast(smallest(), {}, 20, 1)[1][0][2].p50) <= 1
