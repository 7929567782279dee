"""The supervisor's page in Chromium, against the real server."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address, signed_in
from tests.server import Server

pytestmark = pytest.mark.browser
SIZES = {"screen": (1920, 1080), "phone": (390, 844)}


@pytest.fixture(params=list(SIZES))
def page(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = signed_in(browser, server, "supervisor", SIZES[request.param], name="zhang")
    found = context.new_page()
    found.goto(f"{address(server)}/supervisor")
    expect(found.locator("[data-total=issued]")).to_have_text("0")
    yield found
    context.close()


def sign_in_clerks(server: Server, *windows: str) -> None:
    """The first start's clerk signs in at each of these windows, from a computer of its own."""
    found = re.search(r"^ +clerk +(\S+)$", server.output(), re.MULTILINE)
    assert found is not None
    for no in windows:
        asked = {"name": "clerk", "password": found[1], "window": no}
        httpx.post(f"{server.url}/api/sign-in", json=asked, trust_env=False).raise_for_status()


def test_an_alarm_leads_to_what_mends_it(page: Page, desk: Desk) -> None:
    number = desk.issue("REA-001")
    alarms = page.locator("[data-part=alarms] .alarms__item")
    expect(alarms).to_have_count(1)
    expect(alarms).to_contain_text("没有窗口开着")
    expect(page.locator("[data-total=waiting]")).to_have_text("1")
    no = alarms.locator("[data-open]").first.get_attribute("data-open")
    assert no is not None
    alarms.locator("[data-open]").first.click()
    expect(page.locator("[data-part=alarms]")).to_contain_text("没有要马上处理的事")
    expect(page.locator(f"[data-spot='{no}']")).to_have_attribute("data-state", "idle")
    called = desk.post(f"/api/windows/{no}/call-next")["ticket"]["number"]
    assert called == number
    expect(page.locator(f"[data-spot='{no}']")).to_contain_text(number)
    desk.post(f"/api/windows/{no}/help", {"on": True})
    expect(page.locator(f"[data-spot='{no}']")).to_have_attribute("data-help", "")
    alarms.locator("[data-help-off]").click()
    expect(page.locator("[data-part=alarms]")).to_contain_text("没有要马上处理的事")


def test_the_day_is_closed_when_everybody_has_chosen(page: Page, desk: Desk) -> None:
    numbers = [desk.issue("REA-001") for _ in range(3)]
    expect(page.locator("[data-total=waiting]")).to_have_text("3")
    page.locator("[data-action=intake]").click()
    page.locator("[data-dialog=sure] [data-submit]").click()
    expect(page.locator("[data-cell=day]")).to_contain_text("已停止取号")
    page.locator("[data-action=close-day]").click()
    rows = page.locator(".remaining__row")
    expect(rows).to_have_count(3)
    end = page.locator("[data-do=close-day]")
    expect(end).to_be_disabled()
    rows.filter(has_text=numbers[0]).locator("[data-choice=tomorrow]").click()
    expect(rows.filter(has_text=numbers[0])).to_contain_text("已转次日")
    for number in numbers[1:]:
        rows.filter(has_text=number).locator("[data-choice=give_up]").click()
        expect(rows.filter(has_text=number)).to_have_count(0)
    end.click()
    expect(page.locator("[data-cell=day]")).to_contain_text("今天已结束")
    assert len(desk.events("day_closed")) == 1


def test_the_windows_whose_clerk_is_there_are_opened_in_one_action(page: Page, desk: Desk, server: Server) -> None:
    sign_in_clerks(server, "07", "17", "31")
    page.locator("[data-action=open-all]").click()
    present = page.locator("[data-dialog=open-all] .present__one")
    expect(present).to_have_count(3)
    page.locator("[data-dialog=open-all] [data-submit]").click()
    expect(page.locator("[data-total=open_windows]")).to_have_text("3")
    expect(page.locator("[data-notice=said]")).to_contain_text("已开 3 个窗口")
    for no in ("07", "17", "31"):
        expect(page.locator(f"[data-spot='{no}']")).to_have_attribute("data-state", "idle")
    assert {event["clerk"] for event in desk.events("window_opened")} == {"clerk"}
    page.locator("[data-action=open-all]").click()
    expect(page.locator("[data-dialog=open-all] [data-submit]")).to_be_hidden()


def test_an_agents_window_is_opened_to_the_public_apart(page: Page, desk: Desk) -> None:
    agent = page.locator("[data-spot='27']")
    expect(agent).to_have_attribute("data-state", "closed")
    agent.click()
    page.locator("[data-dialog=window] [data-do=public]").click()
    expect(page.locator("[data-part=window-facts]")).to_contain_text("已对外叫号")
    page.keyboard.press("Escape")
    desk.post("/api/windows/40/open")
    expect(page.locator("[data-spot='40']")).to_have_attribute("data-state", "idle")
    page.locator("[data-spot='40']").click()
    page.locator("[data-pause=system]").click()
    expect(page.locator("[data-spot='40']")).to_have_attribute("data-state", "paused")


def test_a_dead_server_is_shown_and_nothing_can_be_pressed(page: Page, server: Server) -> None:
    server.kill()
    expect(page.locator("[data-notice=down]")).to_be_visible()
    for name in ("open-all", "groups", "intake", "close-day"):
        expect(page.locator(f"[data-action={name}]")).to_be_disabled()
    for button in page.locator("[data-action=service]").all():
        expect(button).to_be_disabled()
    server.start()
    expect(page.locator("[data-notice=down]")).to_be_hidden()
    expect(page.locator("[data-action=intake]")).to_be_enabled()
