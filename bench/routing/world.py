"""The study's worlds U and B (研究的两个大厅): halls drawn from its parameters, none of them measured in Anqiu.

A world draws a hall: matters with their means and popularity, units, specialist sets, chains. U (unbalanced) gives
the specialist sets 33-46 % of the work of single visits, so that the comprehensive windows are the bottleneck; B
(balanced) 1.35 times as much. Everything else of a hall is drawn alike in both.
"""

from typing import Final, NamedTuple

import msgspec
import numpy as np

from bench.routing.made_hall import MatterSpec, WindowSpec, make_hall
from onewindow.zones.model import Hall, RoutingSettings, WindowKind

LOAD: Final = 0.83
OPEN_MINUTES: Final = 450
"""A window's day without its lunch."""
LUNCH: Final = 60
SIGMA: Final = float(np.sqrt(np.log(1 + 0.6**2)))
"""Of the logarithm of a matter's service times: CV 0.6."""
OVERHEAD: Final = 0.5
"""Minutes from the call until the service begins."""
SLOW: Final = 1.1
BALANCED: Final = 1.35
RETURNS: Final = 0.07
RULE: Final = RoutingSettings(policy="number_time", headstart_minutes=20, kappa=1.0, tau_minutes=10)
CREDITS: Final = {"standard": 0.0, "vulnerable": 30.0, "appointment": 20.0}


class ZoneSpec(NamedTuple):
    """A zone as the study describes it."""

    code: str
    matters: int
    units: int
    comprehensive: int
    specialists: tuple[int, ...]
    """Windows of each specialist set."""
    minutes: float
    chain_share: float
    chains: int


ZONES: Final = (
    ZoneSpec("investment", 80, 12, 6, (2, 1), 15.0, 0.20, 4),
    ZoneSpec("real_estate", 38, 6, 7, (3, 2, 1), 13.0, 0.35, 4),
    ZoneSpec("business", 45, 7, 5, (2, 1), 12.0, 0.30, 1),
    ZoneSpec("general", 130, 18, 7, (3, 2, 2, 1), 6.5, 0.0, 0),
)


class ChainSpec(msgspec.Struct, frozen=True):
    """A chain: its matters, and for each the steps (by index) that must be done before."""

    matters: tuple[str, ...]
    after: tuple[tuple[int, ...], ...]


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What people want of a zone on a day."""

    zone: str
    matters: tuple[str, ...]
    chance: tuple[float, ...]
    """Of each matter, for a visit with one errand."""
    minutes: dict[str, float]
    """Mean service by matter, at the pace of whoever does it every day."""
    chains: tuple[ChainSpec, ...]
    chain_share: float
    visits: float
    """Expected a day, at load 0.83."""
    errands: float
    """The same, were every visit one errand without a missing paper, and no window shut for lunch."""


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A hall with its demand."""

    hall: Hall
    demands: tuple[Demand, ...]
    sets: dict[str, int]
    """Specialist set of each window, from 1 within its zone; 0: comprehensive."""


