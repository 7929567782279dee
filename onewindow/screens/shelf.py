"""The shelf (屏幕清单): the paired screens as this process knows them, kept the same in all processes.

The store is the truth. Whoever changes it tells the others at once; who didn't hear reads it anew seconds later.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from typing import Final

import msgspec
from redis.exceptions import RedisError

from onewindow.access.store import Store
from onewindow.access.tokens import Paired, Tokens
from onewindow.runtime.peers import Peers
from onewindow.screens.model import Screen

log = logging.getLogger(__name__)

SECONDS: Final = 5.0
"""How often the store is read all the same."""
TOPIC: Final = "screens.changed"

_encode = msgspec.json.Encoder().encode
_screen = msgspec.json.Decoder(Screen)

Changed = Callable[[str], None]
"""Told the id of a screen that was paired, changed or forgotten."""


class Shelf:
    """The paired screens of one hall. Loop-only; `load` it first."""

    def __init__(self, store: Store, tokens: Tokens, peers: Peers) -> None:
        self._store = store
        self._tokens = tokens
        self._peers = peers
        self._changed: list[Changed] = []
        self._again = asyncio.Event()
        self._storing = asyncio.Lock()
        """What is read of the store is taken over before it is changed: an older reading must not undo a pairing."""
        self.screens: dict[str, Screen] = {}
        """By id."""
        self.seen: dict[str, int] = {}
        """When each was last there, seconds since the epoch; 0: never."""
        peers.hear(TOPIC, lambda _process, _data: self._again.set())

    def on_change(self, changed: Changed) -> None:
        """Call `changed` whenever a screen's record changes, in whichever process it was done."""
        self._changed.append(changed)

    def of_token(self, token: str) -> Screen | None:
        """The screen whose token has this id."""
        paired = self._tokens.paired.get(token)
        return self.screens.get(paired.screen) if paired is not None else None

    def others(self, name: str) -> list[Screen]:
        """All screens but this one."""
        return [screen for screen in self.screens.values() if screen.id != name]

    async def load(self) -> None:
        """Read the store. Raises what the store raises."""
        async with self._storing:
            await self._load()

    async def _load(self) -> None:
        kept = await self._store.screens()
        found: dict[str, Screen] = {}
        self.seen = {name: row.seen for name, row in kept.items()}
        for name, row in kept.items():
            try:
                found[name] = _screen.decode(row.body)
            except msgspec.DecodeError as error:
                log.warning("What the store has of the screen %s can't be read and is passed over: %s", name, error)
        self._adopt(found)

    async def put(self, screen: Screen) -> None:
        """Keep a new or changed screen."""
        async with self._storing:
            await self._store.put_screen(screen.id, _encode(screen))
            self._adopt(self.screens | {screen.id: screen})
        self._peers.tell_all(TOPIC, screen.id.encode())

    async def was_there(self, name: str, at: int) -> None:
        """Keep when a screen was last there; if that can't be kept, it is known until this process ends."""
        self.seen[name] = at
        try:
            await self._store.screen_seen(name, at)
        except (RedisError, OSError, sqlite3.Error) as error:
            log.warning("When the screen %s was last there can't be kept: %s", name, error)

    async def remove(self, screen: Screen) -> None:
        """Forget a screen: its token is refused from now on."""
        async with self._storing:
            await self._store.revoke(screen.token, screen.until)
            self._tokens.revoked.add(screen.token)
            await self._store.remove_screen(screen.id)
            self._adopt({name: other for name, other in self.screens.items() if name != screen.id})
        self._peers.tell_all(TOPIC, screen.id.encode())

    async def keep_fresh(self) -> None:
        """Read the store when another process says so, and every few seconds, until cancelled."""
        while True:
            try:
                await asyncio.wait_for(self._again.wait(), SECONDS)
            except TimeoutError:
                log.debug("Nobody said that a screen has changed; the store is read all the same.")
            self._again.clear()
            try:
                await self.load()
            except (RedisError, OSError) as error:
                log.warning("The screens can't be read from %s (%s).", self._store.place, error)
            except sqlite3.Error:
                log.exception("The screens can't be read from %s.", self._store.place)

    def _adopt(self, found: dict[str, Screen]) -> None:
        before, self.screens = self.screens, found
        for screen in before.values():
            if screen.id not in found:
                # Until the list of revoked tokens is read again, in a process that didn't do it.
                self._tokens.revoked.add(screen.token)
        self._tokens.paired = {s.token: Paired(s.id, s.role, s.device) for s in found.values()}
        for name in sorted(before.keys() | found.keys()):
            if before.get(name) != found.get(name):
                for changed in self._changed:
                    changed(name)
