"""Screen management in Chromium: from a code on a TV to a board that a supervisor changes from the desk, and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from onewindow.access.guard import COOKIE
from tests.callers.browsers import Desk, address, always_open, signed_in
from tests.server import Server, served

pytestmark = pytest.mark.browser
TV = (1920, 1080)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("screens")
    with served(folder / "data", always_open(folder)) as running:
        yield running


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What the pages' scripts threw; nothing, in the end."""
    found: list[str] = []
    yield found
    assert found == []


def opened(context: BrowserContext, server: Server, path: str, errors: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address(server) + path)
    return page


def tv(browser: Browser, state: Path | None = None) -> BrowserContext:
    """A TV's browser, new or with what it had kept before it was switched off."""
    size = {"width": TV[0], "height": TV[1]}
    return browser.new_context(viewport=size, storage_state=state, locale="zh-CN")  # type: ignore[arg-type]


def code_on(screen: Page) -> str:
    expect(screen.locator(".code")).to_have_attribute("data-state", "shown")
    return "".join(re.findall(r"\d", screen.locator(".code__digits").inner_text()))


def pair(desk: Desk, screen: Page, **settings: str) -> str:
    """Pair a screen by the API; its id."""
    said = {"code": code_on(screen), "settings": settings}
    found = desk.post("/api/supervisor/screens", said)["screen"]["id"]
    expect(screen.locator("html")).to_have_attribute("data-screen", found, timeout=15_000)
    return str(found)


def card(manager: Page, name: str) -> Locator:
    return manager.locator("[data-id]").filter(has_text=name)


def setting(manager: Page, name: str, **values: str) -> None:
    """Change settings in the dialog of one screen."""
    card(manager, name).locator("[data-do=settings]").click()
    dialog = manager.locator("[data-dialog=settings]")
    for field, value in values.items():
        control = dialog.locator(f'[name="{field}"]')
        if field in ("zh", "volume"):
            control.fill(value)
        else:
            control.select_option(value)
    dialog.locator("[data-submit]").click()
    expect(dialog).to_be_hidden()


def test_from_a_code_to_a_board_and_back(
    browser: Browser, server: Server, desk: Desk, errors: list[str], tmp_path: Path
) -> None:
    living = tv(browser)
    screen = opened(living, server, "/screen", errors)
    manager = opened(signed_in(browser, server, "supervisor", (1440, 900)), server, "/supervisor/screens", errors)

    # The TV shows digits, the supervisor types them: by the keyboard alone.
    manager.locator("[data-action=pair]").press("Enter")
    manager.keyboard.type("000001" if code_on(screen) != "000001" else "000002")
    manager.keyboard.press("Enter")
    expect(manager.locator("[data-dialog=code] [data-cell=error]")).to_contain_text("没有这个配对码")
    manager.locator("[name=code]").fill(code_on(screen))
    manager.keyboard.press("Enter")
    settings = manager.locator("[data-dialog=settings]")
    expect(settings.locator("[data-cell=lead]")).to_contain_text("1920×1080")
    settings.locator("[name=device]").select_option("tv-business")
    expect(settings.locator("[name=zone]")).to_have_value("business")
    settings.locator("[data-submit]").press("Enter")
    expect(screen.locator("main[data-zone=business]")).to_be_visible(timeout=15_000)
    expect(screen.locator("html")).to_have_attribute("data-connection", "live")
    expect(card(manager, "商事登记区屏").locator("[data-cell=state]")).to_have_text("在线", timeout=15_000)

    # What the miniature shows is what the TV shows.
    desk.post("/api/windows/17/open")
    number = desk.issue("BIZ-001")
    desk.post("/api/windows/17/call-next")
    expect(screen.locator('[data-window="17"] [data-cell=number]')).to_have_text(number)
    small = card(manager, "商事登记区屏").frame_locator("iframe")
    expect(small.locator('[data-window="17"] [data-cell=number]')).to_have_text(number, timeout=15_000)

    # Colours, language, layout and volume change where they are, another zone is another page.
    screen.evaluate("() => { document.documentElement.dataset.mark = '1'; }")
    setting(manager, "商事登记区屏", theme="day", language="zh", **{"layout-zone": "open"}, volume="35")
    expect(screen.locator("html[data-theme=paper][data-contrast=day][data-volume='35'][data-mark]")).to_be_attached()
    expect(screen.locator(".zone-screen__en")).to_be_hidden()
    expect(screen.locator('[data-window="18"]')).to_be_hidden()
    expect(screen.locator('[data-window="17"]')).to_be_visible()
    expect(small.locator("html[data-theme=paper]")).to_be_attached(timeout=15_000)
    setting(manager, "商事登记区屏", device="", zone="convenience", zh="门口的屏", theme="contrast")
    expect(screen.locator("main[data-zone=convenience]")).to_be_visible(timeout=15_000)
    expect(screen.locator("html[data-theme=night][data-contrast=high][data-language=zh]")).to_be_attached()

    # It says who it is, and loads its page anew.
    card(manager, "门口的屏").locator("[data-do=identify]").click()
    expect(screen.locator(".name-card__zh")).to_have_text("门口的屏")
    screen.evaluate("() => { document.documentElement.dataset.mark = '1'; }")
    card(manager, "门口的屏").locator("[data-do=reload]").click()
    expect(screen.locator("html[data-connection=live]:not([data-mark])")).to_be_attached(timeout=15_000)

    # The server dies and comes back, the TV is switched off and on: nobody types anything.
    server.kill()
    server.start()
    expect(screen.locator("html")).to_have_attribute("data-connection", "live", timeout=15_000)
    kept = tmp_path / "tv.json"
    living.storage_state(path=kept)
    living.close()
    expect(card(manager, "门口的屏").locator("[data-cell=state]")).to_have_text("离线", timeout=15_000)
    again = opened(tv(browser, kept), server, "/screen", errors)
    expect(again.locator("main[data-zone=convenience]")).to_be_visible(timeout=15_000)
    expect(card(manager, "门口的屏").locator("[data-cell=state]")).to_have_text("在线", timeout=15_000)

    # Unpaired, in two presses, it shows a code again.
    card(manager, "门口的屏").locator("[data-do=settings]").click()
    settings.locator("[data-unpair]").click()
    expect(settings.locator("[data-unpair]")).to_contain_text("再按一次")
    settings.locator("[data-unpair]").click()
    assert len(code_on(again)) == 6
    again.context.close()
    expect(manager.locator("[data-cell=title]").first).to_have_text("还没有配对的屏")


