"""What a ticket's page tells beneath its number: the papers, who went first and why, all of it in both languages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address
from tests.server import Server

pytestmark = pytest.mark.browser
HANZI = re.compile(r"[\u4e00-\u9fff]")
ALONE = """() => {
  const shown = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const found = [];
  for (const node of document.querySelectorAll(".phone :is(p, h2, li, button)")) {
    if (!shown(node) || node.querySelector("p, li, button") || node.closest(".papers, .hall-map")) continue;
    const said = node.innerText.trim();
    if (/[\\u4e00-\\u9fff]/.test(said) && !/[A-Za-z]{2}/.test(said)) found.push(said);
  }
  return found;
}"""
"""Chinese sentences of the page that have no English beside them; the papers and the map's plan have none."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def take(desk: Desk, matter: str, **rest: str) -> tuple[str, str]:
    issued = desk.post("/api/tickets", {"matter": matter, **rest}, role="guide")
    return issued["ticket"]["number"], issued["track"]


def test_who_came_later_and_was_called_first_stands_there_at_once_with_the_reason(
    server: Server, desk: Desk, page: Page
) -> None:
    desk.post("/api/windows/34/open")
    page.goto(address(server) + take(desk, "CNV-010")[1])
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    expect(page.locator('[data-part="passed"]')).to_be_hidden()
    assert page.locator(".papers__item").count() >= 1
    assert page.evaluate(ALONE) == []
    later, _ = take(desk, "CNV-010", applicant="elderly")
    desk.post("/api/windows/34/call-next")
    row = page.locator("#passed li")
    for _ in ("as it comes", "as the server renders it"):
        expect(row).to_have_count(1)
        expect(row).to_contain_text(later)
        expect(row).to_contain_text("34 号窗口 Window 34")
        expect(row).to_contain_text("优先")
        expect(row).to_contain_text("Priority")
        assert "老" not in row.inner_text(), "never which class"
        page.route("**/*.js", lambda route: route.abort())
        page.reload()
    page.unroute("**/*.js")


def test_every_sentence_has_its_english_whatever_becomes_of_the_ticket(
    server: Server, desk: Desk, page: Page
) -> None:
    _, track = take(desk, "CNV-010")
    page.goto(address(server) + track)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    expect(page.locator('[data-cell="open-en"]')).to_have_text("No window is open now")
    assert page.evaluate(ALONE) == []
    desk.post("/api/windows/34/open")
    expect(page.locator('[data-cell="open-en"]')).to_have_text("Go there when you are called")
    assert page.evaluate(ALONE) == []
    for step, state in (
        ("call-next", "called"),
        ("recall", "recalled"),
        ("start", "serving"),
        ("finish", "finished"),
    ):
        desk.post(f"/api/windows/34/{step}")
        expect(page.locator(".phone")).to_have_attribute("data-state", state)
        assert page.evaluate(ALONE) == [], state
    page.evaluate("document.querySelector('.phone__lead').textContent = '没有英文'")
    assert page.evaluate(ALONE) == ["没有英文"], "one without it would be found"
