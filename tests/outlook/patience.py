"""Waiting for another process, which tells nobody when it has come so far."""

import asyncio
from collections.abc import Callable

PATIENCE = 180.0
"""Seconds; a worker may have to compile first, on a busy machine."""


async def until(holds: Callable[[], bool]) -> None:
    """Return once this holds; TimeoutError if it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)
