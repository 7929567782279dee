"""Cut off and back: every kind of page says so in time, is right within a second, and makes much of no old call.

Time is the pages' own and the hall's, moved by hand: five, fifteen seconds and ten minutes take none. In real time,
with a server that is killed, one that stands still and a browser without a network: `test_cuts_drill.py`.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.cable import Cable, cable
from tests.callers.browsers import Desk, address, signed_in
from tests.callers.hand_hall import HandHall, hand_hall
from tests.displays.cut_pages import KINDS, WINDOW, Opened

pytestmark = pytest.mark.browser
OpenPage = Callable[[str, str], Opened]
MATTER = "BIZ-006"
"""Served at that window."""
READING = re.compile(r"/api/(windows/\d+(/device)?|desk|supervisor/floor)$")
"""What the pages of the staff, and the device, read again and again."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HandHall]:
    with hand_hall(tmp_path_factory.mktemp("cuts")) as found:
        yield found


@pytest.fixture(scope="module")
def wire(hall: HandHall) -> Iterator[Cable]:
    with cable(hall.port) as found:
        yield found


@pytest.fixture(scope="module")
def desk(hall: HandHall) -> Iterator[Desk]:
    made = Desk(hall)
    made.post(f"/api/windows/{WINDOW}/open")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def whole(wire: Cable) -> Iterator[None]:
    """Whatever happened to the cable, the next test finds it whole."""
    yield
    wire.mend()


@pytest.fixture
def open_page(browser: Browser, hall: HandHall, wire: Cable) -> Iterator[OpenPage]:
    """Opens pages through the cable; at the end they are closed."""
    opened: list[Opened] = []

    def open_one(name: str, track: str) -> Opened:
        opened.append(Opened(browser, hall, wire, name, track))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()


@pytest.fixture
def ticket(desk: Desk) -> Iterator[tuple[str, str]]:
    """A number that waits, and its holder's page; at the end the window is free again."""
    issued = desk.post("/api/tickets", {"matter": MATTER}, role="guide")
    yield issued["ticket"]["number"], issued["track"]
    if desk.window(WINDOW)["current"] is not None:
        desk.post(f"/api/windows/{WINDOW}/start")
        desk.post(f"/api/windows/{WINDOW}/finish")
    else:
        desk.post(f"/api/tickets/{issued['ticket']['id']}/cancel")


@pytest.mark.parametrize("name", KINDS)
def test_ten_minutes_cut_off(
    open_page: OpenPage, hall: HandHall, wire: Cable, desk: Desk, ticket: tuple[str, str], name: str
) -> None:
    number, track = ticket
    opened = open_page(name, track)
    page = opened.page
    opened.hold()
    wire.freeze()
    opened.settle()
    opened.on(4700)
    assert opened.says == "live"
    opened.on(500)
    assert opened.says == "late", "the age within 5 s"
    expect(page.locator("ow-connection [data-cell=age]")).to_have_text("5 秒")
    opened.on(9300)
    assert opened.says == "late"
    opened.on(700)
    assert opened.says == "stale", "the banner within 15 s"
    expect(opened.banner).to_be_visible()
    called = desk.post(f"/api/windows/{WINDOW}/call-next")["ticket"]["number"]
    assert called == number
    hall.clock.on(600)
    page.clock.fast_forward(600_000)
    if opened.kind.flashes and name != "phone":  # the phone bears its own number all the time
        assert number not in (opened.where.text_content() or "")
    page.wait_for_timeout(200)  # The last knock in vain is answered before there is somebody to answer.
    wire.mend()
    opened.comes_back()
    opened.shows(number)
    expect(opened.banner).to_be_hidden()
    opened.pulsed(0)  # A call of ten minutes ago is no news …
    if opened.kind.flashes:
        desk.post(f"/api/windows/{WINDOW}/recall")
        opened.pulsed(1)  # … one of now is, once.
    assert opened.errors == []


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.flashes])
def test_a_call_just_before_the_return_is_seen_exactly_once(
    open_page: OpenPage, hall: HandHall, wire: Cable, desk: Desk, ticket: tuple[str, str], name: str
) -> None:
    number, track = ticket
    opened = open_page(name, track)
    opened.hold()
    wire.freeze()
    opened.settle()
    opened.on(20_000)
    hall.clock.on(17)
    desk.post(f"/api/windows/{WINDOW}/call-next")
    hall.clock.on(3)
    wire.mend()
    opened.comes_back()
    opened.shows(number)
    opened.pulsed(1)
    wire.pull()
    opened.on(6000)
    opened.is_("late")
    wire.mend()
    opened.comes_back()
    desk.post(f"/api/windows/{WINDOW}/recall")
    opened.pulsed(2)  # The recall's; the call itself, which stood in what came back, was not shown as new again.
    assert opened.errors == []


@pytest.mark.parametrize("name", ["device", "console", "pad", "guide", "supervisor"])
def test_a_beat_alone_makes_no_page_live_again(
    open_page: OpenPage, wire: Cable, desk: Desk, ticket: tuple[str, str], name: str
) -> None:
    """These pages read what they show: as long as that fails they show what was, whatever their sockets hear."""
    number, track = ticket
    opened = open_page(name, track)
    opened.hold()
    opened.page.route(READING, lambda route: route.abort())
    heard: list[str] = []
    opened.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    wire.pull()
    opened.on(6000)
    opened.is_("late")
    desk.post(f"/api/windows/{WINDOW}/call-next")
    wire.mend()
    while not any('"beat"' in frame for frame in heard):
        opened.on(500)
    opened.on(100)
    assert opened.says != "live"
    opened.page.unroute(READING)
    opened.comes_back()
    opened.shows(number)
    assert opened.errors == []


def test_the_supervisor_is_told_of_a_screen_that_was_cut_off(browser: Browser, hall: HandHall, wire: Cable) -> None:
    screen = browser.new_context().new_page()
    screen.goto(f"http://hall.test:{wire.port}/screens/hall?device=tv-hall")
    expect(screen.locator("html")).to_have_attribute("data-connection", "live")
    floor = signed_in(browser, hall, "supervisor", (1920, 1080)).new_page()
    floor.goto(f"{address(hall)}/supervisor")
    alarms = floor.locator("[data-part=alarms]")
    expect(floor.locator("html")).to_have_attribute("data-connection", "live")
    expect(alarms).not_to_contain_text("大厅总屏")
    wire.freeze()
    hall.clock.on(26)  # Of the thirty, the rest is for the page to be told.
    expect(alarms).to_contain_text("大厅总屏", timeout=30_000)
    wire.mend()
    expect(alarms).not_to_contain_text("大厅总屏", timeout=30_000)
    screen.context.close()
    floor.context.close()
