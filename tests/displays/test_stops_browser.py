"""The screens and the phone while the hall, a group or a window stands still: what they show, and what follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from onewindow.access.principal import Role
from onewindow.runtime.ticker import Ticker
from tests.callers.browsers import CHROMIUM
from tests.hall_app import Api, Clock, done, running

pytestmark = pytest.mark.browser
NOON = 1_795_482_000_000 + 3 * 3_600_000
"""12:00 of the tests' day, when the sample hall goes to lunch, in ms."""


@dataclass
class Screens:
    """A hall with a hand clock, and its screens in a browser."""

    api: Api
    browser: Browser
    errors: list[str] = field(default_factory=list)

    async def open(self, path: str, width: int = 1920, height: int = 1080) -> Page:
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(str(self.api.client.base_url).rstrip("/") + path)
        await expect(page.locator("html")).to_have_attribute("data-connection", "live")
        return page

    async def supervisor(self, path: str, **body: Any) -> Any:
        return done(await self.api.post(path, body, Role.SUPERVISOR))

    async def tick(self) -> None:
        """Let time pass in the hall, as the ticker does each second."""
        runtime = self.api.opened.runtime
        await Ticker(runtime.writer, self.api.clock, runtime.turn).beat()


@asynccontextmanager
async def screens(folder: Path, at: int | None = None) -> AsyncIterator[Screens]:
    clock = Clock() if at is None else Clock(at)
    async with running(folder, clock=clock) as api, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        made = Screens(api, browser)
        yield made
        assert made.errors == []
        await browser.close()


async def within(page: Page) -> bool:
    """Whether nothing sticks out of the page sideways, and the band covers no call."""
    return bool(
        await page.evaluate("""() => {
          const band = document.querySelector('[data-part="service"]').getBoundingClientRect();
          const live = document.querySelector(".screen__live").getBoundingClientRect();
          const inside = [...document.querySelectorAll('[data-part="service"] p')].every(
            (one) => one.getBoundingClientRect().right <= band.right + 1);
          return inside && band.right <= innerWidth && band.bottom <= live.top + 1;
        }""")
    )


async def test_a_suspension_freezes_the_screens_and_lets_them_go_on(tmp_path: Path) -> None:
    async with screens(tmp_path) as hall:
        for no in ("31", "32", "33"):
            await hall.supervisor(f"/api/windows/{no}/open")
        first = await hall.api.issue(matter="CNV-001")
        second = await hall.api.issue(matter="CNV-001")
        number = (await hall.supervisor("/api/windows/32/call-next"))["ticket"]["number"]
        assert number == first["ticket"]["number"]
        tv, small = await hall.open("/screens/hall"), await hall.open("/screens/hall", 960, 540)
        zone = await hall.open("/screens/zones/convenience", 1280, 720)
        strip = await hall.open("/screens/windows/32", 640, 160)
        called = await hall.open(first["track"], 390, 844)
        waiting = await hall.open(second["track"], 390, 844)
        await hall.supervisor("/api/service/suspend", reason="power", note="总闸跳了")
        for page in (tv, small, zone):
            await expect(page.locator('[data-cell="service-zh"]')).to_have_text("暂停服务 · 停电")
            await expect(page.locator('[data-cell="service-en"]')).to_have_text("Service suspended · Power cut")
            await expect(page.locator('[data-cell="service-text-zh"]')).to_have_text("09:00 起不计时，次序保留")
            assert await within(page)
            assert "总闸" not in await page.content()
        await expect(tv.locator("[data-call] [data-cell=number]")).to_have_text([number])
        await expect(tv.locator("[data-call]")).to_have_attribute("data-state", "")
        await expect(tv.locator("[data-call] [data-cell=word]")).to_have_text("")
        await expect(tv.locator('[data-zone="convenience"] [data-cell="wait"]')).to_have_text("暂停计时")
        await expect(zone.locator('[data-window="32"] [data-cell="number"]')).to_have_text(number)
        await expect(zone.locator('[data-window="32"] [data-cell="state"]')).to_have_text("恢复后办理")
        await expect(strip.locator(".led")).to_have_attribute("data-state", "suspended")
        await expect(strip.locator(".led")).to_contain_text(number)
        await expect(called.locator('[data-cell="lead-zh"]')).to_have_text("已叫到 32 号窗口，恢复服务后再过去")
        await expect(waiting.locator('[data-part="service"]')).to_contain_text("09:00 起不计时，次序保留")
        await expect(waiting.locator('[data-part="wait"]')).to_be_hidden()
        fresh = await hall.open("/screens/zones/convenience")
        await expect(fresh.locator('[data-part="service"]')).to_be_visible()
        hall.api.clock.on(1800)
        await hall.supervisor("/api/service/resume")
        for page in (tv, small, zone, waiting):
            await expect(page.locator('[data-part="service"]')).to_be_hidden()
        await expect(tv.locator("[data-call] [data-cell=number]")).to_have_text([number])
        await expect(strip.locator(".led")).to_have_attribute("data-state", "called")
        await expect(called.locator('[data-cell="lead-zh"]')).to_have_text("请到 32 号窗口")
        await expect(waiting.locator('[data-part="wait"]')).to_be_visible()


