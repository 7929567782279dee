"""The kiosk in a real browser on the real server: by touch alone, in reach, and back to the start by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.guide_desk.desk import UPRIGHT, Hall, open_hall, signed_in, watched

pytestmark = pytest.mark.browser

LEAST = 96
"""Pixels of a touch target."""
REACH = UPRIGHT["height"] / 3
"""Nothing above this is touched."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    options = ("--public-url", "http://10.20.30.40:8000")
    with open_hall(tmp_path_factory.mktemp("kiosk") / "data", options=options) as found:
        yield found


@pytest.fixture
def page(hall: Hall, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, hall, "kiosk", UPRIGHT)
    faults: list[str] = []
    page = watched(context, faults)
    page.goto(hall.page_url + "/kiosk")
    expect(page.locator("body")).to_have_attribute("data-screen", "start")
    yield page
    context.close()
    assert faults == []


def choose(page: Page, *names: str) -> None:
    """Touch what bears these names, one after another."""
    for name in names:
        page.locator("[data-shown] a", has_text=name).first.tap()


def touch(page: Page, action: str) -> None:
    page.locator(f'[data-action="{action}"]').tap()


def number_on(page: Page) -> str:
    shown = page.locator(".kiosk__number")
    expect(shown).to_be_visible()
    return shown.get_attribute("data-number") or ""


def test_zone_group_matter_number_slip(page: Page, hall: Hall) -> None:
    choose(page, "综合便民", "户政", "居民身份证首次申领")
    expect(page.locator("[data-part=title]")).to_contain_text("居民身份证首次申领")
    expect(page.locator("[data-part=about]")).to_contain_text("前面")
    expect(page.locator("[data-part=papers] li")).to_have_count(4)
    touch(page, "take")
    ticket = hall.ticket(number_on(page))
    assert (ticket["matter"], ticket["channel"], ticket["applicant"]) == ("CNV-001", "kiosk", "standard")
    done = page.locator("[data-part=done]")
    expect(done).to_contain_text("请取走小票")
    expect(done.locator(".window-chip")).to_have_text(["32", "33"])
    code = done.locator(".kiosk__code")
    expect(code).to_be_visible()
    assert code.evaluate("(image) => image.complete && image.naturalWidth > 0")
    touch(page, "restart")
    expect(page.locator("body")).to_have_attribute("data-screen", "start")


def test_two_quick_touches_take_one_number(page: Page, hall: Hall) -> None:
    before = hall.issued()
    choose(page, "商事登记", "税务与税票", "不确定")
    button = page.locator('[data-action="take"]')
    button.evaluate("(button) => { button.click(); button.click(); button.click(); }")
    number = number_on(page)
    assert hall.issued() == before + 1
    assert hall.ticket(number)["matter"] is None


def test_a_lost_reply_gives_one_number(page: Page, hall: Hall) -> None:
    before = hall.issued()
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            hall.deliver(route.request, "kiosk")
            route.abort()
        else:
            route.continue_()

    page.route("**/api/tickets", lose_first)
    choose(page, "不动产", "房产交易", "不确定")
    touch(page, "take")
    number_on(page)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert hall.issued() == before + 1


def test_a_claimed_priority_waits_for_the_guide(page: Page, hall: Hall) -> None:
    choose(page, "综合便民", "社会保险", "不确定")
    touch(page, "claim")
    page.locator('[data-class="elderly"]').tap()
    touch(page, "take")
    number = number_on(page)
    expect(page.locator("[data-part=done]")).to_contain_text("请先到导询台")
    ticket = hall.ticket(number)
    assert (ticket["applicant"], ticket["confirmed"], ticket["priority"]) == ("elderly", False, False)
    assert number in [claim["number"] for claim in hall.get("/api/desk")["claims"]]


def test_results_are_collected_by_zone(page: Page, hall: Hall) -> None:
    choose(page, "取件", "投资项目")
    expect(page.locator("[data-part=about]")).to_contain_text("06")
    expect(page.locator("[data-part=claim]")).to_be_hidden()
    touch(page, "take")
    ticket = hall.ticket(number_on(page))
    assert (ticket["purpose"], ticket["windows"]) == ("collect", ["06"])


def test_initials_on_its_own_keys(page: Page, hall: Hall) -> None:
    choose(page, "按拼音首字母查事项")
    for letter in "yxzrgx":
        page.locator(f'[data-key="{letter}"]').tap()
    page.locator('[data-key="back"]').tap()
    expect(page.locator("[data-part=about]")).to_have_text("Y X Z R G")
    choose(page, "有限责任公司设立登记")
    touch(page, "back")
    expect(page.locator("body")).to_have_attribute("data-screen", "search")


def test_long_lists_have_pages_of_eight(page: Page, hall: Hall) -> None:
    choose(page, "投资项目", "投资综合")
    rows = page.locator("#group-A .rows__row")
    assert rows.count() == 79
    expect(rows.locator("visible=true")).to_have_count(8)
    seen: set[str] = set(rows.locator("visible=true").all_text_contents())
    pages = 1
    following = page.locator("#group-A button", has_text="下一页")
    while following.is_enabled():
        following.tap()
        pages += 1
        seen |= set(rows.locator("visible=true").all_text_contents())
    assert pages == 10
    assert len(seen) == 79


