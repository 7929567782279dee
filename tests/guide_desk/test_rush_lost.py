"""Rush mode while answers are lost (答复丢失): on the real server, the network in between by the browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.guide_desk.desk import Hall, open_hall
from tests.guide_desk.rush import at_the_desk, shows_number, type_and_enter

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(tmp_path_factory.mktemp("lost") / "data") as found:
        yield found


@pytest.fixture
def page(hall: Hall, browser: Browser) -> Iterator[Page]:
    with at_the_desk(hall, browser) as page:
        yield page


def test_a_lost_answer_is_asked_again_and_what_follows_waits_its_turn(page: Page, hall: Hall) -> None:
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            hall.deliver(route.request)
            route.abort()
        else:
            route.continue_()

    before = hall.issued()
    page.route("**/api/tickets", lose_first)
    type_and_enter(page, "m")
    type_and_enter(page, "n")
    shown = shows_number(page, "N")
    assert keys[0] == keys[1]
    # Failed once, with two askings of the first and none of the second: then the desk gave a number of its own.
    assert len(set(keys)) == 2, (shown, page.locator("html").get_attribute("data-offline"))
    assert hall.issued() == before + 2


def test_one_reading_that_fails_does_not_send_the_desk_away(page: Page, hall: Hall) -> None:
    """The view is read while the first slip's answer is lost; that reading fails as the slip is asked for again."""
    keys: list[str] = []
    readings: list[Route] = []
    askings: list[Route] = []

    def meet() -> None:
        if readings and askings:
            readings[0].abort()
            askings.pop().continue_()

    def view(route: Route) -> None:
        if len(keys) == 0 or readings:
            route.continue_()
            return
        readings.append(route)
        meet()

    def issue(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            hall.deliver(route.request)
            route.abort()
        elif len(keys) == 2:
            askings.append(route)
            meet()
        else:
            route.continue_()

    before = hall.issued()
    page.route("**/api/desk", view)
    page.route("**/api/tickets", issue)
    type_and_enter(page, "m")
    type_and_enter(page, "n")
    shown = shows_number(page, "N")
    assert (len(readings), len(set(keys))) == (1, 2), shown
    assert hall.ticket(shown)["channel"] == "guide"
    assert hall.issued() == before + 2


def test_a_second_reading_that_hangs_sends_the_desk_away(page: Page) -> None:
    """Sooner than a page gives up on an answer (10 s): the visitor at the desk waits for it."""
    held: list[Route] = []

    def view(route: Route) -> None:
        held.append(route)
        if len(held) == 1:
            route.abort()

    expect(page.locator("html")).to_have_attribute("data-offline", "ready")
    page.route("**/api/desk", view)
    expect(page.locator("html")).to_have_attribute("data-offline", "away", timeout=9000)
    assert len(held) >= 2
    page.unroute("**/api/desk", view)
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")
