"""Stories that begin at the desk (导询台故事), to their end: on the page, on paper, on the phone, at the window."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.guide_desk.desk import DESK, Hall, open_hall, printing_files, signed_in, watched
from tests.guide_desk.paper import Paper, printed_on
from tests.server import free_port

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def paper() -> Iterator[Paper]:
    with closing(Paper()) as found:
        yield found


@pytest.fixture
def hall(tmp_path: Path, paper: Paper) -> Iterator[Hall]:
    """The sample hall under an address that phones can reach, the desk's printer on the network."""
    files = printing_files(tmp_path / "anqiu", paper.address)
    port = free_port()
    options = ("--public-url", f"http://hall.test:{port}")
    with open_hall(tmp_path / "data", files, options, port) as found:
        yield found


@pytest.fixture
def faults() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def desk(hall: Hall, browser: Browser, faults: list[str]) -> Iterator[Page]:
    """The guide's page in rush mode."""
    page = watched(signed_in(browser, hall, "guide", DESK), faults)
    page.goto(hall.page_url + "/guide")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    page.keyboard.press("F2")
    expect(page.locator(".guide__tile")).to_have_count(24)
    yield page
    page.context.close()


def ask(desk: Page, keys: str, start: str) -> str:
    """Type, Enter; the number that begins so."""
    desk.keyboard.type(keys)
    desk.keyboard.press("Enter")
    shown = desk.locator(f".guide__number[data-number^='{start}']")
    expect(shown).to_be_visible()
    expect(desk.locator(".guide__printed")).to_contain_text("小票已打印")
    return shown.get_attribute("data-number") or ""


def scanned(paper: Paper, folder: Path) -> str:
    """What a phone reads on the last slip that came out."""
    file = folder / "slip.png"
    printed_on(paper.jobs[-1])[0].convert("L").save(file)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(file)], capture_output=True, check=True)
    return read.stdout.decode().strip()


def phone_at(browser: Browser, url: str, faults: list[str]) -> Page:
    """A visitor's phone, not known to the hall, at this address."""
    page = watched(browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}), faults)
    page.goto(url)
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    return page


def at_window(hall: Hall, no: str, what: str, **body: Any) -> dict[str, Any]:
    answer = hall.post(f"/api/windows/{no}/{what}", body, "supervisor")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lead(phone: Page) -> Any:
    return expect(phone.locator('[data-cell="lead-zh"]'))


def test_a_wrong_zone_is_put_right_with_f6_and_called_at_the_right_window_before_who_came_later(
    desk: Page, hall: Hall, paper: Paper, browser: Browser, faults: list[str], tmp_path: Path
) -> None:
    number = ask(desk, "g", "G")
    url = scanned(paper, tmp_path)
    assert url.startswith(hall.page_url + "/t/"), "the QR is the address that phones reach"
    phone = phone_at(browser, url, faults)
    lead(phone).to_have_text("下一位就是您")
    expect(phone.locator("#ways")).to_contain_text("17")
    later = hall.issue(group="Q")
    desk.keyboard.press("F6")
    desk.keyboard.type("q")
    desk.keyboard.press("Enter")
    expect(desk.locator(".banner--good")).to_contain_text(f"{number} 已改签，次序不变")
    expect(phone.locator("#ways")).to_contain_text("32")
    expect(phone.locator('[data-cell="group"]')).to_have_text("户政")
    assert scanned(paper, tmp_path) == url, "the new slip leads to the same page"
    tv = phone.context.new_page()
    tv.goto(hall.page_url + "/screens/zones/convenience")
    assert at_window(hall, "32", "call-next")["ticket"]["number"] == number
    lead(phone).to_have_text("请到 32 号窗口")
    expect(tv.locator('[data-window="32"] [data-cell="number"]')).to_have_text(number)
    at_window(hall, "32", "start")
    assert at_window(hall, "32", "call-next", finish=True)["ticket"]["number"] == later["number"]
    lead(phone).to_have_text("已办结")
    phone.context.close()


def test_a_family_with_three_matters_is_never_called_to_two_places(
    desk: Page, hall: Hall, paper: Paper, browser: Browser, faults: list[str], tmp_path: Path
) -> None:
    first = ask(desk, "q", "Q")
    desk.keyboard.press("F3")
    expect(desk.locator("[data-part=mode]")).to_contain_text(f"接 {first}")
    second = ask(desk, "v", "V")
    phone = phone_at(browser, scanned(paper, tmp_path), faults)
    desk.keyboard.press("F3")
    third = ask(desk, "1w", "W")
    assert hall.ticket(third)["visit_tickets"] == [first, second, third]
    assert at_window(hall, "32", "call-next")["ticket"]["number"] == first
    lead(phone).to_have_text(f"您的 {first} 正在办理，本号次序保留")
    for no in ("38", "40"):
        assert at_window(hall, no, "call-next")["ticket"] is None, "the others rest"
    at_window(hall, "32", "start")
    at_window(hall, "32", "finish")
    lead(phone).to_have_text("下一位就是您")
    assert at_window(hall, "40", "call-next")["ticket"]["number"] == third
    assert at_window(hall, "38", "call-next")["ticket"] is None
    at_window(hall, "40", "start")
    at_window(hall, "40", "finish")
    assert at_window(hall, "38", "call-next")["ticket"]["number"] == second
    lead(phone).to_have_text("请到 38 号窗口")
    phone.context.close()


def test_an_agent_with_ten_folders_takes_turns_with_those_who_came_after(
    desk: Page, hall: Hall, paper: Paper, browser: Browser, faults: list[str], tmp_path: Path
) -> None:
    for no in ("18", "19"):
        at_window(hall, no, "close")
    agent = ask(desk, "g*10", "G")
    phone = phone_at(browser, scanned(paper, tmp_path), faults)
    others = [ask(desk, "g", f"G00{n}") for n in (2, 3)]
    called, turns = [], []
    for _ in range(6):
        ticket = at_window(hall, "17", "call-next")["ticket"]
        called.append(ticket["number"])
        if ticket["number"] == agent:
            lead(phone).to_have_text("请到 17 号窗口")
            turns.append(ticket["copies"])
        at_window(hall, "17", "start")
        at_window(hall, "17", "finish")
        if len(called) == 1:
            lead(phone).to_have_text("前面 2 人")
    assert called == [agent, *others, agent, agent, agent]
    assert turns == [3, 3, 3, 1]
    lead(phone).to_have_text("已办结")
    assert at_window(hall, "17", "call-next")["ticket"] is None
    phone.context.close()


def test_without_an_address_for_phones_no_code_is_printed(tmp_path: Path, paper: Paper, browser: Browser) -> None:
    with open_hall(tmp_path / "data", printing_files(tmp_path / "anqiu", paper.address)) as hall:
        ticket = hall.issue(group="Q")
        assert hall.post(f"/api/tickets/{ticket['id']}/print", {}).json()["outcome"] == "printed"
        file = tmp_path / "slip.png"
        printed_on(paper.jobs[-1])[0].convert("L").save(file)
        assert subprocess.run(["zbarimg", "--quiet", "--raw", str(file)], capture_output=True).returncode == 4
        assert hall.fetch(f"/api/tickets/{ticket['id']}/code.svg", **hall.server.bearer("guide")).status_code == 404
