"""The peers (同伴进程): what rooms may know of the other processes of their hall, and tell them.

Messages go at once and at most once: who needs an answer asks again. A hall with one process has no peers.
"""

import logging
from collections.abc import Callable
from typing import Protocol

import msgspec

from onewindow.shared.bus import Bus
from onewindow.shared.link import Keys

log = logging.getLogger(__name__)

Hear = Callable[[str, bytes], None]
"""(process, data): something that another process said. Called in the loop; it must be quick."""


class Peers(Protocol):
    """The other processes of this hall, if there are any. Loop-only."""

    process: str
    """This process's own name."""
    writer: str
    """The process that writes; empty while nobody is known to."""

    def on_writer(self, hear: Callable[[], None]) -> None:
        """Call `hear` at each change of `writer`."""

    def hear(self, topic: str, hear: Hear) -> None:
        """Hear what others say about `topic`."""

    def tell(self, process: str, topic: str, data: bytes) -> None:
        """Tell one process."""

    def tell_all(self, topic: str, data: bytes) -> None:
        """Tell all others."""


class Alone(Peers):
    """No peers: this process is the one that writes."""

    def __init__(self) -> None:
        self.process = self.writer = "alone"

    def on_writer(self, hear: Callable[[], None]) -> None:
        """It never changes."""

    def hear(self, topic: str, hear: Hear) -> None:
        """Nobody says anything."""

    def tell(self, process: str, topic: str, data: bytes) -> None:
        """Nobody is there."""

    def tell_all(self, topic: str, data: bytes) -> None:
        """Nobody is there."""


class Said(msgspec.Struct, array_like=True):
    """One message."""

    process: str
    """Who says it."""
    topic: str
    data: bytes


_encode = msgspec.msgpack.Encoder().encode
_said = msgspec.msgpack.Decoder(Said)


class BusPeers(Peers):
    """Peers on the bus."""

    def __init__(self, bus: Bus, keys: Keys, process: str) -> None:
        self.process = process
        self.writer = ""
        self._bus = bus
        self._keys = keys
        self._hears: dict[str, Hear] = {}
        self._changes: list[Callable[[], None]] = []

    def on_writer(self, hear: Callable[[], None]) -> None:
        """As `Peers.on_writer`."""
        self._changes.append(hear)

    def writer_is(self, process: str) -> None:
        """The process that writes, as it was just seen."""
        if process == self.writer:
            return
        self.writer = process
        for hear in self._changes:
            try:
                hear()
            except Exception:
                log.exception("A room could not take the change of the writing process.")

    def hear(self, topic: str, hear: Hear) -> None:
        """As `Peers.hear`."""
        self._hears[topic] = hear

    def tell(self, process: str, topic: str, data: bytes) -> None:
        """As `Peers.tell`."""
        self._bus.send(self._keys.peer(process), _encode(Said(self.process, topic, data)))

    def tell_all(self, topic: str, data: bytes) -> None:
        """As `Peers.tell_all`."""
        self._bus.send(self._keys.news, _encode(Said(self.process, topic, data)))

    def take(self, message: bytes) -> None:
        """A message from the bus."""
        said = _said.decode(message)
        hear = self._hears.get(said.topic)
        if said.process != self.process and hear is not None:
            hear(said.process, said.data)
