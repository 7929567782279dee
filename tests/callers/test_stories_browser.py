"""Days at the window as stories: what people do, what the clerk sees and presses. In Chromium, with a hand clock."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from websockets.sync.client import ClientConnection, connect

from tests.callers.browsers import Console, Desk, address, signed_in
from tests.callers.hand_hall import HandHall, hand_hall

pytestmark = pytest.mark.browser
SIZE = (1366, 768)
DEED, DEED_2 = "REA-001", "REA-002"
"""Only the comprehensive windows 07 to 12 take them; their group is C."""
OpenConsole = Callable[..., Console]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HandHall]:
    with hand_hall(tmp_path) as found:
        yield found


@pytest.fixture
def desk(hall: HandHall) -> Iterator[Desk]:
    found = Desk(hall)
    yield found
    found.close()


@pytest.fixture
def console(browser: Browser, hall: HandHall) -> Iterator[OpenConsole]:
    contexts: list[BrowserContext] = []

    def open_console(no: str = "08", name: str = "li") -> Console:
        contexts.append(signed_in(browser, hall, "clerk", SIZE, window=no, name=name))
        return Console(contexts[-1], hall, no)

    yield open_console
    for context in contexts:
        context.close()


def take(desk: Desk, **asked: Any) -> dict[str, Any]:
    """A number at the desk."""
    ticket: dict[str, Any] = desk.post("/api/tickets", asked, role="guide")["ticket"]
    return ticket


def guide(desk: Desk, ticket: dict[str, Any], what: str) -> None:
    """What a guide does for a ticket."""
    desk.post(f"/api/tickets/{ticket['id']}/{what}", role="guide")


def numbers(console: Console) -> list[str]:
    """Who waits, as it stands on the page."""
    return console.page.locator("[data-part=queue] .queue__number").all_inner_texts()


def test_away_and_back(console: OpenConsole, desk: Desk) -> None:
    first, second = take(desk, matter=DEED), take(desk, matter=DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    assert numbers(clerk) == ["C001", "C002"]
    guide(desk, first, "away")
    expect(clerk.primary).to_contain_text("C002")
    assert numbers(clerk) == ["C002"]
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text(second["number"])
    third = take(desk, matter=DEED)
    guide(desk, first, "return")
    # With its whole seniority: before the one who came meanwhile.
    expect(clerk.page.locator(".queue__number")).to_have_text([first["number"], third["number"]])
    clerk.press("Space", "办结并叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text(first["number"])


def test_a_missing_paper(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    ticket = take(desk, matter=DEED)
    clerk = console()
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press("Space", words)
    # It may be fetched from the car: put aside, and taken back by its digit.
    clerk.page.keyboard.press("h")
    expect(clerk.dialog("hold")).to_be_visible()
    clerk.press("1", "叫下一号")
    hall.clock.on(400)
    expect(clerk.page.locator("[data-part=held]")).to_contain_text("补材料")
    clerk.press("1", "开始办理")
    expect(clerk.number).to_have_text(ticket["number"])
    # It is at home: finished for now; who is back within the hall's hours goes on at the same window.
    clerk.press("Space", "办结并叫下一号")
    clerk.press("f", "叫下一号")
    hall.clock.on(3600)
    for _ in range(2):
        take(desk, matter=DEED)
    guide(desk, ticket, "return")
    mine = clerk.page.locator(".queue__row").filter(has_text=ticket["number"])
    expect(mine).to_contain_text("指定本窗")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text(ticket["number"])
    assert clerk.errors == []


def spoken(socket: ClientConnection) -> str:
    """The next text that the loudspeaker is told to say; it says so when it has."""
    while True:
        item = msgspec.json.decode(socket.recv(timeout=20)).get("play")
        if item:
            socket.send(msgspec.json.encode({"ack": item["id"], "what": "ended"}).decode())
            return str(item["text_zh"])


def test_an_undone_call_is_taken_back_everywhere(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    ticket = take(desk, matter=DEED)
    speaker = connect(f"{hall.ws}/ws/speakers/real_estate", additional_headers=hall.bearer("speaker"), proxy=None)
    with speaker as socket:
        clerk = console()
        clerk.press("Space", "叫下一号")
        clerk.press("Space", "开始办理")
        assert "请到" in spoken(socket)
        board = httpx.get(f"{hall.url}/api/board", trust_env=False).json()["cells"]
        assert board["call/08"]["number"] == ticket["number"]
        hall.clock.on(31)  # later than that it takes a reason
        expect(clerk.action("undo")).to_contain_text("要理由")
        clerk.page.keyboard.press("u")
        expect(clerk.dialog("undo").locator("[data-cell=reason]")).to_be_focused()
        clerk.page.keyboard.type("按错了")
        clerk.press("Enter", "叫下一号")
        said = spoken(socket)
        assert "更正" in said and "继续等候" in said
    board = httpx.get(f"{hall.url}/api/board", trust_env=False).json()["cells"]
    assert "call/08" not in board
    assert numbers(clerk) == [ticket["number"]]
    assert [e["reason"] for e in desk.events("command_undone")] == ["按错了"]


def test_a_no_show_comes_back_with_its_seniority(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    ticket, other = take(desk, matter=DEED), take(desk, matter=DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    clerk.page.keyboard.press("r")
    expect(clerk.action("recall")).to_contain_text("1/3 次")
    expect(clerk.action("no-show")).to_be_disabled()
    hall.clock.on(61)
    expect(clerk.action("no-show")).to_contain_text("可以过号")
    clerk.press("n", "叫下一号")
    assert numbers(clerk) == [other["number"]]
    hall.clock.on(600)
    guide(desk, ticket, "return")
    expect(clerk.primary).to_contain_text(ticket["number"])
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text(ticket["number"])


def test_a_visitor_who_does_not_hear(browser: Browser, console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    ticket = take(desk, matter=DEED, marks=["deaf"])
    context = signed_in(browser, hall, "clerk", (800, 480), window="08", name="li")
    pad = context.new_page()
    pad.goto(f"{address(hall)}/windows/08/pad")
    facing = signed_in(browser, hall, "screen", (1024, 600))
    device = facing.new_page()
    device.goto(f"{address(hall)}/windows/08/device")
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.page.locator("[data-cell=deaf]")).to_contain_text("招手或写字")
    expect(pad.locator("[data-cell=heed]")).to_have_text("招手或写字")

    # No no-show by time alone: the button asks a guide to look, and waits for the word.
    clerk.page.keyboard.press("r")
    hall.clock.on(120)
    expect(clerk.action("no-show")).to_contain_text("请导办")
    expect(clerk.action("no-show")).to_be_enabled()
    clerk.page.keyboard.press("n")
    expect(clerk.action("no-show")).to_contain_text("已请，等确认")
    expect(clerk.action("no-show")).to_be_disabled()
    assert desk.events("ticket_missed") == []
    guide(desk, ticket, "absent")
    expect(clerk.action("no-show")).to_contain_text("导办已确认不在")
    expect(clerk.action("help")).to_contain_text("求助")

    # But there the person comes. What is written stands large before the visitor, and goes with the ticket.
    clerk.press("Space", "办结并叫下一号")
    clerk.page.keyboard.press("w")
    expect(clerk.dialog("write").locator("textarea")).to_be_focused()
    clerk.page.keyboard.type("请用蓝色签字笔")
    clerk.page.keyboard.press("Enter")
    words = pad.locator("[data-dialog=slate] [data-cell=text]")
    expect(words).to_have_text("请用蓝色签字笔")
    assert float(words.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")) > 80
    expect(clerk.notice("written")).to_contain_text("请用蓝色签字笔")
    expect(device.locator("[data-dialog=slate] [data-cell=text]")).to_have_text("请用蓝色签字笔")
    clerk.press("f", "叫下一号")
    expect(words).to_be_hidden()
    expect(device.locator("[data-dialog=slate]")).to_be_hidden()
    expect(device.locator("[data-view=ask]")).to_contain_text(ticket["number"])
    facing.close()
    expect(clerk.notice("written")).to_be_hidden()
    context.close()
    assert clerk.errors == []


def test_lunch_stops_the_no_shows_clock(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    take(desk, matter=DEED)
    hall.clock.on(3 * 3600 - 30)  # half a minute before twelve
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    clerk.page.keyboard.press("r")
    expect(clerk.action("no-show")).to_contain_text(re.compile(r"还差\s\d+\s秒"))
    hall.clock.on(30)
    expect(clerk.notice("break")).to_contain_text("午休到 13:30")
    hall.clock.on(3600)
    expect(clerk.action("no-show")).to_contain_text("停表 · 还差 30 秒")
    expect(clerk.action("no-show")).to_be_disabled()
    hall.clock.on(1800)  # half past one
    expect(clerk.notice("break")).to_be_hidden()
    hall.clock.on(31)
    expect(clerk.action("no-show")).to_contain_text("可以过号")
    expect(clerk.action("no-show")).to_be_enabled()


def test_a_suspension_says_why_the_call_rests_and_what_goes_on(console: OpenConsole, desk: Desk) -> None:
    for _ in range(2):
        take(desk, matter=DEED)
    clerk = console()
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press("Space", words)
    desk.post("/api/service/suspend", {"reason": "power", "note": "全楼"})
    expect(clerk.notice("suspended")).to_contain_text("暂停服务：停电")
    expect(clerk.notice("suspended")).to_contain_text("全楼")
    clerk.offers("办结")
    clerk.page.keyboard.press("Space")
    expect(clerk.primary.locator("[data-cell=zh]")).to_have_text("暂不叫号")
    expect(clerk.primary).to_have_attribute("aria-disabled", "true")
    assert len(desk.events("ticket_finished")) == 1
    desk.post("/api/service/resume")
    expect(clerk.notice("suspended")).to_be_hidden()
    clerk.offers("叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("C002")


def test_handover(console: OpenConsole, browser: Browser, desk: Desk, hall: HandHall) -> None:
    take(desk, matter=DEED)
    clerk = console()
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press("Space", words)
    clerk.page.keyboard.press("j")
    expect(clerk.dialog("handover").locator("[data-cell=reason]")).to_be_focused()
    clerk.page.keyboard.type("zhao")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page).to_have_url(re.compile("/sign-in"))
    assert desk.window("08")["clerk"] == "zhao"
    # The colleague goes on with the same visitor; another one is told that he isn't the one.
    other = console(name="sun")
    expect(other.notice("takeover")).to_contain_text("登记的是 zhao，您登录的是 sun")
    colleague = console(name="zhao")
    expect(colleague.notice("takeover")).to_be_hidden()
    expect(colleague.number).to_have_text("C001")
    colleague.press("f", "叫下一号")
    other.action("takeover").click()
    expect(other.notice("takeover")).to_be_hidden()
    assert desk.window("08")["clerk"] == "sun"


def test_pause_after_this_one_and_back(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    for _ in range(2):
        take(desk, matter=DEED)
    clerk = console()
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press("Space", words)
    clerk.page.keyboard.press("p")
    expect(clerk.dialog("pause")).to_be_visible()
    clerk.press("2", "办结并暂停")
    clerk.press("Space", "恢复叫号")
    expect(clerk.page.locator("[data-part=card]")).to_contain_text("暂停中")
    hall.clock.on(900)
    expect(clerk.page.locator("[data-part=card]")).to_contain_text("15 分钟")
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("C002")


def test_an_agents_turns(console: OpenConsole, desk: Desk, hall: HandHall) -> None:
    take(desk, matter=DEED, copies=5)
    take(desk, matter=DEED)
    hall.clock.on(60)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.page.locator("[data-cell=copies]")).to_have_text("本轮 3 件，还有 2 件")
    clerk.press("Space", "本轮办完并叫下一号")
    expect(clerk.action("finish")).to_contain_text("本轮办完")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("C002")
    expect(clerk.notice("onward")).to_contain_text("C001 本轮办完，还有 2 件，已排到队尾")
    clerk.press("Space", "办结并叫下一号")
    expect(clerk.notice("onward")).to_be_hidden()
    clerk.press("Space", "开始办理")
    expect(clerk.page.locator("[data-cell=copies]")).to_have_text("本轮 2 件")
    clerk.press("Space", "办结并叫下一号")
    clerk.press("f", "叫下一号")
    assert [len(desk.events(kind)) for kind in ("turn_ended", "ticket_finished")] == [1, 2]


def test_the_next_step_is_told_when_one_is_done(console: OpenConsole, desk: Desk) -> None:
    desk.post("/api/windows/17/open", {"clerk": "wu"})
    desk.post("/api/tickets", {"matters": [DEED, "BIZ-001"]}, role="guide")
    clerk = console()
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press("Space", words)
    clerk.press("f", "叫下一号")
    told = clerk.notice("onward")
    expect(told).to_contain_text("C001 的来宾接着办")
    expect(told).to_contain_text("17 号窗口")
    clerk.action("onward-done").click()
    expect(told).to_be_hidden()


def test_a_window_that_would_strand_people_is_merged(
    browser: Browser, console: OpenConsole, desk: Desk, hall: HandHall
) -> None:
    take(desk, matter=DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.page.keyboard.press("c")
    expect(clerk.dialog("close")).to_contain_text("1 人只等本窗口")
    clerk.page.keyboard.press("Enter")
    expect(clerk.dialog("strand")).to_contain_text("C001")
    clerk.page.keyboard.press("2")
    expect(clerk.action("help")).to_contain_text("已到场")
    # The supervisor comes to the console; the open window beside it doesn't take these matters, but shall.
    clerk.press("Space", "开始办理")
    clerk.page.keyboard.press("h")
    expect(clerk.dialog("hold")).to_be_visible()
    clerk.press("1", "叫下一号")
    take(desk, matter=DEED_2)
    heir = console(no="13", name="wang")
    heir.press("Space", "叫下一号")
    context = signed_in(browser, hall, "supervisor", SIZE, name="director")
    boss = Console(context, hall, "08")
    boss.page.keyboard.press("c")
    expect(boss.dialog("close")).to_be_visible()
    boss.page.keyboard.press("Enter")
    expect(boss.dialog("strand")).to_contain_text("仍要关窗")
    boss.dialog("strand").get_by_role("button", name="13 号窗口").click()
    expect(clerk.page.locator("[data-part=card]")).to_contain_text("已并到 13 号窗口")
    expect(heir.page.locator("[data-part=held]")).to_contain_text("来自 08 号窗口")
    expect(heir.page.locator("[data-part=stopped]")).to_contain_text("08 号窗口已并到本窗口")
    assert numbers(heir) == ["C002"]
    heir.press("1", "开始办理")
    expect(heir.page.locator("[data-part=card]")).to_contain_text("来自 08 号窗口")
    context.close()


def test_the_way_to_the_pad(console: OpenConsole) -> None:
    clerk = console()
    with clerk.page.context.expect_page() as opened:
        clerk.page.get_by_role("link", name="小屏").click()
    expect(opened.value).to_have_url(re.compile("/windows/08/pad$"))
