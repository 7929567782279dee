"""Our own server's process (被测进程): what it took of the processor, and what it logged as an error."""

from collections.abc import Iterator
from pathlib import Path

import psutil

from loadtest.checker import Fault


def cpu_of(pid: int) -> dict[str, float]:
    """Seconds of processor that a server has taken, and those that it started; zeros for none of ours (0)."""
    if not pid:
        return {"server": 0.0, "its workers": 0.0}
    process = psutil.Process(pid)
    workers = [_cpu(child) for child in process.children(recursive=True)]
    return {"server": _cpu(process), "its workers": sum(workers)}


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def server_faults(log: Path) -> Iterator[Fault]:
    """What the server itself logged as an error."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(("ERROR", "CRITICAL", "Traceback")) or " ERROR " in line or " CRITICAL " in line:
            yield Fault("server_error", line[:200])
