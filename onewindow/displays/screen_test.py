"""Trying a screen (屏幕测试): a card with the device's name for a few seconds, answered by the page that drew it.

    to the page    {"v", "kind": "test", "id", "zh", "seconds", "at"}
    from the page  {"tested": id, "v", "size": [width, height], "hidden": bool}

A test is no news of the hall: it bears the version that the page shows, and goes to one device alone.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onewindow.displays import frames
from onewindow.displays.clients import Client, Health

SHOWN_SECONDS: Final = 5
"""So long the card stands on the screen."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A page's answer (屏幕回执): the version that it shows, its size in CSS pixels, whether it can be seen."""

    tested: str
    v: int
    size: tuple[int, int]
    hidden: bool = False


class ScreenTests:
    """Sends test cards to named screens and waits for their answers. Loop-only."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._asked: dict[tuple[str, str], asyncio.Future[Tried]] = {}

    async def show(self, device: str, *, name: str, zh: str, at: str, seconds: float) -> Tried | None:
        """Show the card named `name` at a device; its answer, or None when none came within `seconds`.

        `zh`: what the card calls the device; `at`: RFC 3339. Raises LookupError when the device isn't connected.
        """
        client = self._health.client(device)
        if client is None:
            raise LookupError(device)
        answer: asyncio.Future[Tried] = asyncio.get_running_loop().create_future()
        self._asked[device, name] = answer
        try:
            client.outlet.offer(frames.test(client.v, name, zh, SHOWN_SECONDS, at))
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            return None
        finally:
            del self._asked[device, name]

    def answered(self, client: Client, said: Mapping[str, Any]) -> None:
        """A page says that it was tried; what makes no sense, or was not asked of it, is passed over."""
        try:
            tried = msgspec.convert(dict(said), Tried)
        except msgspec.ValidationError:
            return
        answer = self._asked.get((client.device, tried.tested))
        if answer is not None and not answer.done() and self._health.client(client.device) is client:
            answer.set_result(tried)
