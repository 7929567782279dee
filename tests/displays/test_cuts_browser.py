"""Cut off and back: every kind of page says so in time, is right within a second, and makes much of no old call.

Time is the pages' own and the hall's, moved by hand: five, fifteen seconds and ten minutes take none.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.cable import Cable, cable
from tests.callers.browsers import Desk, chromium
from tests.callers.hand_hall import HandHall, hand_hall
from tests.displays.cut_pages import KINDS, WINDOW, Opened

pytestmark = pytest.mark.browser
MATTER = "BIZ-006"
"""Served at that window."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


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
def ticket(desk: Desk) -> Iterator[tuple[str, str]]:
    """A number that waits, and its holder's page; at the end the window is free again."""
    issued = desk.post("/api/tickets", {"matter": MATTER}, role="guide")
    yield issued["ticket"]["number"], issued["track"]
    if desk.window(WINDOW)["current"] is not None:
        desk.post(f"/api/windows/{WINDOW}/start")
        desk.post(f"/api/windows/{WINDOW}/finish")


@pytest.mark.parametrize("way", ["pull", "freeze", "offline"])
@pytest.mark.parametrize("name", KINDS)
def test_ten_minutes_cut_off(
    browser: Browser, hall: HandHall, wire: Cable, desk: Desk, ticket: tuple[str, str], name: str, way: str
) -> None:
    number, track = ticket
    opened = Opened(browser, hall, wire, name, track)
    page = opened.page
    opened.hold()
    if way == "offline":
        opened.context.set_offline(True)
        wire.freeze()  # A browser that is offline lets an open socket live on; its network wouldn't.
    else:
        getattr(wire, way)()
    page.clock.run_for(4700)
    assert opened.says == "live"
    page.clock.run_for(500)
    assert opened.says == "late", "the age within 5 s"
    expect(page.locator("ow-connection [data-cell=age]")).to_have_text("5 秒")
    page.clock.run_for(9300)
    assert opened.says == "late"
    page.clock.run_for(700)
    assert opened.says == "stale", "the banner within 15 s"
    expect(opened.banner).to_be_visible()
    called = desk.post(f"/api/windows/{WINDOW}/call-next")["ticket"]["number"]
    assert called == number
    hall.clock.on(600)
    page.clock.fast_forward(600_000)
    if opened.kind.flashes and name != "phone":  # the phone bears its own number all the time
        assert number not in (opened.where.text_content() or "")
    opened.context.set_offline(False)
    wire.mend()
    page.clock.run_for(1000)  # All that its clock moves: what is still to come is the way there and back.
    opened.shows(number)
    opened.is_("live")
    expect(opened.banner).to_be_hidden()
    opened.pulsed(0)  # A call of ten minutes ago is no news …
    if opened.kind.flashes:
        desk.post(f"/api/windows/{WINDOW}/recall")
        opened.pulsed(1)  # … one of now is, once.
    assert opened.errors == []
    opened.context.close()


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.flashes])
def test_a_call_just_before_the_return_is_seen_exactly_once(
    browser: Browser, hall: HandHall, wire: Cable, desk: Desk, ticket: tuple[str, str], name: str
) -> None:
    number, track = ticket
    opened = Opened(browser, hall, wire, name, track)
    opened.hold()
    wire.freeze()
    opened.page.clock.run_for(20_000)
    hall.clock.on(17)
    desk.post(f"/api/windows/{WINDOW}/call-next")
    hall.clock.on(3)
    wire.mend()
    opened.page.clock.run_for(1000)
    opened.shows(number)
    opened.pulsed(1)
    wire.pull()
    opened.page.clock.run_for(3000)
    wire.mend()
    opened.page.clock.run_for(3000)
    opened.is_("live")
    desk.post(f"/api/windows/{WINDOW}/recall")
    opened.pulsed(2)  # The recall's; the call itself, which stood in what came back, was not shown as new again.
    assert opened.errors == []
    opened.context.close()
