"""The hall map (大厅平面图): where everything stands, and the way from the entrance to a window. Pure.

Rows count from the far wall, columns from the left, as in `windows.csv`; the way goes through free places only, the
shortest one, and of equals the one with the fewest turns; around the zones' names where that costs little.
"""

import heapq
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import msgspec

from onewindow.zones.model import Hall, Point, Window

Spot = tuple[int, int]
"""A place of the grid: row and column, from 1."""
UP, RIGHT, DOWN, LEFT = (-1, 0), (0, 1), (1, 0), (0, -1)
STEPS: Final = (UP, RIGHT, DOWN, LEFT)
"""Clockwise, so that two neighbours in the list are a turn apart."""
TURN_COST: Final = 4
"""A turn counts as so many places: a way with fewer turns is easier to tell and to follow."""
NAME_COST: Final = 1
"""A place that bears a zone's name counts as one more: a line through it can hardly be read, nor can the name."""
LABEL_COLS: Final = 5
TURNS_ZH: Final = ("直走", "右转", "往回走", "左转")
TURNS_EN: Final = ("straight on", "right", "back", "left")


class Label(msgspec.Struct, frozen=True):
    """A zone's name and the middle of its free room."""

    code: str
    row: float
    col: float


class Floor(msgspec.Struct, frozen=True):
    """One floor (楼层): its size, what stands there, and where people come in."""

    no: int
    rows: int
    cols: int
    windows: tuple[Window, ...]
    points: tuple[Point, ...]
    start: Spot
    labels: tuple[Label, ...]


class Way(msgspec.Struct, frozen=True):
    """The way to a window (去窗口的路): the floor, its corners from the entrance on, and in words."""

    window: str
    floor: int
    corners: tuple[Spot, ...]
    """At least the start and the window itself."""
    zh: str
    en: str


class HallMap:
    """The map of one hall; made once, ways are found when they are first asked for."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.floors = {no: _floor(hall, no) for no in sorted({w.floor for w in hall.windows.values()} | {1})}
        self._ways: dict[str, Way | None] = {}

    def way(self, window: str) -> Way | None:
        """The way to a window; None when everything is in the way. Raises KeyError for no such window."""
        if window not in self._ways:
            self._ways[window] = self._find(self._hall.windows[window])
        return self._ways[window]

    def nearest(self, windows: list[str]) -> Way | None:
        """Of several windows the shortest way, the first of equals."""
        ways = [way for no in windows if (way := self.way(no)) is not None]
        return min(ways, key=lambda way: (way.floor, _length(way.corners)), default=None)

    def _find(self, window: Window) -> Way | None:
        floor = self.floors[window.floor]
        path = _path(floor, (window.row, window.col))
        if path is None:
            return None
        corners = tuple(spot for i, spot in enumerate(path) if not _straight(path, i))
        zh, en = _words(floor, corners, window.no)
        return Way(window.no, floor.no, corners, zh, en)


def _floor(hall: Hall, no: int) -> Floor:
    windows = tuple(w for w in hall.windows.values() if w.floor == no)
    points = tuple(p for p in hall.points.values() if p.floor == no)
    door = hall.settings.entrance if no == 1 else hall.settings.stairs or hall.settings.entrance
    standing = _spots(windows, points)
    rows = max([row for row, _ in standing] + ([door[0]] if door else []), default=1)
    cols = max([col for _, col in standing] + ([door[1]] if door else []), default=1)
    start = door or _free_near((rows, (cols + 1) // 2), set(standing), cols)
    # A hall whose windows fill the last row is entered from the row below it.
    rows = max(rows, start[0])
    labels = tuple(_labels(windows, {*standing, start}, rows, cols))
    return Floor(no, rows, cols, windows, points, start, labels)


def _spots(windows: tuple[Window, ...], points: tuple[Point, ...]) -> list[Spot]:
    return [(w.row, w.col) for w in windows] + [(p.row, p.col) for p in points]


def _free_near(spot: Spot, taken: set[Spot], cols: int) -> Spot:
    """The free place of this row that is nearest to `spot`, or the one below it."""
    row, col = spot
    found = sorted((abs(c - col), c) for c in range(1, cols + 1) if (row, c) not in taken)
    return (row, found[0][1]) if found else (row + 1, col)


def _labels(windows: tuple[Window, ...], taken: set[Spot], rows: int, cols: int) -> Iterator[Label]:
    """Each zone's name in the free room nearest to the middle of its windows; left out where there is none.

    Before windows people walk: where it can, a name leaves that place free, so that no way runs along it.
    """
    taken = set(taken)
    before = {(w.row + down, w.col + right) for w in windows for down, right in STEPS}
    for code in dict.fromkeys(w.zone for w in windows):
        own = [w for w in windows if w.zone == code]
        row, col = sum(w.row for w in own) / len(own), sum(w.col for w in own) / len(own)
        rooms = (
            (bool(_room(r, c) & before), (r + 0.5 - row) ** 2 + (c + (LABEL_COLS - 1) / 2 - col) ** 2, r, c)
            for r in range(1, rows)
            for c in range(1, cols - LABEL_COLS + 2)
            if not _room(r, c) & taken
        )
        if (best := min(rooms, default=None)) is not None:
            _, _, r, c = best
            taken |= _room(r, c)
            yield Label(code, r + 0.5, c + (LABEL_COLS - 1) / 2)


def _room(row: int, col: int) -> set[Spot]:
    """The places that a zone's name covers: two rows of them."""
    return {(row + down, col + right) for down in (0, 1) for right in range(LABEL_COLS)}


