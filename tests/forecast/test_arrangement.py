"""Arrangements: the same windows and matters, taken differently."""

from pathlib import Path

import pytest

from onewindow.forecast.arrangement import ARRANGEMENTS, SERVING
from onewindow.zones.load import load_hall
from onewindow.zones.model import WindowKind

HALL = load_hall(Path(__file__).parents[2] / "halls" / "anqiu")


@pytest.mark.parametrize("name", list(ARRANGEMENTS))
def test_every_matter_has_a_window_and_every_window_keeps_its_place(name: str) -> None:
    made = ARRANGEMENTS[name](HALL)
    assert made.name == name and list(made.hall.windows) == list(HALL.windows)
    served = {m for w in made.hall.windows.values() if w.kind in SERVING for m in w.matters}
    assert served == set(HALL.matters)
    for no, window in made.hall.windows.items():
        before = HALL.windows[no]
        assert window.zone == before.zone
        assert (window == before) or before.kind in SERVING
        assert made.slow.get(no, frozenset()) <= window.matters
    assert all(group.windows for group in made.hall.groups.values())


def test_dedicated_windows_know_no_other_unit_and_only_one_is_shared() -> None:
    made = ARRANGEMENTS["dedicated"](HALL).hall
    for zone in ("investment", "real_estate"):
        takes = [w.matters for w in made.windows.values() if w.zone == zone and w.kind in SERVING]
        units = [{made.matters[m].department for m in matters} for matters in takes]
        assert sum(len(names) > 1 for names in units) <= 1
        for first in takes:
            assert all(first == other or not first & other for other in takes)
    assert made.windows["32"] == HALL.windows["32"]


def test_one_plus_x_is_the_hall_itself_with_slower_comprehensive_windows() -> None:
    made = ARRANGEMENTS["one_plus_x"](HALL)
    assert made.hall is HALL
    assert made.slow["07"] == HALL.windows["13"].matters | HALL.windows["14"].matters | HALL.windows["15"].matters


def test_pooled_windows_do_all_of_their_zone() -> None:
    made = ARRANGEMENTS["pooled"](HALL).hall
    every = {m.code for m in HALL.matters.values() if m.zone == "real_estate"}
    assert {frozenset(every)} == {made.windows[no].matters for no in ("07", "12", "13", "15")}


def test_cross_training_shares_out_what_only_comprehensive_windows_took() -> None:
    made = ARRANGEMENTS["cross_trained"](HALL)
    learnt = [made.hall.windows[no].matters - HALL.windows[no].matters for no in ("13", "14", "15")]
    special = {m for no in ("13", "14", "15") for m in HALL.windows[no].matters}
    only = HALL.windows["07"].matters - special
    assert set().union(*learnt) == only and sum(map(len, learnt)) == len(only)
    assert [made.slow[no] for no in ("13", "14", "15")] == learnt
    assert made.hall.windows["07"].kind is WindowKind.COMPREHENSIVE


def test_in_a_chain_each_window_helps_the_next_and_nobody_stands_alone() -> None:
    made = ARRANGEMENTS["chained"](HALL)
    before, after = HALL.windows, made.hall.windows
    assert after["20"].matters == before["20"].matters | before["21"].matters
    assert made.slow["20"] == before["21"].matters
    assert after["26"].matters == before["26"].matters | before["17"].matters
    assert after["17"].matters == after["18"].matters == before["17"].matters | before["20"].matters
    assert after["05"].matters == before["05"].matters and not made.slow["05"]
