"""The drill with a tab of Chromium as the loudspeaker: its process is killed while it plays, another tab goes on."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from onewindow.access.guard import COOKIE
from onewindow.access.principal import Role
from onewindow.app import Workers
from onewindow.voice.engine import WorkerEngine
from tests.callers.browsers import CHROMIUM
from tests.hall_app import Api, running
from tests.voice.drill import WINDOWS, Drill, drill_hall, judge, listen, settled

pytestmark = pytest.mark.browser
ZONE = "convenience"
HOOK = """
const start = AudioBufferSourceNode.prototype.start;
const decode = BaseAudioContext.prototype.decodeAudioData;
const read = Response.prototype.arrayBuffer;
Response.prototype.arrayBuffer = function () {
  return read.call(this).then((data) => Object.assign(data, { heard: this.url }));
};
BaseAudioContext.prototype.decodeAudioData = function (data) {
  const name = data.heard;
  return decode.call(this, data).then((buffer) => Object.assign(buffer, { heard: name }));
};
AudioBufferSourceNode.prototype.start = function (...rest) {
  window.heard(this.buffer.heard);
  return start.apply(this, rest);
};
"""
"""Notes which sound begins to play; the page itself is as it is."""


async def tab(browser: Browser, api: Api, heard: list[str]) -> Page:
    context = await browser.new_context()
    url = str(api.client.base_url).rstrip("/")
    await context.add_cookies([{"name": COOKIE, "value": api.token(Role.SPEAKER), "url": url}])
    page = await context.new_page()
    await page.expose_function("heard", lambda url: heard.append(url))
    await page.add_init_script(HOOK)
    await page.goto(f"{url}/speaker/{ZONE}")
    return page


def renderers(browser_pid: int) -> list[int]:
    """The processes of a browser's tabs."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                words = (folder / "cmdline").read_bytes()
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if b"--type=renderer" in words and _descends(parent, browser_pid):
                found.append(int(folder.name))
    return found


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


async def more(sounds: list[str], count: int, calling: "asyncio.Task[None]") -> None:
    """Wait until so many have sounded, or there is nothing more to be called."""
    while len(sounds) < count and not calling.done():
        await asyncio.wait((calling,), timeout=0.05)


async def drilled_by_browser(folder: Path, count: int, kills: int) -> None:
    hall, engine = drill_hall(expire_seconds=60), WorkerEngine(timeout=20.0, start_timeout=30.0)
    sounds: list[str] = []
    async with (
        running(folder, hall, workers=Workers(forecast=None, voice=engine)) as api,
        async_playwright() as playwright,
    ):
        kept, killed = listen(api), 0
        drill = Drill(api, kept, engine, seed=3)
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = await tab(browser, api, sounds)
        calling = asyncio.create_task(drill.call(WINDOWS[ZONE], count))
        while not calling.done() and killed < kills:
            begun = len(sounds)
            await more(sounds, begun + 3, calling)
            for pid in renderers(os.getpid()):
                os.kill(pid, signal.SIGKILL)
            killed += 1
            await page.context.close()
            page = await tab(browser, api, sounds)  # another device's name: it gets the lease when that has run out
        await calling
        await settled(kept, 120.0)
        await browser.close()
    names = [(0.0, Path(url).name) for url in sounds]
    verdict = judge(kept, {"speaker-convenience": names})
    with contextlib.suppress(OSError):
        sys.stderr.write(
            f"\n{verdict.offered} announcements: {dict(verdict.results)}; {verdict.sounded} sounded, "
            f"{verdict.begun_only} begun only; tabs killed {killed} times; {len(drill.told)} unheard ones told\n"
        )
    assert verdict.faults == []
    assert killed == kills
    assert verdict.offered >= count * 0.9
    assert verdict.results["played"] > verdict.offered / 2
    assert drill.not_told == []


async def test_a_tab_that_is_killed_while_it_plays_says_nothing_twice(tmp_path: Path) -> None:
    await drilled_by_browser(tmp_path, count=12, kills=1)


@pytest.mark.slow
async def test_a_tab_that_is_killed_again_and_again(tmp_path: Path) -> None:
    await drilled_by_browser(tmp_path, count=90, kills=8)
