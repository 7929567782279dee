"""A screen in English first: switched live from the supervisor's side, in both themes, and nothing spills."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.callers.browsers import Desk, address, always_open, chromium
from tests.screens.test_screens_browser import pair
from tests.server import Server, served

pytestmark = pytest.mark.browser
CALLS = {"01": "INV-001", "08": "REA-001", "20": "BIZ-006", "21": "BIZ-017", "32": "CNV-001", "38": "CNV-033"}
"""Window -> a matter of its own."""
HANZI = re.compile(r"[\u4e00-\u9fff]")
SPILLS = """() => {
  const parts = ".hall__head, .hall-call__zone, .hall-call__word, .hall-zone__name, .hall-zone__wait, .led__side";
  const zone = ".zone-screen__head, .zone-screen__queue, .zone-window__about, .zone-window__state";
  const boxes = ".hall-call, .hall-zone, .led, .zone-window, .zone-screen__head, button, main, body";
  const outside = (e, box) => {
    const [inner, outer] = [e, box].map((one) => one.getBoundingClientRect());
    return inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1;
  };
  return [...document.querySelectorAll(`${parts}, ${zone}, .rating__view .bi, .rating__ask`)]
    .filter((e) => e.clientWidth && (e.scrollWidth > e.clientWidth + 1 || outside(e, e.closest(boxes))))
    .map((e) => e.className + ": " + e.textContent);
}"""
"""Parts whose words are wider than they are, or that reach out of their row or button."""
SAYS = """([selector]) => {
  const node = document.querySelector(selector);
  return getComputedStyle(node, "::before").content.replaceAll('"', "");
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("english")
    with served(folder / "data", always_open(folder)) as found:
        yield found


@pytest.fixture(scope="module")
def desk(server: Server) -> Iterator[Desk]:
    found = Desk(server)
    for window, matter in CALLS.items():
        for _ in range(3):
            found.issue(matter)
        found.post(f"/api/windows/{window}/open")
    yield found
    found.close()


def screen(browser: Browser, server: Server, desk: Desk, size: tuple[int, int], **settings: str) -> tuple[Page, str]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address(server)}/screen")
    return page, pair(desk, page, **settings)


def says(page: Page, selector: str) -> str:
    return str(page.evaluate(SAYS, [selector]))


@pytest.mark.parametrize("size", [(1920, 1080), (960, 540)])
def test_the_halls_board_changes_its_language_live(
    browser: Browser, server: Server, desk: Desk, size: tuple[int, int]
) -> None:
    settings = {"zh": f"总屏{size[0]}", "kind": "hall"}
    page, name = screen(browser, server, desk, size, **settings)
    for window in CALLS:
        desk.post(f"/api/windows/{window}/call-next")
    expect(page.locator('[data-call][data-state="called"]')).to_have_count(6)
    for theme in ("standard", "day", "contrast"):
        desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "en", "theme": theme})
        expect(page.locator("html")).to_have_attribute("data-language", "en")
        assert says(page, '[data-zone="convenience"] .hall-zone__name') == "Public services"
        assert says(page, ".hall-call:first-child .hall-call__word") == "Called"
        assert says(page, '[data-zone="business"] .hall-zone__wait').endswith(("min", "h", "yet"))
        assert page.evaluate(SPILLS) == []
    notice = page.locator('[data-cell="notice"]')
    expect(notice).to_have_attribute("lang", "en")
    foot = notice.inner_text()
    assert foot and not HANZI.search(foot), foot
    english, chinese = (
        page.locator(".hall__side .hall__head [lang=en]"),
        page.locator(".hall__side .hall__head strong"),
    )
    boxes = english.bounding_box(), chinese.bounding_box()
    assert boxes[0] and boxes[1] and boxes[0]["x"] < boxes[1]["x"], "English first"
    desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "zh"})
    expect(english).to_be_hidden()
    expect(notice).to_have_attribute("lang", "zh-CN")
    expect(notice).to_be_visible()
    expect(notice).to_have_text(HANZI)
    desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "both"})
    expect(english).to_be_visible()
    assert says(page, '[data-zone="convenience"] .hall-zone__name') == "none"
    desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "en"})
    expect(page.locator("html")).to_have_attribute("data-language", "en")
    page.evaluate("document.querySelector('.hall-zone__name').dataset.en = 'too long for its place '.repeat(3)")
    assert page.evaluate(SPILLS) != [], "what spills would be found"
    for window in CALLS:
        desk.post(f"/api/windows/{window}/start")
        desk.post(f"/api/windows/{window}/finish")
    page.context.close()


