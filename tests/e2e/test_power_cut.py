"""The power fails at 10:05 and is back at 10:09: screens, console and phones come back by themselves, none loses."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from tests.callers.browsers import Console, Desk, address, always_open, chromium, signed_in
from tests.server import Server

pytestmark = pytest.mark.browser
WINDOW, MATTER = "20", "BIZ-006"
BACK = 30_000
"""ms within which a page is back: its longest pause between two tries, and a margin."""


def until(hour: int, minute: int) -> int:
    """Seconds until the hall's clock (UTC+8) shows this time."""
    now = datetime.now(UTC) + timedelta(hours=8)
    then = now.replace(hour=hour, minute=minute, second=0)
    return round((then - now).total_seconds()) % 86_400


class Words:
    """What a loudspeaker's page is given to say."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.said.extend(re.findall(r'"text_zh":"([^"]+)"', str(frame))))

    def come(self, page: Page, count: int) -> list[str]:
        """The first so many sentences."""
        for _ in range(400):
            if len(self.said) >= count:
                return self.said[:count]
            page.wait_for_timeout(100)
        raise AssertionError(f"only {self.said} was said")


def refusal(server: Server, path: str) -> str:
    """The code with which the clerk's command is refused."""
    answer = httpx.post(f"{server.url}{path}", json={}, headers=server.bearer("supervisor"), trust_env=False)
    assert answer.status_code == httpx.codes.CONFLICT, answer.text
    return str(answer.json()["code"])


def minutes(page: Page) -> int:
    """The time at which the phone's owner is to be back, in minutes of the day."""
    hour, minute = re.findall(r"(\d\d):(\d\d)", page.locator('[data-cell="lead-zh"]').text_content() or "")[0]
    return int(hour) * 60 + int(minute)


def public(browser: Browser, server: Server, path: str, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
    page.goto(address(server) + path)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    return page


def test_a_power_cut_of_four_minutes_costs_nobody_anything(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", always_open(tmp_path))
    server.ahead = until(10, 5)
    server.start()
    try:
        with chromium() as browser:
            story(server, browser)
    finally:
        server.stop()
    server.run("verify", "--hall", str(server.hall))


def story(server: Server, browser: Browser) -> None:
    desk = Desk(server)
    tracks = [desk.post("/api/tickets", {"matter": MATTER}, role="guide")["track"] for _ in range(3)]
    tv = public(browser, server, "/screens/hall", 1920, 1080)
    zone = public(browser, server, "/screens/zones/business", 1920, 1080)
    strip = public(browser, server, f"/screens/windows/{WINDOW}", 640, 160)
    called, away = (public(browser, server, track, 390, 844) for track in tracks[:2])
    clerk = Console(signed_in(browser, server, "clerk", (1366, 768), window=WINDOW, name="li"), server, WINDOW)
    clerk.offers("开窗")
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    clerk.page.keyboard.press("r")
    expect(called.locator(".phone")).to_have_attribute("data-state", "recalled")
    away.click('[data-action="away"]')
    away.click('#sure-away button[value="yes"]')
    expect(away.locator('[data-cell="lead-zh"]')).to_contain_text("已暂离")
    back_by = minutes(away)
    expect(tv.locator('[data-cell="clock"]')).to_have_text(re.compile("10:0[56]"))

    server.kill()
    server.ahead += 240
    for page in (tv, zone, strip, called):
        expect(page.locator("html")).to_have_attribute("data-connection", re.compile("late|stale"), timeout=BACK)
    server.start()
    speaker = signed_in(browser, server, "speaker", (800, 600)).new_page()
    words = Words(speaker)
    speaker.goto(f"{address(server)}/speaker/business")

    for page in (tv, zone, strip, called, away):
        expect(page.locator("html")).to_have_attribute("data-connection", "live", timeout=BACK)
    expect(tv.locator("[data-call] [data-cell=number]")).to_have_text(["H001"])
    expect(tv.locator('[data-cell="clock"]')).to_have_text(re.compile("10:(09|10)"))
    expect(zone.locator(f"[data-window='{WINDOW}'] [data-cell=number]")).to_have_text("H001")
    expect(strip.locator(".led [data-cell=number]")).to_have_text("H001")
    expect(called.locator('[data-cell="lead-zh"]')).to_have_text(f"请到 {WINDOW} 号窗口")
    assert words.come(speaker, 2) == ["恢复叫号，次序不变", "再次请个体户，零零一号，到二十号窗口"]

    (outage,) = desk.events("outage_noted")
    assert 235 <= (outage["at"] - outage["since"]) / 1000 <= 300
    assert refusal(server, f"/api/windows/{WINDOW}/no-show") == "too_early_for_no_show", "its minute stood still"
    expect(away.locator('[data-cell="lead-zh"]')).to_contain_text("前回来")
    assert minutes(away) - back_by in (4, 5), "and so did the time away"
    assert desk.issue(MATTER) == "H004", "no number is lost, none given twice"
    clerk.press("Space", "办结并叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("H003")
    expect(tv.locator("[data-call] [data-cell=number]")).to_have_text(["H003"])
    assert clerk.errors == []
    desk.close()
