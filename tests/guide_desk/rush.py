"""The guide's desk in rush mode (高峰模式), as the tests use it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.guide_desk.desk import DESK, Hall, signed_in, watched


def opened(hall: Hall, browser: Browser, size: dict[str, int], faults: list[str]) -> Page:
    """The guide's page in rush mode."""
    page = watched(signed_in(browser, hall, "guide", size), faults)
    page.goto(hall.page_url + "/guide")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    page.locator("[data-part=rush]").click()
    expect(page.locator(".guide__tile")).to_have_count(24)
    return page


@contextmanager
def at_the_desk(hall: Hall, browser: Browser) -> Iterator[Page]:
    """The page at the desk; what it complains of fails the test."""
    faults: list[str] = []
    page = opened(hall, browser, DESK, faults)
    yield page
    page.context.close()
    assert faults == []


def type_and_enter(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def shows_number(page: Page, start: str) -> str:
    """The large number, once it begins so."""
    shown = page.locator(f".guide__number[data-number^='{start}']")
    expect(shown).to_be_visible()
    return shown.get_attribute("data-number") or ""
