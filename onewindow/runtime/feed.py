"""The feed (发布): what is told to displays, voice and the others after each commit, once the disk has it."""

import logging
from collections.abc import Callable

import msgspec

from onewindow.queue.journal import Entry
from onewindow.queue.state import HallDay

log = logging.getLogger(__name__)


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """One durable step of the day, as listeners get it: each once, in order."""

    day: str
    n: int
    """Number of the commit; the version of all that is shown of this day."""
    entries: tuple[Entry, ...]
    """What is new since the last one that was published."""
    state: HallDay
    """The committed state. Read it before returning, never keep it, never change it."""
    fresh: bool = False
    """`state` is another object than before (the day turned, or it was rebuilt from the journal): what was derived
    step by step must be derived anew from it. `entries` are new all the same."""


Listener = Callable[[Committed], None]
"""Called in the loop, synchronously, before the submitters are answered: it must be quick and must not submit."""


class Feed:
    """The listeners of a hall. Loop-only."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of every commit from now on, in the order of subscription. Returns what ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, committed: Committed) -> None:
        """Tell everybody; a listener that fails is logged and stops nobody."""
        for listener in tuple(self._listeners):
            try:
                listener(committed)
            except Exception:
                log.exception("A listener failed on %s #%d; the others go on.", committed.day, committed.n)
