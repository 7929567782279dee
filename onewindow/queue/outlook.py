"""The outlook (展望): the latest forecast of waits, as plain data.

The shell hangs it on the day's state for those who show waits; it is derived, never journaled, and neither `decide`
nor `evolve` looks at it: with and without it the same commands have the same events.
"""

from typing import NamedTuple

import msgspec


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
    """What one run of the engine found for the windows that belong together."""

    at: int
    """The moment of the forecast, ms since the epoch."""
    tickets: dict[str, Quantiles]
    """By ticket id."""
    newcomers: dict[tuple[frozenset[str], int], Quantiles]
    """By matter set and credit (ms): somebody who would come now."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The forecasts of a hall."""

    areas: dict[str, AreaOutlook] = {}
    """By name; an area without a forecast has none."""
    of_window: dict[str, str] = {}
    """Window -> its area."""
    withheld: frozenset[str] = frozenset()
    """Zones whose forecasts have been wrong lately: nothing is shown there but the people ahead."""
    engine: str = ""
    """What computes: `kernel`, `python` (no compiler), `down`, `other_rule`; empty: nothing yet."""
