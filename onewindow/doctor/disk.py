"""The data's folder and its disk (数据目录和磁盘): writable, private, with room, and quick enough."""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from onewindow.access.store_sqlite import FILE
from onewindow.doctor.finding import Finding, ok, stop, warn

STOP_BELOW: Final = 64 * 2**20
"""Bytes. The journal's log may take 32 MiB before it is carried over, and the voice as much again."""
WARN_BELOW: Final = 2**30
SYNCS: Final = 32
BLOCK: Final = 4096
SLOW_MS: Final = 50.0
"""From here on every key press waits noticeably: a reply comes after its commit is on the disk."""


def folder(data: Path) -> Finding:
    """Whether files can be made under `data`, or where it will be made. Tried, not asked: root may do everything."""
    home = _nearest(data)
    try:
        with tempfile.NamedTemporaryFile(dir=home, prefix="doctor-") as probe:
            probe.write(b"\0" * BLOCK)
            probe.flush()
    except OSError as error:
        return stop(
            f"数据目录 {data} 不能写：{error.strerror}",
            f"The data folder {data} can't be written: {error.strerror}",
            f"检查 {home} 的所有者、权限和剩余空间，或用 --data 指定另一个目录。",
            f"Look at the owner, mode and free space of {home}, or name another folder with --data.",
        )
    if home != data:
        return ok(f"数据目录 {data} 还没有，启动时会建", f"The data folder {data} will be made at the start")
    return ok(f"数据目录 {data} 可写", f"The data folder {data} can be written")


def temporary() -> Finding:
    """Whether the system's folder for temporary files takes any: printing and voice can't even be loaded without."""
    try:
        with tempfile.TemporaryFile() as probe:
            probe.write(b"\0" * BLOCK)
            probe.flush()
    except OSError as error:
        return stop(
            f"不能写临时文件：{error.strerror}",
            f"Temporary files can't be written: {error.strerror}",
            "检查 /tmp 的剩余空间和权限，或设环境变量 TMPDIR 指向另一个目录。",
            "Look at the free space and mode of /tmp, or name another folder in the variable TMPDIR.",
        )
    return ok("临时文件可写", "Temporary files can be written")


def space(data: Path, stop_below: int = STOP_BELOW, warn_below: int = WARN_BELOW) -> Finding:
    """Free bytes on the disk of the data."""
    free = shutil.disk_usage(_nearest(data)).free
    zh, en = f"磁盘剩余 {_size(free)}", f"{_size(free)} free on the disk"
    todo = ("腾出空间，或用 --data 换一个磁盘。", "Free some space, or name a folder on another disk with --data.")
    if free < stop_below:
        return stop(zh, en, *todo)
    return warn(zh, en, *todo) if free < warn_below else ok(zh, en)


def sync(data: Path, slow_ms: float = SLOW_MS) -> Finding:
    """How long the disk takes to make one block durable, measured now: p50 and worst of 32."""
    try:
        times = _sync_times(_nearest(data))
    except OSError as error:
        return stop(
            f"数据盘不能可靠写入（fsync）：{error.strerror}",
            f"The data's disk doesn't sync: {error.strerror}",
            "换一个本地磁盘上的目录，或检查磁盘是否已满、已坏。",
            "Use a folder on a local disk; see whether the disk is full or failing.",
        )
    p50, worst = statistics.median(times), max(times)
    zh = f"写盘一次 p50 {p50:.2f} 毫秒，最慢 {worst:.2f} 毫秒"
    en = f"One sync to disk: p50 {p50:.2f} ms, slowest {worst:.2f} ms"
    if p50 < slow_ms:
        return ok(zh, en)
    return warn(
        zh,
        en,
        "每次按键都要等写盘：请把数据放在本地固态盘上，不要放在网络盘或 U 盘上。",
        "Every key press waits for it: keep the data on a local solid-state disk, not on a network or USB one.",
    )


def privacy(data: Path) -> Finding:
    """Whether accounts, secret and journals can be opened by us, and by nobody else."""
    files = [path for path in (data / FILE, *sorted(data.glob("*.journal"))) if _is_there(path)]
    for path in files:
        try:
            os.close(os.open(path, os.O_RDWR))
        except OSError as error:
            return stop(
                f"{path} 打不开：{error.strerror}",
                f"{path} can't be opened: {error.strerror}",
                "用平时运行大厅的系统用户来运行，或把文件的所有者改回该用户（chown）。",
                "Run as the user that serves the hall, or give the file back to that user (chown).",
            )
    loose = [path for path in files if os.name != "nt" and path.stat().st_mode & 0o077]
    if loose:
        names = " ".join(str(path) for path in loose)
        return warn(
            f"别的用户也能读：{names}",
            f"Other users may read: {names}",
            f"执行 chmod 600 {names}；能读账号库的人可以自制令牌。",
            f"Run chmod 600 {names}; who reads the store can make tokens.",
        )
    if not files:
        return ok("还没有账号库，第一次启动时会建", "No store yet; the first start makes it")
    return ok("账号库和日志只有本用户能读写", "Store and journal are this user's alone")


def _nearest(path: Path) -> Path:
    """The folder itself, or the first above it that exists."""
    return next(one for one in (path, *path.absolute().parents) if _is_there(one))


def _is_there(path: Path) -> bool:
    """Like `Path.exists`, but also without the right to look."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def _sync_times(home: Path) -> list[float]:
    """Milliseconds of each of some writes with sync, into a file that is gone afterwards."""
    sync_data = getattr(os, "fdatasync", os.fsync)
    times = []
    with tempfile.TemporaryFile(dir=home) as probe:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.write(probe.fileno(), b"\0" * BLOCK)
            sync_data(probe.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return times


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
