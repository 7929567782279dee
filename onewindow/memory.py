"""The process's memory (内存): what the collector and the C library are told of a server's ways."""

import contextlib
import ctypes
import gc
from typing import Final

M_MMAP_THRESHOLD: Final = -3
"""Of glibc's malloc.h."""


def tame_collector() -> None:
    """Let garbage collection stop the loop seldom: what is loaded by now stays, and a day's tickets make no cycles.

    Collections of the oldest generation took up to 150 ms, growing with the day, and stood in the p99 of every
    command. Reference counting frees nearly everything here, and connections untie themselves when they end
    (`displays.framed`, `http.bounded`); what else makes a cycle mostly ends young. So the young are looked through
    ten thousand at a time (up to 20 ms with as many sockets), and what has stayed only after five million more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 500, 100)


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
