"""Areas (片区): which windows must be looked at together, because they share a matter set or a zone.

Zones usually share no windows; where they do (one issuing window for two zones), their windows form one area, since
the rule at one of them depends on the others. Found from what the windows take now, so a change of matters may join
or part areas.
"""

from collections.abc import Iterator
from typing import NamedTuple

from onewindow.queue.capability import COLLECT, capable_windows, expected_minutes
from onewindow.queue.state import HallDay
from onewindow.zones.model import Hall


class Aim(NamedTuple):
    """What somebody may come for (要办的事)."""

    zone: str
    group: str
    matter: str | None
    purpose: str


class Area(NamedTuple):
    """Windows that belong together, in the order of the hall's files, and what they serve."""

    name: str
    """The zones of its windows, joined by `+`."""
    zones: tuple[str, ...]
    windows: tuple[str, ...]
    aims: dict[Aim, frozenset[str]]
    """Each aim with its matter set."""
    minutes: dict[Aim, float]
    """Expected minutes by the hall's files: what the rule counts as work."""


class Areas(NamedTuple):
    """All areas of a hall."""

    all: tuple[Area, ...]
    of_window: dict[str, int]
    """Window -> place of its area."""
    of_aim: dict[Aim, int]


Arrangement = tuple[tuple[str, bool, frozenset[str]], ...]


def arrangement(state: HallDay) -> Arrangement:
    """What areas depend on: which windows are public and what they take."""
    return tuple((w.no, w.public, w.matters) for w in state.windows.values())


def aims_of(hall: Hall) -> Iterator[Aim]:
    """Everything that a ticket of this hall can be for."""
    purposes = [p.code for p in hall.settings.purposes]
    for group in hall.groups.values():
        for purpose in purposes:
            yield Aim(group.zone, group.letter, None, purpose)
            if purpose != COLLECT:
                for code in group.matters:
                    yield Aim(group.zone, group.letter, code, purpose)
    for matter in hall.matters.values():
        if COLLECT in purposes:
            yield Aim(matter.zone, matter.group, matter.code, COLLECT)


def areas_of(state: HallDay) -> Areas:
    """The areas as the windows are arranged now; some milliseconds of work, so keep it while they stay so."""
    hall = state.hall
    found_before: dict[tuple[str | None, ...], frozenset[str]] = {}
    sets: dict[Aim, frozenset[str]] = {}
    for aim in aims_of(hall):
        asked = (COLLECT, aim.zone) if aim.purpose == COLLECT else (aim.matter, aim.group)
        if asked not in found_before:
            found_before[asked] = capable_windows(state, *aim)
        sets[aim] = found_before[asked]
    joined = _Joined(list(state.windows))
    for zone in hall.zones.values():
        joined.join(list(zone.windows))
    for windows in sets.values():
        joined.join(sorted(windows))
    found: list[Area] = []
    of_window: dict[str, int] = {}
    for members in joined.groups():
        for no in members:
            of_window[no] = len(found)
        zones = tuple(code for code in hall.zones if any(hall.windows[no].zone == code for no in members))
        found.append(Area("+".join(zones), zones, tuple(members), {}, {}))
    of_aim: dict[Aim, int] = {}
    for aim, windows in sets.items():
        if windows:
            place = of_aim[aim] = of_window[min(windows)]
            found[place].aims[aim] = windows
            found[place].minutes[aim] = expected_minutes(hall, aim.group, aim.matter, aim.purpose)
    return Areas(tuple(found), of_window, of_aim)


class _Joined:
    """Windows joined into groups (union-find)."""

    def __init__(self, windows: list[str]) -> None:
        self._parent = {no: no for no in windows}

    def _root(self, no: str) -> str:
        while self._parent[no] != no:
            self._parent[no] = self._parent[self._parent[no]]
            no = self._parent[no]
        return no

    def join(self, windows: list[str]) -> None:
        for other in windows[1:]:
            self._parent[self._root(other)] = self._root(windows[0])

    def groups(self) -> list[list[str]]:
        """In the order of the first member."""
        found: dict[str, list[str]] = {}
        for no in self._parent:
            found.setdefault(self._root(no), []).append(no)
        return list(found.values())
