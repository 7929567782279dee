"""The guide's page without its server, in a real Chromium: it issues, prints, voids, and hands in what it did."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.callers.browsers import always_open
from tests.guide_desk.desk import DESK, Hall, open_hall, signed_in, watched

pytestmark = pytest.mark.browser
ON_PAPER = """
window.printed = [];
Object.defineProperty(window, 'print', { writable: false, value: () => {
  const slip = document.querySelector('.offslip');
  window.printed.push(slip && document.documentElement.dataset.printing === 'slip' ? slip.innerText : '');
} });"""
"""Keeps what would be printed; it stands whichever script of the context comes first."""
SLOW = 20_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return always_open(tmp_path_factory.mktemp("offline"))


@pytest.fixture
def hall(tmp_path: Path, files: Path) -> Iterator[Hall]:
    with open_hall(tmp_path / "data", files) as found:
        yield found


@pytest.fixture
def desk(hall: Hall, browser: Browser) -> Iterator[Page]:
    """The guide's page in rush mode, with a right to numbers."""
    faults: list[str] = []
    context = signed_in(browser, hall, "guide", DESK)
    context.add_init_script(ON_PAPER)
    page = watched(context, faults)
    page.goto(hall.page_url + "/guide")
    expect(page.locator("html")).to_have_attribute("data-offline", "ready")
    page.keyboard.press("F2")
    expect(page.locator(".guide__tile")).to_have_count(24)
    yield page
    context.close()
    assert faults == []


def ask(desk: Page, keys: str, number: str) -> None:
    """Type, Enter; this number comes."""
    desk.keyboard.type(keys)
    desk.keyboard.press("Enter")
    expect(desk.locator(f".guide__number[data-number='{number}']")).to_be_visible(timeout=SLOW)


def gone(desk: Page) -> None:
    expect(desk.locator("html")).to_have_attribute("data-offline", "away", timeout=SLOW)
    expect(desk.locator("[data-part=offline]")).to_contain_text("离线取号中")


def back(desk: Page, count: int) -> None:
    expect(desk.locator("[data-part=offline]")).to_contain_text(f"已并入 {count} 个离线号", timeout=SLOW)


def called(hall: Hall, window: str, count: int) -> list[str]:
    """The numbers that a window calls, one after the other."""
    numbers = []
    for _ in range(count):
        answer = hall.post(f"/api/windows/{window}/call-next", {"finish": True}, "supervisor")
        assert answer.status_code == 200, answer.text
        ticket = answer.json()["ticket"]
        assert ticket["why"]
        numbers.append(ticket["number"])
        assert hall.post(f"/api/windows/{window}/start", {}, "supervisor").status_code == 200
    return numbers


def printed(desk: Page) -> list[str]:
    """What came out of this browser's own printer without the server."""
    return [slip for slip in desk.evaluate("window.printed") if slip]


def test_the_desk_goes_on_when_the_server_is_killed(hall: Hall, desk: Page) -> None:
    ask(desk, "q", "Q001")
    hall.server.kill()
    gone(desk)
    ask(desk, "q", "Q9101")
    expect(desk.locator(".guide__mark")).to_contain_text("离线号")
    ask(desk, "g", "G9101")
    ask(desk, "q", "Q9102")
    desk.keyboard.press("Control+z")
    expect(desk.locator(".banner")).to_contain_text(["Q9102 已作废"])
    ask(desk, "q", "Q9103")
    desk.keyboard.press("F3")
    ask(desk, "u", "U9101")
    expect(desk.locator("[data-part=offline]")).to_contain_text("Q9101、G9101、Q9102（作废）、Q9103、U9101")

    slips = printed(desk)
    assert [next(n for n in ("Q9101", "G9101", "Q9102", "Q9103", "U9101") if n in slip) for slip in slips] == [
        "Q9101",
        "G9101",
        "Q9102",
        "Q9103",
        "U9101",
    ]
    assert all("离线号" in slip and "取号" in slip for slip in slips)

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.once("dialog", stay)
    desk.close(run_before_unload=True)
    expect(desk.locator("[data-part=offline]")).to_contain_text("请不要关闭或刷新本页")
    assert asked == ["beforeunload"]

    hall.server.start()
    back(desk, 5)
    ask(desk, "q", "Q002")
    assert hall.ticket("Q9102")["state"] == "cancelled"
    assert hall.ticket("U9101")["visit"] == hall.ticket("Q9103")["visit"]
    assert hall.ticket("Q9101")["offline"] and not hall.ticket("Q002")["offline"]
    assert called(hall, "32", 4) == ["Q001", "Q9101", "Q9103", "Q002"]
    board = hall.fetch("/api/board").text
    assert "Q002" in board
    assert hall.issued() == 7
    assert "2026" in hall.server.run("verify", "--hall", str(hall.server.hall))


