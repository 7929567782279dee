"""The hall map: a way to every window of every hall, through free places only, said as one walks it."""

from functools import cache
from pathlib import Path

import msgspec
import pytest

from onewindow.views.hall_map import HallMap
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

HALLS = Path(__file__).resolve().parents[2] / "halls"


@cache
def hall(name: str) -> Hall:
    return load_hall(HALLS / name)


def between(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[int, int]]:
    """The places of a straight stretch, without its first."""
    (r, c), (s, d) = a, b
    assert (r == s) != (c == d), "a stretch is straight"
    down, right = (s > r) - (s < r), (d > c) - (d < c)
    return [(r + down * i, c + right * i) for i in range(1, abs(s - r) + abs(d - c) + 1)]


@pytest.mark.parametrize("name", ["anqiu", "small"])
def test_a_way_leads_to_every_window_through_free_places(name: str) -> None:
    found = HallMap(hall(name))
    taken = {(w.row, w.col) for w in hall(name).windows.values()}
    taken |= {(p.row, p.col) for p in hall(name).points.values()}
    for no, window in hall(name).windows.items():
        way = found.way(no)
        assert way is not None, no
        assert way.corners[0] == found.floors[1].start
        walked = [spot for a, b in zip(way.corners, way.corners[1:], strict=False) for spot in between(a, b)]
        assert walked[-1] == (window.row, window.col)
        assert not set(walked[:-1]) & taken, no


def test_the_way_is_said_as_it_is_walked() -> None:
    found = HallMap(hall("anqiu"))
    way = found.way("44")
    assert way is not None and way.corners == ((12, 12), (12, 18))
    assert way.zh == "进门右转，到 44 号窗口" and way.en == "From the entrance: turn right, to window 44"
    way = found.way("10")
    assert way is not None and way.zh == "进门左转，再右转，到 10 号窗口"


def test_no_way_runs_along_a_zones_name() -> None:
    """It may cross one from below, between two characters; along it neither could be read."""
    found = HallMap(hall("anqiu"))
    names = {
        (int(label.row + d), int(label.col) + c)
        for label in found.floors[1].labels
        for d in (-0.5, 0.5)
        for c in range(-2, 3)
    }
    for no in hall("anqiu").windows:
        way = found.way(no)
        assert way is not None
        for a, b in zip(way.corners, way.corners[1:], strict=False):
            assert a[1] == b[1] or not set(between(a, b)) & names, no


def test_of_several_windows_the_nearest_one_is_shown() -> None:
    way = HallMap(hall("anqiu")).nearest(["40", "44", "41"])
    assert way is not None and way.window == "44"
    assert HallMap(hall("anqiu")).nearest([]) is None


def test_names_of_zones_cover_nothing() -> None:
    floor = HallMap(hall("anqiu")).floors[1]
    taken = {(w.row, w.col) for w in floor.windows} | {(p.row, p.col) for p in floor.points}
    covered: list[tuple[int, int]] = []
    for label in floor.labels:
        covered += [(int(label.row + d), int(label.col) + c) for d in (-0.5, 0.5) for c in range(-2, 3)]
    assert len(floor.labels) == 4 and len(set(covered)) == len(covered) == 40
    assert not set(covered) & taken


def test_another_floor_is_entered_by_its_stairs() -> None:
    base = hall("anqiu")
    up = msgspec.structs.replace(base.windows["37"], floor=2)
    two = msgspec.structs.replace(
        base,
        windows=base.windows | {"37": up},
        settings=msgspec.structs.replace(base.settings, stairs=(12, 3)),
    )
    way = HallMap(two).way("37")
    assert way is not None and way.floor == 2 and way.corners[0] == (12, 3)
    assert way.zh.startswith("上 2 楼，") and way.en.startswith("On floor 2")


def test_a_window_that_nobody_can_reach_has_no_way() -> None:
    base = hall("small")
    row, col = base.settings.entrance or HallMap(base).floors[1].start
    wall = {
        f"9{i}": msgspec.structs.replace(base.windows["3"], no=f"9{i}", row=row + down, col=col + right)
        for i, (down, right) in enumerate([(-1, 0), (0, 1), (0, -1)])
    }
    shut = msgspec.structs.replace(base, windows=base.windows | wall)
    assert HallMap(shut).floors[1].start == (row, col)
    assert HallMap(shut).way("1") is None