@pytest.mark.parametrize("zone", ["investment", "real_estate", "business", "convenience"])
def test_a_zones_board_too(browser: Browser, server: Server, desk: Desk, zone: str) -> None:
    settings = {"zh": f"分区{zone}", "kind": "zone", "zone": zone}
    page, name = screen(browser, server, desk, (1920, 1080), **settings)
    windows = [no for no in CALLS if page.locator(f"[data-window='{no}']").count()]
    assert windows
    for window in windows:
        desk.issue(CALLS[window])
        desk.post(f"/api/windows/{window}/call-next")
    called = page.locator(f"[data-window='{windows[0]}']")
    expect(called).to_have_attribute("data-state", "called")
    for theme in ("standard", "day", "contrast"):
        desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "en", "theme": theme})
        expect(page.locator("html")).to_have_attribute("data-language", "en")
        one = f"[data-window='{windows[0]}']"
        assert says(page, f"{one} .zone-window__state") == "Please go"
        assert (says(page, f"{one} .zone-window__name") != "none") == (zone == "investment"), "where it has room"
        assert says(page, ".zone-screen__unit") == "waiting ·"
        assert page.evaluate(SPILLS) == []
    expect(page.locator(".zone-screen__en")).to_be_hidden()
    for window in windows:
        for what in ("start", "finish"):
            desk.post(f"/api/windows/{window}/{what}")
        desk.post(f"/api/windows/{window}/pause", {"reason": "lunch"})
    expect(called).to_have_attribute("data-state", "paused")
    assert says(page, f"[data-window='{windows[0]}'] .zone-window__state").startswith("Lunch")
    assert page.evaluate(SPILLS) == []
    for window in windows:
        desk.post(f"/api/windows/{window}/open")
    desk.post(f"/api/supervisor/screens/{name}", settings | {"language": "both"})
    expect(page.locator(".zone-screen__unit")).to_have_text("人等候 ·")
    assert says(page, ".zone-screen__unit") == "none"
    page.context.close()


def test_a_strip_and_an_evaluation_device_too_and_a_loudspeaker_stays_in_both(
    browser: Browser, server: Server, desk: Desk
) -> None:
    strip = {"zh": "条屏", "kind": "window", "window": "09", "language": "en"}
    page, _ = screen(browser, server, desk, (640, 160), **strip)
    assert says(page, ".led__window-word") == "Window"
    boxes = page.locator(".led__en").bounding_box(), page.locator(".led__state").bounding_box()
    assert boxes[0] and boxes[1] and boxes[0]["y"] < boxes[1]["y"]
    assert page.evaluate(SPILLS) == []
    page.context.close()
    tablet, name = screen(browser, server, desk, (800, 480), zh="平板", kind="rating", window="08", language="en")
    for what in ("call-next", "start", "finish"):
        desk.post(f"/api/windows/08/{what}")
    expect(tablet.locator('[data-view="ask"]')).to_be_visible(timeout=15_000)
    assert tablet.evaluate(SPILLS) == []
    speaker = desk.post(
        f"/api/supervisor/screens/{name}", {"zh": "扬声", "kind": "speaker", "zone": "business", "language": "en"}
    )
    assert speaker["screen"]["settings"]["language"] == "both", "it shows too little to have a first language"
    tablet.context.close()
