"""Closing time with eleven people left, in Chromium on the application itself, whose clock the test moves on.

Each of them gets a choice by a person's word: four are served late, three come first tomorrow under a linked number,
four give up. Nothing happens by itself.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from onewindow.access.guard import COOKIE
from onewindow.access.principal import Role
from tests.callers.browsers import CHROMIUM
from tests.hall_app import Api, Clock, done, running

pytestmark = pytest.mark.browser
HALF_PAST_FIVE = 1_795_512_600_000
"""2026-11-24 17:30 in the hall, when it closes."""
MORNING = HALF_PAST_FIVE + 14 * 3_600_000 + 50 * 60_000
"""08:20 the next day."""


@asynccontextmanager
async def supervisor(api: Api) -> AsyncIterator[Page]:
    """The supervisor's page at work."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        address = str(api.client.base_url).rstrip("/")
        context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        await context.add_cookies([{"name": COOKIE, "value": api.token(Role.SUPERVISOR), "url": address}])
        page = await context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{address}/supervisor")
        yield page
        assert problems == []
        await browser.close()


async def serve(api: Api, window: str) -> str:
    """Call the next one, serve him, and finish; his number."""
    called = (await api.clerk(window, "call-next"))["ticket"]
    await api.clerk(window, "start")
    await api.clerk(window, "finish")
    return str(called["number"])


async def test_eleven_people_are_left_at_closing_time(tmp_path: Path) -> None:
    clock = Clock(HALF_PAST_FIVE - 20 * 60_000)
    async with running(tmp_path, clock=clock) as api, supervisor(api) as page:
        await api.clerk("07", "open")
        numbers = [(await api.issue(matter="REA-001"))["ticket"]["number"] for _ in range(11)]
        ids = {number: f"20261124-{number}" for number in numbers}
        clock.at = HALF_PAST_FIVE
        done(await api.post("/api/day/closing", {}, Role.SUPERVISOR))
        await expect(page.locator("[data-cell=day]")).to_contain_text("已停止取号")
        refused = await api.post("/api/tickets", {"matter": "REA-001"}, Role.GUIDE)
        assert refused.json()["code"] == "intake_stopped"
        await page.locator("[data-action=close-day]").click()
        dialog = page.locator("[data-dialog=remaining]")
        rows = dialog.locator(".remaining__row")
        await expect(rows).to_have_count(11)
        end = dialog.locator("[data-do=close-day]")
        await expect(end).to_be_disabled()
        early = await api.post("/api/day/close", {}, Role.SUPERVISOR)
        assert early.json()["code"] == "day_has_remaining"

        async def choose(number: str, choice: str) -> None:
            await rows.filter(has_text=number).locator(f"[data-choice={choice}]").click()

        for number in numbers[:4]:
            await choose(number, "late")
            pressed = rows.filter(has_text=number).locator("[data-choice=late]")
            await expect(pressed).to_have_attribute("aria-pressed", "true")
        for number in numbers[4:7]:
            await choose(number, "tomorrow")
            await expect(rows.filter(has_text=number)).to_contain_text("已转次日")
        for number in numbers[7:]:
            await choose(number, "give_up")
            await expect(rows.filter(has_text=number)).to_have_count(0)
        await expect(dialog.locator("[data-cell=lead]")).to_contain_text("还有 4 位")
        await expect(end).to_be_disabled()
        assert [await serve(api, "07") for _ in range(4)] == numbers[:4]
        await page.keyboard.press("Escape")
        await page.locator("[data-action=close-day]").click()
        await expect(rows).to_have_count(3)
        await expect(dialog.locator("[data-cell=lead]")).to_contain_text("都有结果了")
        await end.click()
        await expect(page.locator("[data-cell=day]")).to_contain_text("今天已结束")

        # The night passes; the clock turns the day by itself.
        clock.at = MORNING
        assert await api.opened.runtime.turn()
        await expect(page.locator("[data-cell=day]")).to_contain_text("2026-11-25")
        await expect(page.locator("[data-notice=check]")).to_be_visible()
        carried = page.locator("[data-notice=carried]")
        await expect(carried).to_contain_text("昨天转来 3 位")
        state = await api.opened.runtime.committed()
        again = [t for t in state.tickets.values() if t.previous is not None]
        assert [t.previous for t in again] == [ids[number] for number in numbers[4:7]]
        for ticket, number in zip(again, numbers[4:7], strict=True):
            await expect(carried).to_contain_text(f"{ticket.number}（昨天 {number}）")
        await api.issue(matter="REA-001")
        await api.clerk("07", "open")
        assert [await serve(api, "07") for _ in range(4)] == [*(t.number for t in again), "C004"]
        await expect(carried).to_be_hidden()
        assert await abandoned(api) == set(numbers[7:])


async def abandoned(api: Api) -> set[str]:
    """Who gave up on the first day, by its journal: each with a recorded choice."""
    lines = (await api.get("/api/journal?day=2026-11-24", Role.SUPERVISOR)).text.splitlines()
    events: list[dict[str, Any]] = [
        e for line in lines for entry in json.loads(line)["entries"] for e in entry["events"]
    ]
    settled = {e["ticket"] for e in events if e.get("choice") == "give_up"}
    gone = {e["ticket"] for e in events if "ticket_abandoned" in e.values()}
    assert settled == gone
    return {name.partition("-")[2] for name in gone}
