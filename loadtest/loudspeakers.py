"""Loudspeakers (扬声器): one player for each, as a real one, but what it says goes by as fast as the hour does."""

import asyncio
import time
import urllib.request
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from loadtest.evidence import Spoken
from loadtest.followers import AGAIN_SECONDS, Room
from onewindow.voice.players import BEAT_SECONDS
from onewindow.voice.speaker.player import Item

LEAST_SECONDS: Final = 0.5
"""A player may send five messages a second, and each announcement takes two."""
FETCH_SECONDS: Final = 15.0
REMEMBERED: Final = 500


class _Frame(msgspec.Struct):
    v: int
    kind: str
    play: Item | None = None


_frame = msgspec.json.Decoder(_Frame)


class Loudspeaker:
    """One loudspeaker's player. Loop-only."""

    def __init__(self, room: Room, name: str, zone: str) -> None:
        self.name = name
        self._room = room
        self._path = f"/ws/speakers/{zone}?device={room.plan.name}-{name}"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._v = 0
        self._free = 0.0
        self._done: dict[str, str] = {}
        self._items: asyncio.Queue[tuple[Item, float]] = asyncio.Queue()

    async def sound(self) -> None:
        """Play what is sent, to the end of the run. A connection that ends otherwise than by us is a fault."""
        while not self._room.ending:
            try:
                async with self._room.socket(self._path, self._room.plan.cast.supervisor) as socket:
                    await self._listen(socket)
            except (WebSocketException, OSError) as error:
                self._room.fault(f"loudspeaker {self.name}: the connection ended: {error!r}")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, socket: ClientConnection) -> None:
        self._v = 0
        tasks = [asyncio.create_task(self._beat(socket)), asyncio.create_task(self._play(socket))]
        try:
            while True:
                self._take(_frame.decode(await socket.recv(decode=False)), time.monotonic())
        finally:
            if self._v:
                self._room.there -= 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, frame: _Frame, now: float) -> None:
        if not self._v:
            self._room.came(self._room.everybody)
        expected = self._v + (frame.kind != "beat")
        if frame.v != expected:
            self._room.fault(f"loudspeaker {self.name}: {frame.kind} {frame.v} instead of {expected}")
        self._v = frame.v
        self._room.seen.frames += 1
        if frame.play is not None:
            self._items.put_nowait((frame.play, now))

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await self._say(socket, {"beat": True, "muted": False})
            await asyncio.sleep(BEAT_SECONDS)

    async def _play(self, socket: ClientConnection) -> None:
        while True:
            item, sent = await self._items.get()
            if item.id in self._done:
                # Sent once more because the line broke; said once.
                await self._say(socket, {"ack": item.id, "what": self._done[item.id]})
                continue
            await self._one(socket, item, sent)
            self._free = time.monotonic()
            while len(self._done) > REMEMBERED:
                del self._done[next(iter(self._done))]

    async def _one(self, socket: ClientConnection, item: Item, sent: float) -> None:
        spoken = Spoken(call_of(item.id), self._free, sent, 0.0)
        self._room.seen.spoken.append(spoken)
        if item.url is None or not await asyncio.to_thread(self._fetch, item.url):
            self._room.fault(f"loudspeaker {self.name}: the sound of {item.id} could not be had ({item.url})")
            self._done[item.id] = "failed"
            await self._say(socket, {"ack": item.id, "what": "failed", "reason": "no sound"})
            return
        spoken.started = time.monotonic()
        await self._say(socket, {"ack": item.id, "what": "started"})
        await asyncio.sleep(max(LEAST_SECONDS, item.duration / self._room.plan.compress))
        self._done[item.id] = "ended"
        await self._say(socket, {"ack": item.id, "what": "ended"})

    def _fetch(self, url: str) -> bool:
        try:
            with self._opener.open(self._room.plan.url + url, timeout=FETCH_SECONDS) as answer:
                return bool(answer.read())
        except OSError:
            return False

    async def _say(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        await socket.send(msgspec.json.encode(message).decode())


def call_of(item: str) -> str:
    """The call's id as screens have it, "20261124-17", from the announcement's, "2026-11-24-17"."""
    return item.replace("-", "", 2)
