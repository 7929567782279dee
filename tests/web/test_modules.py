"""The small scripts in a real Chromium, on plain http under a host name, which is no secure context."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.web.test_static import environment

pytestmark = pytest.mark.browser

WEB = Path(__file__).parents[2] / "onewindow" / "web"
PAGE = """<!doctype html><html lang="zh-CN"><head>
<link rel="icon" href="/static/img/icon.svg"></head><body>
{% import "_partials/parts.html" as p %}{{ p.connection() }}
<script type="module" src="/static/js/connection.js"></script></body></html>"""


class Hall(SimpleHTTPRequestHandler):
    """Serves the static files, one page, and a few API answers; notes the keys of the commands."""

    keys: list[str] = []  # noqa: RUF012 - reset by the fixture

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, directory=str(WEB))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        pass

    def answer(self, status: int, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            super().do_GET()
        else:
            self.answer(200, "text/html; charset=utf-8", environment().from_string(PAGE).render())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Hall.keys.append(self.headers["Idempotency-Key"])
        if self.path == "/api/lost" and len(Hall.keys) == 1:
            self.close_connection = True  # decided, but the reply never arrives
        elif self.path == "/api/refused":
            problem = {"code": "window_occupied", "zh": "窗口有号", "en": "Occupied", "todo_zh": "先办结"}
            self.answer(409, "application/problem+json", json.dumps(problem))
        else:
            self.answer(200, "application/json", json.dumps({"tries": len(Hall.keys)}))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hall)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://hall.test:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def page(address: str, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.clock.install()
    page.goto(address)
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # from here on only run_for moves it
    yield page
    page.close()


@pytest.fixture(autouse=True)
def no_keys() -> None:
    Hall.keys.clear()


def test_this_is_no_secure_context(page: Page) -> None:
    assert page.evaluate("window.isSecureContext") is False
    assert page.evaluate("typeof crypto.randomUUID") == "undefined"


@pytest.mark.parametrize("high", [0, 1, 299, 300, 301, 1200, 7200, 7201, 9900])
def test_waits_read_the_same_from_the_server_and_in_the_page(page: Page, high: int) -> None:
    low = high * 2 // 3
    macro = environment().from_string(
        '{% import "_partials/parts.html" as p %}{{ p.wait_zh(range) }}|{{ p.wait_en(range) }}'
    )
    script = """async (range) => { const { waitText } = await import("/static/js/dom.js");
        const t = waitText(range); return t.zh + "|" + t.en; }"""
    wait = {"low": low, "high": high}
    assert page.evaluate(script, wait) == macro.render(range=wait)


def test_states_read_the_same_from_the_server_and_in_the_page(page: Page) -> None:
    flags = page.evaluate("async () => (await import('/static/js/dom.js')).FLAGS")
    macros = environment().from_string(
        '{% import "_partials/parts.html" as p %}{% for k in keys %}{{ p.flag_zh(k) }} {% endfor %}'
    )
    assert macros.render(keys=list(flags)).split() == [zh for zh, _ in flags.values()]


def test_connection_tells_its_age(page: Page) -> None:
    mark = page.locator("ow-connection")
    page.evaluate("document.querySelector('ow-connection').heard()")
    assert mark.get_attribute("data-state") == "live"
    page.clock.run_for(4000)
    assert mark.get_attribute("data-state") == "live"
    page.clock.run_for(2600)  # the mark is renewed twice a second
    assert mark.get_attribute("data-state") == "late"
    assert page.locator("[data-cell=age]").text_content() == "6 秒"
    assert page.locator("[data-cell=banner]").is_hidden()
    page.clock.run_for(10000)
    assert mark.get_attribute("data-state") == "stale"
    assert page.locator("html").get_attribute("data-connection") == "stale"
    assert page.get_by_text("以窗口叫号为准").is_visible()
    page.evaluate("document.querySelector('ow-connection').heard()")
    assert mark.get_attribute("data-state") == "live"
    assert page.locator("[data-cell=banner]").is_hidden()


def test_a_lost_reply_is_asked_for_again_under_the_same_key(page: Page) -> None:
    page.evaluate(
        """async () => { const { command } = await import('/static/js/api.js');
        window.told = []; window.outcome = null;
        command('/api/lost', {}, { onRetry: (n) => window.told.push(n) }).then((a) => { window.outcome = a; }); }"""
    )
    for _ in range(20):
        if page.evaluate("window.outcome"):
            break
        page.clock.run_for(500)
    assert page.evaluate("window.outcome.tries") == len(Hall.keys) == 2
    assert len(set(Hall.keys)) == 1
    assert len(Hall.keys[0]) == 32
    assert page.evaluate("window.told") == [2]


def test_a_refusal_is_a_problem_in_both_languages_and_is_not_repeated(page: Page) -> None:
    problem = page.evaluate(
        """async () => { const { command, Problem } = await import('/static/js/api.js');
        try { await command('/api/refused'); } catch (p) {
          return [p instanceof Problem, p.status, p.code, p.zh, p.en, p.todoZh]; } }"""
    )
    assert problem == [True, 409, "window_occupied", "窗口有号", "Occupied", "先办结"]
    assert len(Hall.keys) == 1
