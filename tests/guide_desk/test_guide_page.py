"""The guide's page in a real browser on the real server: by keyboard alone, once and only once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.guide_desk.desk import DESK, Hall, open_hall, signed_in, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with open_hall(tmp_path_factory.mktemp("desk") / "data") as found:
        yield found


@pytest.fixture
def page(hall: Hall, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, hall, "guide", DESK)
    faults: list[str] = []
    page = watched(context, faults)
    page.goto(hall.page_url + "/guide")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    expect(page.locator(".guide__list")).to_be_visible()
    yield page
    context.close()
    assert faults == []


def find(page: Page, text: str) -> None:
    """Type, and wait for the list that belongs to it."""
    page.keyboard.type(text)
    expect(page.locator("#results")).to_have_attribute("data-text", text)


def press_enter(page: Page) -> None:
    """Once the page takes presses again: right after a ticket has opened it doesn't."""
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("Enter")


def issued_number(page: Page) -> str:
    """The number that the page shows large."""
    shown = page.locator(".guide__number[data-number]")
    expect(shown).to_be_visible()
    return shown.get_attribute("data-number") or ""


def test_initials_enter_enter_make_a_number_and_esc_an_empty_field(page: Page, hall: Hall) -> None:
    assert page.evaluate("window.isSecureContext") is False
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("yxzrgs")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__panel h2")).to_contain_text("有限责任公司设立登记")
    expect(page.locator(".guide__panel .papers__item")).to_have_count(5)
    expect(page.locator(".guide__panel .guide__windows")).to_contain_text("17–19")
    page.keyboard.press("Enter")
    ticket = hall.ticket(issued_number(page))
    assert (ticket["matter"], ticket["channel"], ticket["applicant"]) == ("BIZ-002", "guide", "standard")
    expect(page.locator(".banner--good")).to_contain_text("小票已送打印")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#results .rows__row").first).to_contain_text(ticket["number"])


def test_enter_pressed_again_and_again_issues_once(page: Page, hall: Hall) -> None:
    before = hall.issued()
    find(page, "sfz")
    for _ in range(5):
        page.keyboard.press("Enter")
    number = issued_number(page)
    page.keyboard.press("Enter")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert issued_number(page) == number
    assert hall.issued() == before + 1


def test_a_lost_reply_is_asked_for_again_and_gives_one_ticket(page: Page, hall: Hall) -> None:
    before = hall.issued()
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            hall.deliver(route.request)  # the server does it …
            route.abort()  # … and its reply never arrives
        else:
            route.continue_()

    page.route("**/api/tickets", lose_first)
    find(page, "gtgsh")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__facts")).to_be_visible()
    page.keyboard.press("Enter")
    number = issued_number(page)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert hall.issued() == before + 1
    assert hall.ticket(number)["state"] == "waiting"


def test_an_uncertain_issue_can_only_be_asked_again_as_it_was(page: Page, hall: Hall) -> None:
    before = hall.issued()
    page.clock.install()
    sent: list[tuple[str, str | None]] = []

    def lose(route: Route) -> None:
        sent.append((route.request.headers["idempotency-key"], route.request.post_data))
        if len(sent) == 1:
            hall.deliver(route.request)
        route.abort()

    page.route("**/api/tickets", lose)
    find(page, "sfz")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__facts")).to_be_visible()
    page.keyboard.press("Enter")
    again = page.locator(".guide__foot .button").first
    for _ in range(30):
        if "再问一次" in (again.text_content() or ""):
            break
        page.clock.run_for(1000)
    expect(again).to_contain_text("再问一次")
    page.keyboard.press("1")
    page.unroute("**/api/tickets")

    def note(route: Route) -> None:
        sent.append((route.request.headers["idempotency-key"], route.request.post_data))
        route.continue_()

    page.route("**/api/tickets", note)
    page.keyboard.press("Enter")
    number = issued_number(page)
    assert len(set(sent)) == 1
    assert hall.issued() == before + 1
    assert hall.ticket(number)["applicant"] == "standard"


