"""Real circumstances for the doctor: a user without rights, a disk that takes nothing, a journal of some commits."""

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onewindow.queue.commands import OpenWindow
from onewindow.runtime.hall import open_runtime
from tests.hall_app import Clock, anqiu

NOBODY = 65534


@contextmanager
def without_rights() -> Iterator[Path]:
    """A folder that its user may read but not write, and in it `hidden`, where that user may not even look.

    Within the block root, who may write anywhere, is another user.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "printer").write_bytes(b"")
        (folder / "printer").chmod(0o444)
        (folder / "store.sqlite").write_bytes(b"")
        (folder / "store.sqlite").chmod(0o400)
        (folder / "hidden").mkdir(mode=0o000)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
            (folder / "hidden").chmod(0o755)


@contextmanager
def disk_that_takes_nothing() -> Iterator[None]:
    """Every write to a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def some_commits(data: Path) -> int:
    """A journal with a day and a few open windows under `data`; the time of its last commit, ms."""
    clock = Clock()
    async with open_runtime(anqiu(), data, clock=clock, tick_seconds=None) as runtime:
        for no in ("01", "02", "03"):
            clock.on(60)
            await runtime.submit(OpenWindow(window=no, clerk="li"), by=f"clerk:li@{no}")
    return clock.at
