"""What a loudspeaker's order is made of (播报项): what waits, what goes out, and how it ended."""

from typing import Final, Literal

import msgspec

Result = Literal["played", "replaced", "expired"]
"""How an item ended: said (已播), superseded before it was said (被替换), not said, or not to its end, while it was
worth saying (过期): its clerk must know."""

END_UNHEARD: Final = "its end was not heard of"
"""Why an item counts as played though its player acknowledged only the beginning."""
CUT_OFF: Final = "the sound was cut off"
"""Why an item expired though it had begun."""
TOO_LATE: Final = "it reached its player too late"
"""Why an item expired though it had been sent."""
NO_WORD: Final = "its player was allowed to begin, and gave no word of it"
"""Why an item expired that may have sounded: it is not sent again."""
TOO_LONG: Final = "the queue was too long"
"""Why an item expired though its loudspeaker could be heard."""

QUIET: Final = "quiet hours"
"""Why an item was not said at all."""

WITHDRAWN: Final = "service is suspended"
"""The reason in the outcome of what was withdrawn."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One announcement in the queue (播报项).

    `id`: of the call; an id offered before is ignored. `ticket`: a later item of the same ticket replaces
    this one while it waits; None for a notice. `expires_at`: from then on it is not said any more.
    """

    id: str
    ticket: str | None
    expires_at: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an item (播报结果): what, when, and for a person to read, why."""

    id: str
    ticket: str | None
    result: Result
    at: float
    reason: str = ""
    anew: bool = False
    """Replaced by a later announcement of its ticket, which has not ended yet."""


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """An item to be sent to a device now; it lasts `duration` seconds and expires in `expires_in`."""

    item: Item
    device: str
    duration: float
    expires_in: float
