"""Pages that people work at do without a mouse; none moves for whoever wants that; 200 % zoom cuts nothing off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.every_page import PLACES, Place, Product, product

pytestmark = pytest.mark.browser
ALL = [place for places in PLACES.values() for place in places]
STAFF = [place for place in ALL if place.staff]

MARK = """() => {
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  let count = 0;
  for (const node of document.querySelectorAll(wanted)) {
    const seen = node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest("[inert]");
    // Of a group of radio buttons Tab reaches one, the arrows the others.
    const other = node.type === "radio" && !node.checked;
    if (node.disabled || node.type === "hidden" || node.tabIndex < 0 || !seen || other) continue;
    node.dataset.stop = String(count++);
  }
  return count;
}"""
HERE = """() => {
  const node = document.activeElement;
  if (!node || node === document.body || node === document.documentElement) return null;
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  return {
    stop: node.dataset.stop ?? "", html: node.outerHTML.slice(0, 120),
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    inside: box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
  };
}"""
MOVING = """() => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => one.animationName ?? one.transitionProperty)"""


def named(place: Place) -> str:
    return f"{place.path} {place.size[0]}"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("keys"), browser, at_work=True) as found:
        yield found


def walk(page: Page, stops: int) -> set[str]:
    """Press Tab until the focus has left the page twice, as from the address bar round to it: the stops it made."""
    reached: set[str] = set()
    left = 0
    for _ in range(2 * stops + 8):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            left += 1
            if left == 2:
                return reached
            continue
        assert here["ring"], f"no sign of the focus: {here['html']}"
        assert here["inside"], f"the focus is out of sight: {here['html']}"
        reached.add(here["stop"])
    raise AssertionError("the focus never leaves the page")


@pytest.mark.parametrize("place", STAFF, ids=named)
def test_tab_reaches_everything_shows_where_it_is_and_is_never_trapped(hall: Product, place: Place) -> None:
    with hall.opened(place) as page:
        stops = page.evaluate(MARK)
        assert stops
        missed = {str(stop) for stop in range(stops)} - walk(page, stops)
        assert [page.locator(f'[data-stop="{stop}"]').evaluate("n => n.outerHTML") for stop in sorted(missed)] == []


def test_enter_on_a_link_of_the_desk_follows_the_link_and_issues_nothing(hall: Product) -> None:
    with hall.opened(PLACES["/guide"][0]) as page:
        before = len(hall.desk.events("ticket_issued"))
        page.keyboard.type("yyzz")
        expect(page.locator("[role=option]").first).to_be_visible()
        page.keyboard.press("Enter")
        page.locator("a.guide__way").focus()
        with page.context.expect_page() as opened:
            page.keyboard.press("Enter")
        assert "/map?to=" in opened.value.url
        assert len(hall.desk.events("ticket_issued")) == before > 0


@pytest.mark.parametrize("place", ALL, ids=named)
def test_nothing_moves_for_whoever_wants_no_motion_and_double_size_cuts_nothing_off(
    hall: Product, place: Place
) -> None:
    """200 % zoom is half the pixels for the page (WCAG 1.4.4); a phone's page still fits 320 (1.4.10)."""
    with hall.opened(place, motion="none") as page:
        assert page.evaluate(MOVING) == []
        if not place.screen:
            page.set_viewport_size({"width": max(place.size[0] // 2, 320), "height": place.size[1] // 2})
            wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1]
