"""A window's pad, in Chromium, against the real server."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from websockets.sync.client import connect

from tests.callers.browsers import Desk, address, deliver_and_lose, signed_in
from tests.server import Server

pytestmark = pytest.mark.browser
SIZES = ((480, 320), (800, 480), (360, 640), (390, 844))
DEED = "REA-001"
"""Only the comprehensive windows 07 to 12 take it; its group is C."""


class Pad:
    """A window's pad, as a clerk's finger finds it."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address(server)}/windows/08/pad")
        self.number = self.page.locator(".pad__number")
        self.waiting = self.page.locator("[data-cell=count]")

    def button(self, name: str) -> Locator:
        return self.page.locator(f"[data-action={name}]")

    def offers(self, words: str) -> None:
        """Wait until the big button says these words and may be pressed."""
        expect(self.button("primary").locator("[data-cell=zh]")).to_have_text(words)
        expect(self.button("primary")).to_have_attribute("aria-disabled", "false")

    def press(self, then: str) -> None:
        """Press the big button and wait until it offers `then`."""
        self.button("primary").click()
        self.offers(then)

    def overflowing(self) -> list[str]:
        """Parts whose words don't fit into them, and the page itself if it would scroll."""
        found: list[str] = self.page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll(".pad button, .pad__now")]
            .filter((e) => e.clientWidth)
            .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
            .map((e) => e.className || e.tagName)"""
        )
        return found


OpenPad = Callable[..., Pad]


@pytest.fixture
def pad(browser: Browser, server: Server) -> Iterator[OpenPad]:
    contexts: list[BrowserContext] = []

    def open_pad(size: tuple[int, int] = (480, 320)) -> Pad:
        contexts.append(signed_in(browser, server, "clerk", size, window="08", name="li"))
        return Pad(contexts[-1], server)

    yield open_pad
    for context in contexts:
        context.close()


def test_five_buttons_do_a_clerks_day(pad: OpenPad, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    clerk = pad()
    clerk.offers("开窗")
    clerk.press("叫下一号")
    clerk.press("开始办理")
    expect(clerk.number).to_have_text("C001")
    expect(clerk.waiting).to_have_text("2")

    # A no-show takes a minute and a recall; both are counted down on the button.
    expect(clerk.button("no-show")).to_be_disabled()
    expect(clerk.button("no-show")).to_contain_text(re.compile(r"还差\s\d+\s秒\s重呼\s1\s次"))
    clerk.button("recall").click()
    expect(clerk.button("no-show")).to_contain_text(re.compile(r"还差\s\d+\s秒$"))
    assert len(desk.events("ticket_recalled")) == 1

    clerk.press("办结并叫下一号")
    clerk.press("开始办理")
    expect(clerk.number).to_have_text("C002")
    clerk.press("办结并叫下一号")

    # A pause that waits for the current ticket.
    clerk.button("pause").click()
    expect(clerk.page.locator("[data-dialog=pause]")).to_contain_text("办完 C002 后")
    clerk.page.get_by_role("button", name="午餐").click()
    clerk.offers("办结并暂停")
    clerk.button("finish").click()
    expect(clerk.number).to_have_text("暂停")
    expect(clerk.page.locator(".pad__what")).to_have_text("暂停中：午餐")
    clerk.button("pause").click()
    clerk.offers("叫下一号")
    assert [e["ticket"][-4:] for e in desk.events("ticket_finished")] == ["C001", "C002"]
    assert clerk.errors == []


def test_a_double_tap_is_one_press_on_every_button(pad: OpenPad, desk: Desk) -> None:
    for _ in range(2):
        desk.issue(DEED)
    clerk = pad()
    clerk.press("叫下一号")
    clerk.button("primary").dblclick()
    clerk.offers("开始办理")
    clerk.button("recall").dblclick()
    expect(clerk.button("recall")).to_contain_text("1/3 次")
    expect(clerk.button("recall")).to_be_enabled()
    assert [len(desk.events(kind)) for kind in ("ticket_called", "service_started", "ticket_recalled")] == [1, 0, 1]
    # The second tap doesn't choose the reason that has come under the finger.
    clerk.button("pause").dblclick()
    expect(clerk.page.locator("[data-dialog=pause]")).to_be_visible()
    assert desk.events("pause_requested") == []


def test_a_lost_answer_is_asked_for_again_and_calls_once(pad: OpenPad, desk: Desk) -> None:
    for _ in range(2):
        desk.issue(DEED)
    clerk = pad()
    clerk.press("叫下一号")
    clerk.page.route("**/call-next", deliver_and_lose, times=1)
    clerk.press("开始办理")
    expect(clerk.number).to_have_text("C001")
    assert len(desk.events("ticket_called")) == 1


def test_the_pad_says_that_it_is_cut_off_and_comes_back(pad: OpenPad, desk: Desk) -> None:
    desk.issue(DEED)
    clerk = pad()
    clerk.press("叫下一号")
    clerk.press("开始办理")
    clerk.page.context.set_offline(True)
    expect(clerk.page.locator("[data-notice=down]")).to_contain_text("已断开：不要叫号")
    expect(clerk.button("primary")).to_have_attribute("aria-disabled", "true")
    expect(clerk.button("recall")).to_be_disabled()
    expect(clerk.number).to_have_text("C001")
    clerk.page.context.set_offline(False)
    expect(clerk.page.locator("[data-notice=down]")).to_be_hidden()
    clerk.offers("开始办理")


def test_an_arrival_at_the_idle_window_chimes_and_flashes(pad: OpenPad, desk: Desk) -> None:
    clerk = pad()
    # Counts the oscillators that the page starts: two are the chime.
    clerk.page.evaluate(
        """() => {
          window.tones = 0;
          const start = OscillatorNode.prototype.start;
          OscillatorNode.prototype.start = function (at) { window.tones += 1; start.call(this, at); };
        }"""
    )
    clerk.press("叫下一号")
    expect(clerk.page.locator("body")).not_to_have_class(re.compile("pad--arrived"))
    desk.issue(DEED)
    expect(clerk.page.locator("body")).to_have_class(re.compile("pad--arrived"))
    expect(clerk.waiting).to_have_text("1")
    assert clerk.page.evaluate("window.tones") == 2
    # The second is no news: the first still waits.
    desk.issue(DEED)
    expect(clerk.waiting).to_have_text("2")
    assert clerk.page.evaluate("window.tones") == 2
    clerk.press("开始办理")
    expect(clerk.page.locator("body")).not_to_have_class(re.compile("pad--arrived"))


@pytest.mark.parametrize("size", SIZES)
def test_every_state_fits_the_screen(pad: OpenPad, desk: Desk, size: tuple[int, int]) -> None:
    clerk = pad(size)
    clerk.offers("开窗")
    assert clerk.overflowing() == []
    for _ in range(2):
        desk.issue(DEED)
    for words in ("叫下一号", "开始办理", "办结并叫下一号"):
        clerk.press(words)
        assert clerk.overflowing() == []
    desk.post("/api/windows/08/pause", {"reason": "lunch", "after_current": True})
    clerk.offers("办结并暂停")
    assert clerk.overflowing() == []
    clerk.page.context.set_offline(True)
    expect(clerk.page.locator("[data-notice=down]")).to_be_visible()
    assert clerk.overflowing() == []
    clerk.page.context.set_offline(False)
    clerk.offers("办结并暂停")
    clerk.press("恢复叫号")
    assert clerk.overflowing() == []


@pytest.mark.parametrize("size", SIZES)
def test_what_stands_still_or_must_be_known_fits_too(pad: OpenPad, desk: Desk, size: tuple[int, int]) -> None:
    desk.post("/api/tickets", {"matter": DEED, "marks": ["deaf"], "copies": 8}, role="guide")
    desk.issue(DEED)
    desk.post("/api/windows/08/open")
    clerk = pad(size)
    heed = clerk.page.locator("[data-cell=heed]")
    clerk.press("开始办理")
    expect(heed).to_have_text("招手或写字")
    assert clerk.overflowing() == []
    clerk.button("no-show").click()
    expect(clerk.button("no-show")).to_contain_text("已请，等确认")
    assert clerk.overflowing() == []
    clerk.press("本轮办完 并叫下一号")
    assert clerk.overflowing() == []
    desk.post("/api/service/suspend", {"reason": "evacuation", "note": "消防演练，请到南门广场集合"})
    clerk.offers("本轮办完")
    assert clerk.overflowing() == []
    clerk.button("finish").click()
    expect(clerk.number).to_have_text("暂停服务")
    expect(clerk.page.locator("[data-notice=said]")).to_contain_text("还有 5 件，已排到队尾")
    expect(clerk.button("primary")).to_contain_text("暂不叫号")
    assert clerk.overflowing() == []


@pytest.mark.parametrize("size", SIZES)
def test_a_call_that_the_loudspeaker_could_not_play_is_told_to_its_clerk(
    pad: OpenPad, desk: Desk, server: Server, size: tuple[int, int]
) -> None:
    desk.issue(DEED)
    desk.post("/api/windows/08/open")
    clerk = pad(size)
    heed = clerk.page.locator("[data-cell=heed]")
    address = f"{server.ws}/ws/speakers/real_estate?device=box"
    with connect(address, additional_headers=server.bearer("speaker")) as loudspeaker:
        clerk.press("开始办理")
        expect(heed).to_have_text("")
        while not (item := json.loads(loudspeaker.recv(20)).get("play")):
            pass
        loudspeaker.send(json.dumps({"ack": item["id"], "what": "failed", "reason": "chime_only"}))
        expect(heed).to_have_text("语音没有播出：请重呼", timeout=20_000)
        assert clerk.overflowing() == []
        clerk.press("办结并叫下一号")
        expect(heed).to_have_text("")
