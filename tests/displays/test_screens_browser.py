"""The pages in Chromium on the real server: they follow, flash once, take turns, and say when they are stale."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.server import Server, served

pytestmark = pytest.mark.browser

HOST = "hall.test"
"""A name that is no secure context on plain http, as a hall's server is to its screens."""
Post = Callable[..., Any]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1920, "height": 1080})
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("screens")) as running:
        yield running


@pytest.fixture(scope="module")
def post(server: Server) -> Iterator[Post]:
    """Commands to the running hall, as supervisor; a refusal fails the test."""
    with httpx.Client(base_url=server.url, trust_env=False, headers=server.bearer("supervisor")) as client:

        def send(path: str, **body: Any) -> Any:
            headers = server.bearer("guide") if path == "/api/tickets" else {}
            return client.post(path, json=body, headers=headers).raise_for_status().json()

        for no in [f"{n:02}" for n in range(17, 27)] + ["31", "32", "34", "35"]:
            send(f"/api/windows/{no}/open")
        yield send


def opened(context: BrowserContext, server: Server, path: str) -> Page:
    page = context.new_page()
    page.goto(f"http://{HOST}:{server.port}{path}")
    expect(page.locator("html")).to_have_attribute("data-connection", "live")
    return page


def test_a_call_is_seen_everywhere_and_flashes_once(context: BrowserContext, server: Server, post: Post) -> None:
    issued = post("/api/tickets", matter="CNV-001")
    number, track = issued["ticket"]["number"], issued["track"]
    hall = opened(context, server, "/screens/hall")
    zone = opened(context, server, "/screens/zones/convenience")
    strip = opened(context, server, "/screens/windows/32")
    phone = opened(context, server, track)
    expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("下一位就是您")
    post("/api/windows/32/call-next")
    row = hall.locator("[data-call]").first
    expect(row.locator('[data-cell="number"]')).to_have_text(number)
    expect(row).to_have_class(re.compile("hall-call--new"))
    expect(row).not_to_have_class(re.compile("hall-call--new"), timeout=10_000)
    expect(zone.locator('[data-window="32"] [data-cell="number"]')).to_have_text(number)
    expect(strip.locator('.led [data-cell="number"]')).to_have_text(number)
    expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("请到 32 号窗口")
    called = row.get_attribute("data-call")
    post("/api/windows/32/recall")
    expect(hall.locator("[data-call]").first).not_to_have_attribute("data-call", called or "")
    expect(hall.locator("[data-call]").first).to_have_class(re.compile("hall-call--new"))
    expect(hall.locator("[data-call]")).to_have_count(1)
    post("/api/windows/32/start")
    expect(hall.locator("[data-call]")).to_have_count(0)
    expect(hall.locator("#no-calls")).to_be_visible()
    expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("正在 32 号窗口办理")


def test_who_hears_nothing_sees_every_call_on_every_screen(
    context: BrowserContext, server: Server, post: Post
) -> None:
    """A call and its recall each make the number pulse, for people who don't hear the loudspeaker."""
    track = post("/api/tickets", matter="CNV-013")["track"]
    pages = [
        (opened(context, server, "/screens/hall"), ".hall-call--new .hall-call__number"),
        (opened(context, server, "/screens/zones/convenience"), ".zone-window--new .zone-window__number"),
        (opened(context, server, "/screens/windows/35"), ".led--new .led__number"),
        (opened(context, server, track), ".phone--new .phone__number"),
    ]
    for page, _ in pages:
        page.evaluate("""() => document.addEventListener("animationstart", (event) => {
          if (event.animationName === "call-pulse") document.documentElement.dataset.pulsed = "";
        }, true)""")
    for command in ("call-next", "recall"):
        post(f"/api/windows/35/{command}")
        for page, number in pages:
            expect(page.locator(number).first).to_be_attached()
            # Not `wait_for_function`: the page's policy forbids what that evaluates.
            expect(page.locator("html[data-pulsed]")).to_be_attached()
            page.evaluate("delete document.documentElement.dataset.pulsed")
    post("/api/windows/35/start")
    post("/api/windows/35/finish")


