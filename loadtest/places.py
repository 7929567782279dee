"""Places (位置): where every ticket is, followed event by event without the core: a second pair of eyes.

A ticket is at one window at most, a window has one ticket at most, and a person is at one place at a time.
"""

from collections.abc import Iterator

from onewindow.queue import events as ev

LEAVING = (ev.TicketFinished, ev.TicketMissed, ev.TicketHeld, ev.TicketTransferred)


class Places:
    """Who is where. `follow` yields what must not be."""

    def __init__(self) -> None:
        self._at: dict[str, str] = {}
        """Ticket -> the window to which it is called or at which it is served."""
        self._visits: dict[str, str] = {}
        self._follows: dict[str, str | None] = {}
        """Window -> the ticket that its last call finished."""

    def follow(self, event: ev.AnyEvent) -> Iterator[str]:
        """Take one event in; sentences about what is wrong with it."""
        if isinstance(event, ev.TicketIssued):
            self._visits[event.ticket] = event.visit
        elif isinstance(event, ev.TicketCalled):
            yield from self._comes(event.ticket, event.window)
            self._follows[event.window] = event.follows
        elif isinstance(event, ev.TicketRecalled | ev.ServiceStarted):
            yield from self._is_there(event.ticket, event.window, event)
        elif isinstance(event, LEAVING):
            yield from self._is_there(event.ticket, event.window, event)
            self._at.pop(event.ticket, None)
        elif isinstance(event, ev.CommandUndone):
            yield from self._undone(event)

    def _comes(self, ticket: str, window: str) -> Iterator[str]:
        if ticket not in self._visits:
            yield f"{ticket} was called and never issued"
        if (other := self._at.get(ticket)) is not None:
            yield f"{ticket} was called to window {window} while at window {other}"
        for there, at in self._at.items():
            if there == ticket:
                continue
            if at == window:
                yield f"window {window} called {ticket} while {there} was there"
            if self._visits.get(there) == self._visits.get(ticket):
                yield f"{ticket} was called to window {window} while the same person was at window {at} with {there}"
        self._at[ticket] = window

    def _is_there(self, ticket: str, window: str, event: ev.AnyEvent) -> Iterator[str]:
        if self._at.get(ticket) != window:
            yield f"{type(event).__name__} of {ticket} at window {window}, where it isn't"

    def _undone(self, event: ev.CommandUndone) -> Iterator[str]:
        if event.what in ("call", "next"):
            self._at.pop(event.ticket, None)
            follows = self._follows.get(event.window)
            if event.what == "next" and follows is not None:
                yield from self._comes(follows, event.window)
        elif event.what != "start":
            yield from self._comes(event.ticket, event.window)
