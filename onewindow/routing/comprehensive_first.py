"""Comprehensive-only matters first (综合专属先办): the head start of the 1+X rule without a bound.

A comprehensive window first takes those whom no specialist window serves, however late they came; then the others,
each in the order of the credited number-time. Source: the routing study, row "comp-only first", after the threshold
policies of Bell and Williams (a flexible server helps a dedicated one only when its own queue is empty). It lowers
the mean wait of an unbalanced hall and lets people be passed by any number of later ones: for comparison.
"""

from onewindow.routing.lines import Lines, MatterSet
from onewindow.routing.number_time import NumberTime
from onewindow.zones.model import RoutingSettings, WindowKind

NAME = "comprehensive_first"

WHOLE_DAY = 86_400_000
"""ms: later than anybody can have come."""


class ComprehensiveFirst(NumberTime):
    """Number-time with a head start of a whole day and no test whether the specialists keep up."""

    name = NAME

    def __init__(self, settings: RoutingSettings) -> None:
        super().__init__(settings)
        self.headstart = WHOLE_DAY

    def _most_work(self, lines: Lines, window: str) -> float | None:
        """No bound, at comprehensive windows."""
        return None if lines.kinds[window] is not WindowKind.COMPREHENSIVE else float("inf")

    def _shift(self, matter_set: MatterSet, most_work: float) -> int:
        """A whole day for whoever has an open specialist window."""
        return self.headstart
