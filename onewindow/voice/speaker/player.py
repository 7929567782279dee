"""Playing what the server sends (播放端): one item at a time, each acknowledged, none said twice.

The server owns the order (`onewindow.voice.players` has the frames). An item that is sent again after a broken line
is acknowledged again, not said again. Before anything sounds the server is asked whether it still may. Without its
sound the chime alone is played, and the server is told.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from onewindow.voice.speaker.sound import NoSound, play, softened

REMEMBERED: Final = 200
ASK_SECONDS: Final = 2.0
"""So long an answer is waited for, and so long it holds: then the question is asked anew."""

Fetch = Callable[[str], Awaitable[Path]]
"""A sound's address at the server -> its file here. Raises NoSound."""
Send = Callable[[dict[str, Any]], Awaitable[bool]]
"""Sends a message; False when there is no connection."""


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _age(since: tuple[float, float]) -> float:
    """Seconds since then by the clock that went further: the steady one stands still while a machine sleeps."""
    return max(now - then for now, then in zip(_clocks(), since, strict=True))


class Item(msgspec.Struct, frozen=True):
    """One announcement."""

    id: str
    url: str | None = None
    duration: float = 0.0
    expires: float = 0.0
    text_zh: str = ""
    volume: int | None = None
    """Per cent; None: as the loudspeaker's last."""
    most: int = 100
    ask: bool = False


class _Begin(msgspec.Struct, frozen=True):
    """The server's answer: whether the item may begin."""

    id: str
    n: int
    now: bool


class _Frame(msgspec.Struct):
    kind: str
    play: Item | None = None
    lease: bool | None = None
    chime: str = ""
    volume: int | None = None
    begin: _Begin | None = None


_decoder = msgspec.json.Decoder(_Frame)


async def _nowhere(message: dict[str, Any]) -> bool:
    return False


class Refused(Exception):
    """The item is not to be said, or not here."""


class Speaker:
    """The player's side of a loudspeaker's socket. Loop-only."""

    def __init__(
        self,
        words: tuple[str, ...],
        fetch: Fetch,
        said: Callable[[str], None],
    ) -> None:
        """`words`: the command that plays a file, empty for none. `said` gets what is being said, for the log."""
        self._words = words
        self._fetch = fetch
        self.send: Send = _nowhere
        """The link's; set before the first frame is taken."""
        self._said = said
        self._chime = ""
        self._volume = 100
        self._acknowledged: dict[str, dict[str, Any]] = {}
        self._unsent: list[dict[str, Any]] = []
        self._current: tuple[str, asyncio.Task[None]] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._asked = 0
        self._answer: asyncio.Future[bool] | None = None

    @property
    def muted(self) -> bool:
        """Whether this machine can't sound at all (无声)."""
        return not self._words

    def take(self, text: bytes) -> None:
        """Take one frame. Raises msgspec.DecodeError."""
        frame = _decoder.decode(text)
        if frame.kind == "snapshot":
            self._chime = frame.chime
            unsent, self._unsent = self._unsent, []
            for message in unsent:
                self._soon(self._deliver(message))
            if self._answer is not None and not self._answer.done():
                self._answer.cancel()  # The question went with the line: it is asked anew.
        if frame.volume is not None:
            self._volume = frame.volume
        if frame.begin is not None and frame.begin.n == self._asked:
            self._answered(frame.begin.now)
        if frame.play is not None:
            self._begin(frame.play)

    def _answered(self, now: bool) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(now)

    def _begin(self, item: Item) -> None:
        known = self._acknowledged.get(item.id)
        if known is not None:
            self._soon(self._deliver(known))
            return
        if self._current is not None:
            if self._current[0] == item.id and not self._current[1].done():
                return
            # Something still sounding has had its time: the server waits longer than it lasts.
            self._current[1].cancel()
        if item.expires <= 0:
            self._soon(self._acknowledge(item.id, "failed", "expired"))
        elif self.muted:
            self._soon(self._deliver({"ack": item.id, "what": "muted"}))
        else:
            self._current = item.id, self._soon(self._say(item))

    async def _say(self, item: Item) -> None:
        self._said(item.text_zh)
        try:
            if item.url is None:
                raise NoSound("no sound was sent")
            volume = min(item.most, self._volume if item.volume is None else item.volume)
            path = await softened(await self._fetch(item.url), volume)
            await self._may(item)
            await self._deliver({"ack": item.id, "what": "started"})
            await play(self._words, path, item.duration)
        except Refused:
            self._said("（已过时，不播）" + item.text_zh)
        except NoSound as error:
            with contextlib.suppress(Refused):
                await self._acknowledge(item.id, "failed", await self._chime_instead(item, str(error)))
        else:
            await self._acknowledge(item.id, "ended")

    async def _chime_instead(self, item: Item, why: str) -> str:
        """Ring at least the chime; what the server is told. Raises Refused."""
        with contextlib.suppress(NoSound):
            if self._chime:
                path = await softened(await self._fetch(self._chime), self._volume)
                await self._may(item)
                await play(self._words, path, 3.0)
                return "chime_only"
        return why

    async def _may(self, item: Item) -> None:
        """Ask until the server says that the item may begin now. Raises Refused."""
        while item.ask:
            asked_at = _clocks()
            self._asked += 1
            answer = self._answer = asyncio.get_running_loop().create_future()
            await self.send({"ask": item.id, "n": self._asked})
            await asyncio.wait([answer], timeout=ASK_SECONDS)
            # An answer that was read late, because this machine slept, is none.
            if not answer.done() or answer.cancelled() or _age(asked_at) > ASK_SECONDS:
                continue
            if not answer.result():
                raise Refused
            return

    async def _acknowledge(self, name: str, what: str, reason: str = "") -> None:
        message = {"ack": name, "what": what} | ({"reason": reason} if reason else {})
        self._acknowledged[name] = message
        while len(self._acknowledged) > REMEMBERED:
            del self._acknowledged[next(iter(self._acknowledged))]
        await self._deliver(message)

    async def _deliver(self, message: dict[str, Any]) -> None:
        """An acknowledgement that can't be sent now follows the next snapshot."""
        if not await self.send(message):
            self._unsent.append(message)

    def _soon(self, what: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        """Stop what sounds."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
