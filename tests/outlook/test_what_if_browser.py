"""The supervisor's what-if in Chromium, against the real server with its forecast's process at work."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.callers.browsers import Desk, address, always_open, signed_in
from tests.server import ROOT, served

pytestmark = pytest.mark.browser
PATIENCE_MS = 180_000
"""The worker may have to compile first."""


def test_a_zones_moves_are_shown_and_the_best_can_be_made(browser: Browser, tmp_path: Path) -> None:
    env = {"ONEWINDOW_FORECAST": "on", "NUMBA_CACHE_DIR": str(ROOT / ".pytest_cache" / "outlook" / "compiled")}
    with served(tmp_path / "data", always_open(tmp_path), env=env) as server:
        desk = Desk(server)
        desk.post("/api/windows/32/open", {"clerk": "li"})
        for _ in range(10):
            desk.issue("CNV-001")
        context = signed_in(browser, server, "supervisor", (1920, 1080), name="zhang")
        page = context.new_page()
        page.goto(f"{address(server)}/supervisor")
        dialog = page.locator("[data-dialog=what-if]")
        rows = dialog.locator(".what-if__row")
        button = page.locator("[data-what-if=convenience]")
        button.click()
        # While the worker starts the page says so, and asking again later is all that it takes.
        expect(rows.or_(dialog.locator("[role=alert]")).first).to_be_visible(timeout=PATIENCE_MS)
        for _ in range(PATIENCE_MS // 1000):
            if rows.count():
                break
            expect(dialog.locator("[role=alert]")).to_contain_text("稍后自动恢复")
            page.keyboard.press("Escape")
            page.wait_for_timeout(1000)
            button.click()
            expect(rows.or_(dialog.locator("[role=alert]")).first).to_be_visible()
        best = rows.filter(has_text="开 33 号窗口")
        expect(best).to_have_attribute("data-way", "better")
        best.locator("[data-open]").click()
        page.keyboard.press("Escape")
        expect(page.locator("[data-spot='33']")).to_have_attribute("data-state", "idle")
        context.close()
        desk.close()
