"""The outlook (展望): the latest forecast of waits, as plain data.

The shell hangs it on the day's state for those who show waits; it is derived, never journaled, and neither `decide`
nor `evolve` looks at it: with and without it the same commands have the same events.
"""

from typing import Final, NamedTuple

import msgspec

ENGINE: Final = "engine"
PATH: Final = "path"
WORK: Final = "work"
"""Where a wait comes from (估计来源): many paths driven by chance, in the worker; one path of means, in the serving
process, while the worker is down; the work that stands ahead, where there is neither."""


class Quantiles(NamedTuple):
    """A forecast wait (预计等候), ms from the moment of the forecast."""

    p10: int
    p50: int
    p90: int
    low: int
    """The calibrated range that holds the wait in 80 % of cases …"""
    high: int
    """… to here."""


class AreaOutlook(msgspec.Struct, frozen=True, kw_only=True):
    """What one forecast found for the windows that belong together."""

    at: int
    """The moment of the forecast, ms since the epoch."""
    tickets: dict[str, Quantiles]
    """By ticket id."""
    newcomers: dict[tuple[frozenset[str], int], Quantiles]
    """By matter set and credit (ms): somebody who would come now."""
    source: str = ENGINE
    """`engine` or `path`."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The forecasts of a hall."""

    areas: dict[str, AreaOutlook] = {}
    """By name; an area without a forecast has none."""
    of_window: dict[str, str] = {}
    """Window -> its area."""
    withheld: frozenset[str] = frozenset()
    """Zones whose forecasts have been wrong lately: nothing is shown there but the people ahead."""
    engine: str = ""
    """What computes: `kernel`, `python` (no compiler), `path` (the worker is down: one path of means, in the serving
    process), `down`, `other_rule`; empty: nothing yet."""