PULSE = """(selector) => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].reduce((sum, c, i) => {
    const s = c / 255;
    return sum + [0.2126, 0.7152, 0.0722][i] * (s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
  }, 0);
  const ground = (node) => {
    const own = channels(getComputedStyle(node).backgroundColor);
    if (own.length === 3 || own[3] === 1) return own;
    if (own[3] > 0) throw new Error(`half transparent: ${own}`);
    return ground(node.parentElement);
  };
  const node = document.querySelector(selector);
  const [pulse] = node.getAnimations();
  pulse.pause();
  const seen = [];
  for (let at = 0; at < pulse.effect.getComputedTiming().endTime - 1; at += 10) {
    pulse.currentTime = at;
    const look = getComputedStyle(node);
    const both = [light(channels(look.color)), light(ground(node))].sort((a, b) => b - a);
    seen.push([look.backgroundColor, Number(look.opacity), (both[0] + 0.05) / (both[1] + 0.05)]);
  }
  pulse.play();
  return seen;
}"""
"""How a number looks all through its pulse, every 10 ms: its ground, opacity, and contrast (WCAG 2.2)."""


def test_a_number_can_be_read_at_every_moment_of_its_pulse(
    context: BrowserContext, server: Server, post: Post
) -> None:
    track = post("/api/tickets", matter="CNV-013")["track"]
    parts = {
        "/screens/hall": (".hall-call--new .hall-call__number", ".hall-call--new .hall-call__window"),
        "/screens/zones/convenience": (
            ".zone-window--new .zone-window__number",
            ".zone-window--new .zone-window__no",
        ),
        "/screens/windows/35": (".led--new .led__number",),
        track: (".phone--new .phone__number",),
    }
    pages = {path: opened(context, server, path) for path in parts}
    for page in pages.values():
        # The class is there for as long as the pulse; the test reads one after the other.
        page.clock.install()
    post("/api/windows/35/call-next")
    for path, page in pages.items():
        for part in parts[path]:
            expect(page.locator(part).first).to_be_attached()
            seen = page.evaluate(PULSE, part)
            assert len(seen) == 168, "three pulses"
            assert len({ground for ground, _, _ in seen}) == 2, "it does pulse"
            assert min(opacity for _, opacity, _ in seen) == 1
            assert min(contrast for _, _, contrast in seen) >= (4.5 if path == track else 7), (path, part)
    post("/api/windows/35/start")
    post("/api/windows/35/finish")


@pytest.mark.parametrize(
    ("applicant", "zh", "en"), [("elderly", "优先", "Priority"), ("appointment", "预约", "Booked")]
)
def test_priority_and_an_appointment_are_marked_wherever_they_are_called(
    context: BrowserContext, server: Server, post: Post, applicant: str, zh: str, en: str
) -> None:
    issued = post("/api/tickets", matter="CNV-013", applicant=applicant)
    number = issued["ticket"]["number"]
    phone = opened(context, server, issued["track"])
    expect(phone.locator(".phone__priority:visible")).to_have_text(zh)
    pages = [
        opened(context, server, path)
        for path in ("/screens/hall", "/screens/zones/convenience", "/screens/windows/35")
    ]
    post("/api/windows/35/call-next")
    for _ in ("as it comes", "as the server renders it"):
        hall, zone, strip = pages
        row = hall.locator("[data-call]", has_text=number)
        expect(row.locator('[data-cell="word"]')).to_have_text(f"请到窗口 · {zh}")
        expect(row.locator('[data-cell="word"]')).to_have_attribute("data-en", f"Called · {en}")
        expect(zone.locator('[data-window="35"] [data-cell="name"]')).to_contain_text(f"{zh}·")
        expect(zone.locator('[data-window="35"] [data-cell="name"]')).to_have_attribute(
            "data-en", re.compile(f"^{en} · ")
        )
        expect(strip.locator('[data-cell="name"]')).to_contain_text(f"{zh}·")
        for page in pages:
            page.context.route("**/*.js", lambda route: route.abort())
            page.reload()
    context.unroute("**/*.js")
    post("/api/windows/35/start")
    post("/api/windows/35/finish")


