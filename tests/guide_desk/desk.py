"""The real server with all windows open, and pages of a real Chromium on it, for the desk's tests."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.server import ANQIU, Server, all_day_copy, served

DESK = {"width": 1366, "height": 768}
UPRIGHT = {"width": 1080, "height": 1920}
NO_PAPER = "window.print = () => { window.dispatchEvent(new Event('afterprint')); };"
"""Printing itself would open the system's dialogue."""


class Hall:
    """A served hall, asked over HTTP as programs ask it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.page_url = f"http://hall.test:{server.port}"
        """Plain http under a host name, as in a hall: no secure context."""
        self._client = httpx.Client(base_url=server.url, trust_env=False, timeout=30)
        self._keys = itertools.count()

    def get(self, path: str, role: str = "guide") -> Any:
        """An answer's JSON."""
        answer = self._client.get(path, headers=self.server.bearer(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, object], role: str = "guide", key: str | None = None) -> httpx.Response:
        """A command under a new key, or under `key`."""
        used = key or f"t{next(self._keys)}"
        return self._client.post(path, json=body, headers={**self.server.bearer(role), "Idempotency-Key": used})

    def deliver(self, request: Request, role: str = "guide") -> None:
        """Bring a page's held-back command to the server, as the page would have; its reply is dropped."""
        answer = self._client.post(
            urlsplit(request.url).path,
            content=request.post_data or "",
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": request.headers["idempotency-key"],
                **self.server.bearer(role),
            },
        )
        assert answer.status_code == 201, answer.text

    def fetch(self, path: str, **headers: str) -> httpx.Response:
        """An answer to whoever sends these headers."""
        return self._client.get(path, headers=headers)

    def issue(self, role: str = "guide", **body: object) -> dict[str, Any]:
        """An issued ticket as the API tells it."""
        answer = self.post("/api/tickets", body, role)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()["ticket"]
        return ticket | {"track": answer.json()["track"]}

    def issued(self) -> int:
        """How many tickets the day has."""
        count: int = self.get("/api/day")["day"]["issued"]
        return count

    def ticket(self, number: str) -> dict[str, Any]:
        """A ticket of today, as staff see it."""
        day = self.get("/api/desk")["day"].replace("-", "")
        ticket: dict[str, Any] = self.get(f"/api/tickets/{day}-{number}")["ticket"]
        return ticket

    def close(self) -> None:
        """Hang up."""
        self._client.close()


@contextmanager
def open_hall(
    data: Path, hall: Path = ANQIU, options: tuple[str, ...] = (), port: int | None = None
) -> Iterator[Hall]:
    """The hall at work, every window open."""
    with served(data, hall, port=port, options=options) as server:
        found = Hall(server)
        try:
            for window in found.get("/api/hall")["windows"]:
                assert found.post(f"/api/windows/{window['no']}/open", {}, "supervisor").status_code == 200
            yield found
        finally:
            found.close()


def printing_files(files: Path, address: str) -> Path:
    """A copy of the sample hall that gives numbers all day, its desk's printer at this address."""
    all_day_copy(files)
    devices = files / "devices.csv"
    text = devices.read_text(encoding="utf-8")
    assert "browser:" in text
    devices.write_text(text.replace("browser:", address), encoding="utf-8")
    return files


def signed_in(browser: Browser, hall: Hall, role: str, size: dict[str, int], scripts: bool = True) -> BrowserContext:
    """A browser that has the role's cookie."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, has_touch=True, java_script_enabled=scripts
    )
    token = hall.server.token(role)
    context.add_cookies([{"name": "onewindow", "value": token, "domain": "hall.test", "path": "/"}])
    context.add_init_script(NO_PAPER)
    return context


def watched(context: BrowserContext, faults: list[str]) -> Page:
    """A new page; what goes wrong in its scripts is noted."""
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page
