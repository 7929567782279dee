"""The process's memory (内存): what the collector and the C library are told of a server's ways."""

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from onewindow.http.under_way import UnderWay

M_MMAP_THRESHOLD: Final = -3
"""Of glibc's malloc.h."""


SWEEP_SECONDS: Final = 0.02
"""Between two looks at how many objects are new."""
NEW: Final = 1_000
"""So many new objects are looked through in a moment between two commands: some 0.5 ms."""
MOMENT_SECONDS: Final = 1.0
"""So long such a moment is waited for."""
QUIET_SECONDS: Final = 5.0
"""Without a command for so long, and …"""
WHOLE_SECONDS: Final = 600.0
"""… so long after the last time, everything is looked through: half a second with ten thousand sockets …"""
SWEEPS: Final = 50
"""… if there has been so much that is new."""


def tame_collector() -> None:
    """Let garbage collection stop the loop seldom: what is loaded by now stays, and a day's tickets make no cycles.

    Collections of the oldest generation took up to 150 ms, growing with the day, and stood in the p99 of every
    command. Reference counting frees nearly everything here; what remains is looked at less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def keep() -> None:
    """What has come since stays for long (a hall was loaded): collections no longer look through it.

    Else the collector takes a hundred loaded halls for what is young, and stopped all of them for 0.4 s as one more
    was loaded. This stops the loop for what is new alone, some 12 ms a hall; cycles among what is kept are only found
    by `give_back`.
    """
    gc.collect()
    gc.freeze()


def tame_allocator() -> None:
    """Let large blocks go back to the system when they are freed (glibc).

    Hashing a password takes 19 MiB. glibc learns from the first such block to keep the next ones, in each thread that
    hashes: over 100 MiB that nothing else uses. A fixed threshold keeps it from learning.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


def give_back() -> None:
    """Collect what is no longer used, and give it back to the system. Stops the loop: some 12 ms a loaded hall."""
    gc.unfreeze()  # What was let go may lie among what `keep` has kept.
    keep()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@asynccontextmanager
async def sweeping(under_way: UnderWay) -> AsyncIterator[None]:
    """Collect garbage between the commands instead of amid them, until the block ends.

    A day's tickets and commands make no cycles; the WebSockets that have ended do, 24 KiB each. What is new is looked
    through a little at a time, and all that there is when nobody asks for anything. `tame_collector`'s thresholds
    stay for a load that leaves no such moment.
    """
    most, _, oldest = gc.get_threshold()
    gc.set_threshold(most, 1_000, oldest)  # The young are looked through more often, the rest not more often for it.
    task = asyncio.create_task(_sweep(under_way), name="garbage")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _sweep(under_way: UnderWay) -> None:
    time = asyncio.get_running_loop().time
    sweeps, begun, asked, whole = 0, under_way.begun, time(), time()
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        if under_way.begun != begun:
            begun, asked = under_way.begun, time()
        if gc.get_count()[0] >= NEW:
            await under_way.free(MOMENT_SECONDS)
            gc.collect(0)
            sweeps += 1
        if sweeps >= SWEEPS and time() - whole >= WHOLE_SECONDS and time() - asked >= QUIET_SECONDS:
            give_back()  # What has ended may have been kept, as another hall was loaded.
            sweeps, whole = 0, time()
