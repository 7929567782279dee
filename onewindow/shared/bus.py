"""The bus (消息): what processes tell each other at once and at most once, over Redis publish/subscribe.

Nothing here is kept: what must not get lost is asked again by who needs it. So nothing here costs a sync either.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from redis.exceptions import RedisError

from onewindow.shared.link import LOST, Client, client, ended

log = logging.getLogger(__name__)

Hear = Callable[[bytes], None]

PING_SECONDS: Final = 1.0
DEAF_SECONDS: Final = 3.0
"""Without even our own pings for so long, the subscription is made anew: a cut link says nothing by itself."""
AGAIN_SECONDS: Final = 0.2
MOST_WAITING: Final = 10_000
"""Messages that wait for a server that can't be reached; beyond it the oldest are dropped."""


class Bus:
    """One process's ears and mouth. Loop-only; `start` it, `stop` it."""

    def __init__(self, url: str, own: str) -> None:
        """`own`: this process's own channel, on which it hears its pings too."""
        self._url = url
        self._own = own
        self._sender = client(url)
        self._hears: dict[str, Hear] = {}
        self._outbox: list[tuple[str, bytes]] = []
        self._wanted = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self.subscribed = asyncio.Event()
        """Set while messages arrive."""

    def start(self, hears: Mapping[str, Hear]) -> None:
        """Hear these channels from now on, and send."""
        self._hears = dict(hears)
        self._tasks = [
            asyncio.create_task(self._send_all(), name="bus-send"),
            asyncio.create_task(self._hear_all(), name="bus-hear"),
        ]

    async def stop(self) -> None:
        """Send what waits, if that can be done at once, and end."""
        self._stopping = True
        self._wanted.set()
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=0.5)
        for task in self._tasks:
            await ended(task)
        await self._sender.aclose()

    def send(self, channel: str, message: bytes) -> None:
        """Tell whoever hears this channel; soon, together with what else is said meanwhile."""
        if len(self._outbox) >= MOST_WAITING:
            del self._outbox[: MOST_WAITING // 10]
        self._outbox.append((channel, message))
        self._wanted.set()

    async def _send_all(self) -> None:
        while self._outbox or not self._stopping:
            await self._wanted.wait()
            self._wanted.clear()
            batch, self._outbox = self._outbox, []
            try:
                if len(batch) == 1:
                    await self._sender.publish(*batch[0])
                elif batch:
                    async with self._sender.pipeline(transaction=False) as pipeline:
                        for channel, message in batch:
                            pipeline.publish(channel, message)
                        await pipeline.execute()
            except (RedisError, *LOST) as error:
                log.debug("%d messages were not sent: %s", len(batch), error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _hear_all(self) -> None:
        while not self._stopping:
            redis = client(self._url)
            try:
                await self._hear_from(redis)
            except (RedisError, *LOST) as error:
                log.debug("The subscription ended: %s", error)
            except Exception:
                log.exception("The subscription failed; it is made anew.")
            finally:
                self.subscribed.clear()
                await redis.aclose()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear_from(self, redis: Client) -> None:
        loop = asyncio.get_running_loop()
        async with redis.pubsub(ignore_subscribe_messages=True) as ears:
            await ears.subscribe(*self._hears)
            heard = pinged = loop.time()
            while not self._stopping:
                message: Any = await ears.get_message(timeout=PING_SECONDS)
                now = loop.time()
                if message is not None:
                    heard = now
                    self.subscribed.set()
                    self._hand_on(message)
                elif now - heard > DEAF_SECONDS:
                    return
                if now - pinged >= PING_SECONDS or not self.subscribed.is_set():
                    pinged = now
                    self.send(self._own, b"")

    def _hand_on(self, message: Any) -> None:
        data = message["data"]
        hear = self._hears.get(message["channel"].decode())
        if data and hear is not None:
            try:
                hear(data)
            except Exception:
                log.exception("A message on %s can't be understood.", message["channel"])
