"""The morning check in Chromium: a strip and a TV show their cards, a loudspeaker speaks, the others are told."""

import pytest
from playwright.sync_api import Browser, expect

from tests.callers.browsers import address, signed_in
from tests.server import Server

pytestmark = pytest.mark.browser
SAID = 90_000
"""Milliseconds for a loudspeaker's sentence, the start of the engine included."""


def test_every_device_is_tried_and_told(browser: Browser, server: Server) -> None:
    screens = {"led-07": ("/screens/windows/07", 640, 160), "tv-hall": ("/screens/hall", 1920, 1080)}
    shown = {}
    for device, (path, width, height) in screens.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        shown[device] = context.new_page()
        shown[device].goto(f"{address(server)}{path}?device={device}")
        expect(shown[device].locator("ow-connection")).to_have_attribute("data-state", "live")
    speaker = signed_in(browser, server, "speaker", (800, 600), name="speaker-business").new_page()
    with speaker.expect_websocket():
        speaker.goto(f"{address(server)}/speaker/business")
    page = signed_in(browser, server, "supervisor", (1920, 1080), name="zhang").new_page()
    page.goto(f"{address(server)}/supervisor")
    page.locator("[data-notice=check] a").click()
    expect(page.locator(".check [data-cell=title]").first).to_have_text("还没有检查过")
    page.locator("[data-action=begin]").click()
    for device, (_, width, height) in screens.items():
        expect(shown[device].locator("[data-test-card]")).to_contain_text(f"{width} × {height}")
    for device, (_, width, height) in screens.items():
        found = page.locator(f"[data-name={device}]")
        expect(found).to_have_attribute("data-verdict", "good")
        assert f"已显示，{width}×{height}" in (found.get_attribute("title") or "")
        expect(shown[device].locator("[data-test-card]")).to_have_count(0, timeout=10_000)
    expect(page.locator("[data-name=led-08]")).to_have_attribute("data-verdict", "bad")
    expect(page.locator("[data-name=speaker-business]")).to_have_attribute("data-verdict", "good", timeout=SAID)
    expect(page.locator("[data-kind=screen]")).to_contain_text("47 个屏幕：没有连上")
    title = page.locator(".check [data-cell=title]").first
    expect(title).to_contain_text("zhang 查过：50 个有问题", timeout=SAID)
    page.locator("[data-seen=printer-desk]").click()
    expect(page.locator("[data-name=printer-desk]")).to_have_attribute(
        "title", "导询台小票打印机，正常：zhang 看过了"
    )
    page.goto(f"{address(server)}/supervisor")
    expect(page.locator("[data-total=issued]")).to_have_text("0")
    expect(page.locator("[data-notice=check]")).to_be_hidden()
