"""Players and their frames (播放端): one connected loudspeaker page, and what is said on its socket.

Frames to a player, each with the connection's own `v` (a beat carries the last one)::

    {"v", "kind": "snapshot", "speaker", "device", "lease": bool, "beat": 5, "chime": url, "volume": 0..100,
     "play": item | null}
    {"v", "kind": "delta", "play": item}         one item to be played now
    {"v", "kind": "delta", "lease": bool}        this device sounds, or stands by
    {"v", "kind": "delta", "volume": 0..100}     so loud from now on, what sounds at the moment too
    {"v", "kind": "delta", "begin": {"id", "n", "now": bool}}    the answer to the player's question of this number
    {"v", "kind": "beat"}                        every 5 s

An item is ``{"id", "url" | null, "duration", "expires", "text_zh", "text_en", "volume", "most", "ask": true}``:
`duration` in seconds; `expires` in seconds from the sending (a hall's PCs disagree about the time of day); without a
`url` the player speaks the texts with the browser's own voice, or plays the chime alone.

`ask`: a player makes no sound of the item before the server has answered its question that it may. The network may
have kept the item, the machine may have slept, another device may have said it: only the server knows. A question
that has no answer is asked anew, by the next number; the answer to an older one counts no more. A player that
doesn't know this begins unasked, as it did before.

`volume` is what the loudspeaker is set to, of which a paired screen's own setting takes a share; `most` is what quiet
hours allow.

Frames from a player::

    {"beat": true, "muted": bool}                every 5 s, and at once when `muted` changes
    {"ask": id, "n": number}                     may it make a sound now?
    {"ack": id, "what": "started" | "ended" | "failed" | "muted", "reason": optional}

What ended with the reason "own_voice" was said by the browser itself.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec

OWN_VOICE = "own_voice"
"""Reason of an end: the sound could not be played, and the browser spoke by itself."""

EXPIRED = "expired"
"""Reason of a failure: it came too late to be said."""

BEAT_SECONDS = 5.0
"""How often a player gives a sign of life."""

SERVER_BEAT_SECONDS = 2.0
"""How often the server does: a page says that it may be behind when it has heard nothing for 5 s."""

_MOST_FRAMES = 64  # of one player, unsent: more means that its socket is stuck

log = logging.getLogger(__name__)


class Player(Protocol):
    """A connected player (播放端), as its socket's handler presents it."""

    @property
    def device_id(self) -> str:
        """The device's lasting name: the same after each reconnection, another for each machine."""
        ...

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame; raises when the connection has gone."""
        ...


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """What a player did with an item (回执)."""

    ack: str
    what: Literal["started", "ended", "failed", "muted"]
    reason: str = ""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A player's question whether it may make an item's first sound now (请求开播); `n` counts them."""

    ask: str
    n: int = 0


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A player's sign of life (心跳), and whether its sound is blocked (无声)."""

    beat: Literal[True]
    muted: bool = False


def read_frame(frame: Mapping[str, Any]) -> Ack | Ask | Beat:
    """A player's frame, checked. Raises msgspec.ValidationError, which names what is wrong."""
    if "ack" in frame:
        return msgspec.convert(frame, Ack)
    if "ask" in frame:
        return msgspec.convert(frame, Ask)
    return msgspec.convert(frame, Beat)


class Connection:
    """One player's connection: a short line of frames, sent by a task of its own (连接). Loop-only.

    Nobody waits for a player's socket; one that is stuck or gone is given up through `on_lost`.
    """

    def __init__(self, player: Player, on_lost: Callable[["Connection"], None]) -> None:
        self.player = player
        self.device = player.device_id
        self._on_lost = on_lost
        self._version = 0
        self._lease: bool | None = None
        self._frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_FRAMES)
        self._task = asyncio.create_task(self._drain(), name=f"voice player {self.device}")

    def snapshot(self, *, speaker: str, lease: bool, chime: str, volume: int, play: dict[str, Any] | None) -> None:
        """The first frame."""
        self._lease = lease
        self._put(
            "snapshot",
            speaker=speaker,
            device=self.device,
            lease=lease,
            beat=BEAT_SECONDS,
            chime=chime,
            volume=volume,
            play=play,
        )

    def play(self, item: dict[str, Any]) -> None:
        """One item to be played now."""
        self._put("delta", play=item)

    def begin(self, asked: Ask, now: bool) -> None:
        """Answer its question."""
        self._put("delta", begin={"id": asked.ask, "n": asked.n, "now": now})

    def lease(self, held: bool) -> None:
        """Tell the device whether it sounds, if that has changed."""
        if held != self._lease:
            self._lease = held
            self._put("delta", lease=held)

    def volume(self, volume: int) -> None:
        """Be so loud."""
        self._put("delta", volume=volume)

    def beat(self) -> None:
        """A sign of life."""
        self._offer({"v": self._version, "kind": "beat"})

    async def aclose(self) -> None:
        """Stop sending. The socket belongs to its handler."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _put(self, kind: str, **content: Any) -> None:
        self._version += 1
        self._offer({"v": self._version, "kind": kind, **content})

    def _offer(self, frame: dict[str, Any]) -> None:
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self._task.cancel()
            self._on_lost(self)

    async def _drain(self) -> None:
        try:
            while True:
                await self.player.send(await self._frames.get())
        except Exception as error:
            # Whatever the socket raises, it means the same: this player is gone until it comes back.
            log.info("voice player %s is gone: %r", self.device, error)
            self._on_lost(self)
