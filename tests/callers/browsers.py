"""A real server with the sample hall open at all hours, and Chromium windows that are signed in to it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright

from onewindow.access.guard import COOKIE
from tests.server import ANQIU

PATIENCE_MS = 20_000
"""For what a page must come to show: a machine that does much else takes more than the five seconds of Playwright."""
SOUND = "--autoplay-policy=no-user-gesture-required"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    SOUND,
    "--host-resolver-rules=MAP hall.test 127.0.0.1",
]


class Reached(Protocol):
    """A hall that can be reached: a process of its own (`tests.server`), or one in a thread (`hand_hall`)."""

    port: int
    url: str

    def token(self, role: str, *, window: str | None = None, name: str = "") -> str:
        """A token of this role."""
        ...

    def bearer(self, role: str, *, window: str | None = None) -> dict[str, str]:
        """Its Authorization header."""
        ...


def always_open(folder: Path) -> Path:
    """The sample hall's files, changed so that it takes numbers whatever the time and the day."""
    hall = folder / "hall"
    shutil.copytree(ANQIU, hall)
    text = (hall / "hall.toml").read_text(encoding="utf-8")
    for line, other in (
        ('rollover = "04:00"', 'rollover = "00:00"'),
        ('sessions = ["08:30-12:00", "13:30-17:30"]', 'sessions = ["00:00-23:59"]'),
        (
            'weekdays = ["mon", "tue", "wed", "thu", "fri"]',
            'weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
        ),
        ("use_public_holidays = true", "use_public_holidays = false"),
    ):
        assert line in text
        text = text.replace(line, other)
    (hall / "hall.toml").write_text(text, encoding="utf-8")
    return hall


@contextmanager
def chromium(*more: str, sound: bool = True) -> Iterator[Browser]:
    """A browser of the test's own; without `sound` its pages may not sound before they are touched.

    `more`: further flags. What is expected of pages may take its time from here on: none of it is a measurement.
    """
    args = [*CHROMIUM, *more] if sound else [flag for flag in (*CHROMIUM, *more) if flag != SOUND]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=args)
        yield browser
        browser.close()


def signed_in(browser: Browser, server: Reached, role: str, size: tuple[int, int], **token: str) -> BrowserContext:
    """A context whose cookie is a session of this role, on a host that is no secure context."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    context.add_cookies([{"name": COOKIE, "value": server.token(role, **token), "url": address(server)}])
    return context


def address(server: Reached) -> str:
    return f"http://hall.test:{server.port}"


def deliver_and_lose(route: Route) -> None:
    """Let the server do what was asked, and lose its answer on the way back."""
    asked = route.request
    # Only the browser knows the host by its name; the server compares the origin with the host that was asked.
    headers = {**asked.all_headers(), "origin": address_of(asked.headers["origin"])}
    answer = route.fetch(url=address_of(asked.url), headers=headers)
    assert answer.ok, answer.text()
    route.abort()


def address_of(url: str) -> str:
    return url.replace("hall.test", "127.0.0.1")


class Desk:
    """Does to the server what other people do while a test looks at a page."""

    def __init__(self, server: Reached) -> None:
        self._server = server
        self._client = httpx.Client(base_url=server.url, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def post(self, path: str, body: dict[str, Any] | None = None, role: str = "supervisor") -> dict[str, Any]:
        answer = self._client.post(path, json=body or {}, headers=self._server.bearer(role))
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, path: str, body: dict[str, Any] | None = None, role: str = "supervisor") -> str:
        """The code with which this is refused."""
        answer = self._client.post(path, json=body or {}, headers=self._server.bearer(role))
        assert answer.is_client_error, answer.text
        return str(answer.json()["code"])

    def issue(self, matter: str, **rest: str) -> str:
        """Issue a ticket for this matter; its printed number."""
        return str(self.post("/api/tickets", {"matter": matter, **rest}, role="guide")["ticket"]["number"])

    def window(self, no: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get(
            f"/api/windows/{no}", headers=self._server.bearer("supervisor")
        ).json()
        return found

    def check(self, device: str) -> dict[str, Any]:
        """What the morning check has found of a device."""
        headers = self._server.bearer("supervisor")
        devices = self._client.get("/api/supervisor/check", headers=headers).json()["check"]["devices"]
        return next(found for found in devices if found["device"] == device)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The journal's events of this type, in order."""
        text = self._client.get("/api/journal", headers=self._server.bearer("supervisor")).text
        commits = [json.loads(line) for line in text.splitlines()]
        return [e for c in commits for entry in c["entries"] for e in entry["events"] if kind in e.values()]


class Console:
    """A clerk's console in a browser, as a clerk sees and uses it."""

    def __init__(self, context: BrowserContext, server: Reached, no: str) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address(server)}/windows/{no}")
        self.primary = self.page.locator("[data-action=primary]")
        expect(self.primary.locator("[data-cell=zh]")).not_to_have_text("正在读取…")
        self.number = self.page.locator("[data-part=card] [data-cell=number]")

    def offers(self, words: str) -> None:
        """Wait until the big button says these words and may be pressed."""
        expect(self.primary.locator("[data-cell=zh]")).to_have_text(words)
        expect(self.primary).to_have_attribute("aria-disabled", "false")

    def press(self, key: str, then: str) -> None:
        """Press a key, the big button's own once it may be pressed, and wait until the big button offers `then`."""
        if key == "Space":
            expect(self.primary).to_have_attribute("aria-disabled", "false")
        self.page.keyboard.press(key)
        self.offers(then)

    def action(self, name: str) -> Locator:
        return self.page.locator(f"[data-action={name}]")

    def notice(self, name: str) -> Locator:
        return self.page.locator(f"[data-notice={name}]")

    def dialog(self, name: str) -> Locator:
        return self.page.locator(f"[data-dialog={name}]")
