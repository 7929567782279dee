"""A loudspeaker that may not sound says so on its page, and the supervisor is told."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.callers.browsers import address, always_open, chromium, signed_in
from tests.server import Server, served

pytestmark = pytest.mark.browser

BLOCKED = """
const resume = AudioContext.prototype.resume;
AudioContext.prototype.resume = function () { return window.touched ? resume.call(this) : Promise.resolve(); };
window.AudioContext = class extends AudioContext {
  constructor(...options) { super(...options); if (!window.touched) this.suspend(); }
};
addEventListener("pointerdown", () => { window.touched = true; }, true);
"""
"""A browser that blocks sound until it is touched; Playwright's own questions count as touches otherwise, and a
context that is made after one sounds without being asked to."""


def muted_speakers(server: Server) -> list[str]:
    """What the supervisor is told of loudspeakers that can't be heard."""
    asked = httpx.get(f"{server.url}/api/supervisor/floor", headers=server.bearer("supervisor"), trust_env=False)
    return [alarm["zh"] for alarm in asked.raise_for_status().json()["alarms"] if alarm["code"] == "speaker_muted"]


def let_pass(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until this holds."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to hold")


@pytest.mark.parametrize("path", ["/screens/zones/business?speaker=1", "/speaker/business"])
def test_a_muted_loudspeaker_says_so_and_raises_the_alarm(tmp_path: Path, path: str) -> None:
    with served(tmp_path / "data", always_open(tmp_path)) as server, chromium(sound=False) as quiet:
        page = signed_in(quiet, server, "screen", (1920, 1080)).new_page()
        page.add_init_script(BLOCKED)
        page.goto(address(server) + path)
        tap = page.locator("#tap")
        expect(tap).to_be_visible()
        expect(page.locator("body")).to_contain_text("无声")
        let_pass(page, lambda: muted_speakers(server) == ["商事登记区扬声器无声"])
        tap.click()
        expect(tap).to_be_hidden()
        let_pass(page, lambda: muted_speakers(server) == [])