def test_enter_waits_for_the_list_that_belongs_to_what_was_typed(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/search*", lambda route: held.append(route))
    with page.expect_request("**/api/search*q=hz"):
        page.keyboard.type("hz")
    page.keyboard.press("Enter")
    assert [route.request.url.rpartition("=")[2] for route in held] == ["h", "hz"]
    held[1].continue_()
    expect(page.locator(".guide__facts")).to_be_visible()
    wanted = page.locator("#results [aria-selected=true] .rows__title").text_content() or ""
    held[0].continue_()  # the older answer comes last and changes nothing
    with page.expect_response("**/api/desk/preview*"):
        page.keyboard.press("1")
    name = page.locator(".guide__panel h2 .bi__zh").text_content()
    assert name
    assert wanted.startswith(name)


def test_an_input_method_swallows_no_letters_and_its_enter_issues_nothing(page: Page, hall: Hall) -> None:
    before = hall.issued()
    cdp = page.context.new_cdp_session(page)
    text = "y'y'z'z"
    cdp.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    expect(page.locator("#results [data-kind=matter]").first).to_contain_text("BIZ-006")
    page.keyboard.press("Enter")
    assert page.locator(".guide__facts").count() == 0
    cdp.send("Input.insertText", {"text": "营业执照"})
    expect(page.locator("#q")).to_have_value("营业执照")
    expect(page.locator("#results [data-kind=matter]").first).to_contain_text("BIZ-006")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__facts")).to_be_visible()
    assert hall.issued() == before


def test_class_purpose_and_copies_by_key(page: Page, hall: Hall) -> None:
    find(page, "yxzrgs")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator('.guide__choice[aria-pressed="true"]').first).to_contain_text("老年人")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".guide__windows")).to_contain_text("44")
    page.keyboard.press("Enter")
    ticket = hall.ticket(issued_number(page))
    assert (ticket["applicant"], ticket["purpose"], ticket["copies"]) == ("elderly", "collect", 2)
    assert ticket["windows"] == ["44"]


def test_a_question_is_counted_without_a_slip(page: Page, hall: Hall) -> None:
    before, tickets = hall.get("/api/day")["day"]["consults"], hall.issued()
    find(page, "yxzrgs")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".guide__foot")).to_contain_text("只计一次咨询")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__panel")).to_contain_text("已计一次咨询")
    assert hall.get("/api/day")["day"]["consults"] == before + 1
    assert hall.issued() == tickets


def test_a_letter_issues_for_its_group_and_a_zone_for_its_default(page: Page, hall: Hall) -> None:
    find(page, "q")
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("户政")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__facts")).to_be_visible()
    page.keyboard.press("Enter")
    assert hall.ticket(issued_number(page))["matter"] is None
    page.keyboard.press("Escape")
    find(page, "商事登记")
    expect(page.locator("#results [data-kind=zone]")).to_contain_text("商事登记服务区")


def test_one_person_gets_further_numbers_of_the_same_visit(page: Page, hall: Hall) -> None:
    find(page, "yxzrgs")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    first = hall.ticket(issued_number(page))
    page.keyboard.press("+")
    expect(page.locator("[data-part=mode]")).to_contain_text(first["number"])
    find(page, "L")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    second = hall.ticket(issued_number(page))
    assert second["visit"] == first["visit"]
    assert second["number"].startswith("L")


def test_a_ticket_is_found_by_its_number_and_led_away_back_and_out(page: Page, hall: Hall) -> None:
    number = hall.issue(matter="CNV-010")["number"]
    find(page, f"{number[0].lower()}{int(number[1:])}")
    press_enter(page)
    expect(page.locator(".guide__panel .guide__number")).to_have_text(number)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("暂离")
    press_enter(page)
    expect(page.locator(".guide__panel .flag")).to_have_attribute("data-flag", "away")
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("回队")
    press_enter(page)
    expect(page.locator(".guide__panel .flag")).to_have_attribute("data-flag", "waiting")
    page.keyboard.press("3")
    expect(page.locator(".facts")).to_contain_text("孕妇")
    page.keyboard.press("ArrowUp")
    press_enter(page)
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("不取消")
    page.keyboard.press("ArrowDown")
    press_enter(page)
    expect(page.locator(".guide__panel .flag")).to_have_attribute("data-flag", "cancelled")
    assert hall.ticket(number)["state"] == "cancelled"