def test_the_miniature_shows_what_the_screen_shows_not_what_it_should(
    browser: Browser, server: Server, desk: Desk, errors: list[str]
) -> None:
    living = tv(browser)
    cut: list[bool] = []

    def relay(route: WebSocketRoute) -> None:
        """The board's own channel, of which nothing more comes once it is cut; the screen's link goes on."""
        up = route.connect_to_server()
        up.on_message(lambda message: None if cut else route.send(message))

    living.route_web_socket(re.compile("/ws/hall"), relay)
    screen = opened(living, server, "/screen", errors)
    pair(desk, screen, zh="总屏", kind="hall")
    expect(screen.locator("html")).to_have_attribute("data-connection", "live")
    manager = opened(signed_in(browser, server, "supervisor", (1440, 900)), server, "/supervisor/screens", errors)
    small = card(manager, "总屏").frame_locator("iframe")
    expect(small.locator(".hall")).to_be_attached(timeout=15_000)
    cut.append(True)
    desk.post("/api/windows/32/open")
    number = desk.issue("CNV-001")
    desk.post("/api/windows/32/call-next")
    expect(card(manager, "总屏").locator("[data-cell=state]")).to_have_text("落后", timeout=30_000)
    expect(small.locator("html[data-connection=stale]")).to_be_attached(timeout=30_000)
    expect(small.get_by_text("以窗口叫号为准")).to_be_attached()
    expect(small.get_by_text(number)).to_have_count(0)
    cut.clear()
    expect(screen.locator(".hall-call__number", has_text=number)).to_be_visible(timeout=30_000)
    expect(small.locator(".hall-call__number", has_text=number)).to_be_attached(timeout=15_000)
    expect(card(manager, "总屏").locator("[data-cell=state]")).to_have_text("在线", timeout=15_000)

    # Another one that must be looked at comes first, and the picture of this one stays what it was.
    other = opened(tv(browser), server, "/screen", errors)
    pair(desk, other, zh="乙", kind="zone", zone="business")
    expect(card(manager, "乙").locator("[data-cell=state]")).to_have_text("在线", timeout=15_000)
    expect(manager.locator("[data-id]").first).to_contain_text("乙")
    living.set_offline(True)
    living.pages[0].close()
    expect(manager.locator("[data-id]").first).to_contain_text("总屏", timeout=15_000)
    expect(card(manager, "总屏").locator("[data-cell=age]")).to_contain_text("前的画面")
    expect(small.locator(".hall-call__number", has_text=number)).to_be_attached()
    expect(card(manager, "乙").frame_locator("iframe").locator("main[data-zone=business]")).to_be_attached()
    desk.issue("BIZ-001")
    assert manager.locator("[data-part=opened-box]").is_hidden(), "no page of the hall's own counts as a board"


