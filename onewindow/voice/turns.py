"""Turns (轮次): one announcement at a time is rendered, and who is to be heard first goes first."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """A lock whose line is in the order of when each is due, and of arrival among equals. Loop-only."""

    def __init__(self) -> None:
        self._taken = False
        self._line: list[tuple[float, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return sum(not coming.done() for _, _, coming in self._line)

    @asynccontextmanager
    async def turn(self, due: float) -> AsyncIterator[None]:
        """Wait for one's turn, and have it. `due`: seconds of any clock, the same for all."""
        if self._taken:
            coming: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._line, (due, next(self._arrivals), coming))
            try:
                await coming
            except asyncio.CancelledError:
                if not coming.cancelled():
                    self._pass_on()  # Its turn had come already.
                raise
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Let the next have its turn: it stays taken until somebody gives it back whom nobody follows."""
        while self._line:
            *_, coming = heapq.heappop(self._line)
            if not coming.done():
                coming.set_result(None)
                return
        self._taken = False
