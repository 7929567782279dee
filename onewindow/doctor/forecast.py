"""Whether waits can be forecast (等候预测): the compiler, the compiled kernel, and the real worker at work."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from onewindow.doctor.finding import Finding, ok, warn
from onewindow.outlook.engine import Engine, RequestFailed, compiled_in
from onewindow.outlook.protocol import Forecast, Forecasted
from onewindow.outlook.warming import smallest
from onewindow.worker_process import WorkerDown

PATIENCE: Final = 60.0
"""Seconds for a start from a compiled kernel, which takes a few."""
IMPORTS: Final = (sys.executable, "-c", "import numba")
MEANWHILE: Final = (
    "在此之前由服务器自己推算，误差较大。",
    "Until then the server reckons by itself, with a larger error.",
)


def worker(data: Path, imports: Sequence[str] = IMPORTS, engine: Engine | None = None) -> Finding:
    """Try it; nothing is compiled here, since that takes a core for a while and the first start does it anyway."""
    tried = subprocess.run(  # noqa: S603 - our own interpreter
        [*imports], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE
    )
    if tried.returncode != 0:
        reason = tried.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["?"]
        return warn(
            f"等候预测没有编译器：{reason[0]}",
            f"No compiler for the forecast: {reason[0]}",
            f"重新安装：make setup（没有网络时用离线安装包里的 install.sh）。{MEANWHILE[0]}",
            f"Install again: make setup (without internet: install.sh of the bundle). {MEANWHILE[1]}",
        )
    folder = data / "outlook"
    if engine is None and not any(compiled_in(folder).rglob("*.nbi")):
        return ok(
            "等候预测可用；第一次启动时编译，约二十秒，不耽误取号",
            "Waits can be forecast; the first start compiles, some twenty seconds, and nobody waits for it",
        )
    return asyncio.run(_started(engine or Engine(folder, timeout=PATIENCE, start_timeout=PATIENCE)))


async def _started(engine: Engine) -> Finding:
    begun = time.perf_counter()
    try:
        await engine.start()
        ready = time.perf_counter() - begun
        answer = await engine.ask(Forecast(snapshot=smallest(), shifts={}, paths=20, seed=1))
        assert isinstance(answer, Forecasted)
    except (WorkerDown, RequestFailed) as error:
        return warn(
            f"等候预测的进程不可用：{error}",
            f"The forecast's worker doesn't work: {error}",
            f"删除数据目录下的 outlook/compiled，再试一次。{MEANWHILE[0]}",
            f"Remove outlook/compiled under the data folder and try again. {MEANWHILE[1]}",
        )
    finally:
        await engine.aclose()
    return ok(
        f"等候预测可用：{ready:.1f} 秒就绪，一次 {answer.took_ms:.1f} 毫秒",
        f"Waits can be forecast: ready in {ready:.1f} s, {answer.took_ms:.1f} ms for one",
    )
