"""Those who follow by socket (看的人): TVs, strips, phones. Each frame is checked as it comes."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from loadtest.evidence import Crowd, Shown
from loadtest.fold import Fold
from loadtest.plan import PHONES_A_TICKET, Plan

BEAT_SECONDS: Final = 5.0
SILENCE_SECONDS: Final = 15.0
"""A server that says nothing for so long is gone: it beats every 2 s."""
AT_ONCE: Final = 40
"""Connections that are being made at one time: not all people open their phones in the same instant."""
OPEN_SECONDS: Final = 30.0
AGAIN_SECONDS: Final = 1.0
OVER: Final = ("finished", "cancelled", "abandoned", "no_show")

_frame = msgspec.json.Decoder(dict[str, Any])


class Room:
    """What all of the crowd share. Loop-only."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seen = Crowd()
        self.ending = False
        """From now on it is us who hang up."""
        self.there = 0
        """Sockets that have had their first frame."""
        self.over: set[str] = set()
        """Tokens of tickets that need no following any more."""
        self.places: deque[str] = deque()
        """Tokens; each stands here as often as phones may still follow it."""
        self.news = asyncio.Condition()
        self._awaited = 0
        self._enough = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)

    def now_ms(self) -> int:
        """By the hall's clock."""
        return time.time_ns() // 1_000_000 + self.plan.ahead_ms

    def came(self, all_of_them: int) -> None:
        """One more has had its first frame."""
        self.there += 1
        self.seen.most = max(self.seen.most, self.there)
        if self.there >= self._awaited:
            self._enough.set()
        if self.there == all_of_them and not self.seen.all_there:
            self.seen.all_there = time.monotonic()

    async def until(self, count: int) -> None:
        """Wait until so many are there."""
        self._awaited = count
        self._enough.clear()
        if self.there < count:
            await self._enough.wait()

    def fault(self, words: str) -> None:
        """Something that must not be, unless we end it."""
        if not self.ending:
            self.seen.faults.append(words)

    @asynccontextmanager
    async def socket(self, path: str, token: str = "") -> AsyncIterator[ClientConnection]:
        """A connection to the server. Raises OSError, TimeoutError, WebSocketException."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connecting = connect(
            self.plan.url.replace("http", "ws", 1) + path,
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=1.0,
            max_queue=256,
            proxy=None,
        )
        async with self._gate:
            socket = await connecting
        self.seen.connected += 1
        try:
            yield socket
        finally:
            await socket.close()

    @property
    def everybody(self) -> int:
        """How many sockets there are to be."""
        return self.plan.screens + self.plan.followers + len(self.plan.speakers)

    async def ticket(self) -> str:
        """A place at a ticket that is not over; waits until there is one."""
        while True:
            while self.places:
                if (token := self.places.popleft()) not in self.over:
                    return token
            async with self.news:
                await self.news.wait()

    @property
    def free(self) -> bool:
        """Whether another ticket could be followed."""
        while self.places and self.places[0] in self.over:
            self.places.popleft()
        return bool(self.places)

    async def issued(self, token: str) -> None:
        """Somebody got a ticket."""
        self.places.extend([token] * PHONES_A_TICKET)
        async with self.news:
            self.news.notify(PHONES_A_TICKET)


class Follower:
    """One connection to a channel."""

    def __init__(self, room: Room, channel: str) -> None:
        self.fold = Fold(channel)
        self._room = room
        self._heard = 0.0
        self._beaten = time.monotonic()

    async def follow(self, path: str, enough: Any = None) -> None:
        """Follow until the connection ends or `enough` says so; what was seen becomes evidence.

        A connection that ends otherwise than by us is a fault.
        """
        room = self._room
        try:
            async with room.socket(path) as socket:
                try:
                    while enough is None or not enough():
                        self._take(await socket.recv(decode=False))
                        if enough is None:
                            await self._beat(socket)
                finally:
                    self._left()
        except (WebSocketException, OSError) as error:
            room.fault(f"{self.fold.watched.channel}: the connection ended: {error!r}")

    def _take(self, text: bytes) -> None:
        room, seen, now = self._room, self._room.seen, time.monotonic()
        calls = self.fold.take(_frame.decode(text), room.now_ms())
        if self.fold.watched.frames == 1:
            room.came(room.everybody)
        self._listen(now)
        seen.frames += 1
        if not self.fold.of_a_ticket:
            seen.shown += [Shown(call, now) for call in calls]

    def _listen(self, now: float) -> None:
        silent, self._heard = now - (self._heard or now), now
        self._room.seen.silent = max(self._room.seen.silent, silent)
        if silent > SILENCE_SECONDS:
            self._room.fault(f"{self.fold.watched.channel}: nothing came for {silent:.1f} s")

    async def _beat(self, socket: ClientConnection) -> None:
        if time.monotonic() - self._beaten > BEAT_SECONDS:
            self._beaten = time.monotonic()
            await socket.send(msgspec.json.encode({"beat": self.fold.v}).decode())

    def _left(self) -> None:
        watched = self.fold.watched
        watched.until_ms = self._room.now_ms()
        if watched.frames:
            self._room.there -= 1
            self._listen(time.monotonic())
            self._room.seen.watched.append(watched)


async def screen(room: Room, channel: str) -> None:
    """A TV or a window's strip (屏幕): follows one channel to the end of the run."""
    while not room.ending:
        await Follower(room, channel).follow(f"/ws/{channel}")
        await asyncio.sleep(AGAIN_SECONDS)


async def phone(room: Room) -> None:
    """A phone (手机): follows a ticket until it is over and there is another to follow."""
    while not room.ending:
        token = await room.ticket()
        follower = Follower(room, "tickets/-")

        def enough(follower: Follower = follower, token: str = token) -> bool:
            if follower.fold.cells.get("ticket", {}).get("state") not in OVER:
                return False
            room.over.add(token)
            return room.free

        await follower.follow(f"/ws/tickets/{token}", enough)
        if token not in room.over:
            await asyncio.sleep(AGAIN_SECONDS)
