"""The day's edges on the supervisor's page in Chromium: suspension, a merge, a change of matters, a group's end."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address, signed_in
from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = signed_in(browser, server, "supervisor", (1920, 1080), name="zhang")
    found = context.new_page()
    found.goto(f"{address(server)}/supervisor")
    expect(found.locator("[data-total=issued]")).to_have_text("0")
    yield found
    context.close()


def test_a_suspension_stops_the_hall_and_it_goes_on_without_loss(page: Page, desk: Desk) -> None:
    desk.post("/api/windows/07/open")
    number = desk.issue("REA-001")
    page.locator(".floor__acts [data-action=service]").click()
    page.locator("[data-dialog=suspend] [value=evacuation]").check()
    page.locator("[data-dialog=suspend] [data-cell=note]").fill("消防演练")
    page.locator("[data-dialog=suspend] [data-submit]").click()
    banner = page.locator("[data-notice=suspended]")
    expect(banner).to_contain_text("紧急疏散（消防演练）")
    expect(page.locator("body")).to_have_class(re.compile("floor--suspended"))
    expect(page.locator("[data-code=suspended]")).to_be_visible()
    assert desk.refused("/api/windows/07/call-next") == "service_suspended"
    banner.locator("[data-action=service]").click()
    page.locator("[data-dialog=sure] [data-submit]").click()
    expect(banner).to_be_hidden()
    expect(page.locator("[data-code=suspended]")).to_have_count(0)
    assert desk.post("/api/windows/07/call-next")["ticket"]["number"] == number
    assert [event["reason"] for event in desk.events("service_suspended")] == ["evacuation"]


def test_a_window_is_merged_with_whom_it_would_strand(page: Page, desk: Desk) -> None:
    desk.post("/api/windows/35/open")
    desk.post("/api/windows/34/open")
    numbers = [desk.issue("CNV-016") for _ in range(2)]
    page.locator("[data-spot='35']").click()
    page.locator("[data-dialog=window] [data-do=close]").click()
    strand = page.locator("[data-dialog=strand]")
    expect(strand.locator(".strand__one")).to_have_count(2)
    for number in numbers:
        expect(strand).to_contain_text(number)
    expect(strand.locator("[data-submit]")).to_have_text("并到 34 号，关本窗")
    strand.locator("[data-submit]").click()
    spot = page.locator("[data-spot='35']")
    expect(spot).to_have_attribute("data-state", "closed")
    expect(spot).to_contain_text("并到 34")
    (merged,) = desk.events("window_merged")
    assert (merged["into"], len(merged["tickets"])) == ("34", 2)
    assert desk.post("/api/windows/34/call-next")["ticket"]["number"] == numbers[0]


def test_a_window_is_closed_anyway_by_the_supervisors_word(page: Page, desk: Desk) -> None:
    desk.post("/api/windows/35/open")
    desk.issue("CNV-016")
    page.locator("[data-spot='35']").click()
    page.locator("[data-dialog=window] [data-do=close]").click()
    strand = page.locator("[data-dialog=strand]")
    expect(strand).to_contain_text("没有别的窗口开着")
    expect(strand.locator("[data-submit]")).to_be_hidden()
    strand.locator("[data-way=anyway]").click()
    expect(page.locator("[data-spot='35']")).to_have_attribute("data-state", "closed")
    page.keyboard.press("Escape")
    expect(page.locator("[data-code=nobody_open]")).to_contain_text("1 人在等")


def test_matters_go_to_the_window_that_takes_their_people(page: Page, desk: Desk) -> None:
    desk.post("/api/windows/35/open")
    desk.post("/api/windows/34/open")
    number = desk.issue("CNV-016")
    page.locator("[data-spot='35']").click()
    page.locator("[data-dialog=window] [data-do=matters]").click()
    dialog = page.locator("[data-dialog=matters]")
    dialog.locator("[data-cell=search]").fill("cnv-016")
    dialog.locator("[value=CNV-016]").uncheck()
    dialog.locator("[data-submit]").click()
    strand = page.locator("[data-dialog=strand]")
    expect(strand).to_contain_text(number)
    strand.locator("[data-submit]").click()
    expect(strand).to_be_hidden()
    expect(page.locator("[data-spot='34'] [data-cell=waiting]")).to_have_text("1")
    assert "CNV-016" not in desk.window("35")["matters"]
    assert desk.post("/api/windows/34/call-next")["ticket"]["number"] == number


def test_a_group_is_stopped_and_resumed(page: Page, desk: Desk) -> None:
    desk.post("/api/windows/07/open")
    number = desk.issue("REA-001")
    page.locator("[data-action=groups]").click()
    row = page.locator("[data-part=groups] [data-group=C]")
    expect(row).to_contain_text(f"末号 {number}")
    row.locator("[data-group-do=stop]").click()
    expect(row).to_contain_text("已停（人工）")
    assert desk.refused("/api/tickets", {"matter": "REA-001"}, role="guide") == "group_stopped"
    row.locator("[data-group-do=resume]").click()
    expect(row.locator("[data-group-do=stop]")).to_be_visible()
    desk.issue("REA-001")
