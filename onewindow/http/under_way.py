"""Commands under way (在办请求): work that would keep the loop stands back while somebody waits for an answer.

A command takes some ten turns of the loop (read, decide, the disk, publish, answer). A slice of frames in each of
them would make it ten times as slow; between two commands the same slices are in nobody's way. Whoever stands back
says for how long at most: nothing is starved by commands that never stop coming.
"""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Work = Callable[[], None]


class UnderWay:
    """How many commands are being answered, and what stands back for them. Loop-only."""

    def __init__(self) -> None:
        self._count = 0
        self._standing: dict[Work, asyncio.TimerHandle] = {}

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._count > 0

    def begin(self) -> None:
        """One more is under way."""
        self._count += 1

    def end(self) -> None:
        """One is answered."""
        self._count -= 1
        if not self._count and self._standing:
            loop = asyncio.get_running_loop()
            standing, self._standing = self._standing, {}
            for work, timer in standing.items():
                timer.cancel()
                loop.call_soon(work)

    def when_free(self, work: Work, most: float) -> None:
        """Have `work` done in a later turn: when nobody waits for an answer, or after `most` seconds."""
        # Twice: what has come in this turn only begins in the next one, after what was put in line before it.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._look, work, most)

    async def free(self, most: float) -> None:
        """Wait for a later turn: when nobody waits for an answer, or for `most` seconds."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def come() -> None:
            if not turn.done():
                turn.set_result(None)

        self.when_free(come, most)
        await turn

    def _look(self, work: Work, most: float) -> None:
        if most > 0 and self._count:
            self._standing[work] = asyncio.get_running_loop().call_later(most, self._go, work)
        else:
            work()

    def _go(self, work: Work) -> None:
        del self._standing[work]
        work()


class CommandsFirst:
    """ASGI middleware: counts the commands (POST) under way, each from when all of it has come.

    One whose body trickles in, or never comes, is waited for by nobody: it must not hold all screens up.
    """

    def __init__(self, app: ASGIApp, under_way: UnderWay) -> None:
        self.app = app
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count it, then go on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        begun = False

        async def received() -> Message:
            nonlocal begun
            message = await receive()
            if not begun and message["type"] == "http.request" and not message.get("more_body", False):
                begun = True
                self._under_way.begin()
            return message

        try:
            await self.app(scope, received, send)
        finally:
            if begun:
                self._under_way.end()
