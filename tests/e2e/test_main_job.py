"""The main job, whole, through the real pages: guide, clerk, TVs, strip, loudspeaker, phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.callers.browsers import Console, Desk, address, always_open, chromium, signed_in
from tests.server import served

pytestmark = pytest.mark.browser
WINDOW = "20"


class Heard:
    """What goes over a loudspeaker page's socket and what it fetches."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.sounds: list[int] = []
        page.on("websocket", self._listen)
        page.on("response", lambda r: self.sounds.append(r.status) if r.url.endswith(".wav") else None)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(str(frame)))

    def acknowledged(self, what: str) -> int:
        return sum(1 for frame in self.sent if '"ack"' in frame and f'"{what}"' in frame)


def wait_for(page: Page, heard: Heard, what: str, times: int) -> None:
    """Let the page go on until the loudspeaker has acknowledged so often."""
    for _ in range(400):
        if heard.acknowledged(what) >= times:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{what} was acknowledged {heard.acknowledged(what)} times: {heard.sent}")


def test_from_the_guides_desk_to_the_finished_visit(tmp_path: Path) -> None:
    hall = always_open(tmp_path)
    settings = hall / "hall.toml"
    brief = (
        settings.read_text(encoding="utf-8").replace('["zh", "en"]', '["zh"]').replace("repeats = 2", "repeats = 1")
    )
    settings.write_text(brief, encoding="utf-8")
    with served(tmp_path / "data", hall) as server, chromium() as browser:
        desk = Desk(server)
        base = address(server)
        public = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        hall_tv, zone_tv, strip = public.new_page(), public.new_page(), public.new_page()
        hall_tv.goto(f"{base}/screens/hall")
        zone_tv.goto(f"{base}/screens/zones/business")
        strip.goto(f"{base}/screens/windows/{WINDOW}")
        speaker = signed_in(browser, server, "speaker", (800, 600)).new_page()
        heard = Heard(speaker)
        speaker.goto(f"{base}/speaker/business")
        expect(speaker.locator(".speaker")).to_have_attribute("data-sound", "on")

        guide = signed_in(browser, server, "guide", (1366, 768)).new_page()
        guide.goto(f"{base}/guide")
        expect(guide.locator("#q")).to_be_focused()
        guide.keyboard.type("gtgshsl")  # 个体工商户设立
        expect(guide.locator("#results [role=option]").first).to_contain_text("个体工商户")
        guide.keyboard.press("Enter")
        expect(guide.locator("[data-part=panel]")).to_contain_text("身份证")
        with guide.expect_response("**/api/tickets") as issued:
            guide.keyboard.press("Enter")
        expect(guide.locator("[data-part=panel]")).to_contain_text("H001")
        track = issued.value.json()["track"]

        phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
        phone.goto(base + track)
        expect(phone.locator("[data-cell=number]").first).to_have_text("H001")
        expect(phone.locator(".phone")).to_have_attribute("data-state", "waiting")

        clerk = Console(signed_in(browser, server, "clerk", (1366, 768), window=WINDOW, name="li"), server, WINDOW)
        clerk.offers("开窗")
        clerk.press("Space", "叫下一号")
        clerk.press("Space", "开始办理")
        expect(clerk.number).to_have_text("H001")

        call = hall_tv.locator("#calls [data-call]").first
        expect(call.locator("[data-cell=number]")).to_have_text("H001")
        expect(call.locator("[data-cell=window]")).to_have_text(WINDOW)
        first = call.get_attribute("data-call")
        expect(zone_tv.locator(f"[data-window='{WINDOW}'] [data-cell=number]")).to_have_text("H001")
        expect(strip.locator(".led [data-cell=number]")).to_have_text("H001")
        expect(phone.locator(".phone")).to_have_attribute("data-state", "called")
        expect(phone.locator(".phone")).to_contain_text(WINDOW)
        wait_for(speaker, heard, "started", 1)
        expect(speaker.locator("[data-cell=now]")).to_contain_text("个体户")
        wait_for(speaker, heard, "ended", 1)
        assert heard.sounds and set(heard.sounds) <= {200, 304}

        clerk.page.keyboard.press("r")
        expect(phone.locator(".phone")).to_have_attribute("data-state", "recalled")
        expect(call).not_to_have_attribute("data-call", first or "")
        wait_for(speaker, heard, "ended", 2)

        clerk.press("Space", "办结并叫下一号")
        expect(phone.locator(".phone")).to_have_attribute("data-state", "serving")
        clerk.press("Space", "叫下一号")
        expect(phone.locator(".phone")).to_have_attribute("data-state", "finished")
        expect(hall_tv.locator("#no-calls")).to_be_visible()
        expect(strip.locator(".led [data-cell=number]")).not_to_have_text(re.compile("H001"))
        kinds = ("ticket_called", "ticket_recalled", "service_started", "ticket_finished")
        assert [len(desk.events(kind)) for kind in kinds] == [1, 1, 1, 1]
        desk.close()
        assert clerk.errors == []
