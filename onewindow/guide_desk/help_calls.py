"""Calls for help from the kiosks (呼叫导引员): who pressed the button and when. A guide's word ends one."""

from typing import Final

from onewindow.zones.model import Frozen

EXPIRES_MS: Final = 15 * 60_000
"""A call that nobody answered in this time: the visitor has long gone."""


class HelpCall(Frozen, frozen=True, kw_only=True):
    """A kiosk where somebody needs a guide (求助)."""

    kiosk: str
    zh: str
    """Where it is, as the hall's files name it."""
    at: int
    """Since when, ms; pressing again doesn't start anew."""


class HelpCalls:
    """The calls that stand, in memory: a visitor doesn't wait through a restart."""

    def __init__(self) -> None:
        self._calls: dict[str, HelpCall] = {}

    def call(self, kiosk: str, zh: str, now: int) -> HelpCall:
        """A visitor at this kiosk asks for help."""
        standing = self._calls.get(kiosk)
        if standing is None or now - standing.at > EXPIRES_MS:
            standing = self._calls[kiosk] = HelpCall(kiosk=kiosk, zh=zh, at=now)
        return standing

    def end(self, kiosk: str) -> bool:
        """A guide has come, or the visitor needs nobody any more; False when no call stood."""
        return self._calls.pop(kiosk, None) is not None

    def standing(self, now: int) -> list[HelpCall]:
        """The calls that wait for a guide, the oldest first."""
        return sorted((c for c in self._calls.values() if now - c.at <= EXPIRES_MS), key=lambda c: c.at)