def test_a_ticket_is_rerouted_and_keeps_its_number(page: Page, hall: Hall) -> None:
    number = hall.issue(matter="CNV-010")["number"]
    find(page, number)
    press_enter(page)
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("改签")
    press_enter(page)
    expect(page.locator("[data-part=mode]")).to_contain_text(f"为 {number} 改签")
    find(page, "sfz")
    press_enter(page)
    expect(page.locator(".banner--good")).to_contain_text("已改签")
    ticket = hall.ticket(number)
    assert (ticket["group"], ticket["number"]) == ("Q", number)


def test_a_claim_from_the_kiosk_is_confirmed_in_two_presses(page: Page, hall: Hall) -> None:
    number = hall.issue("kiosk", matter="CNV-033", applicant="elderly")["number"]
    claim = page.locator("#results [data-kind=claim]")
    expect(claim).to_contain_text(number)
    expect(claim).to_have_attribute("aria-selected", "true")
    press_enter(page)
    expect(page.locator("#results [aria-selected=true]")).to_contain_text("确认优先")
    press_enter(page)
    expect(page.locator(".banner--good")).to_contain_text("确认优先")
    assert hall.ticket(number)["priority"] is True


def test_a_call_for_help_stands_first_until_a_guide_goes(page: Page, hall: Hall) -> None:
    assert hall.post("/api/desk/help", {"on": True}, "kiosk").status_code == 200
    page.reload()
    expect(page.locator("#results [data-kind=help]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".banner--good")).to_be_visible()
    assert hall.get("/api/desk")["help"] == []


def test_a_slip_that_does_not_print_says_so_beside_the_huge_number(page: Page, hall: Hall) -> None:
    page.route("**/api/tickets/*/print", lambda route: route.fulfill(status=500, body=""))
    find(page, "sfz")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    number = issued_number(page)
    expect(page.locator(".banner--error")).to_contain_text(f"请手写 {number}")
    page.unroute("**/api/tickets/*/print")
    page.keyboard.press("F4")
    expect(page.locator(".banner--good")).to_contain_text("小票已送打印")


def test_without_the_server_papers_are_still_found_and_the_page_says_what_waits(page: Page, hall: Hall) -> None:
    page.context.set_offline(True)
    find(page, "yxzrgs")
    expect(page.locator("#results [data-kind=matter]").first).to_contain_text("BIZ-002")
    page.keyboard.press("Enter")
    expect(page.locator(".guide__panel .papers__item")).to_have_count(5)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".banner--offline")).to_contain_text("暂不能取号")
    page.context.set_offline(False)
    expect(page.locator(".banner--offline")).to_have_count(0)


def test_a_refusal_is_told_and_nothing_is_issued(page: Page, hall: Hall) -> None:
    assert hall.post("/api/day/closing", {}, "supervisor").status_code == 200
    before = hall.issued()
    find(page, "sfz")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".banner--error")).to_contain_text("停止取号")
    assert hall.post("/api/day/resume", {}, "supervisor").status_code == 200
    page.keyboard.press("Enter")
    issued_number(page)
    assert hall.issued() == before + 1


def test_nothing_of_the_page_leaves_its_screen(page: Page, hall: Hall) -> None:
    for text in ("", "sfz", "zzzzq"):
        page.locator("#q").fill(text)
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [DESK["width"], DESK["height"]]


def test_without_scripts_matters_and_papers_can_be_read(hall: Hall, browser: Browser) -> None:
    context = signed_in(browser, hall, "guide", DESK, scripts=False)
    page = context.new_page()
    page.goto(hall.page_url + "/guide?q=yyzz")
    expect(page.locator("#results")).to_contain_text("个体工商户登记申请书")
    expect(page.locator("noscript, .banner--warn").first).to_be_visible()
    page.locator("#q").fill("护照")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_contain_text("护照")
    context.close()


def test_the_page_is_for_guides(hall: Hall, browser: Browser) -> None:
    context = signed_in(browser, hall, "kiosk", DESK)
    page = context.new_page()
    answer = page.goto(hall.page_url + "/guide")
    assert answer is not None
    assert answer.status == 403
    context.close()
