"""The supervisor's page in Chromium, against the real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address, always_open, chromium, signed_in
from tests.server import Server, served

pytestmark = pytest.mark.browser
SIZES = {"screen": (1920, 1080), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served(tmp_path / "data", always_open(tmp_path)) as found:
        yield found


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    found = Desk(server)
    yield found
    found.close()


@pytest.fixture(params=list(SIZES))
def page(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = signed_in(browser, server, "supervisor", SIZES[request.param], name="zhang")
    found = context.new_page()
    found.goto(f"{address(server)}/supervisor")
    expect(found.locator("[data-total=issued]")).to_have_text("0")
    yield found
    context.close()


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


def test_all_windows_are_opened_in_one_action_and_agents_apart(page: Page, desk: Desk) -> None:
    page.locator("[data-action=open-all]").click()
    page.locator("[data-dialog=sure] [data-submit]").click()
    expect(page.locator("[data-total=open_windows]")).to_have_text("40", timeout=30_000)
    agent = page.locator("[data-spot='27']")
    expect(agent).to_have_attribute("data-state", "closed")
    agent.click()
    page.locator("[data-dialog=window] [data-do=public]").click()
    expect(page.locator("[data-part=window-facts]")).to_contain_text("已对外叫号")
    page.keyboard.press("Escape")
    page.locator("[data-spot='40']").click()
    page.locator("[data-pause=system]").click()
    expect(page.locator("[data-spot='40']")).to_have_attribute("data-state", "paused")


def test_a_dead_server_is_shown_and_nothing_can_be_pressed(page: Page, server: Server) -> None:
    server.kill()
    expect(page.locator("[data-notice=down]")).to_be_visible()
    for name in ("open-all", "intake", "close-day"):
        expect(page.locator(f"[data-action={name}]")).to_be_disabled()
    server.start()
    expect(page.locator("[data-notice=down]")).to_be_hidden()
    expect(page.locator("[data-action=intake]")).to_be_enabled()