def test_more_calls_than_rows_take_turns_and_none_is_lost(
    context: BrowserContext, server: Server, post: Post
) -> None:
    for matter in ("BIZ-001", "BIZ-006", "BIZ-017", "BIZ-023", "BIZ-024", "BIZ-032", "BIZ-035", "CNV-010", "CNV-013"):
        post("/api/tickets", matter=matter)
    page = context.new_page()
    page.clock.install()
    page.goto(f"http://{HOST}:{server.port}/screens/hall")
    standing = set()
    for no in ("17", "20", "21", "22", "23", "25", "26", "34", "35"):
        standing.add(post(f"/api/windows/{no}/call-next")["ticket"]["number"])
    assert len(standing) == 9
    numbers = page.locator('[data-call] [data-cell="number"]')
    expect(page.locator('[data-cell="page"]')).to_have_text(re.compile(r"\d / \d"))
    seen: set[str] = set()
    for _ in range(8):
        assert numbers.count() <= 6
        seen |= set(numbers.all_text_contents())
        page.clock.run_for(5000)
    assert seen == standing


def test_the_page_is_complete_without_scripts(browser: Browser, server: Server, post: Post) -> None:
    track = post("/api/tickets", matter="CNV-089")["track"]
    number = post("/api/windows/31/call-next")["ticket"]["number"]
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(server.url + "/screens/windows/31")
    assert number in (page.text_content(".led") or "")
    page.goto(server.url + "/screens/zones/convenience")
    assert number in (page.text_content("#windows") or "")
    page.goto(server.url + track)
    assert "请到 31 号窗口" in (page.text_content(".phone__lead") or "")
    plain.close()


def test_a_phone_steps_out_and_comes_back(context: BrowserContext, server: Server, post: Post) -> None:
    phone = opened(context, server, post("/api/tickets", matter="REA-001")["track"])
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.click('[data-action="away"]')
    phone.click('#sure-away button[value="no"]')
    expect(phone.locator('[data-action="return"]')).to_be_hidden()
    phone.click('[data-action="away"]')
    phone.click('#sure-away button[value="yes"]')
    expect(phone.locator('[data-cell="lead-zh"]')).to_contain_text("已暂离")
    phone.click('[data-action="return"]')
    phone.click('#sure-return button[value="yes"]')
    expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("下一位就是您")
    expect(phone.locator('[data-action="away"]')).to_be_hidden()
    phone.click('[data-action="cancel"]')
    phone.click('#sure-cancel button[value="yes"]')
    expect(phone.locator('[data-cell="lead-zh"]')).to_have_text("已取消")
    expect(phone.locator('[data-part="acts"]')).to_be_hidden()


def test_a_screen_says_that_it_is_stale_and_recovers_by_itself(context: BrowserContext, tmp_path: Path) -> None:
    with served(tmp_path) as server:
        page = context.new_page()
        page.clock.install()
        page.goto(f"http://{HOST}:{server.port}/screens/hall")
        expect(page.locator("html")).to_have_attribute("data-connection", "live")
        server.kill()
        page.clock.run_for(6000)
        expect(page.locator("html")).to_have_attribute("data-connection", "late")
        page.clock.run_for(10_000)
        expect(page.locator("html")).to_have_attribute("data-connection", "stale")
        expect(page.locator('[data-cell="banner"]')).to_be_visible()
        server.start()
        page.clock.run_for(20_000)
        expect(page.locator("html")).to_have_attribute("data-connection", "live", timeout=15_000)
        expect(page.locator('[data-cell="banner"]')).to_be_hidden()
