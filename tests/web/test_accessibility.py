"""axe-core finds no fault on any page of the product, in a quiet hall and in a busy one, nor in a dialog."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect

from tests.web.every_page import NO_PAGES, PLACES, Place, Product, product, routed

pytestmark = pytest.mark.browser
AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
ALL = [place for places in PLACES.values() for place in places]
SHOWN = [f"{place.path} {place.size[0]}" for place in ALL]


@pytest.fixture(scope="module", params=["quiet", "busy"])
def hall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp(request.param), browser, at_work=request.param == "busy") as found:
        yield found


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("dialogs"), browser, at_work=True) as found:
        yield found


AT_REST = """async options => {
  const moving = () => document.getAnimations().filter(one =>
    one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity);
  let begun = false;
  for (const kind of ["animationstart", "transitionrun"])
    document.addEventListener(kind, () => { begun = true; }, { capture: true });
  for (;;) {
    while (moving().length) await Promise.allSettled(moving().map(one => one.finished));
    begun = false;
    const found = await axe.run(document, options);
    if (!begun) return found;
  }
}"""
"""axe-core on the page at rest: a call's number fades thrice for a moment, and between two of its rules axe lets the
page go on; so it waits until nothing moves but what never ends, and looks anew if something began meanwhile."""


def faults(page: Page, *, screen: bool = False) -> list[str]:
    """What axe-core finds on the page at rest, down to moderate; on the hall's screens contrast must be 7:1."""
    page.evaluate(AXE)
    rules = {"color-contrast-enhanced": {"enabled": screen}}
    found: dict[str, Any] = page.evaluate(AT_REST, {"resultTypes": ["violations"], "rules": rules})
    assert found["testEngine"]["name"] == "axe-core"
    return [
        f"{fault['impact']}: {fault['id']} at {node['target']}: {node['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] != "minor"
        for node in fault["nodes"]
    ]


async def test_no_page_is_forgotten(tmp_path: Path) -> None:
    assert await routed(tmp_path) == set(PLACES) | NO_PAGES


def test_axe_would_find_a_fault(at_work: Product) -> None:
    with at_work.opened(PLACES["/sign-in"][0]) as page:
        page.evaluate("""() => {
          document.querySelector("label").remove();
          document.querySelector("h1").style.color = "#E8E4DC";
        }""")
        found = "\n".join(faults(page))
        assert "critical: label" in found and "serious: color-contrast" in found


def test_what_moves_has_come_to_rest(at_work: Product) -> None:
    with at_work.opened(PLACES["/sign-in"][0]) as page:
        page.evaluate("""() => {
          const moved = document.querySelector("h1").animate({ opacity: [0.2, 0.3] }, 600);
          moved.finished.then(() => document.querySelector("h1").classList.add("moved"));
        }""")
        assert faults(page) == []
        expect(page.locator("h1.moved")).to_have_count(1)


@pytest.mark.parametrize("place", ALL, ids=SHOWN)
def test_no_fault_on_any_page(hall: Product, place: Place) -> None:
    with hall.opened(place) as page:
        assert faults(page, screen=place.screen) == []


def test_no_fault_on_the_page_of_what_is_not_there(at_work: Product) -> None:
    with at_work.opened(Place("/nothing", "", (1366, 768))) as page:
        assert faults(page) == []


CONSOLE = Place("/windows/18", "supervisor", (1366, 768))
SUPERVISOR, PHONE = PLACES["/supervisor"][0], PLACES["/t/{token}"][0]
SCREENS = PLACES["/supervisor/screens"][0]
DIALOGS = {
    "hold": (CONSOLE, "h"),
    "transfer": (CONSOLE, "t"),
    "add-matter": (CONSOLE, "a"),
    "write": (CONSOLE, "w"),
    "pause": (CONSOLE, "p"),
    "handover": (CONSOLE, "j"),
    "keys": (CONSOLE, "?"),
    "groups": (SUPERVISOR, "[data-action=groups]"),
    "service": (SUPERVISOR, ".floor__acts [data-action=service]"),
    "remaining": (SUPERVISOR, "[data-action=close-day]"),
    "window": (SUPERVISOR, "[data-spot='17']"),
    "what-if": (SUPERVISOR, "[data-what-if=business]"),
    "pair": (SCREENS, "[data-action=pair]"),
    "settings": (SCREENS, "[data-do=settings]"),
    "away": (PHONE, "[data-action=away]"),
    "cancel": (PHONE, "[data-action=cancel]"),
}
"""By what opens them: a key of the page, or a button that has the focus, with Enter."""


@pytest.mark.parametrize("name", DIALOGS)
def test_no_fault_in_a_dialog_and_escape_closes_it(at_work: Product, name: str) -> None:
    place, opener = DIALOGS[name]
    with at_work.opened(place) as page:
        if place is CONSOLE:
            # Its keys do nothing before it knows how the window stands.
            expect(page.locator("[data-action=primary]")).to_have_attribute("aria-disabled", "false")
        if len(opener) > 1:
            expect(page.locator(opener)).to_be_enabled()
            page.focus(opener)
        page.keyboard.press(opener if len(opener) == 1 else "Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog).to_have_count(1)
        assert faults(page) == []
        assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        if len(opener) > 1:
            expect(page.locator(opener)).to_be_focused()


def guide_draft(page: Page, hall: Product) -> None:
    page.keyboard.type("yyzz")
    expect(page.locator("[role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=panel]")).to_contain_text("Issue")


def guide_ticket(page: Page, hall: Product) -> None:
    page.keyboard.type("G002")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=panel]")).to_contain_text("G002")


def kiosk_zone(page: Page, hall: Product) -> None:
    zone = page.locator("[data-zone=convenience]")
    expect(zone).to_be_enabled()
    zone.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=title]")).not_to_contain_text("请选择服务区")


def complaint(page: Page, hall: Product) -> None:
    hall.desk.issue("BIZ-023")
    hall.desk.post("/api/windows/22/open")
    for step in ("call-next", "start", "finish"):
        hall.desk.post(f"/api/windows/22/{step}")
    grade = page.locator("[data-grade='1']")
    expect(grade).to_be_visible()
    grade.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-view=why]")).to_be_visible()


SCENES: dict[str, tuple[Place, Callable[[Page, Product], None]]] = {
    "guide-draft": (PLACES["/guide"][0], guide_draft),
    "guide-ticket": (PLACES["/guide"][0], guide_ticket),
    "kiosk-zone": (PLACES["/kiosk"][0], kiosk_zone),
    "complaint": (Place("/windows/22/device", "screen", (800, 480)), complaint),
}


@pytest.mark.parametrize("name", SCENES)
def test_no_fault_in_the_middle_of_work(at_work: Product, name: str) -> None:
    place, go = SCENES[name]
    with at_work.opened(place) as page:
        go(page, at_work)
        assert faults(page) == []