def test_every_target_is_large_and_within_reach(page: Page, hall: Hall) -> None:
    """On every screen: at least 96 px high, in the lower two thirds, none cut off."""
    measure = """() => {
      const bar = document.querySelector("nav.kiosk__nav");
      const top = bar.getBoundingClientRect().top;
      return Array.from(document.querySelectorAll("a[href^='#']:not(.skip), button"))
        .filter((one) => one.checkVisibility())
        .map((one) => {
          const box = one.getBoundingClientRect();
          const end = bar.contains(one) ? window.innerHeight : top;
          return [one.textContent.trim().slice(0, 20), box.top, box.height, box.width, end - box.bottom];
        });
    }"""

    def check() -> None:
        found = page.evaluate(measure)
        assert len(found) >= 4
        small = [one for one in found if one[2] < LEAST or one[3] < LEAST]
        high = [one for one in found if one[1] < REACH]
        cut = [one for one in found if one[4] < 0]
        assert (small, high, cut) == ([], [], [])

    for language in ("zh", "en"):
        if language == "en":
            touch(page, "language")
        check()
        for zone in hall.get("/api/hall")["zones"]:
            page.locator(f'#start [data-zone="{zone["code"]}"]').tap()
            check()
            page.locator("[data-shown] a").first.tap()
            check()
            page.locator("[data-shown] a").nth(1).tap()
            expect(page.locator("[data-part=about] .window-chip").first).to_be_visible()
            touch(page, "claim")
            check()
            for _ in range(3):
                touch(page, "back")
        page.locator('#start a[href="#search"]').tap()
        check()
        page.locator('[data-key="s"]').tap()
        expect(page.locator("[data-part=found] a").first).to_be_visible()
        check()
        touch(page, "back")


def test_the_way_back_is_always_in_the_same_place(page: Page) -> None:
    def places() -> list[object]:
        found: list[object] = []
        for name in ("back", "restart", "language", "help"):
            found.append(page.locator(f'[data-action="{name}"]').bounding_box())
        return found

    first = places()
    assert None not in first
    choose(page, "综合便民")
    assert places() == first
    choose(page, "户政", "不确定")
    assert places() == first


def test_nobody_there_brings_it_back_after_a_countdown_in_sight(page: Page) -> None:
    page.clock.install()
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-screen", "start")
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    choose(page, "综合便民")
    count = page.locator("[data-part=count]")
    page.clock.run_for(19_000)
    expect(count).to_be_hidden()
    page.clock.run_for(2_000)
    expect(count).to_contain_text("9 秒后返回首页")
    page.locator("[data-part=title]").tap()
    expect(count).to_be_hidden()
    touch(page, "language")
    page.clock.run_for(29_000)
    expect(count).to_contain_text("1 s")
    page.clock.run_for(1_500)
    expect(page.locator("body")).to_have_attribute("data-screen", "start")
    expect(page.locator("html")).to_have_attribute("data-language", "zh")
    expect(count).to_be_hidden()


def test_help_reaches_the_desk_and_can_be_taken_back(page: Page, hall: Hall) -> None:
    touch(page, "help")
    expect(page.locator("[data-part=help-title]")).to_contain_text("导引员马上来")
    assert len(hall.get("/api/desk")["help"]) == 1
    touch(page, "help-off")
    expect(page.locator("[data-part=help]")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    assert hall.get("/api/desk")["help"] == []


def test_english_comes_first_when_it_is_chosen(page: Page) -> None:
    title = page.locator("[data-part=title]")
    order = """(pair) => {
      const [zh, en] = [".bi__zh", ".bi__en"].map((one) => pair.querySelector(one).getBoundingClientRect().top);
      return zh < en;
    }"""
    assert title.evaluate(order) is True
    touch(page, "language")
    assert title.evaluate(order) is False
    touch(page, "language")
    assert title.evaluate(order) is True


def test_the_first_screen_says_that_the_hall_stands_still(page: Page, hall: Hall) -> None:
    stop = page.locator("[data-part=stop]")
    expect(stop).to_be_hidden()
    hall.post("/api/service/suspend", {"reason": "power"}, role="supervisor")
    try:
        expect(stop).to_contain_text("暂停服务 · 停电", timeout=10_000)
        expect(stop).to_contain_text("please see the guide")
        expect(page.locator("#start [data-cell=wait-zh]").first).to_have_text("暂停计时")
        choose(page, "综合便民")
        expect(stop).to_be_hidden()
    finally:
        hall.post("/api/service/resume", {}, role="supervisor")
    touch(page, "restart")
    expect(stop).to_be_hidden(timeout=10_000)
    expect(page.locator("#start [data-cell=wait-zh]").first).not_to_have_text("暂停计时")


def test_a_closed_intake_sends_people_to_the_desk(page: Page, hall: Hall) -> None:
    assert hall.post("/api/day/closing", {}, "supervisor").status_code == 200
    choose(page, "综合便民", "户政", "不确定")
    touch(page, "take")
    expect(page.locator("[data-part=fault]")).to_contain_text("请到导询台")
    assert hall.post("/api/day/resume", {}, "supervisor").status_code == 200
    touch(page, "take")
    number_on(page)


def test_without_scripts_everything_can_be_read(hall: Hall, browser: Browser) -> None:
    context = signed_in(browser, hall, "kiosk", UPRIGHT, scripts=False)
    page = context.new_page()
    page.goto(hall.page_url + "/kiosk")
    expect(page.locator(".banner--warn")).to_contain_text("请到导询台取号")
    page.locator("a", has_text="综合便民").first.click()
    expect(page.locator("#zone-convenience")).to_be_in_viewport()
    expect(page.locator("#group-Q")).to_contain_text("居民户口簿")
    assert page.locator("section:visible .rows__row").count() > 293
    context.close()
