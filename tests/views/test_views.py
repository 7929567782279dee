"""What people are shown, and what they are not."""

import json

from onewindow.queue import commands as cmd
from onewindow.views.clock import hhmm, rfc3339
from onewindow.views.floor import current_calls, group_view, public_window, staff_window, waiting_in_line, zone_view
from onewindow.views.ticket import holder_ticket, public_ticket, staff_ticket
from tests.core_hall import T0
from tests.queue.story import Story

PRIVATE = ("elderly", "老年", "applicant", "matter", "事项", "visit", "papers")


def test_times_are_the_halls() -> None:
    day = Story()
    assert hhmm(day.hall, T0) == "08:30"
    assert rfc3339(day.hall, T0 + 120) == "2026-11-24T08:30:00.120+08:00"


def test_public_views_say_priority_and_no_more() -> None:
    day = Story()
    ticket = day.issue("N-1", applicant="elderly")
    day.open("01")
    day.call("01")
    for view in (public_ticket(day.state, ticket), public_window(day.state, "01"), *current_calls(day.state)):
        said = json.dumps(view, ensure_ascii=False)
        assert not [word for word in PRIVATE if word in said], said
    assert public_ticket(day.state, ticket)["priority"] is True


def test_an_unconfirmed_claim_shows_no_priority() -> None:
    day = Story()
    ticket = day.issue("N-1", applicant="elderly", confirmed=False, channel="kiosk")
    assert public_ticket(day.state, ticket)["priority"] is False
    assert staff_ticket(day.state, ticket)["confirmed"] is False


def test_the_holder_sees_place_wait_papers_and_windows() -> None:
    day = Story()
    day.issue("N-1")
    ticket = day.issue("N-1")
    view = holder_ticket(day.state, ticket)
    assert (view["ahead"], view["windows"], view["open"], view["wait"]) == (1, ["01", "02"], False, None)
    day.open("02")
    view = holder_ticket(day.state, ticket)
    assert (view["windows"], view["open"]) == (["02"], True)
    assert view["wait"]["low"] <= view["wait"]["expected"] <= view["wait"]["high"]
    assert view["papers"] == ["申请表", "身份证"] and "applicant" not in view
    json.dumps(view)


def test_the_reason_stands_with_the_call() -> None:
    day = Story()
    day.issue("N-1")
    ticket = day.issue("N-1", after=5, applicant="elderly")
    day.open("01")
    day.call("01")
    view = holder_ticket(day.state, ticket)
    assert view["why"] == "08:35 取号，优先，按早到 30 分钟计，因此先于 A001（08:30 取号）。"
    assert "before A001 (08:30)" in view["why_en"]


def test_the_clerks_own_words_are_for_staff() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.do(cmd.CallTicket(window="01", ticket=ticket.id, reason="坐轮椅 wheelchair"))
    said = json.dumps(holder_ticket(day.state, ticket), ensure_ascii=False)
    assert "指定叫号，已记录" in said and "轮椅" not in said and "wheelchair" not in said
    staff = staff_ticket(day.state, ticket)
    assert "轮椅" in staff["why"] and "wheelchair" in staff["why_en"]


def test_the_clerk_sees_the_line_in_the_rules_static_order() -> None:
    day = Story()
    first = day.issue("N-1")
    elderly = day.issue("N-2", after=10, applicant="elderly")
    last = day.issue("N-1", after=1)
    day.open("01")
    assert list(waiting_in_line(day.state, "01")) == [elderly, first, last]
    view = staff_window(day.state, "01", most=2)
    assert view["waiting_count"] == 3
    assert [t["number"] for t in view["waiting"]] == [elderly.number, first.number]


def test_a_paused_window_says_why() -> None:
    day = Story()
    day.open("01")
    day.do(cmd.PauseWindow(window="01", reason="lunch"))
    view = public_window(day.state, "01")
    assert (view["phase"], view["reason_zh"], view["reason_en"]) == ("paused", "午餐", "Lunch")


def test_zones_and_groups_count_those_who_wait() -> None:
    day = Story()
    day.open("01")
    for matter in ("N-1", "N-2", "N-2", "S-1"):
        day.issue(matter)
    north, south = zone_view(day.state, "north"), zone_view(day.state, "south")
    assert (north["waiting"], north["open"], south["waiting"], south["wait"]) == (3, 1, 1, None)
    assert north["wait"]["low"] <= north["wait"]["high"]
    group = group_view(day.state, "B")
    assert (group["waiting"], group["open"], group["windows"]) == (2, 1, ["01", "02", "03"])
    assert group["ahead"] == 3
