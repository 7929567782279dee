"""What a clerk writes for the visitor at the window (写字): shown huge on the window's own pages, to nobody else.

In memory only: no journal, no log and no public channel ever holds a word of it. A text belongs to one ticket at one
window and is wiped when that ticket leaves the window.
"""

from collections.abc import Callable
from typing import Final

from onewindow.runtime.feed import Committed

LONGEST: Final = 200
"""Characters of a text: what a person reads at a glance, and what a small screen shows large."""


class Slate:
    """The texts that stand, one a window. Loop-only."""

    def __init__(self) -> None:
        self.changed: Callable[[str], None] = lambda window: None
        """Is told the window whose text has changed."""
        self._texts: dict[str, tuple[str, str]] = {}
        """By window: the ticket and the text."""

    def write(self, window: str, ticket: str, text: str) -> None:
        """Show `text` to the visitor with `ticket`, the window's current one; an empty text wipes."""
        if text:
            self._texts[window] = ticket, text
        else:
            self._texts.pop(window, None)
        self.changed(window)

    def read(self, window: str, ticket: str | None) -> str:
        """The text for this ticket at this window; empty when there is none."""
        name, text = self._texts.get(window, (None, ""))
        return text if name is not None and name == ticket else ""

    def follow(self, committed: Committed) -> None:
        """Listener of the feed: wipe what belongs to tickets that have left their windows."""
        for window, (ticket, _) in list(self._texts.items()):
            if committed.state.windows[window].ticket != ticket:
                del self._texts[window]
                self.changed(window)