def lose(desk: Page, hall: Hall, *, obeyed: bool) -> list[str]:
    """From now on the page's issues get no answer; the first one kills the server, obeyed by it or not."""
    keys: list[str] = []

    def handle(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            if obeyed:
                hall.deliver(route.request)
            hall.server.kill()
        route.abort()

    desk.route("**/api/tickets", handle)
    return keys


@pytest.mark.parametrize("obeyed", [True, False])
def test_an_answer_that_was_lost_doesnt_count_twice(hall: Hall, desk: Page, obeyed: bool) -> None:
    keys = lose(desk, hall, obeyed=obeyed)
    ask(desk, "q", "Q9101")
    assert len(set(keys)) == 1
    desk.unroute("**/api/tickets")
    hall.server.start()
    back(desk, 1)
    assert hall.issued() == 1 + obeyed
    if obeyed:
        assert hall.ticket("Q001")["state"] == "cancelled"
    assert called(hall, "32", 1) == ["Q9101"]
    late = hall.post("/api/tickets", {"group": "Q"}, key=keys[0])
    assert late.status_code == (201 if obeyed else 422)
    assert hall.issued() == 1 + obeyed, "what comes late does nothing"


def test_the_usual_mode_goes_on_too(hall: Hall, desk: Page) -> None:
    desk.keyboard.press("F2")
    hall.server.kill()
    gone(desk)
    desk.keyboard.type("sfz")
    expect(desk.locator(".rows__row").first).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator(".guide__panel .papers")).to_be_visible()
    desk.keyboard.press("Enter")
    number = desk.locator(".guide__number").first
    expect(number).to_be_visible()
    shown = number.get_attribute("data-number") or ""
    assert shown[1:] == "9101"
    expect(desk.locator(".guide__issued")).to_contain_text("离线号")
    hall.server.start()
    desk.keyboard.press("Escape")
    desk.keyboard.press("Escape")
    back(desk, 1)
    assert hall.ticket(shown)["matter"]


def test_a_frozen_server_is_away_too_and_what_it_does_afterwards_counts_once(hall: Hall, desk: Page) -> None:
    hall.server.process.send_signal(signal.SIGSTOP)
    try:
        ask(desk, "q", "Q9101")
    finally:
        hall.server.process.send_signal(signal.SIGCONT)
    back(desk, 1)
    alive = [n for n in ("Q001", "Q9101") if hall.get("/api/day")["day"]["remaining"] and n]
    assert alive and hall.get("/api/day")["day"]["remaining"] == 1
    assert called(hall, "32", 1) == ["Q9101"]


def test_what_is_refused_is_shown_until_somebody_has_dealt_with_it(hall: Hall, desk: Page) -> None:
    hall.server.kill()
    gone(desk)
    ask(desk, "q", "Q9101")
    desk.route(
        "**/api/desk/offline",
        lambda route: route.fulfill(
            json={
                "slips": [{"outcome": "refused", "code": "no_window_serves", "zh": "目前没有窗口办理。请联系主任。"}]
            }
        ),
    )
    hall.server.start()
    refused = desk.locator("[data-refused=Q9101]")
    expect(refused).to_contain_text("没有并入", timeout=SLOW)
    expect(refused).to_contain_text("请联系主任")
    desk.unroute("**/api/desk/offline")
    refused.get_by_role("button", name="再试").click()
    back(desk, 1)
    expect(refused).to_have_count(0)
    assert hall.ticket("Q9101")["state"] == "waiting"


def test_where_the_browser_may_keep_the_page_a_reload_brings_it_back(hall: Hall, browser: Browser) -> None:
    """On the server's own PC, or by https: a secure context."""
    faults: list[str] = []
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    context.add_cookies([{"name": "onewindow", "value": hall.server.token("guide"), "url": hall.server.url}])
    context.add_init_script(ON_PAPER)
    desk = watched(context, faults)
    desk.goto(hall.server.url + "/guide")
    expect(desk.locator("html")).to_have_attribute("data-offline", "ready", timeout=SLOW)
    expect(desk.locator("html")).to_have_attribute("data-returns", "yes", timeout=SLOW)
    desk.keyboard.press("F2")
    expect(desk.locator(".guide__tile")).to_have_count(24)
    hall.server.kill()
    gone(desk)
    expect(desk.locator("[data-part=offline]")).not_to_contain_text("刷新")
    ask(desk, "q", "Q9101")
    desk.reload()
    gone(desk)
    expect(desk.locator(".guide__tile")).to_have_count(24)
    expect(desk.locator("[data-part=offline]")).to_contain_text("Q9101")
    ask(desk, "q", "Q9102")
    assert "Q9102" in printed(desk)[-1]
    hall.server.start()
    back(desk, 2)
    assert called(hall, "32", 2) == ["Q9101", "Q9102"]
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-offline", "ready", timeout=SLOW)
    context.close()
    assert faults == []


def test_what_a_closed_tab_has_issued_is_handed_in_by_another(hall: Hall, desk: Page) -> None:
    other = desk.context.new_page()
    other.goto(hall.page_url + "/guide")
    expect(other.locator("html")).to_have_attribute("data-offline", "ready", timeout=SLOW)
    hall.server.kill()
    gone(desk)
    ask(desk, "q", "Q9101")
    desk.close()
    hall.server.start()
    back(other, 1)
    assert hall.ticket("Q9101")["state"] == "waiting"


def test_a_reload_after_the_return_and_a_second_tab_hand_in_once(hall: Hall, desk: Page) -> None:
    hall.server.kill()
    gone(desk)
    ask(desk, "q", "Q9101")
    other = desk.context.new_page()
    desk.context.route("**/api/desk/offline", lambda route: route.abort())
    hall.server.start()
    other.goto(hall.page_url + "/guide")
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-offline", "ready", timeout=SLOW)
    expect(desk.locator("[data-part=offline]")).to_contain_text("正在并入 1 个离线号", timeout=SLOW)
    desk.context.unroute("**/api/desk/offline")
    expect(desk.locator("[data-part=offline]")).not_to_contain_text("正在并入", timeout=SLOW)
    assert hall.issued() == 1
    other.close()
    hall.server.kill()
    gone(desk)
    ask(desk, "q", "Q9102")
