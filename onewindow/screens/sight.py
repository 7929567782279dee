"""Sight (屏幕现况): what is known of every screen, in all processes, and the pictures that they send of themselves.

A picture (画面) is what the screen's own browser has on the page at that moment, as HTML without scripts: so the
supervisor sees what the screen shows, not what it should show. Pictures are sent only while somebody looks. What
processes tell each other is lost when it is lost: each tells all of it again two seconds later.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from onewindow.displays.hub import Hub
from onewindow.runtime.peers import Alone, Peers
from onewindow.screens.links import Links, Shown
from onewindow.screens.model import Kind
from onewindow.screens.shelf import Shelf

WATCHED_SECONDS: Final = 20.0
TELL_SECONDS: Final = 2.0
FORGET_SECONDS: Final = 7.0
"""What a process hasn't repeated for so long is not so any more."""
ALARMED: Final = (Kind.KIOSK, Kind.RATING)
"""Screens whose silence only their link tells."""
MOST_PICTURE: Final = 200 * 1024
"""Bytes of a picture."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen showed (画面)."""

    html: str
    digest: str
    size: tuple[int, int]
    at: float = 0.0
    """When it came, seconds since the epoch."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A paired screen's connection, as its process tells it."""

    screen: str
    address: str
    since: float
    heard: float
    shown: Shown | None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A board that was opened by its address, without a pairing (按网址打开的屏)."""

    channel: str
    address: str
    device: str
    behind: int
    silent_seconds: float


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a process knows."""

    links: list[Linked]
    opened: list[Opened]
    behind: dict[str, int]
    """Device -> versions that its board is behind, of those that a token names."""


_encode = msgspec.msgpack.Encoder().encode
_told = msgspec.msgpack.Decoder(Told)
_picture = msgspec.msgpack.Decoder(tuple[str, Picture])


class Sight:
    """All that the supervisor's page shows of the screens. Loop-only; `run` it."""

    def __init__(self, shelf: Shelf, links: Links, hub: Hub, peers: Peers, now_ms: Callable[[], int]) -> None:
        """`now_ms`: the hub's clock."""
        self._shelf = shelf
        self._links = links
        self._hub = hub
        self._peers = peers
        self._now_ms = now_ms
        self._told: dict[str, tuple[float, Told]] = {}
        self.pictures: dict[str, Picture] = {}
        """The last of each screen."""
        self._heard: dict[str, float] = {}
        """When each was last heard by any process, as far as this one has been told; seconds since the epoch."""
        peers.hear("screens.told", self._hear_told)
        peers.hear("screens.watched", lambda _process, _data: self._watch())
        peers.hear("screens.picture", self._hear_picture)
        peers.hear("screens.order", lambda _process, data: self._hear_order(data))

    def look(self) -> Told:
        """What is known now, of all processes; from now on the screens send pictures for a while."""
        self._watch()
        self._peers.tell_all("screens.watched", b"")
        return self._merged()

    def silent(self) -> list[dict[str, Any]]:
        """The paired kiosks and devices at windows that were there since this process began, as alarms take a device.

        Boards have their own account, in the hub's health, and loudspeakers theirs, in the voice's room.
        """
        now = time.time()
        links = [link for _, told in self._told.values() for link in told.links]
        for link in (*self._linked(), *links):
            self._heard[link.screen] = max(link.heard, self._heard.get(link.screen, 0.0))
        return [
            {
                "device": screen.device,
                "zh": screen.settings.zh,
                "silent_seconds": max(0, round(now - self._heard[screen.id])),
            }
            for screen in self._shelf.screens.values()
            if screen.settings.kind in ALARMED and screen.id in self._heard
        ]

    def _forget_the_gone(self) -> None:
        now = time.monotonic()
        self._told = {p: (at, told) for p, (at, told) in self._told.items() if now - at < FORGET_SECONDS}

    def _merged(self) -> Told:
        self._forget_the_gone()
        every = [self._own(), *(told for _, told in self._told.values())]
        behind: dict[str, int] = {}
        for told in every:
            behind |= told.behind
        return Told(
            links=[link for told in every for link in told.links],
            opened=[opened for told in every for opened in told.opened],
            behind=behind,
        )

    def order(self, screen: str, what: str) -> bool:
        """Send an order to a screen, wherever it is connected; False when it is nowhere."""
        if self._links.order(screen, what):
            return True
        there = any(link.screen == screen for link in self.look().links)
        if there:
            self._peers.tell_all("screens.order", _encode((screen, what)))
        return there

    def show(self, screen: str, picture: Picture) -> None:
        """A screen has sent a picture of itself."""
        self.pictures[screen] = picture
        self._peers.tell_all("screens.picture", _encode((screen, picture)))

    def forget(self, screen: str) -> None:
        """A screen is paired no more."""
        self.pictures.pop(screen, None)
        self._heard.pop(screen, None)

    async def run(self) -> None:
        """Tell the others what is known here."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            if not isinstance(self._peers, Alone):
                self._peers.tell_all("screens.told", _encode(self._own()))
            self._forget_the_gone()
            self.silent()  # What has been heard is kept, though nobody asks.

    def _watch(self) -> None:
        self._links.watch(WATCHED_SECONDS)

    def _linked(self) -> list[Linked]:
        return [
            Linked(screen=x.screen, address=x.address, since=x.since, heard=x.heard, shown=x.shown)
            for x in self._links.all()
        ]

    def _own(self) -> Told:
        opened, behind = [], dict[str, int]()
        paired = {screen.device for screen in self._shelf.screens.values()}
        for client in self._hub.boards():
            if client.verified and client.device in paired:
                behind[client.device] = client.lacked
            elif not client.inside:
                opened.append(
                    Opened(
                        channel=str(client.channel),
                        address=client.address,
                        device=client.device,
                        behind=client.lacked,
                        silent_seconds=max(0, self._now_ms() - client.seen_ms) / 1000,
                    )
                )
        return Told(links=self._linked(), opened=opened, behind=behind)

    def _hear_told(self, process: str, data: bytes) -> None:
        self._told[process] = time.monotonic(), _told.decode(data)

    def _hear_picture(self, _process: str, data: bytes) -> None:
        screen, picture = _picture.decode(data)
        self.pictures[screen] = picture

    def _hear_order(self, data: bytes) -> None:
        screen, what = msgspec.msgpack.decode(data, type=tuple[str, str])
        self._links.order(screen, what)
