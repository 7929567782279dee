"""The player (演示者): visitors and clerks at work together, over HTTP, until cancelled."""

import asyncio
import logging
import random
from typing import Final

from onewindow.demo.cast import TokenFor, cast_of, staffed_windows
from onewindow.demo.clerk import Clerk
from onewindow.demo.client import Client
from onewindow.demo.stage import Stage
from onewindow.demo.traffic import Traffic
from onewindow.demo.visitors import Visitors
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

FIRST_CALLS_SECONDS: Final = 4.0
"""Over so many seconds the windows make their first calls, so that the screens don't fill in one blow."""
AGAIN_SECONDS: Final = 2.0
"""After a lost answer a clerk rests so long."""


class Player:
    """Plays the hall's day against a server."""

    def __init__(self, hall: Hall, client: Client, token_for: TokenFor, *, speed: float, seed: int) -> None:
        """`speed`: how many times as fast the day goes; `seed`: the same one, the same people."""
        self.windows = staffed_windows(hall, random.Random(seed))  # noqa: S311 - made-up people
        cast = cast_of(self.windows, token_for)
        stage = Stage(hall, client, speed)
        self._clerks = {
            no: Clerk(stage, cast.clerks[no], no, Traffic(hall, seed + index))
            for index, no in enumerate(self.windows, 1)
        }
        self._visitors = Visitors(stage, cast, Traffic(hall, seed), self._wake)

    async def play(self) -> None:
        """Open the windows, let the first crowd in, and go on until cancelled."""
        await asyncio.gather(*(clerk.open() for clerk in self._clerks.values()))
        await self._visitors.crowd(self.windows)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._visitors.come())
            for index, clerk in enumerate(self._clerks.values()):
                tasks.create_task(self._work(clerk, FIRST_CALLS_SECONDS * index / len(self._clerks)))

    async def _work(self, clerk: Clerk, first: float) -> None:
        await asyncio.sleep(first)
        while True:
            try:
                await clerk.work()
            except (OSError, TimeoutError) as error:
                log.warning("The clerk of window %s was not answered: %r", clerk.window, error)
                await asyncio.sleep(AGAIN_SECONDS)

    def _wake(self, windows: list[str]) -> None:
        for no in windows:
            if (clerk := self._clerks.get(no)) is not None:
                clerk.wanted.set()
