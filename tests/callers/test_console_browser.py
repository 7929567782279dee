"""Clerks at their consoles, in Chromium, against the real server."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.callers.browsers import Console, Desk, address, always_open, deliver_and_lose, signed_in
from tests.server import Server, served

pytestmark = pytest.mark.browser
SIZE = (1366, 768)
DEED = "REA-001"
"""Only the comprehensive windows 07 to 12 take it; its group is C."""
OpenConsole = Callable[..., Console]


@pytest.fixture
def console(browser: Browser, server: Server) -> Iterator[OpenConsole]:
    contexts: list[BrowserContext] = []

    def open_console(no: str = "08", name: str = "li") -> Console:
        contexts.append(signed_in(browser, server, "clerk", SIZE, window=no, name=name))
        return Console(contexts[-1], server, no)

    yield open_console
    for context in contexts:
        context.close()


def test_a_clerk_works_through_the_day_without_a_mouse(console: OpenConsole, desk: Desk) -> None:
    for _ in range(4):
        desk.issue(DEED)
    clerk = console()
    keys = clerk.page.keyboard
    clerk.offers("开窗")
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("C001")
    expect(clerk.page.locator("[data-cell=why]")).to_contain_text("取号")
    expect(clerk.page.get_by_text("不动产登记申请书")).to_be_visible()

    # A no-show takes a minute and a recall; both are counted down on the button.
    missing = clerk.action("no-show")
    expect(missing).to_be_disabled()
    expect(missing).to_contain_text(re.compile(r"还差\s\d+\s秒、重呼\s1\s次"))
    keys.press("r")
    expect(missing).to_contain_text(re.compile(r"还差\s\d+\s秒$|还差\s\d+\s秒N$"))
    expect(clerk.action("recall")).to_contain_text("1/3 次")
    assert len(desk.events("ticket_recalled")) == 1

    clerk.press("Space", "办结并叫下一号")
    clerk.press("Enter", "开始办理")
    expect(clerk.number).to_have_text("C002")
    clerk.press("Space", "办结并叫下一号")

    # Put aside, take back by its digit.
    keys.press("h")
    expect(clerk.dialog("hold")).to_be_visible()
    clerk.press("1", "叫下一号")
    expect(clerk.page.locator("[data-part=held]")).to_contain_text("C002")
    expect(clerk.page.locator("[data-part=held]")).to_contain_text("补材料")
    clerk.press("1", "开始办理")
    expect(clerk.number).to_have_text("C002")
    clerk.press("Space", "办结并叫下一号")

    # Send on to window 09, found by typing; the letters typed are no commands.
    keys.press("t")
    expect(clerk.dialog("transfer")).to_be_visible()
    keys.type("09")
    expect(clerk.dialog("transfer").locator("[aria-selected=true]")).to_contain_text("09 号窗口")
    clerk.press("Enter", "叫下一号")
    assert [t["number"] for t in desk.window("09")["waiting"] if t["bound"]] == ["C002"]

    # Take the transfer back.
    expect(clerk.action("undo")).to_contain_text("转窗 C002")
    clerk.press("u", "办结并叫下一号")
    expect(clerk.number).to_have_text("C002")

    # A pause that waits for the current ticket.
    keys.press("p")
    expect(clerk.dialog("pause")).to_contain_text("办完 C002 后")
    clerk.press("1", "办结并暂停")
    clerk.press("p", "办结并叫下一号")  # taken back
    keys.press("p")
    expect(clerk.dialog("pause")).to_be_visible()
    clerk.press("1", "办结并暂停")
    clerk.press("Space", "恢复叫号")
    expect(clerk.page.locator("[data-part=card]")).to_contain_text("暂停中：午餐")
    clerk.press("Space", "叫下一号")
    assert [e["ticket"][-4:] for e in desk.events("ticket_finished")] == ["C001", "C002"]
    assert clerk.errors == []


def test_typing_never_commands(console: OpenConsole, desk: Desk) -> None:
    desk.issue(DEED)
    desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    clerk.page.keyboard.press("a")
    search = clerk.dialog("add-matter").locator("[data-cell=search]")
    expect(search).to_be_focused()
    clerk.page.keyboard.type("rnfh tus 1 ")
    expect(search).to_have_value("rnfh tus 1 ")
    clerk.page.keyboard.press("Escape")
    expect(clerk.dialog("add-matter")).to_be_hidden()
    clerk.page.keyboard.press("Alt+r")
    clerk.press("Space", "办结并叫下一号")
    assert [desk.events(kind) for kind in ("ticket_recalled", "ticket_held", "ticket_transferred")] == [[], [], []]


def test_a_double_click_calls_one_person(console: OpenConsole, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.primary.dblclick()
    clerk.offers("开始办理")
    expect(clerk.number).to_have_text("C001")
    assert len(desk.events("ticket_called")) == 1
    assert desk.events("service_started") == []


def test_a_second_press_is_swallowed_and_the_dead_time_shows(console: OpenConsole, desk: Desk) -> None:
    desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.page.keyboard.press("Space")
    expect(clerk.number).to_have_text("C001")
    # The call's reply is there; the button offers the next step but takes no press yet.
    expect(clerk.primary).to_have_attribute("data-dead", "")
    clerk.primary.click(force=True)
    clerk.page.keyboard.press("Space")
    clerk.offers("开始办理")
    assert desk.events("service_started") == []


def test_a_lost_reply_is_asked_for_again_under_its_key(console: OpenConsole, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    keys: list[str] = []

    def lose_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            deliver_and_lose(route)
        else:
            route.continue_()

    clerk.page.route("**/call-next", lose_first)
    clerk.press("Space", "开始办理")
    expect(clerk.number).to_have_text("C001")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert len(desk.events("ticket_called")) == 1


def test_a_reload_repeats_the_key_of_an_unanswered_call(console: OpenConsole, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    clerk.press("Space", "办结并叫下一号")
    keys: list[str] = []
    lost = True

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if lost:
            deliver_and_lose(route)
        else:
            route.continue_()

    clerk.page.route("**/call-next", lose)
    clerk.page.keyboard.press("Space")
    expect(clerk.notice("pending")).to_be_visible()
    expect(clerk.notice("pending")).to_contain_text("办结并叫下一号")
    expect(clerk.primary).to_have_attribute("aria-disabled", "true")
    expect(clerk.action("finish")).to_be_disabled()
    lost = False
    clerk.page.reload()
    clerk.offers("开始办理")
    expect(clerk.notice("pending")).to_be_hidden()
    expect(clerk.number).to_have_text("C002")
    assert len(set(keys)) == 1
    assert len(keys) >= 3
    assert [e["ticket"][-4:] for e in desk.events("ticket_called")] == ["C001", "C002"]
    assert len(desk.events("ticket_finished")) == 1


def test_two_consoles_never_get_the_same_person(console: OpenConsole, desk: Desk) -> None:
    for _ in range(4):
        desk.issue(DEED)
    one, other = console("07", "wang"), console("08", "li")
    for clerk in (one, other):
        clerk.press("Space", "叫下一号")
    for clerk in (one, other):
        clerk.page.keyboard.press("Space")
    for clerk in (one, other):
        clerk.offers("开始办理")
    assert {one.number.inner_text(), other.number.inner_text()} == {"C001", "C002"}
    expect(one.page.locator("[data-cell=count]")).to_have_text("2")
    expect(other.page.locator("[data-cell=count]")).to_have_text("2")


def test_a_dead_server_is_shown_and_a_new_one_taken_up(console: OpenConsole, server: Server, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    server.kill()
    expect(clerk.notice("down")).to_be_visible()
    expect(clerk.notice("down")).to_contain_text("不要叫号，已叫的号继续办理")
    expect(clerk.primary).to_have_attribute("aria-disabled", "true")
    for name in ("recall", "hold", "transfer", "pause", "help"):
        expect(clerk.action(name)).to_be_disabled()
    clerk.page.keyboard.press("Space")
    clerk.page.keyboard.press("r")
    expect(clerk.number).to_have_text("C001")
    server.start()
    expect(clerk.notice("down")).to_be_hidden()
    clerk.offers("开始办理")
    assert len(desk.events("ticket_called")) == 1
    assert desk.events("ticket_recalled") == []
    clerk.press("Space", "办结并叫下一号")
    assert clerk.errors == []


def test_a_call_that_met_a_dead_server_is_made_once_when_it_is_back(
    console: OpenConsole, server: Server, desk: Desk
) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    met: list[str] = []

    def lose_it_with_the_server(route: Route) -> None:
        met.append(route.request.headers["idempotency-key"])
        if len(met) == 1:
            deliver_and_lose(route)
            server.kill()
        else:
            route.continue_()

    clerk.page.route("**/call-next", lose_it_with_the_server)
    clerk.page.keyboard.press("Space")
    expect(clerk.notice("down")).to_be_visible()
    server.start()
    clerk.offers("开始办理")
    expect(clerk.number).to_have_text("C001")
    assert len(set(met)) == 1
    assert len(desk.events("ticket_called")) == 1


def test_an_arrival_at_an_idle_window_shows_and_rings(console: OpenConsole, desk: Desk) -> None:
    clerk = console()
    clerk.page.evaluate(
        """() => { window.notes = 0; const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () { window.notes += 1; return make.call(this); }; }"""
    )
    clerk.press("Space", "叫下一号")
    expect(clerk.primary).to_contain_text("暂无人等候")
    number = desk.issue(DEED)
    expect(clerk.primary).to_contain_text(number)
    expect(clerk.page.locator("[data-part=queue]")).to_contain_text(number)
    assert clerk.page.evaluate("window.notes") == 2


def test_a_call_out_of_order_needs_its_reason(console: OpenConsole, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = console()
    clerk.press("Space", "叫下一号")
    expect(clerk.page.locator(".queue__row")).to_have_count(3)
    for _ in range(3):
        clerk.page.keyboard.press("ArrowDown")
    clerk.page.keyboard.press("Enter")
    expect(clerk.dialog("call")).to_contain_text("叫 C003")
    clerk.page.keyboard.press("Enter")
    expect(clerk.dialog("call")).to_be_visible()
    clerk.page.keyboard.type("行动不便")
    clerk.press("Enter", "开始办理")
    expect(clerk.number).to_have_text("C003")
    expect(clerk.page.locator("[data-cell=why]")).to_contain_text("行动不便")


def test_a_matter_is_set_and_another_added_at_the_window(console: OpenConsole, desk: Desk) -> None:
    desk.post("/api/tickets", {"group": "C", "applicant": "elderly"}, role="guide")
    clerk = console()
    clerk.press("Space", "叫下一号")
    clerk.press("Space", "开始办理")
    card = clerk.page.locator("[data-part=card]")
    expect(card).to_contain_text("还没有定事项")
    expect(card.locator("[data-cell=class]")).to_have_text("老年人")
    for typed in ("REA-001", "REA-002"):
        clerk.page.keyboard.press("a")
        expect(clerk.dialog("add-matter").locator("[data-cell=search]")).to_be_focused()
        clerk.page.keyboard.type(typed)
        clerk.press("Enter", "开始办理")
        expect(card).to_contain_text(typed)
    expect(card.locator(".console__matter")).to_have_count(2)
    tick = card.locator("input[name=paper]").first
    tick.check()
    # Space on a box ticks it and starts nothing.
    second = card.locator("input[name=paper]").nth(1)
    second.focus()
    clerk.page.keyboard.press("Space")
    expect(second).to_be_checked()
    clerk.page.reload()
    expect(card.locator("input[name=paper]").first).to_be_checked()
    assert desk.events("service_started") == []


def test_a_clerk_cannot_open_the_console_of_another(browser: Browser, server: Server) -> None:
    context = signed_in(browser, server, "clerk", SIZE, window="08", name="li")
    page = context.new_page()
    answer = page.goto(f"{address(server)}/windows/07")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("body")).to_contain_text("不能操作 07 号窗口")
    context.close()


def test_a_call_that_nobody_could_hear_is_told_to_its_clerk(browser: Browser, tmp_path: Path) -> None:
    files = always_open(tmp_path)
    text = (files / "hall.toml").read_text(encoding="utf-8")
    (files / "hall.toml").write_text(text.replace("expire_seconds = 90", "expire_seconds = 10"), encoding="utf-8")
    with served(tmp_path / "data", files) as server:
        desk = Desk(server)
        desk.issue(DEED)
        context = signed_in(browser, server, "clerk", SIZE, window="08", name="li")
        clerk = Console(context, server, "08")
        clerk.press("Space", "叫下一号")
        clerk.press("Space", "开始办理")  # no loudspeaker is connected
        expect(clerk.notice("unheard")).to_be_visible(timeout=20_000)
        clerk.press("Space", "办结并叫下一号")
        expect(clerk.notice("unheard")).to_be_hidden()
        context.close()
        desk.close()