async def test_yesterdays_page_leads_to_todays_number(tmp_path: Path) -> None:
    async with screens(tmp_path) as hall:
        issued = await hall.api.issue(matter="CNV-001")
        old = issued["ticket"]["number"]
        await hall.supervisor(f"/api/tickets/{issued['ticket']['id']}/settle", choice="tomorrow")
        phone = await hall.open(issued["track"], 390, 844)
        await expect(phone.locator('[data-cell="lead-zh"]')).to_contain_text("到时本页或导询台给您新号")
        hall.api.clock.on(86_400)
        await hall.tick()
        await expect(phone.locator(".phone__foot")).to_contain_text(f"由昨日 {old} 号转来")
        assert issued["track"] not in phone.url
        await expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("下一位就是您")


async def test_lunch_says_when_it_goes_on_and_ends_by_itself(tmp_path: Path) -> None:
    async with screens(tmp_path) as hall:
        await hall.supervisor("/api/windows/32/open")
        issued = await hall.api.issue(matter="CNV-001")
        tv, zone = await hall.open("/screens/hall"), await hall.open("/screens/zones/convenience", 960, 540)
        phone = await hall.open(issued["track"], 390, 844)
        await hall.supervisor("/api/windows/32/pause", reason="lunch")
        hall.api.clock.at = NOON
        await hall.tick()
        for page in (tv, zone, phone):
            await expect(page.locator('[data-cell="service-zh"]')).to_have_text("午休，13:30 继续")
        assert await within(tv) and await within(zone)
        await expect(tv.locator('[data-zone="convenience"] [data-cell="wait"]')).to_have_text("午休")
        await expect(zone.locator('[data-window="32"] [data-cell="state"]')).to_contain_text("13:30")
        hall.api.clock.at = NOON + 90 * 60_000
        await hall.tick()
        for page in (tv, zone, phone):
            await expect(page.locator('[data-part="service"]')).to_be_hidden()


async def test_a_stopped_group_and_a_merged_window_say_where_people_stand(tmp_path: Path) -> None:
    async with screens(tmp_path) as hall:
        for no in ("17", "18", "19"):
            await hall.supervisor(f"/api/windows/{no}/open")
        issued = await hall.api.issue(matter="BIZ-001")
        number = issued["ticket"]["number"]
        tv, zone = await hall.open("/screens/hall"), await hall.open("/screens/zones/business")
        strip, phone = await hall.open("/screens/windows/18", 640, 160), await hall.open(issued["track"], 390, 844)
        await hall.supervisor("/api/groups/G/stop")
        for page in (tv, zone):
            await expect(page.locator('[data-cell="stopped"]:not(:empty)')).to_have_text(f"G 停止取号，末号 {number}")
        await hall.supervisor("/api/groups/G/resume")
        await expect(tv.locator('[data-cell="stopped"]:not(:empty)')).to_have_count(0)
        hall.api.clock.on(60)
        await hall.supervisor("/api/windows/18/merge", into="19")
        for page in (tv, zone):
            await expect(page.locator('[data-cell="notice"]')).to_have_text("18 号窗口已并入 19 号窗口")
        row = zone.locator('[data-window="18"]')
        await expect(row).to_have_attribute("data-state", "merged")
        await expect(row.locator('[data-cell="number"]')).to_have_text("→ 19")
        await expect(strip.locator('.led [data-cell="number"]')).to_have_text("→ 19")
        await expect(phone.locator('[data-cell="moved-zh"]')).to_have_text("18 号窗口已并入 19 号窗口")
        await expect(phone.locator("#ways")).to_have_text("1719")
        await hall.supervisor("/api/windows/18/open")
        await expect(phone.locator('[data-cell="moved-zh"]')).to_have_text("")
        await expect(row).to_have_attribute("data-state", "idle")
