"""Calls for help from the kiosks (呼叫导引员): who pressed the button and when. A guide's word ends one."""

from typing import Final

import msgspec

from onewindow.runtime.peers import Peers
from onewindow.zones.model import Frozen

TOPIC: Final = "help"

EXPIRES_MS: Final = 15 * 60_000
"""A call that nobody answered in this time: the visitor has long gone."""


class HelpCall(Frozen, frozen=True, kw_only=True):
    """A kiosk where somebody needs a guide (求助)."""

    kiosk: str
    zh: str
    """Where it is, as the hall's files name it."""
    at: int
    """Since when, ms; pressing again doesn't start anew."""


_said = msgspec.json.Decoder(tuple[str, HelpCall | None])


class HelpCalls:
    """The calls that stand, in memory: a visitor doesn't wait through a restart."""

    def __init__(self, peers: Peers) -> None:
        """`peers`: the hall's other processes, where guides look too."""
        self._calls: dict[str, HelpCall] = {}
        self._peers = peers
        peers.hear(TOPIC, self._hear)

    def call(self, kiosk: str, zh: str, now: int) -> HelpCall:
        """A visitor at this kiosk asks for help."""
        standing = self._calls.get(kiosk)
        if standing is None or now - standing.at > EXPIRES_MS:
            standing = self._calls[kiosk] = HelpCall(kiosk=kiosk, zh=zh, at=now)
            self._peers.tell_all(TOPIC, msgspec.json.encode((kiosk, standing)))
        return standing

    def end(self, kiosk: str) -> bool:
        """A guide has come, or the visitor needs nobody any more; False when no call stood."""
        self._peers.tell_all(TOPIC, msgspec.json.encode((kiosk, None)))
        return self._calls.pop(kiosk, None) is not None

    def _hear(self, _: str, data: bytes) -> None:
        """What another process was told."""
        kiosk, call = _said.decode(data)
        if call is None:
            self._calls.pop(kiosk, None)
        else:
            self._calls[kiosk] = call

    def standing(self, now: int) -> list[HelpCall]:
        """The calls that wait for a guide, the oldest first."""
        return sorted((c for c in self._calls.values() if now - c.at <= EXPIRES_MS), key=lambda c: c.at)