def test_a_picture_can_do_nothing_on_the_supervisors_page(
    browser: Browser, server: Server, desk: Desk, errors: list[str]
) -> None:
    """A screen in the wrong hands may send anything."""
    living = tv(browser)
    screen = opened(living, server, "/screen", errors)
    pair(desk, screen, zh="坏屏", kind="kiosk")
    (token,) = [cookie["value"] for cookie in living.cookies() if cookie["name"] == COOKIE]
    living.close()
    take = "top.document.title='taken'"
    html = f"""<html data-bad="1" onclick="{take}">
      <head><meta http-equiv="refresh" content="0;url=/"><base href="http://other.test/">
      <link rel="stylesheet" href="http://other.test/x.css"></head>
      <body><script>{take}</script><img src="http://other.test/x.png" onerror="{take}">
      <iframe srcdoc="<script>{take}</script>"></iframe><svg onload="{take}"></svg>
      <a href="javascript:{take}">Q999</a><form action="/sign-out" method="post"></form></body></html>"""
    picture = {"html": html, "digest": "bad", "size": [800, 480]}
    url = f"{server.url}/api/screens/picture"
    httpx.post(url, json=picture, headers={"Cookie": f"{COOKIE}={token}"}, trust_env=False).raise_for_status()
    manager = signed_in(browser, server, "supervisor", (1440, 900)).new_page()
    asked: list[str] = []
    manager.on("request", lambda request: asked.append(request.url))
    manager.goto(address(server) + "/supervisor/screens")
    small = card(manager, "坏屏").frame_locator("iframe")
    expect(small.get_by_text("Q999")).to_be_attached(timeout=15_000)
    expect(small.locator("script, iframe, form, img[src], [onload], [onerror], a[href], base, meta")).to_have_count(0)
    expect(card(manager, "坏屏").locator("[data-cell=state]")).to_have_text("离线", timeout=20_000)
    assert "屏幕管理" in manager.title()
    assert [url for url in asked if "other.test" in url or "sign-out" in url] == []


def test_a_kiosk_a_loudspeaker_and_a_device_at_a_window_are_screens_too(
    browser: Browser, server: Server, desk: Desk, errors: list[str]
) -> None:
    screen = opened(tv(browser), server, "/screen", errors)
    name = pair(desk, screen, zh="平板", kind="rating", window="17")
    expect(screen.locator(".rating__head")).to_be_visible()
    desk.post(f"/api/supervisor/screens/{name}", {"zh": "自助机", "kind": "kiosk"})
    expect(screen.locator(".kiosk__title")).to_be_visible(timeout=15_000)
    desk.post(f"/api/supervisor/screens/{name}", {"zh": "喇叭", "kind": "speaker", "zone": "business", "volume": 35})
    expect(screen.locator(".speaker[data-sound=on]")).to_be_visible(timeout=15_000)
    # The loudspeaker's outlet follows the volume while it plays.
    screen.evaluate("""() => import("/static/js/speaker-volume.js").then(({ outlet }) => {
      const gain = outlet(new AudioContext()).gain;
      setInterval(() => { document.documentElement.dataset.gain = gain.value.toFixed(2); }, 50);
    })""")
    expect(screen.locator("html")).to_have_attribute("data-gain", "0.35")
    desk.post(f"/api/supervisor/screens/{name}", {"zh": "喇叭", "kind": "speaker", "zone": "business", "volume": 80})
    expect(screen.locator("html")).to_have_attribute("data-gain", "0.80")
    desk.post(f"/api/supervisor/screens/{name}/unpair", {})
    assert len(code_on(screen)) == 6


@pytest.mark.parametrize("size", [(1920, 1080), (960, 540), (800, 480), (1080, 1920)])
def test_the_digits_are_read_ten_metres_away(
    browser: Browser, server: Server, errors: list[str], size: tuple[int, int]
) -> None:
    """On a panel of 1080 lines the digits have at least 130 px and the smallest word 44 px."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    screen = opened(context, server, "/screen", errors)
    assert len(code_on(screen)) == 6
    unit = min(size[1], size[0] * 9 / 16) / 1080
    heights = screen.evaluate(
        """() => Object.fromEntries(Array.from(document.querySelectorAll(".code *, .code__foot *"))
        .filter((node) => node.childElementCount === 0 && node.textContent.trim() && node.getClientRects().length)
        .map((node) => [node.textContent, parseFloat(getComputedStyle(node).fontSize)]))"""
    )
    assert min(heights.values()) >= 43.9 * unit, heights
    assert (
        screen.locator(".code__part").first.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")
        >= 300 * unit
    )
    for part in screen.locator(".code__part, .code__how p").all():
        box = part.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0], box
        assert box["y"] + box["height"] <= size[1] * 0.97
    context.set_offline(True)
    expect(screen.locator(".code")).to_have_attribute("data-state", "down", timeout=15_000)
    context.close()
