"""The plan of the hall (平面图): where windows and points stand, and where a zone's figures find room. Pure."""

from typing import Final

import msgspec

from onewindow.zones.model import Hall, Point, Window

CARD_ROWS: Final = 3
CARD_COLS: Final = 5


class Place(msgspec.Struct, frozen=True):
    """A rectangle of the plan's grid; rows and columns from 1."""

    row: int
    col: int
    rows: int = 1
    cols: int = 1

    def cells(self) -> set[tuple[int, int]]:
        """The cells that it covers."""
        return {(self.row + r, self.col + c) for r in range(self.rows) for c in range(self.cols)}


class Plan(msgspec.Struct, frozen=True):
    """The grid's size, and where what stands: windows and points by the hall's files, zones' cards where they fit."""

    rows: int
    cols: int
    windows: dict[str, Place]
    points: dict[str, Place]
    zones: dict[str, Place]
    """Zones for whose card there is no room are left out."""


def plan_of(hall: Hall) -> Plan:
    """The plan of a hall. A zone's card lies as near to its windows as it can without covering anything."""
    down = _floors_down(hall)
    windows = {no: Place(w.row + down[w.floor], w.col) for no, w in hall.windows.items()}
    points = {code: Place(p.row + down[p.floor], p.col) for code, p in hall.points.items()}
    standing = [*windows.values(), *points.values()]
    rows = max((p.row for p in standing), default=1)
    cols = max((p.col for p in standing), default=1)
    taken: set[tuple[int, int]] = set().union(*(p.cells() for p in standing))
    zones: dict[str, Place] = {}
    for code, zone in hall.zones.items():
        own = [windows[no] for no in zone.windows]
        found = _nearest(own, taken, rows, cols) if own else None
        if found is not None:
            zones[code] = found
            taken |= found.cells()
    return Plan(rows, cols, windows, points, zones)


def _floors_down(hall: Hall) -> dict[int, int]:
    """By how many rows each floor stands lower on the plan: one under the other, a row between."""
    standing: list[Window | Point] = [*hall.windows.values(), *hall.points.values()]
    down, row = {}, 0
    for floor in sorted({p.floor for p in standing}):
        down[floor] = row
        row += max(p.row for p in standing if p.floor == floor) + 1
    return down


def _nearest(own: list[Place], taken: set[tuple[int, int]], rows: int, cols: int) -> Place | None:
    """The free rectangle whose middle is nearest to the middle of `own`; the first of equals."""
    row = sum(p.row for p in own) / len(own)
    col = sum(p.col for p in own) / len(own)
    best: tuple[float, Place] | None = None
    for r in range(1, rows - CARD_ROWS + 2):
        for c in range(1, cols - CARD_COLS + 2):
            away = (r + (CARD_ROWS - 1) / 2 - row) ** 2 + (c + (CARD_COLS - 1) / 2 - col) ** 2
            place = Place(r, c, CARD_ROWS, CARD_COLS)
            if (best is None or away < best[0]) and not place.cells() & taken:
                best = away, place
    return best[1] if best is not None else None