def _path(floor: Floor, target: Spot) -> list[Spot] | None:
    """Dijkstra over (place, direction), with a price on turns and names; None when everything is in the way."""
    taken = set(_spots(floor.windows, floor.points)) - {target}
    names = {spot for label in floor.labels for spot in _room(int(label.row), int(label.col) - LABEL_COLS // 2)}
    heading = STEPS.index(_inwards(floor))
    queue: list[tuple[int, Spot, int, tuple[Spot, ...]]] = [(0, floor.start, heading, (floor.start,))]
    seen: set[tuple[Spot, int]] = set()
    while queue:
        cost, spot, facing, path = heapq.heappop(queue)
        if spot == target:
            return list(path)
        if (spot, facing) in seen:
            continue
        seen.add((spot, facing))
        for direction, (down, right) in enumerate(STEPS):
            after = (spot[0] + down, spot[1] + right)
            inside = 1 <= after[0] <= floor.rows and 1 <= after[1] <= floor.cols
            if inside and after not in taken:
                price = 1 + TURN_COST * (direction != facing) + NAME_COST * (after in names)
                heapq.heappush(queue, (cost + price, after, direction, (*path, after)))
    return None


def _inwards(floor: Floor) -> Spot:
    """The direction in which one comes in: away from the wall that is nearest to the start."""
    row, col = floor.start
    walls = ((floor.rows - row, UP), (col - 1, RIGHT), (floor.cols - col, LEFT), (row - 1, DOWN))
    return min(walls, key=lambda wall: wall[0])[1]


def _straight(path: list[Spot], i: int) -> bool:
    """Whether the path only goes on at its place i."""
    if i in (0, len(path) - 1):
        return False
    (a, b), (c, d), (e, f) = path[i - 1 : i + 2]
    return (c - a, d - b) == (e - c, f - d)


def _length(corners: tuple[Spot, ...]) -> int:
    return sum(abs(a - c) + abs(b - d) for (a, b), (c, d) in pairwise(corners))


def _words(floor: Floor, corners: tuple[Spot, ...], window: str) -> tuple[str, str]:
    """The way in words, as somebody who comes in would be told."""
    facing = STEPS.index(_inwards(floor))
    zh, en = [], []
    for (a, b), (c, d) in pairwise(corners):
        direction = STEPS.index(((c > a) - (c < a), (d > b) - (d < b)))
        turn = (direction - facing) % 4
        zh.append(TURNS_ZH[turn])
        en.append(TURNS_EN[turn] if turn in (0, 2) else f"turn {TURNS_EN[turn]}")
        facing = direction
    where_zh, where_en = (
        ("进门", "From the entrance") if floor.no == 1 else (f"上 {floor.no} 楼，", f"On floor {floor.no}")
    )
    return (
        f"{where_zh}{'，再'.join(zh)}，到 {window} 号窗口",
        f"{where_en}: {', then '.join(en)}, to window {window}",
    )
