"""Exclusive ownership of a file (独占): one process at a time, released by the system when the process ends."""

import os
import sys
from pathlib import Path


class FileInUse(Exception):
    """Another process owns the file. Names the file, its owner as far as known, and what to do; Chinese first."""


class FileLock:
    """A lock file beside the file that it guards.

    The lock is the operating system's, on the open lock file: a process that is killed loses it at once, and a
    lock file that was left behind locks nothing.
    """

    def __init__(self, guarded: Path) -> None:
        """Take the lock for `guarded`. Raises FileInUse when another process (or this one) holds it."""
        self.path = guarded.with_name(guarded.name + ".lock")
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._fd)
        except OSError:
            owner = os.pread(self._fd, 32, 1).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            os.close(self._fd)
            raise FileInUse(_in_use(guarded, owner)) from None
        # The first byte is the one that is locked on Windows; the owner's number stands behind it.
        os.ftruncate(self._fd, 0)
        os.write(self._fd, f" {os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Give the file free. Further calls do nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _in_use(guarded: Path, owner: str) -> str:
    zh = f"（进程 {owner}）" if owner else ""
    en = f" (process {owner})" if owner else ""
    return (
        f"数据文件 {guarded} 正由另一个 OneWindow 进程使用{zh}。请先停掉它，或用 --data 指定另一个目录。\n"
        f"{guarded} is in use by another OneWindow process{en}. "
        "Stop that one first, or name another directory with --data."
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
