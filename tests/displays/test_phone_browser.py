"""A ticket's page on a phone: it tells when one is near, shows the way, takes the rating, and wakes up right."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.callers.browsers import Desk, address, chromium
from tests.server import Server

pytestmark = pytest.mark.browser
SIZES = [(360, 640), (390, 844)]
HEARD = """() => {
  globalThis.shaken = []; globalThis.rung = 0;
  Navigator.prototype.vibrate = (pattern) => { globalThis.shaken.push(pattern); return true; };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { globalThis.rung += 1; return start.apply(this, at); };
}"""
"""Counts the oscillators that the page starts and the shakes that it asks for; nothing else can hear them here."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(sound=False) as found:
        yield found


def phone(browser: Browser, size: tuple[int, int]) -> BrowserContext:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True)
    context.add_init_script(f"({HEARD})()")
    return context


def opened(context: BrowserContext, server: Server, track: str) -> Page:
    page = context.new_page()
    page.goto(address(server) + track)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    return page


def served_by(desk: Desk, no: str, *steps: str) -> None:
    for step in steps:
        desk.post(f"/api/windows/{no}/{step}")


def take(desk: Desk, matter: str = "CNV-010") -> tuple[str, str]:
    issued = desk.post("/api/tickets", {"matter": matter}, role="guide")
    return issued["ticket"]["id"], issued["track"]


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_it_rings_and_shakes_when_two_are_ahead_and_at_the_call_once_it_was_asked_to(
    browser: Browser, server: Server, desk: Desk, size: tuple[int, int]
) -> None:
    desk.post("/api/windows/34/open")
    for _ in range(4):
        take(desk)
    context = phone(browser, size)
    asked, silent = (opened(context, server, track) for track in [take(desk)[1]] * 2)
    ahead = asked.locator('[data-cell="lead-zh"]')
    expect(ahead).to_have_text("前面 4 人")
    expect(asked.locator('[data-part="soon"]')).to_be_hidden()
    button = asked.locator('[data-part="tell-button"]')
    # On the first screen, large enough for a thumb, and nothing claimed before it was pressed.
    box = button.bounding_box()
    assert box is not None and box["y"] + box["height"] <= size[1] and box["height"] >= 48
    expect(asked.locator('[data-part="tell-states"] [data-is="yes"]')).to_have_count(0)
    button.tap()
    states = asked.locator('[data-part="tell-states"]')
    expect(states).to_contain_text("会响铃")
    expect(states).to_contain_text("锁屏后听不到")  # plain http: said, not hoped for
    rung = asked.evaluate("globalThis.rung")
    served_by(desk, "34", "call-next", "start", "finish")
    expect(ahead).to_have_text("前面 3 人")
    assert asked.evaluate("globalThis.shaken.length") == 1  # the trial at the touch
    served_by(desk, "34", "call-next", "start", "finish")
    expect(asked.locator('[data-part="soon"]')).to_be_visible()
    expect(asked.locator(".phone")).to_have_attribute("data-soon", "yes")
    assert asked.evaluate("globalThis.shaken.length") == 2
    assert asked.evaluate("globalThis.rung") > rung
    served_by(desk, "34", "call-next", "start", "finish")
    expect(ahead).to_have_text("前面 1 人")
    assert asked.evaluate("globalThis.shaken.length") == 2  # once for being near
    served_by(desk, "34", "call-next", "start", "finish")
    served_by(desk, "34", "call-next")
    expect(ahead).to_have_text("请到 34 号窗口")
    expect(silent.locator('[data-cell="lead-zh"]')).to_have_text("请到 34 号窗口")
    assert asked.evaluate("globalThis.shaken.length") == 3
    assert silent.evaluate("[globalThis.shaken.length, globalThis.rung]") == [0, 0]
    context.close()


