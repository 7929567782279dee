"""The page's own half of push in Chromium: it asks at a touch, says truly what came of it, and shows what is sent."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, always_open
from tests.server import Server, served

pytestmark = pytest.mark.browser
NOTE = {"number": "S001", "zh": "请到 34 号窗口", "en": "Please go to window 34", "tag": "call-1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A hall whose public address is https; 127.0.0.1 is a secure context too, as https would be."""
    folder = tmp_path_factory.mktemp("push")
    hall = always_open(folder)
    settings = hall / "hall.toml"
    text = settings.read_text(encoding="utf-8")
    assert 'public_url = ""' in text
    settings.write_text(text.replace('public_url = ""', 'public_url = "https://hall.example"'), encoding="utf-8")
    with served(folder / "data", hall) as found:
        yield found


def touched(browser: Browser, server: Server, permissions: list[str]) -> Page:
    desk = Desk(server)
    track = desk.post("/api/tickets", {"matter": "CNV-010"}, role="guide")["track"]
    desk.close()
    context = browser.new_context(permissions=permissions)
    page = context.new_page()
    page.goto(server.url + track)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    page.locator('[data-part="tell-button"]').click()
    return page


def test_without_leave_it_says_that_a_locked_phone_hears_nothing(browser: Browser, server: Server) -> None:
    page = touched(browser, server, [])
    expect(page.locator('[data-part="tell-states"] [data-is="no"]').last).to_contain_text("锁屏后的通知没有开成")
    page.context.close()


def test_what_is_sent_is_shown_once_for_each_call(browser: Browser, server: Server) -> None:
    page = touched(browser, server, ["notifications"])
    # Here is no push service to be reached: the page must not claim that a locked phone will be told.
    expect(page.locator('[data-part="tell-states"]')).not_to_contain_text("锁屏后也会通知")
    found: list[str] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(
            one["registrationId"] for one in said["registrations"] if one["scopeURL"] == page.url
        ),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert found, "the worker's scope is the ticket's page"
    for tag in ("call-1", "call-1", "call-2"):
        note = json.dumps(NOTE | {"tag": tag})
        said = {"origin": server.url, "registrationId": found[-1], "data": note}
        devtools.send("ServiceWorker.deliverPushMessage", said)
    titles = (
        "navigator.serviceWorker.ready.then(async (r) => (await r.getNotifications()).map((n) => n.title + n.tag))"
    )
    for _ in range(100):
        if len(page.evaluate(titles)) == 2:
            break
        page.wait_for_timeout(100)
    assert sorted(page.evaluate(titles)) == ["S001 请到 34 号窗口call-1", "S001 请到 34 号窗口call-2"]
    page.context.close()
