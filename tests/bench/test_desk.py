"""The recorded Monday in short: a scripted guide at the real page, and a journal that holds what was asked."""

from pathlib import Path

import pytest

from bench.desk import at, record, section
from bench.guide_page import NotDone, Pace, paired
from bench.monday import Act, Monday, slips_of
from bench.open_hall import SAMPLE
from loadtest import sections
from onewindow.zones.load import load_hall

FAST = Pace(key=(0.0, 0.0), person=(0.0, 0.05))


@pytest.mark.browser
def test_twenty_people_every_fifth_corrected_and_the_journal_holds_what_was_asked(tmp_path: Path) -> None:
    found = record(tmp_path, 20, FAST)
    assert found.slips == 20
    assert (found.acts["move"], found.acts["void"], found.acts["issue"]) == (2, 2, 22)
    assert 22 <= found.printed <= 24, "all but what was void before its turn at the printer"
    assert 0 < found.p50 <= found.p99 <= found.most
    text = section(found, FAST)
    assert "| the acknowledged number | 22 |" in text and "nan" not in text


def test_monday_s_worst_half_hour_is_that_of_the_profile() -> None:
    hall = load_hall(SAMPLE)
    assert slips_of(hall) == 244
    acts = list(Monday(hall, 1).acts(244))
    assert sum(act.person for act in acts) == 244
    kinds = [act.kind for act in acts]
    assert kinds.count("move") + kinds.count("void") == 244 // 5
    assert kinds.count("void") == kinds.count("move")
    asked = [act for act in acts if act.kind == "issue"]
    assert 60 <= sum(act.matter is not None for act in asked) <= 120, "the twenty most frequent are about a third"
    assert {act.purpose for act in asked} == {"handle", "collect"}
    assert acts == list(Monday(hall, 1).acts(244))


def told(*shown: tuple[str, str, float], presses: tuple[float, ...]) -> dict[str, object]:
    return {"presses": list(presses), "shown": [{"number": n, "note": t, "at": at_} for n, t, at_ in shown]}


def test_presses_and_answers_are_paired_in_order() -> None:
    one = Act(kind="issue", keys=("q", "Enter"), group="Q")
    void = Act(kind="void", keys=("Control+z",))
    done = paired(
        [one, void, one],
        told(
            ("Q001", "", 130.0),
            ("", "Q001 已作废，请收回小票", 250.0),
            ("", "", 251.0),
            ("Q002", "", 460.0),
            presses=(50.0, 100.0, 200.0, 300.0, 400.0),
        ),
    )
    assert [(d.number, d.milliseconds, d.waited) for d in done] == [
        ("Q001", 30.0, False),
        ("", 50.0, False),
        ("Q002", 60.0, False),
    ]
    late = paired([one, one], told(("Q001", "", 300.0), ("Q002", "", 301.0), presses=(1.0, 2.0, 3.0, 4.0)))
    assert late[0].waited
    for wrong in (
        told(("Q001", "", 1.0), presses=(1.0,)),
        told(("", "「q」没有办成", 1.0), presses=(1.0, 2.0)),
        told(presses=(1.0, 2.0)),
    ):
        with pytest.raises(NotDone):
            paired([one], wrong)


def test_a_share_of_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (at(values, 0.5), at(values, 0.99), at([7.0], 0.99)) == (50.0, 99.0, 7.0)


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "performance.md"
    sections.put(page, "one", "## One\n\nold")
    sections.put(page, "two", "## Two")
    sections.put(page, "one", "## One\n\nnew")
    text = page.read_text(encoding="utf-8")
    assert text.index("new") < text.index("## Two") and "old" not in text
    assert sections.kept(page).count("<!-- begin") == 2
    page.write_text("# Performance\n" + sections.kept(page), encoding="utf-8")
    assert sections.kept(page).count("<!-- begin") == 2
