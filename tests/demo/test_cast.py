"""Which windows of the demonstration are staffed."""

import random

import pytest

from onewindow.demo.cast import cast_of, clerk_name, staffed_windows
from onewindow.zones.load import load_hall
from onewindow.zones.model import WindowKind
from tests.server import ANQIU, ROOT


@pytest.mark.parametrize("seed", range(8))
def test_about_four_fifths_open_and_nobody_is_left_without_a_window(seed: int) -> None:
    hall = load_hall(ANQIU)
    staffed = staffed_windows(hall, random.Random(seed))
    assert len(staffed) == 35
    assert all(hall.windows[no].kind is not WindowKind.AGENT for no in staffed)
    for matter in hall.profile.matter_weights:
        assert any(matter in hall.windows[no].matters for no in staffed), matter
    for zone in hall.profile.collect_by_zone:
        assert any(zone in hall.windows[no].serves for no in staffed), zone
    for group in hall.groups.values():
        assert set(group.windows) & set(staffed), group.letter


def test_a_small_hall_keeps_what_it_needs() -> None:
    hall = load_hall(ROOT / "halls" / "small")
    assert set(staffed_windows(hall, random.Random(1))) >= {"1", "3"}


def test_each_window_has_its_own_token() -> None:
    cast = cast_of(("07", "08"), lambda role, window: f"{role}-{window}")
    assert cast.clerks == {"07": "clerk-07", "08": "clerk-08"}
    assert (cast.guide, cast.kiosk, cast.supervisor) == ("guide-None", "kiosk-None", "supervisor-None")


def test_clerks_have_names_that_fit_a_window_of_the_map() -> None:
    names = {no: clerk_name(no) for no in load_hall(ANQIU).windows}
    assert all(len(name) == 2 for name in names.values())
    assert len(set(names.values())) == len(names), "who is meant is plain"
