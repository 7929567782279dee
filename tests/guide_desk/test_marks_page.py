"""Marks at the desk (听障、陪同): one key each, also afterwards; the page lights up for who needs a person."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.guide_desk.desk import DESK, Hall, open_hall, signed_in, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(tmp_path_factory.mktemp("marks")) as found:
        yield found


@pytest.fixture
def page(hall: Hall, browser: Browser) -> Iterator[Page]:
    faults: list[str] = []
    page = watched(signed_in(browser, hall, "guide", DESK), faults)
    page.goto(hall.page_url + "/guide")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    yield page
    page.context.close()
    assert faults == []


def number_shown(page: Page, start: str) -> str:
    shown = page.locator(f".guide__number[data-number^='{start}']")
    expect(shown).to_be_visible()
    return shown.get_attribute("data-number") or ""


def call(hall: Hall, window: str) -> str:
    answer = hall.post(f"/api/windows/{window}/call-next", {}, "supervisor")
    assert answer.status_code == 200, answer.text
    number: str = answer.json()["ticket"]["number"]
    return number


def test_marks_are_one_key_each_in_a_rush_beside_the_class(page: Page, hall: Hall) -> None:
    page.keyboard.press("F2")
    expect(page.locator("[data-part=marks]")).to_be_visible()
    page.keyboard.type("189q++")
    expect(page.locator("[data-mark=deaf]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-mark=deaf]").click()
    expect(page.locator("#q")).to_have_value("19q++")
    page.locator("[data-class=standard]").click()
    expect(page.locator("#q")).to_have_value("9q++")
    page.locator("[data-letter=R]").click()
    expect(page.locator("#q")).to_have_value("9r++")
    page.keyboard.press("Enter")
    ticket = hall.ticket(number_shown(page, "R"))
    assert (ticket["applicant"], ticket["marks"], ticket["copies"]) == ("standard", ["accompany"], 3)
    expect(page.locator(".guide__issued")).to_contain_text("陪同")
    page.keyboard.type("81v")
    page.keyboard.press("Enter")
    ticket = hall.ticket(number_shown(page, "V"))
    assert (ticket["applicant"], ticket["marks"]) == ("elderly", ["deaf"])
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [DESK["width"], DESK["height"]]
    page.keyboard.press("F2")


def test_digits_that_are_no_keys_are_looked_for(page: Page) -> None:
    page.keyboard.press("F2")
    for text, keys in (("12q", False), ("88q", False), ("1q", True), ("7q", False)):
        page.locator("#q").fill(text)
        if keys:
            expect(page.locator("[data-letter=Q]")).to_have_attribute("aria-pressed", "true")
        else:
            expect(page.locator("[data-part=pad]")).to_be_hidden()
    page.locator("#q").fill("")
    page.keyboard.press("F2")


def test_marks_in_the_usual_mode_and_on_a_slip_afterwards(page: Page, hall: Hall) -> None:
    page.keyboard.type("sfz")
    page.keyboard.press("Enter")
    page.locator(".guide__foot").wait_for()
    page.keyboard.press("8")
    expect(page.locator(".guide__panel [aria-pressed=true]", has_text="听障")).to_be_visible()
    page.keyboard.press("Enter")
    number = number_shown(page, "Q")
    assert hall.ticket(number)["marks"] == ["deaf"]
    page.keyboard.type(number.lower())
    page.keyboard.press("Enter")
    expect(page.locator(".guide__panel .facts")).to_contain_text("听障")
    page.keyboard.press("9")
    expect(page.locator(".banner--good")).to_contain_text("标记：陪同")
    assert hall.ticket(number)["marks"] == ["deaf", "accompany"]
    page.keyboard.press("8")
    expect(page.locator(".banner--good")).to_contain_text("取消标记：听障")
    assert hall.ticket(number)["marks"] == ["accompany"]
    page.keyboard.press("Escape")
    hall.post(f"/api/tickets/{hall.ticket(number)['id']}/cancel", {})


def test_the_page_lights_up_for_who_is_to_be_accompanied_until_a_guide_goes_along(page: Page, hall: Hall) -> None:
    ticket = hall.issue(group="N", marks=["accompany"])
    main = page.locator("#main")
    expect(main).to_have_attribute("data-called", "no")
    window = ticket["windows"][0]
    assert call(hall, window) == ticket["number"]
    expect(main).to_have_attribute("data-called", "yes")
    row = page.locator("#results [data-kind=escort]")
    expect(row).to_contain_text(f"{ticket['number']} → {window} 号窗口：请陪同前往")
    page.keyboard.press("Enter")
    expect(page.locator(".banner--good")).to_contain_text(f"已陪同 {ticket['number']}")
    expect(main).to_have_attribute("data-called", "no")
    assert hall.ticket(ticket["number"])["accompanied"] is True


def test_who_does_not_hear_is_fetched_and_a_no_show_only_after_a_guide_has_looked(page: Page, hall: Hall) -> None:
    ticket = hall.issue(group="Z", marks=["deaf"])
    window = ticket["windows"][0]
    assert call(hall, window) == ticket["number"]
    page.keyboard.press("F2")
    row = page.locator("#results [data-kind=escort]")
    expect(row).to_contain_text("请到座位上招呼")
    assert hall.post(f"/api/windows/{window}/no-show", {}, "supervisor").status_code == 409
    row.click()
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("已去找过，人不在")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".banner--good")).to_contain_text("人不在")
    expect(page.locator("#main")).to_have_attribute("data-called", "no")
    assert hall.ticket(ticket["number"])["absent"] is True
    page.keyboard.press("Escape")
    page.keyboard.press("F2")


def test_a_stop_and_an_end_of_intake_are_told_and_end(page: Page, hall: Hall) -> None:
    line = page.locator("[data-part=service]")
    expect(line).to_be_hidden()
    page.keyboard.press("F2")
    assert hall.post("/api/service/suspend", {"reason": "power"}, "supervisor").status_code == 200
    expect(line).to_contain_text("全厅暂停叫号")
    page.keyboard.type("k")
    page.keyboard.press("Enter")
    assert hall.ticket(number_shown(page, "K"))["state"] == "waiting", "issuing goes on"
    assert hall.post("/api/service/resume", {}, "supervisor").status_code == 200
    expect(line).to_be_hidden()
    assert hall.post("/api/groups/K/stop", {}, "supervisor").status_code == 200
    expect(line).to_contain_text("已收号：K 公章刻制")
    expect(page.locator("[data-letter=K]")).to_contain_text("已收号")
    page.keyboard.type("k")
    page.keyboard.press("Enter")
    expect(page.locator(".banner--error")).to_be_visible()
    assert hall.post("/api/groups/K/resume", {}, "supervisor").status_code == 200
    expect(line).to_be_hidden()
    page.keyboard.press("F2")
