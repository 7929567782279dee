"""A day's trace (一天的来客): everything that chance decides about a day's visitors, as plain data.

Whatever is random about a visit is drawn with the visit and stands here: service times, patience, lags, returns. A
rule draws nothing, so two rules can be compared on the very same people (common random numbers 共同随机数). Times of
day are ms since the hall's midnight, lengths are ms; whole numbers, so that every run gives the same bytes.
"""

import msgspec


class Drawn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of what is drawn: immutable, keyword-only."""


class Back(Drawn, frozen=True, kw_only=True):
    """A paper is missing (补正): the first service ends early, the visitor fetches it and is served again."""

    away_ms: int
    """From the end of the first service until the visitor is back."""
    service_ms: int
    """The second service."""


class Step(Drawn, frozen=True, kw_only=True):
    """One thing that a visitor wants at a window (一步): one ticket, or two when a paper is missing."""

    matter: str | None = None
    """Code of the matter; None: for the zone as a whole, for example to collect a result."""
    zone: str | None = None
    """Code of the zone, when no matter is named."""
    purpose: str = "handle"
    service_ms: int
    """At the window, at its usual pace, without the walk from the seats."""
    after: tuple[int, ...] = ()
    """Steps of the same visit (by index) that must be done before; none: wanted on arrival."""
    lag_ms: int = 0
    """From the end of the last of those until this step may begin: the back office (后台) at work."""
    patience_ms: int | None = None
    """How long the visitor waits for this step before leaving for good; None: for ever."""
    absent: bool = False
    """Not there when first called; back after `Visit.absent_ms`, with the place kept (过号回队)."""
    back: Back | None = None


class Visit(Drawn, frozen=True, kw_only=True):
    """A person's errand of one day (到访)."""

    at_ms: int
    """When the person stands at the guide's desk."""
    applicant: str
    """Class, as in the hall's files."""
    steps: tuple[Step, ...]
    slot_ms: int | None = None
    """The appointed time."""
    silent: bool = False
    """Whoever loses patience leaves without a word: the number is still called."""
    absent_ms: int = 360_000
    """How long a person who was called in vain stays away after being passed over."""
    channel: str = "guide"
