"""Commands of a desk that issues without the server (离线取号): its right to numbers, and what it issued."""

import msgspec

from onewindow.queue.command import Command, Item


class OfflineSlip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A slip that a desk's page issued by itself (离线号)."""

    letter: str
    """Letter of the number series, as printed."""
    count: int
    """Its place within the right's block of that letter, from 1."""
    issued: int
    """Time of issue by the page's clock, ms: which slip it is, and, kept within bounds, its seniority."""
    item: Item
    applicant: str
    purpose: str = "handle"
    copies: int = 1
    marks: tuple[str, ...] = ()
    visit: str | None = None
    """A visit that the hall knew before."""
    same: str | None = None
    """Printed number of an earlier slip of the same person."""
    voided: bool = False
    """The page took it back (离线作废) before anybody could be called."""


class GrantSeries(Command, frozen=True, kw_only=True, tag="grant_series"):
    """Reserve a block of numbers for one desk's page (离线号段), for today; asking again changes nothing."""

    device: str
    """The page's own name, drawn at random by the browser."""
    spent: int = 0
    """A right of this device that is used up: a further one is wanted."""


class TakeInSlip(Command, frozen=True, kw_only=True, tag="take_in_slip"):
    """Take in a slip that was issued without the server (离线号并入), with its time of issue as seniority."""

    right: int
    slip: OfflineSlip
    day: str = ""
    """Of the right, YYYY-MM-DD: the day may turn while the command waits, and the next day's rights are others'."""


class WithdrawAsking(Command, frozen=True, kw_only=True, tag="withdraw_asking"):
    """Use up a key whose command got no answer (撤回未答复的请求): should it still arrive, it does nothing."""
