"""Arrangements (窗口设置): what the windows of a hall take, as a change of the hall's data, never of the core.

`one_plus_x` is the hall as its files say (1+X). The others are made from it, with the same windows and people:
`dedicated` (分设) is the old way, a window for a unit; `pooled` (通办) lets every window do all of its zone, a bound
rather than a plan; `cross_trained` (一专多能) lets each specialist window also take a share of what only
comprehensive windows take; `chained` (邻窗互助) lets each specialist window also help its neighbour. Agents' and
issuing windows stay as they are.

Source of the first four: the routing study, sections 1 and 2 (rows a, c, help, LB pooled).
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from onewindow.queue.capability import matter_minutes
from onewindow.zones.model import Group, Hall, Window, WindowKind

SERVING: Final = (WindowKind.COMPREHENSIVE, WindowKind.SPECIALIST)


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """A hall as it is arranged, and where work goes slower than at the window that does it every day."""

    name: str
    hall: Hall
    slow: Mapping[str, frozenset[str]]
    """Window -> matters that are done less often there."""


def one_plus_x(hall: Hall) -> Arrangement:
    """The hall as its files say: comprehensive windows are slower at what a specialist window does all day."""
    slow = {}
    for zone in hall.zones:
        special = frozenset[str]().union(*(w.matters for w in _of(hall, zone, WindowKind.SPECIALIST)))
        for window in _of(hall, zone, WindowKind.COMPREHENSIVE):
            slow[window.no] = window.matters & special
    return Arrangement(name="one_plus_x", hall=hall, slow=slow)


def dedicated(hall: Hall) -> Arrangement:
    """As before the reform: in each zone that comprehensive windows lead, every unit keeps to windows of its own.

    The units with the most work get the windows, in proportion to their work; those that are left share one. How many
    get their own is chosen so that the busiest window has the least to do: the old way at its best. Zones whose
    windows are those of their units already stay as they are.
    """
    windows = dict(hall.windows)
    for zone in hall.zones.values():
        if zone.led_by != WindowKind.COMPREHENSIVE:
            continue
        own = [w for w in hall.windows.values() if w.zone == zone.code and w.kind in SERVING]
        for window, matters in zip(own, _split(hall, zone.code, len(own)), strict=True):
            windows[window.no] = msgspec.structs.replace(window, kind=WindowKind.SPECIALIST, matters=matters)
    return Arrangement(name="dedicated", hall=_with(hall, windows), slow={})


def pooled(hall: Hall) -> Arrangement:
    """Every comprehensive and specialist window does all of its zone, and nobody is slower at anything."""
    windows = dict(hall.windows)
    for zone in hall.zones:
        own = [w for w in hall.windows.values() if w.zone == zone and w.kind in SERVING]
        every = frozenset[str]().union(*(w.matters for w in own))
        for window in own:
            windows[window.no] = msgspec.structs.replace(window, kind=WindowKind.COMPREHENSIVE, matters=every)
    return Arrangement(name="pooled", hall=_with(hall, windows), slow={})


def cross_trained(hall: Hall, shares: int = 3) -> Arrangement:
    """Each specialist window also takes every `shares`-th matter that only comprehensive windows take.

    Specialist windows with the same matters learn the same ones, the next set of windows the next ones. They are as
    slow at them as comprehensive windows are at specialists' matters.
    """
    start = one_plus_x(hall)
    windows, slow = dict(hall.windows), dict(start.slow)
    for zone in hall.zones:
        specialists = _of(hall, zone, WindowKind.SPECIALIST)
        special = frozenset[str]().union(*(w.matters for w in specialists))
        every = frozenset[str]().union(*(w.matters for w in _of(hall, zone, WindowKind.COMPREHENSIVE)))
        only = [code for code in hall.matters if code in every - special]
        sets = list(dict.fromkeys(w.matters for w in specialists))
        for window in specialists:
            learnt = frozenset(only[sets.index(window.matters) % shares :: shares])
            windows[window.no] = msgspec.structs.replace(window, matters=window.matters | learnt)
            slow[window.no] = learnt
    return Arrangement(name="cross_trained", hall=_with(hall, windows), slow=slow)


def chained(hall: Hall) -> Arrangement:
    """In each zone, specialist windows also take what the next window's unit takes, round the circle.

    Two skills a window, linked into one chain, give most of what pooling gives (Jordan and Graves, Management Science
    41(4), 1995; Wallace and Whitt 2004). "Next" is the order of the files, which is that of the floor.
    """
    start = one_plus_x(hall)
    windows, slow = dict(hall.windows), dict(start.slow)
    for zone in hall.zones:
        specialists = _of(hall, zone, WindowKind.SPECIALIST)
        sets = list(dict.fromkeys(w.matters for w in specialists))
        for window in specialists:
            learnt = sets[(sets.index(window.matters) + 1) % len(sets)] - window.matters
            windows[window.no] = msgspec.structs.replace(window, matters=window.matters | learnt)
            slow[window.no] = learnt
    return Arrangement(name="chained", hall=_with(hall, windows), slow=slow)


ARRANGEMENTS: Final[Mapping[str, Callable[[Hall], Arrangement]]] = {
    "dedicated": dedicated,
    "one_plus_x": one_plus_x,
    "pooled": pooled,
    "cross_trained": cross_trained,
    "chained": chained,
}


def _of(hall: Hall, zone: str, kind: WindowKind) -> list[Window]:
    return [w for w in hall.windows.values() if w.zone == zone and w.kind is kind]


def _with(hall: Hall, windows: dict[str, Window]) -> Hall:
    """The hall with these windows; a group without a matter goes where any of its matters is done."""

    def served(group: Group) -> tuple[str, ...]:
        matters = frozenset(group.matters)
        return tuple(no for no, w in windows.items() if w.zone == group.zone and w.matters & matters)

    groups = {k: msgspec.structs.replace(g, windows=served(g)) for k, g in hall.groups.items()}
    return msgspec.structs.replace(hall, windows=windows, groups=groups)


def _split(hall: Hall, zone: str, count: int) -> list[frozenset[str]]:
    """What each of `count` windows takes when the zone's units keep to themselves."""
    load: dict[str, float] = {}
    matters: dict[str, set[str]] = {}
    for matter in hall.matters.values():
        if matter.zone == zone:
            weight = hall.profile.matter_weights.get(matter.code, matter.daily_visits)
            load[matter.department] = load.get(matter.department, 0.0) + weight * matter_minutes(hall, matter)
            matters.setdefault(matter.department, set()).add(matter.code)
    units = sorted(load, key=lambda unit: (-load[unit], unit))
    best: tuple[float, int, list[tuple[list[str], int]]] | None = None
    for alone in range(1, len(units) + 1):
        parts: list[tuple[list[str], int]] = [([unit], 1) for unit in units[:alone]]
        if alone < len(units):
            parts.append((units[alone:], 1))
        if len(parts) > count:
            break
        for _ in range(count - len(parts)):
            # The shared window stays one: the rest goes to those who have their own.
            busiest = max(range(alone), key=lambda i: sum(load[u] for u in parts[i][0]) / parts[i][1])
            parts[busiest] = (parts[busiest][0], parts[busiest][1] + 1)
        worst = max(sum(load[u] for u in names) / share for names, share in parts)
        if best is None or (worst, -alone) < best[:2]:
            best = (worst, -alone, parts)
    assert best is not None
    return [frozenset(c for u in names for c in matters[u]) for names, share in best[2] for _ in range(share)]
