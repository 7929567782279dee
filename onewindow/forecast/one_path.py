"""From one path to what is told (一条路径的说法): a figure, and the range around it.

A path of means runs late: of several busy windows the first to be free is free sooner than each of them on average,
and so at every call. How much, and how far single waits lie around it, was fitted on simulated days of the routing
study's two worlds and of the sample hall (`bench.forecast`); other days of them judge it (docs/performance.md).
"""

from typing import Final, NamedTuple

from onewindow.forecast.ahead import FAR_MS, Ahead
from onewindow.queue.outlook import PATH, AreaOutlook, Quantiles


class Fitted(NamedTuple):
    """A straight line: `share` of what the path says, and `ms` more."""

    share: float
    ms: int

    def of(self, wait: int) -> int:
        """The line's value at this wait (ms), not below 0."""
        return max(0, round(self.share * wait + self.ms))


EXPECTED: Final = Fitted(0.90, -60_000)
LOW: Final = Fitted(0.60, -120_000)
HIGH: Final = Fitted(1.15, 180_000)


def one_path(ahead: Ahead) -> AreaOutlook:
    """The outlook of a path that was driven to its end."""
    found = {ticket.id: around(ahead.called.get(ticket.id, FAR_MS)) for ticket in ahead.taken.tickets}
    newcomers = {who: around(at) for who, at in ahead.newcomers.items()}
    return AreaOutlook(at=ahead.taken.at, tickets=found, newcomers=newcomers, source=PATH)


def around(wait: int) -> Quantiles:
    """What is told where the path says this wait (ms): a range that holds 80 % of cases; nothing around no wait."""
    if wait <= 0 or wait >= FAR_MS:
        return Quantiles(wait, wait, wait, wait, wait)
    low, high = LOW.of(wait), HIGH.of(wait)
    return Quantiles(low, EXPECTED.of(wait), high, low, high)
