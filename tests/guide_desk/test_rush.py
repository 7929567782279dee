"""Rush mode (高峰模式) in a real browser on the real server: a letter, Enter, the next person."""

import json
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.guide_desk.desk import DESK, Hall, open_hall, printing_files
from tests.guide_desk.paper import Paper
from tests.guide_desk.rush import at_the_desk, opened, shows_number, type_and_enter

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def paper() -> Iterator[Paper]:
    with closing(Paper()) as found:
        yield found


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, paper: Paper) -> Iterator[Hall]:
    """The sample hall, the desk's printer on the network."""
    folder = tmp_path_factory.mktemp("rush")
    files = printing_files(folder / "anqiu", paper.address)
    with open_hall(folder / "data", files, ("--public-url", "http://10.20.30.40:8000")) as found:
        yield found


@pytest.fixture
def page(hall: Hall, browser: Browser) -> Iterator[Page]:
    with at_the_desk(hall, browser) as page:
        yield page


def last_number(page: Page) -> str:
    return page.locator(".guide__number[data-number]").get_attribute("data-number") or ""


def test_f2_switches_and_a_reload_keeps_it(page: Page) -> None:
    expect(page.locator("#q")).to_be_focused()
    page.reload()
    expect(page.locator(".guide__tile")).to_have_count(24)
    expect(page.locator("[data-letter=E]")).to_contain_text("不动产查询")
    page.keyboard.press("F2")
    expect(page.locator("[data-part=pad]")).to_be_hidden()
    expect(page.locator("[data-part=rush]")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator(".guide__list")).to_be_visible()
    expect(page.locator("[data-part=pad]")).to_be_hidden()
    page.keyboard.press("F2")
    expect(page.locator("[data-part=pad]")).to_be_visible()


def test_a_letter_and_enter_print_and_a_second_enter_does_nothing(page: Page, hall: Hall, paper: Paper) -> None:
    before, printed = hall.issued(), len(paper.jobs)
    type_and_enter(page, "q")
    page.keyboard.press("Enter")
    ticket = hall.ticket(shows_number(page, "Q"))
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("")
    assert (ticket["group"], ticket["matter"], ticket["channel"]) == ("Q", None, "guide")
    assert hall.issued() == before + 1
    assert len(paper.jobs) == printed + 1


def test_papers_stand_there_after_the_slip_of_a_matter(page: Page, hall: Hall) -> None:
    type_and_enter(page, "yxzrgs")
    assert hall.ticket(shows_number(page, "G"))["matter"] == "BIZ-002"
    expect(page.locator(".guide__panel .papers__item")).to_have_count(5)


def test_presses_that_follow_at_once_are_all_obeyed_in_order(page: Page, hall: Hall) -> None:
    """The server holds its first answer back until everything has been typed."""
    held: list[Route] = []
    page.route("**/api/tickets", lambda route: held.append(route) if not held else route.continue_())
    before = hall.issued()
    with page.expect_request("**/api/tickets"):
        type_and_enter(page, "u")
    for text in ("v", "sfz", "1w", "x"):
        type_and_enter(page, text)
    expect(page.locator("#q")).to_have_value("")
    assert hall.issued() == before
    held[0].continue_()
    shows_number(page, "X")
    rows = page.locator("#results .rows__row[data-kind=ticket] .rows__title")
    assert [text[0] for text in rows.all_text_contents()[:5]] == ["X", "W", "Q", "V", "U"]
    assert hall.issued() == before + 5


