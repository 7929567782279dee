"""The machine (机器): what a reader must know to compare the figures with others. No names, no paths."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Final

LIBRARIES: Final = ("uvicorn", "uvloop", "httptools", "starlette", "websockets", "msgspec", "aiosqlite")


def facts() -> list[str]:
    """A line each."""
    packages = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{os.cpu_count()} cores ({processor()}), {memory_gib():.1f} GiB, {platform.system()} {platform.machine()}",
        f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        packages,
    ]


def processor() -> str:
    """The processor's name, as the kernel tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8", errors="replace").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_gib() -> float:
    """The machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def busy() -> float:
    """How many processes wanted a core during the last minute, on average: this benchmark's own included."""
    return os.getloadavg()[0]
