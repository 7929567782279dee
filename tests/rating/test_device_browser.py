"""The evaluation device in a browser: a service is rated once, by whoever was served."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address, always_open, signed_in
from tests.server import Server, served

pytestmark = pytest.mark.browser
DEED = "REA-001"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("rating")
    with served(folder / "data", always_open(folder)) as found:
        yield found


@pytest.fixture
def page(server: Server, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, server, "screen", (1024, 600))
    page = context.new_page()
    yield page
    context.close()


def serve(desk: Desk, window: str) -> str:
    number = desk.issue(DEED)
    desk.post(f"/api/windows/{window}/call-next")
    desk.post(f"/api/windows/{window}/start")
    return number


def test_a_good_service_takes_one_touch(server: Server, desk: Desk, page: Page) -> None:
    desk.post("/api/windows/07/open", {"clerk": "李晓红"})
    page.goto(f"{address(server)}/windows/7/device")
    expect(page.locator(".rating__clerk")).to_have_text("工作人员 李晓红")
    number = serve(desk, "07")
    expect(page.locator('[data-view="now"]')).to_contain_text(number)
    expect(page.locator('[data-view="now"]')).to_contain_text("正在为您办理")
    desk.post("/api/windows/07/finish")
    expect(page.locator('[data-view="ask"]')).to_contain_text(number)
    page.get_by_role("button", name="非常满意").first.click()
    expect(page.locator('[data-view="said"]')).to_contain_text("谢谢")
    (rated,) = desk.events("service_rated")
    assert (rated["grade"], rated["via"], rated["window"]) == (5, "device", "07")
    expect(page.locator('[data-view="now"]')).to_be_visible(timeout=15_000)


def test_a_poor_service_may_say_why(server: Server, desk: Desk, page: Page) -> None:
    desk.post("/api/windows/08/open")
    page.goto(f"{address(server)}/windows/08/device")
    number = serve(desk, "08")
    desk.post("/api/windows/08/finish")
    expect(page.locator('[data-view="ask"]')).to_contain_text(number)
    page.locator('[data-grade="2"]').click()
    page.locator('[data-reason="slow"]').click()
    page.locator('[data-reason="manner"]').click()
    page.locator('[data-reason="manner"]').click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator('[data-view="said"]')).to_be_visible()
    rated = desk.events("service_rated")[-1]
    assert (rated["grade"], rated["reasons"], rated["window"]) == (2, ["slow"], "08")


def test_a_service_that_the_phone_has_rated_is_not_asked_for(server: Server, desk: Desk, page: Page) -> None:
    desk.post("/api/windows/09/open")
    page.goto(f"{address(server)}/windows/09/device")
    number = serve(desk, "09")
    desk.post("/api/windows/09/finish")
    expect(page.locator('[data-view="ask"]')).to_contain_text(number)
    ticket = desk.events("ticket_finished")[-1]["ticket"]
    desk.post(f"/api/tickets/{ticket}/rating", {"grade": 4}, role="screen")
    page.locator('[data-grade="5"]').click()
    expect(page.locator('[data-view="said"]')).to_contain_text("已经评价过")
    assert [e["grade"] for e in desk.events("service_rated") if e["ticket"] == ticket] == [4]


def test_a_clerk_may_not_rate(server: Server, browser: Browser, desk: Desk) -> None:
    context = signed_in(browser, server, "clerk", (1024, 600), window="07")
    page = context.new_page()
    answer = page.goto(f"{address(server)}/windows/07/device")
    assert answer is not None and answer.status == 403
    context.close()