def test_a_class_is_one_key_and_folders_are_one_each(page: Page, hall: Hall) -> None:
    page.keyboard.type("1g++")
    expect(page.locator('[data-class="elderly"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-part=classes]")).to_contain_text("3 份")
    page.keyboard.press("Enter")
    first = hall.ticket(shows_number(page, "G"))
    assert (first["applicant"], first["copies"]) == ("elderly", 3)
    before = hall.issued()
    type_and_enter(page, "g*61")
    expect(page.locator(".banner--error")).to_contain_text("一个号最多 60 份")
    expect(page.locator("#q")).to_have_value("g*61")
    for _ in range(2):
        page.keyboard.press("Backspace")
    type_and_enter(page, "3")
    expect(page.locator(".guide__number")).not_to_have_attribute("data-number", first["number"])
    second = hall.ticket(last_number(page))
    assert (second["applicant"], second["copies"], hall.issued()) == ("standard", 3, before + 1)


def test_an_agent_s_ten_folders_are_one_number_of_four_turns(page: Page, hall: Hall, paper: Paper) -> None:
    printed = len(paper.jobs)
    page.keyboard.type("h*10")
    expect(page.locator("[data-part=classes]")).to_contain_text("10 份 4 轮")
    page.keyboard.press("Enter")
    ticket = hall.ticket(shows_number(page, "H"))
    assert (ticket["copies"], ticket["left"]) == (3, 7)
    expect(page.locator(".guide__panel")).to_contain_text("办完一轮，本号排到队尾")
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    page.keyboard.press("F6")
    type_and_enter(page, "j")
    expect(page.locator(".banner--good")).to_contain_text("已改签")
    page.keyboard.press("F4")
    expect(page.locator(".banner--good")).to_contain_text("小票已打印")
    assert len(paper.jobs) == printed + 3


def test_ctrl_z_voids_the_last_slip_once_and_never_a_called_one(page: Page, hall: Hall) -> None:
    type_and_enter(page, "k")
    page.keyboard.press("Control+z")  # before the answer has come
    expect(page.locator(".banner--good")).to_contain_text("已作废")
    voided = page.locator("#results .rows__row").first
    expect(voided).to_contain_text("已取消")
    number = (voided.locator(".rows__title").text_content() or "")[:4]
    assert hall.ticket(number)["state"] == "cancelled"
    page.keyboard.press("Control+z")
    expect(page.locator(".banner--info")).to_contain_text("已经作废")
    type_and_enter(page, "k")
    called = shows_number(page, "K")
    assert called != number
    assert hall.post("/api/windows/22/call-next", {}, "supervisor").json()["ticket"]["number"] == called
    page.keyboard.press("Control+z")
    expect(page.locator(".banner--error")).to_contain_text("不能作废")
    assert hall.ticket(called)["state"] == "called"


def test_a_slip_that_is_void_before_it_prints_is_no_failure(page: Page, hall: Hall, paper: Paper) -> None:
    """The first slip's printing is slow; the second is void before its turn comes."""
    held: list[Route] = []
    page.route("**/print", lambda route: held.append(route) if not held else route.continue_())
    printed = len(paper.jobs)
    with page.expect_request("**/print"):
        type_and_enter(page, "p")
    first = shows_number(page, "P")
    type_and_enter(page, "l")
    shows_number(page, "L")
    page.keyboard.press("Control+z")
    expect(page.locator(".banner--good")).to_contain_text("已作废")
    held[0].continue_()
    type_and_enter(page, "n")
    shows_number(page, "N")
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    expect(page.locator(".banner--error")).to_have_count(0)
    assert len(paper.jobs) == printed + 2, "the first and the last"
    assert hall.ticket(first)["state"] == "waiting"


def test_ctrl_z_while_typing_is_the_field_s_own(page: Page, hall: Hall) -> None:
    type_and_enter(page, "d")
    number = shows_number(page, "D")
    page.keyboard.type("ee")
    page.keyboard.press("Control+z")
    expect(page.locator("#results .rows__row").first).to_be_visible()
    assert hall.ticket(number)["state"] == "waiting"


def test_f6_moves_the_last_slip_and_prints_it_anew(page: Page, hall: Hall, paper: Paper) -> None:
    type_and_enter(page, "r")
    number = shows_number(page, "R")
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    printed, issued = len(paper.jobs), hall.issued()
    page.keyboard.press("F6")
    expect(page.locator("[data-part=mode]")).to_contain_text(f"为 {number} 改签")
    type_and_enter(page, "sfz")
    expect(page.locator(".banner--good")).to_contain_text("已改签")
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    ticket = hall.ticket(number)
    assert (ticket["group"], ticket["matter"], hall.issued()) == ("Q", "CNV-002", issued)
    assert len(paper.jobs) == printed + 1


def test_f3_gives_the_same_person_another_number(page: Page, hall: Hall) -> None:
    type_and_enter(page, "t")
    page.keyboard.press("F3")
    type_and_enter(page, "z")
    second = hall.ticket(shows_number(page, "Z"))
    assert [number[0] for number in second["visit_tickets"]] == ["T", "Z"]


def test_f8_counts_a_question_and_f9_issues_for_collecting(page: Page, hall: Hall) -> None:
    consults, issued = hall.get("/api/day")["day"]["consults"], hall.issued()
    page.keyboard.press("F8")
    expect(page.locator(".banner--good")).to_contain_text(f"今天第 {consults + 1} 次")
    page.keyboard.type("q")
    page.keyboard.press("F8")
    expect(page.locator(".banner--good")).to_contain_text(f"今天第 {consults + 2} 次")
    assert hall.issued() == issued
    page.keyboard.type("q")
    page.keyboard.press("F9")
    assert hall.ticket(shows_number(page, "Q"))["purpose"] == "collect"


def test_a_scanned_slip_an_id_and_a_number_open_their_ticket(page: Page, hall: Hall) -> None:
    ticket = hall.issue(matter="CNV-010")
    for text in (f"http://10.20.30.40:8000{ticket['track']}", ticket["id"], ticket["number"].lower()):
        type_and_enter(page, text)
        expect(page.locator(".guide__panel .guide__number")).to_have_text(ticket["number"])
        expect(page.locator("#results [aria-selected=true]")).to_contain_text("改签")
        page.keyboard.press("Escape")
        expect(page.locator(".guide__tile").first).to_be_visible()
    page.keyboard.press("F2")
    type_and_enter(page, f"http://10.20.30.40:8000{ticket['track']}")
    expect(page.locator(".guide__panel .guide__number")).to_have_text(ticket["number"])


def test_letters_under_an_input_method_choose_and_its_enter_issues_nothing(page: Page, hall: Hall) -> None:
    before = hall.issued()
    cdp = page.context.new_cdp_session(page)
    text = "y'y'z'z"
    cdp.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    expect(page.locator("#results [data-kind=matter]").first).to_contain_text("BIZ-006")
    page.keyboard.press("Enter")
    cdp.send("Input.insertText", {"text": "营业执照"})
    expect(page.locator("#q")).to_have_value("营业执照")
    assert hall.issued() == before
    page.keyboard.press("Enter")
    assert hall.ticket(shows_number(page, "H"))["matter"] == "BIZ-006"


def test_what_is_not_found_is_told_and_noted_for_the_hall(page: Page, hall: Hall) -> None:
    before = hall.issued()
    with page.expect_response("**/api/desk/searches"):
        type_and_enter(page, "zzzvvv")
    expect(page.locator(".banner--error")).to_contain_text("没有找到「zzzvvv」")
    with page.expect_response("**/api/desk/searches"):
        page.keyboard.type("sfzqq")
        page.keyboard.press("Escape")
    type_and_enter(page, "sfz")
    shows_number(page, "Q")
    page.keyboard.press("F2")
    with page.expect_response("**/api/desk/searches"):
        page.keyboard.type("wwuuu")
        for _ in range(5):
            page.keyboard.press("Backspace")
    noted = {one["query"]: one["count"] for one in hall.get("/api/desk/searches", "supervisor")["searches"]}
    assert {query: noted.get(query) for query in ("zzzvvv", "sfzqq", "wwuuu", "sfz")} == {
        "zzzvvv": 1,
        "sfzqq": 1,
        "wwuuu": 1,
        "sfz": None,  # it led to a ticket
    }
    assert hall.issued() == before + 1


def test_ten_slips_in_a_row_every_fifth_corrected(page: Page, hall: Hall) -> None:
    before = hall.issued()
    sent: list[str] = []
    page.on("requestfinished", lambda r: sent.append(r.post_data or "") if r.url.endswith("/api/tickets") else None)
    wanted = ["q", "sfz", "v", "1l", "c", "房本", "g", "w", "u", "s"]
    for place, text in enumerate(wanted, 1):
        page.keyboard.insert_text(text) if not text.isascii() else page.keyboard.type(text)
        page.keyboard.press("Enter")
        if place == 5:
            page.keyboard.press("Control+z")
        if place == 10:
            page.keyboard.press("F6")
            type_and_enter(page, "r")
    expect(page.locator(".banner--good")).to_contain_text("已改签")
    assert hall.issued() == before + 10
    asked = [json.loads(body) for body in sent]
    assert [one.get("group") or one["matter"] for one in asked] == [
        *("Q", "CNV-002", "V", "L", "C", "REA-003", "G", "W", "U", "S")
    ]
    commits = hall.fetch("/api/journal", **hall.server.bearer("supervisor")).text
    numbers = re.findall(r'"is":"ticket_issued"[^{}]*?"number":"(\w+)"', commits)
    assert len(numbers) == len(set(numbers)) == before + 10
    assert "".join(number[0] for number in numbers[-10:]) == "QQVLCCGWUS"
    states = [hall.ticket(number)["state"] for number in numbers[-10:]]
    assert states == ["waiting"] * 4 + ["cancelled"] + ["waiting"] * 5
    assert hall.ticket(numbers[-1])["group"] == "R"
    shown = page.locator("#results .rows__row[data-kind=ticket] .rows__title").all_text_contents()
    assert [text[:4] for text in shown] == numbers[:-6:-1]


def test_nothing_leaves_the_screen(page: Page) -> None:
    for text in ("", "q", "sfz", "zzzzq"):
        page.locator("#q").fill(text)
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [DESK["width"], DESK["height"]]


def test_a_helper_s_phone_issues_to_the_desk_s_printer(hall: Hall, browser: Browser, paper: Paper) -> None:
    faults: list[str] = []
    page = opened(hall, browser, PHONE, faults)
    printed = len(paper.jobs)
    page.locator("[data-letter=Q]").tap()
    expect(page.locator("[data-letter=Q]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#q")).not_to_be_focused()
    page.locator("[data-class=elderly]").tap()
    page.locator("[data-does=enter]").tap()
    ticket = hall.ticket(shows_number(page, "Q"))
    expect(page.locator(".guide__printed")).to_contain_text("小票已打印")
    expect(page.locator(".guide__number")).to_be_in_viewport()
    assert ticket["applicant"] == "elderly"
    assert len(paper.jobs) == printed + 1
    page.locator("[data-does=void]").tap()
    expect(page.locator(".banner--good")).to_contain_text("已作废")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator("[data-part=rush]").tap()
    for text in ("", "hz"):
        page.locator("#q").fill(text)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.context.close()
    assert faults == []
