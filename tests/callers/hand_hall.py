"""The sample hall on a real socket in a thread of its own, with a clock that the test moves."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from onewindow.app import open_app
from onewindow.serve import bind, config
from tests.hall_app import Clock, anqiu

TICK_SECONDS = 0.1
"""How soon the hall notices that the clock was moved."""


class HandHall:
    """Where the hall is, its clock, and tokens for it; what `tests.server.Server` offers to a browser."""

    def __init__(self, port: int, clock: Clock, tokens: Tokens) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"
        self.clock = clock
        self._tokens = tokens

    def token(self, role: str, *, window: str | None = None, name: str = "") -> str:
        """A token of this role, for a year: the clock may be moved far."""
        return self._tokens.make(Role(role), name or f"{role}-{window or 1}", hours=24 * 365, window=window)

    def bearer(self, role: str, *, window: str | None = None) -> dict[str, str]:
        """The Authorization header of such a token."""
        return {"Authorization": f"Bearer {self.token(role, window=window)}"}


@contextmanager
def hand_hall(data: Path, at: int | None = None) -> Iterator[HandHall]:
    """The hall at work, its clock at nine (or `at`, ms), until the block ends."""
    clock = Clock() if at is None else Clock(at)
    ready: threading.Event = threading.Event()
    ended: list[BaseException] = []
    found: list[HandHall] = []
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(_serve(data, clock, over, partial(_found, found, ready)))
        except BaseException as error:
            ended.append(error)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run, name="hand-hall")
    thread.start()
    ready.wait(60)
    try:
        if not ended:
            yield found[0]
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(over.set)
        thread.join()
    if ended:
        raise ended[0]


def _found(found: list[HandHall], ready: threading.Event, hall: HandHall) -> None:
    found.append(hall)
    ready.set()


async def _serve(data: Path, clock: Clock, over: asyncio.Event, say: Any) -> None:
    async with open_app(anqiu(), data, clock=clock, tick_seconds=TICK_SECONDS) as opened:
        listening = bind("127.0.0.1", 0)
        server = uvicorn.Server(config(opened.asgi))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        say(HandHall(listening.getsockname()[1], clock, opened.tokens))
        await over.wait()
        server.should_exit = True
        server.force_exit = True
        await serving
