"""Who is told that something has changed at a window that no public channel tells of (窗口铃).

What rings says only "look again"; the window's staff then read it with their own right to.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from onewindow.queue import events as ev
from onewindow.queue.state import HallDay
from onewindow.runtime.feed import Committed

OF_THE_HALL = (
    ev.ServiceSuspended,
    ev.ServiceResumed,
    ev.BreakStarted,
    ev.BreakEnded,
    ev.GroupStopped,
    ev.GroupResumed,
    ev.WindowMerged,
)
"""What concerns every window."""
OF_A_TICKET = (ev.TicketMarked, ev.AbsenceConfirmed, ev.AccompanyTaken, ev.ApplicantConfirmed)
"""What concerns the window at which the ticket is."""


class Bells:
    """One bell a window. Loop-only."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = {}

    def ring(self, window: str) -> None:
        """Something has changed at this window."""
        for watcher in self._watchers.get(window, ()):
            watcher.set()

    def follow(self, committed: Committed) -> None:
        """Listener of the feed: ring where something private has changed."""
        for entry in committed.entries:
            for event in entry.events:
                for window in concerned(committed.state, event):
                    self.ring(window)

    @contextmanager
    def watched(self, window: str) -> Iterator[asyncio.Event]:
        """An event that is set at each change at the window, for as long as the block lasts."""
        watcher = asyncio.Event()
        watchers = self._watchers.setdefault(window, set())
        watchers.add(watcher)
        try:
            yield watcher
        finally:
            watchers.discard(watcher)


def concerned(state: HallDay, event: ev.AnyEvent) -> Iterable[str]:
    """The windows whose staff should look again after this event, beyond what the public channels tell."""
    if isinstance(event, OF_THE_HALL):
        return state.windows
    if isinstance(event, ev.HelpCalled):
        return (event.window,)
    if isinstance(event, OF_A_TICKET):
        window = state.tickets[event.ticket].window
        return () if window is None else (window,)
    return ()
