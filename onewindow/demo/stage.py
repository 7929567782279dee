"""The stage (舞台): what all who play share: the hall, the way to its server, and the compressed time."""

import asyncio
from typing import Final

from onewindow.demo.client import Client
from onewindow.zones.model import Hall

LIVELY: Final = 0.3
"""Shortest stay of a state, in real seconds, so that the eye can follow even at a high speed."""
SEEN: Final = 5.0
"""A call stands at least so long on the screens, in real seconds …"""
SEEN_IN_HALL: Final = 50.0
"""… but no longer than this in the hall's time, which counts at a high speed."""


class Stage:
    """A hall, its server, and the day's time, so many times as fast."""

    def __init__(self, hall: Hall, client: Client, speed: float) -> None:
        """`speed`: seconds of the hall for each second of the clock; above 0."""
        self.hall = hall
        self.client = client
        self.speed = speed

    async def sleep(self, seconds: float) -> None:
        """So many seconds of the hall's day pass."""
        await asyncio.sleep(seconds / self.speed)

    async def visibly(self, seconds: float) -> None:
        """As `sleep`, but never shorter than the eye needs."""
        await asyncio.sleep(max(LIVELY, seconds / self.speed))

    async def walk(self, seconds: float) -> None:
        """The visitor walks to the window: as `sleep`, but long enough for the screens to be read."""
        await self.visibly(max(seconds, min(SEEN * self.speed, SEEN_IN_HALL)))