def make_world(seed: int, *, balanced: bool) -> World:
    """The hall and demand of this seed."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 293]))
    matters: list[MatterSpec] = []
    windows: list[WindowSpec] = []
    sets: dict[str, int] = {}
    demands = []
    for zone in ZONES:
        of_set = _matters(zone, rng)
        own = [m for group in of_set for m in group]
        demand = _demand(zone, of_set, rng, balanced)
        weights = dict(zip(demand.matters, demand.chance, strict=True))
        matters += [msgspec.structs.replace(m, weight=weights[m.code]) for m in own]
        for kind, count in enumerate([zone.comprehensive, *zone.specialists]):
            served = frozenset(m.code for m in (own if kind == 0 else of_set[kind]))
            for _ in range(count):
                no = f"{len(windows) + 1:02d}"
                sets[no] = kind
                role = WindowKind.SPECIALIST if kind else WindowKind.COMPREHENSIVE
                windows.append(WindowSpec(no, zone.code, role, served))
        demands.append(demand)
    hall = make_hall(matters, windows, CREDITS, RULE, sigma=SIGMA)
    return World(hall=hall, demands=tuple(demands), sets=sets)


def _matters(zone: ZoneSpec, rng: np.random.Generator) -> list[list[MatterSpec]]:
    """The zone's matters by set: those for comprehensive windows only, then each specialist set's."""
    sizes = [round(zone.matters * 0.08 * count) for count in zone.specialists]
    units = [f"{zone.code}-u{k}" for k in range(zone.units)]
    spread = np.sqrt(np.log(1 + 0.45**2))
    found: list[list[MatterSpec]] = []
    number = 0
    for kind, size in enumerate([zone.matters - sum(sizes), *sizes]):
        group = []
        for k in range(size):
            number += 1
            mean = zone.minutes * rng.lognormal(-(spread**2) / 2, spread) * (0.75 if kind else 1.08)
            # Each specialist set is one unit's; the other units share what is left.
            rest = units[len(sizes) :]
            unit = units[kind - 1] if kind else rest[k * len(rest) // size]
            minutes = float(np.clip(mean, 1.5, 40))
            group.append(MatterSpec(f"{zone.code}-{number:03d}", zone.code, kind > 0, minutes, unit))
        found.append(group)
    return found


def _demand(zone: ZoneSpec, of_set: list[list[MatterSpec]], rng: np.random.Generator, balanced: bool) -> Demand:
    """Popularity like Zipf's within each set; the sets' shares of the work as the world has it."""
    share = min(0.46, max(0.33, sum(zone.specialists) / (sum(zone.specialists) + zone.comprehensive)))
    share *= BALANCED if balanced else 1.0
    shares = [1 - share, *(share * count / sum(zone.specialists) for count in zone.specialists)]
    codes: list[str] = []
    weights: list[float] = []
    for part, group in zip(shares, of_set, strict=True):
        popular = 1 / (1 + rng.permutation(len(group)))
        work = float(sum(p * m.minutes for p, m in zip(popular, group, strict=True)))
        codes += [m.code for m in group]
        weights += [float(part * p / work) for p in popular]
    chance = [w / sum(weights) for w in weights]
    minutes = {m.code: m.minutes for group in of_set for m in group}
    chains = tuple(_chain(codes, chance, rng) for _ in range(zone.chains))
    single = sum(c * _occupied(minutes[code]) for c, code in zip(chance, codes, strict=True))
    chained = [sum(_occupied(minutes[code]) for code in chain.matters) for chain in chains]
    a_visit = (1 - zone.chain_share) * single + zone.chain_share * (sum(chained) / len(chained) if chained else 0.0)
    count = zone.comprehensive + sum(zone.specialists)
    return Demand(
        zone=zone.code,
        matters=tuple(codes),
        chance=tuple(chance),
        minutes=minutes,
        chains=chains,
        chain_share=zone.chain_share,
        visits=LOAD * count * OPEN_MINUTES / a_visit,
        errands=LOAD * count * (OPEN_MINUTES + LUNCH) / (OVERHEAD + _mean(chance, codes, minutes)),
    )


def _mean(chance: list[float], codes: list[str], minutes: dict[str, float]) -> float:
    return sum(c * minutes[code] for c, code in zip(chance, codes, strict=True))


def _occupied(minutes: float) -> float:
    """Expected minutes of a window for one errand, a second service after a missing paper included."""
    return minutes + OVERHEAD + RETURNS * ((0.4 + 0.8 - 1) * minutes + OVERHEAD)


def _chain(codes: list[str], chance: list[float], rng: np.random.Generator) -> ChainSpec:
    """Two or three matters of the zone, popular ones more often; a step needs the one before it, or none."""
    steps = int(rng.integers(2, 4))
    matters = tuple(str(code) for code in rng.choice(codes, size=steps, replace=False, p=chance))
    after = tuple((k - 1,) if k and rng.random() < 0.6 else () for k in range(steps))
    return ChainSpec(matters, after)
