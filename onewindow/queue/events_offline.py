"""Events of a desk that issues without the server (离线取号事件)."""

import msgspec

from onewindow.queue.event import Event


class OfflineIssue(msgspec.Struct, frozen=True, kw_only=True):
    """How a ticket was issued without the server (离线取号)."""

    right: int
    """Under which right."""
    said: int
    """Time of issue by the page's own clock, ms; the ticket's seniority is this, kept within what can be."""


class SeriesGranted(Event, frozen=True, kw_only=True, tag="series_granted"):
    """A block of numbers was reserved for one desk's page (离线号段): nobody else gives them out today."""

    right: int
    """1 to 9; the block holds the numbers <letter>9<right>01, … of every series."""
    device: str
    most: int
    """Numbers of each letter."""


class AskingWithdrawn(Event, frozen=True, kw_only=True, tag="asking_withdrawn"):
    """A command that got no answer was taken back before it was done (撤回未答复的请求); its key is used up."""