def test_the_map_follows_from_the_windows_to_the_window(browser: Browser, server: Server, desk: Desk) -> None:
    for no in ("32", "33"):
        desk.post(f"/api/windows/{no}/open")
    context = phone(browser, (390, 844))
    page = opened(context, server, take(desk, "CNV-001")[1])
    own = page.locator(".hall-map__own")
    expect(own).to_have_count(2)
    served_by(desk, "33", "call-next")
    expect(own).to_have_count(1)
    expect(own).to_have_attribute("data-window", "33")
    expect(page.locator(".hall-map__way")).to_contain_text("到 33 号窗口")
    page.route("**/map?*", lambda route: route.abort())
    desk.post("/api/windows/33/undo", {"reason": "错了"})
    served_by(desk, "32", "call-next")
    expect(page.locator('[data-cell="lead-zh"]')).to_have_text("请到 32 号窗口")
    expect(page.locator('[data-part="plan-old"]')).to_be_visible()  # never another way as if it were this
    context.close()


def test_the_rating_is_given_once_by_whichever_comes_first(browser: Browser, server: Server, desk: Desk) -> None:
    desk.post("/api/windows/34/open")
    context = phone(browser, (390, 844))
    (name, track), (other, elsewhere) = take(desk), take(desk)
    page = opened(context, server, track)
    expect(page.locator('[data-part="rate"]')).to_be_hidden()
    served_by(desk, "34", "call-next", "start", "finish")
    page.locator("[data-grade='2']").tap()
    page.locator("[data-reason='slow']").tap()
    page.locator("[data-part='send']").tap()
    expect(page.locator('[data-part="rated"]')).to_contain_text("谢谢")
    rated = desk.events("service_rated")
    assert [(e["ticket"], e["grade"], e["reasons"]) for e in rated] == [(name, 2, ["slow"])]
    assert rated[0].get("via", "phone") == "phone"
    assert desk.refused(f"/api/tickets/{name}/rating", {"grade": 5, "reasons": []}, role="screen") == "rated_already"
    # The device at the window is first: the phone offers nothing any more.
    page = opened(context, server, elsewhere)
    served_by(desk, "34", "call-next", "start", "finish")
    expect(page.locator('[data-part="rate"]')).to_be_visible()
    desk.post(f"/api/tickets/{other}/rating", {"grade": 5, "reasons": []}, role="screen")
    expect(page.locator('[data-part="rate"]')).to_be_hidden()
    expect(page.locator('[data-part="rated"]')).to_be_visible()
    context.close()


def test_it_says_that_it_is_old_and_is_right_at_once_when_it_wakes(
    browser: Browser, server: Server, desk: Desk
) -> None:
    desk.post("/api/windows/34/open")
    context = phone(browser, (390, 844))
    page = context.new_page()
    page.clock.install()
    page.goto(address(server) + take(desk)[1])
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    server.kill()
    page.clock.run_for(16_000)
    expect(page.locator("html")).to_have_attribute("data-connection", "stale")
    server.start()
    desk.post("/api/windows/34/call-next")
    # No timer of the page runs here: what brings it back is that the network, or its owner, is back.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator('[data-cell="lead-zh"]')).to_have_text("请到 34 号窗口")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    context.close()


def test_it_is_installable_and_light(browser: Browser, server: Server, desk: Desk) -> None:
    _, track = take(desk)
    context = phone(browser, (390, 844))
    page = context.new_page()
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.update({answer.url: len(answer.body())}))
    page.goto(address(server) + track, wait_until="networkidle")
    assert not [url for url in weights if "woff" in url]
    # Unpacked, 41 files: 118 kB when this was written; with the fonts of a desk's page it would be 2.9 MB.
    assert 20_000 < sum(weights.values()) < 160_000, sum(weights.values())
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        link = page.locator("link[rel=manifest]").get_attribute("href") or ""
        found = client.get(link)
        assert found.headers["content-type"].startswith("application/manifest+json")
        manifest = found.json()
        assert manifest["start_url"] == track and manifest["display"] == "standalone"
        assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
        for icon in manifest["icons"]:
            assert client.get(icon["src"]).headers["content-type"] == "image/png"
        assert client.get("/t/nobody.x/app.webmanifest").status_code == 404
    context.close()
