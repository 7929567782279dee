"""What one round on Redis has measured (一轮的数)."""

import msgspec

from bench.http_load import Spread
from bench.redis_shown import Shown


class Work(msgspec.Struct, kw_only=True):
    """The processor's time that one command took, µs."""

    redis: float
    servers: list[float]
    """Of each process; the one that writes is the first."""


class Round(msgspec.Struct, kw_only=True):
    """One round's figures."""

    memory: Spread
    one: Spread
    one_work: Work
    two: Spread
    """Both processes' requests as one load: the sum of the rates, the worse percentiles."""
    two_work: Work
    shown: Shown
    """A call at the process that writes, one at a time, and what it is made of."""
    takeover: float
    """Seconds from SIGKILL of the process that writes until the other one does."""
