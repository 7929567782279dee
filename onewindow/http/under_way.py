"""Commands under way (在办请求): work that would keep the loop stands back while somebody waits for an answer.

A command takes some ten turns of the loop (read, decide, the disk, publish, answer). A slice of frames in each of
them would make it ten times as slow; between two commands the same slices are in nobody's way. Whoever stands back
says for how long at most: nothing is starved by commands that never stop coming.
"""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Work = Callable[[], None]


class _Standing:
    """What stands back, and until when at the latest."""

    __slots__ = ("rank", "timer")

    def __init__(self, rank: int, timer: asyncio.TimerHandle) -> None:
        self.rank = rank
        self.timer = timer


class UnderWay:
    """How many commands are being answered, and what stands back for them. Loop-only.

    Between two commands work goes one at a time, and the loop looks for a new command after each: let go all at once,
    a slice for screens, one for phones, figures and beats would stand together before the command that comes next.
    """

    def __init__(self) -> None:
        self._count = 0
        self._standing: dict[Work, _Standing] = {}
        self._looks = False
        """Whether a look at what stands is on its way."""

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
        if not self._count and self._standing and not self._looks:
            self._looks = True
            asyncio.get_running_loop().call_soon(self._look)

    def when_free(self, work: Work, most: float, rank: int = 1) -> None:
        """Have `work` done in a later turn: when nobody waits for an answer, or after `most` seconds.

        Of several the lowest `rank` goes first. What stands already is given the new bound.
        """
        loop = asyncio.get_running_loop()
        if (before := self._standing.pop(work, None)) is not None:
            before.timer.cancel()
        if most <= 0:
            loop.call_soon(loop.call_soon, work)
            return
        self._standing[work] = _Standing(rank, loop.call_later(most, self._go, work))
        if not self._count:
            self._look_later()

    async def free(self, most: float) -> None:
        """Wait for a later turn: when nobody waits for an answer, or for `most` seconds."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def come() -> None:
            if not turn.done():
                turn.set_result(None)

        self.when_free(come, most)
        await turn

    def _look_later(self) -> None:
        if not self._looks:
            # Twice: what has come in this turn only begins in the next one, after what was put in line before it.
            self._looks = True
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._look)

    def _look(self) -> None:
        """Let one go, if nobody waits; the end of the last command looks again."""
        self._looks = False
        if self._count or not self._standing:
            return
        work = min(self._standing, key=lambda one: self._standing[one].rank)
        self._standing.pop(work).timer.cancel()
        if self._standing:
            self._look_later()
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
