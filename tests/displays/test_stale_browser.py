"""Old news never looks live: after 5 s a mark with the age, after 15 s the banner, on every kind of screen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.callers.browsers import Desk, address, always_open
from tests.server import Server, served

pytestmark = pytest.mark.browser
WINDOW = "20"


class Wire:
    """The way between a page and the server, which can be cut: nothing comes, and nobody says so."""

    def __init__(self, page: Page) -> None:
        self.whole = True
        page.route_web_socket(re.compile("/ws/"), self._join)

    def _join(self, page: WebSocketRoute) -> None:
        if not self.whole:
            return  # It hangs, as behind a switch without power.
        server = page.connect_to_server()
        server.on_message(lambda text: page.send(text) if self.whole else None)
        page.on_message(lambda text: server.send(text) if self.whole else None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("stale")
    with served(folder / "data", always_open(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def desk(server: Server) -> Iterator[Desk]:
    made = Desk(server)
    made.post(f"/api/windows/{WINDOW}/open")
    yield made
    made.close()


def connection(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.connection"))


@pytest.mark.parametrize("kind", ["hall", "zone", "window", "phone"])
def test_a_screen_tells_its_age_and_shows_the_truth_when_it_is_back(
    browser: Browser, server: Server, desk: Desk, kind: str
) -> None:
    issued = desk.post("/api/tickets", {"matter": "BIZ-006"}, role="guide")
    number = issued["ticket"]["number"]
    path, size = {
        "hall": ("/screens/hall", (1920, 1080)),
        "zone": ("/screens/zones/business", (1920, 1080)),
        "window": (f"/screens/windows/{WINDOW}", (640, 160)),
        "phone": (issued["track"], (390, 844)),
    }[kind]
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    wire = Wire(page)
    page.clock.install()
    page.goto(address(server) + path)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    page.wait_for_load_state("load")
    wire.whole = False
    page.clock.pause_at(float(page.evaluate("Date.now()")) / 1000 + 1)
    page.evaluate("document.querySelector('ow-connection').heard()")
    page.clock.run_for(4700)
    assert connection(page) == "live"
    page.clock.run_for(500)
    assert connection(page) == "late"
    age = page.locator("ow-connection [data-cell=age]")
    assert age.text_content() == "5 秒"
    expect(age).to_be_visible()
    page.clock.run_for(9300)
    assert connection(page) == "late"
    page.clock.run_for(700)
    assert connection(page) == "stale"
    said = page.locator(".led__stale" if kind == "window" else "ow-connection [data-cell=banner]")
    expect(said).to_be_visible()
    expect(said).to_contain_text("以窗口叫号为准")
    called = desk.post(f"/api/windows/{WINDOW}/call-next")["ticket"]["number"]
    assert called == number
    page.clock.run_for(60_000)
    assert number not in (page.locator(".led, #calls, #windows, .phone__lead").first.text_content() or "")
    wire.whole = True
    page.clock.resume()
    expect(page.locator("html")).to_have_attribute("data-connection", "live", timeout=30_000)
    expect(said).to_be_hidden()
    where = {"hall": "#calls", "zone": f"[data-window='{WINDOW}']", "window": ".led", "phone": ".phone"}[kind]
    expect(page.locator(where)).to_contain_text(number if kind != "phone" else f"请到 {WINDOW} 号窗口")
    desk.post(f"/api/windows/{WINDOW}/start")
    desk.post(f"/api/windows/{WINDOW}/finish")
    page.context.close()
