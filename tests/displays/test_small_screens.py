"""Old HDMI sticks show 960×540 or 1280×720 and cut the edges off (overscan): a busy hall stays whole and legible."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.guide_desk.desk import Hall, open_hall

pytestmark = pytest.mark.browser

SIZES = ((960, 540), (1280, 720), (1920, 1080))
EDGE = 3.6
"""Percent of the width and of the height that a set may cut off at each side."""
WORDS = """() => {
  const found = [], width = innerWidth / 100, height = innerHeight / 100;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.textContent.trim() || !parent.checkVisibility({ checkVisibilityCSS: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    let [left, right, top, bottom] = [box.left, box.right, box.top, box.bottom];
    for (let outer = parent; outer; outer = outer.parentElement) {
      if (getComputedStyle(outer).overflow === "visible") continue;
      const shown = outer.getBoundingClientRect();
      [left, right] = [Math.max(left, shown.left), Math.min(right, shown.right)];
      [top, bottom] = [Math.max(top, shown.top), Math.min(bottom, shown.bottom)];
    }
    if (right <= left + 1 || bottom <= top + 1) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize) / height;
    const middle = (top + bottom) / 2 / height; // a line is taller than its letters
    const word = { text: text.textContent.trim(), left: left / width, right: right / width };
    found.push({ ...word, top: middle - size / 2, bottom: middle + size / 2, size });
  }
  const root = document.documentElement;
  return { words: found, scroll: [root.scrollWidth, root.scrollHeight] };
}"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A Monday's crowd: many wait, most windows have called, some have paused."""
    with open_hall(tmp_path_factory.mktemp("small-screens"), options=("--forecast", "off")) as found:
        static = found.get("/api/hall")
        for n in range(8):
            for group in static["groups"]:
                found.issue(group=group["letter"], applicant="elderly" if n == 7 else "standard")
        for n, window in enumerate(static["windows"]):
            at = f"/api/windows/{window['no']}"
            if n % 4:
                found.post(f"{at}/call-next", {}, "supervisor")
            if n % 3 == 0:
                found.post(f"{at}/start", {}, "supervisor")
            if n % 8 == 0:
                found.post(f"{at}/pause", {"reason": "lunch"}, "supervisor")
        yield found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/screens/hall", 44 / 10.8),
        ("/screens/zones/business", 3.2),
        ("/screens/zones/convenience", 3.2),
        ("/screens/zones/real_estate", 3.2),
        ("/screens/zones/investment", 3.2),
    ],
)
def test_a_busy_screen_is_whole_within_the_edges(
    hall: Hall, browser: Browser, path: str, least: float, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(hall.page_url + path)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    seen: dict[str, Any] = page.evaluate(WORDS)
    context.close()
    assert seen["scroll"] == list(size), "nothing scrolls"
    words = seen["words"]
    assert len(words) > 25, "the screen has much to show"
    near, far = EDGE, 100 - EDGE
    cut = [w for w in words if min(w["left"], w["top"]) < near or max(w["right"], w["bottom"]) > far]
    assert cut == []
    assert min(w["size"] for w in words) >= least - 0.01
    assert max(w["size"] for w in words) >= (12 if path == "/screens/hall" else 8), (
        "the numbers are the largest thing"
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_window_without_a_number_says_its_whole_name(hall: Hall, browser: Browser, size: tuple[int, int]) -> None:
    """Where no number stands there is room for it: four windows that begin alike can be told apart."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(hall.page_url + "/screens/zones/business")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    names = page.locator(".zone-window:has(.zone-window__number:empty) .zone-window__name")
    cut = names.evaluate_all("(all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)")
    assert names.count() >= 2 and cut == []
    context.close()
