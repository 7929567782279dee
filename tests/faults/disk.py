"""The disk is full (磁盘满), for real: a small file system filled to the brim, or a limit on the size of files.

The limit (RLIMIT_FSIZE, set and lifted from outside while the server runs) needs no rights and makes the write-ahead
log's next page fail with EFBIG; the small file system (tmpfs) needs the right to mount and fails with ENOSPC.
"""

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.hall import Hall

SIZE = "96m"
LEFT = 192 * 1024
"""Bytes that are left when the disk is made full: the hall itself takes the last ones."""
SEEN_SECONDS = 60.0


class NotPermitted(Exception):
    """This machine doesn't let us mount a file system."""


async def limited(hall: Hall, seconds: float) -> str:
    """No file of the server may grow; so long, then it may again."""
    server = hall.stage.servers[0]
    pid = server.process.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    largest = max(path.stat().st_size for path in server.data.iterdir() if path.is_file())

    async def fill() -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + LEFT, hard))

    async def free() -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))

    return f"{await _full(hall, seconds, fill, free)} (RLIMIT_FSIZE)"


async def brimful(hall: Hall, seconds: float, disk: Path) -> str:
    """The file system that SQLite's or Redis's files lie on is filled; so long, then there is room again."""
    ballast, ended = disk / "ballast", ""

    async def fill() -> None:
        free = os.statvfs(disk)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - LEFT)

    async def free() -> None:
        nonlocal ended
        ballast.unlink()
        if hall.stage.shared and not hall.stage.redis.running:
            ended = ", Redis ended itself and was started again"
            await asyncio.to_thread(hall.stage.redis.start)

    said = await _full(hall, seconds, fill, free)
    return f"{said} (tmpfs of {SIZE.upper()}iB){ended}"


async def _full(
    hall: Hall, seconds: float, fill: Callable[[], Awaitable[None]], free: Callable[[], Awaitable[None]]
) -> str:
    await hall.crowd.reach(40)
    hall.crowd.problems.clear()
    await fill()
    try:
        async with asyncio.timeout(SEEN_SECONDS):
            while True:
                if "journal_unavailable" in hall.crowd.problems:
                    break
                await asyncio.sleep(0.02)
        await asyncio.sleep(seconds)  # What is tried is time itself: requests that fail and fail again.
        if not hall.stage.shared:
            await hall.boards.all[0].fresh()
    finally:
        await free()
    told = hall.crowd.problems["journal_unavailable"]
    assert told.headers["content-type"].startswith("application/problem+json"), told.headers
    assert int(told.headers["retry-after"]) > 0
    assert "磁盘" in told.text and "disk" in told.text, told.text
    await hall.crowd.reach(60)
    return f"disk full for {seconds:g} s"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own in the memory, mounted there until the block ends. Raises NotPermitted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        raise NotPermitted("only root may mount")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        raise NotPermitted(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run([umount, "--lazy", str(folder)], check=True)
