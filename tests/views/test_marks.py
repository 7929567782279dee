"""The public mark: priority, an appointment, or nothing; the same on the board, at the window and on the phone."""

from typing import Any

import pytest

from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.displays.pages import call_context
from onewindow.queue import commands as cmd
from onewindow.views.marks import mark_of
from tests.core_hall import MINUTE
from tests.queue.story import Story


@pytest.mark.parametrize(
    ("applicant", "more", "mark"),
    [
        ("standard", {}, ""),
        ("elderly", {}, "priority"),
        ("elderly", {"confirmed": False, "channel": "kiosk"}, ""),
        ("appointment", {}, "booked"),
        ("standard", {"slot": 5}, "booked"),
        ("elderly", {"slot": 5}, "priority"),
    ],
)
def test_a_mark_says_priority_or_booked(applicant: str, more: dict[str, Any], mark: str) -> None:
    day = Story()
    if "slot" in more:
        more = more | {"slot": day.at + 5 * MINUTE}
    ticket = day.issue("N-1", applicant=applicant, **more)
    assert mark_of(day.state, ticket) == mark
    day.open("01")
    day.call("01")
    cells = Cells(day.state)
    phone, call, strip = cells.cell(ch.ticket(ticket.id), "ticket"), cells.call("01"), cells.strip("01")
    assert isinstance(phone, dict) and call is not None
    for shown in (phone, call, strip):
        assert (shown["priority"], shown["booked"]) == (mark == "priority", mark == "booked")
    before = {"": ("", ""), "priority": ("优先·", "Priority · "), "booked": ("预约·", "Booked · ")}[mark]
    group = day.hall.groups["A"]
    assert (strip["name_zh"], strip["name_en"]) == (before[0] + group.public_zh, before[1] + group.public_en)
    flags = {"": [], "priority": ["priority"], "booked": ["appointment"]}[mark]
    assert call_context(day.state, call, day.at)["flags"] == flags
    # At the window everybody is served alike.
    day.do(cmd.StartService(window="01"))
    assert Cells(day.state).strip("01")["name_zh"] == "A组"
