"""The player of the pages in Chromium: plays a WAV and says so, falls back, and knows when it is mute."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Page, async_playwright

from onewindow.voice import audio

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "onewindow" / "web" / "static" / "js" / "speaker.js"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ALLOWED = "--autoplay-policy=no-user-gesture-required"
HTML = """<!doctype html><meta charset="utf-8"><title>speaker</title>
<button id="tap">点此开声</button><p id="muted"></p>
<script type="module" src="page.js"></script>"""
PAGE_JS = """import { Speaker } from "./speaker.js";
window.messages = [];
window.playing = [];
window.online = true;
window.speaker = new Speaker({
  send: (message) => { if (window.online) window.messages.push(message); return window.online; },
  onMuted: (muted) => { document.querySelector("#muted").textContent = muted ? "无声" : ""; },
  onTapNeeded: (needed) => { document.querySelector("#tap").hidden = !needed; },
  onPlaying: (item) => window.playing.push(item ? item.id : null),
});
document.querySelector("#tap").onclick = () => window.speaker.tap();
await window.speaker.start();
if (location.search) {
  const play = JSON.parse(decodeURIComponent(location.search.slice(1)));
  await window.speaker.onFrame({ v: 1, kind: "delta", play });
}
console.info("ready");"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves the folder without a word."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the library
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "page.js").write_text(PAGE_JS, encoding="utf-8")
    for script in (
        SCRIPT,
        *(SCRIPT.with_name(name) for name in ("own-voice.js", "speaker-asking.js", "speaker-volume.js")),
    ):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    (tmp_path / "call.wav").write_bytes(audio.encode_wav(audio.chime("short")))
    (tmp_path / "long.wav").write_bytes(audio.encode_wav(audio.silence(60.0)))
    (tmp_path / "noise.wav").write_bytes(b"this is no sound")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def page(site: str, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A started player; the parameter is the item of a page that may not sound until it is touched.

    That item is played before anything is asked of the page: Playwright's questions count as touches.
    """
    blocked = getattr(request, "param", None)
    args = ARGS if blocked else [*ARGS, ALLOWED]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=args, ignore_default_args=["--mute-audio"]
        )
        page = await browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        async with page.expect_console_message(lambda message: message.text == "ready"):
            await page.goto(f"{site}?{quote(json.dumps(blocked))}" if blocked else site)
        yield page
        assert problems == []
        await browser.close()


def item(name: str, url: str | None = "call.wav", expires: float = 60.0) -> dict[str, Any]:
    return {
        "id": name,
        "url": url,
        "duration": 0.6,
        "expires": expires,
        "text_zh": "户政，零三一号，请到三十二号窗口",
        "text_en": "",
    }


async def receive(page: Page, **frame: Any) -> None:
    """Hand a frame to the player, and wait until it has done what the frame asks."""
    await page.evaluate("frame => window.speaker.onFrame(frame)", {"v": 1, "kind": "delta", **frame})


async def acks(page: Page) -> list[tuple[str, str, str]]:
    messages: list[dict[str, Any]] = await page.evaluate("window.messages.filter(one => one.ack)")
    return [(one["ack"], one["what"], one.get("reason", "")) for one in messages]


async def test_a_wav_is_played_and_acknowledged(page: Page) -> None:
    await receive(page, play=item("a"))
    assert await acks(page) == [("a", "started", ""), ("a", "ended", "")]
    assert await page.evaluate("window.playing") == ["a", None]
    assert await page.evaluate("window.messages.filter(one => one.beat).at(-1)") == {"beat": True, "muted": False}
    assert await page.inner_text("#muted") == ""
    assert await page.is_hidden("#tap")


async def test_an_item_sent_again_is_acknowledged_again_and_not_played(page: Page) -> None:
    await receive(page, play=item("a"))
    await receive(page, kind="snapshot", play=item("a"))
    assert await acks(page) == [("a", "started", ""), ("a", "ended", ""), ("a", "ended", "")]
    assert await page.evaluate("window.playing") == ["a", None]


async def test_acknowledgements_wait_for_the_connection(page: Page) -> None:
    await page.evaluate("window.online = false")
    await receive(page, play=item("a"))
    assert await acks(page) == []
    await page.evaluate("window.online = true")
    await receive(page, kind="snapshot", play=None, lease=True)
    assert await acks(page) == [("a", "started", ""), ("a", "ended", "")]


@pytest.mark.parametrize("url", [None, "missing.wav", "noise.wav"])
async def test_without_wav_and_chinese_voice_the_chime_sounds_and_the_failure_is_told(
    page: Page, url: str | None
) -> None:
    assert await page.evaluate("speechSynthesis.getVoices().filter(one => one.lang.startsWith('zh')).length") == 0
    await receive(page, kind="snapshot", chime="call.wav", play=None)
    await page.wait_for_function("performance.getEntriesByName(new URL('call.wav', location).href).length")
    await page.evaluate("new Promise(requestAnimationFrame)")
    await receive(page, play=item("a", url))
    assert await acks(page) == [("a", "failed", "chime_only")]


async def test_with_nothing_to_play_the_failure_is_told(page: Page) -> None:
    await receive(page, play=item("a", None))
    assert await acks(page) == [("a", "failed", "no_sound")]


async def test_the_browsers_own_voice_speaks_when_there_is_no_wav(page: Page) -> None:
    """Chromium has no Chinese voice here: the page's speechSynthesis is replaced by one that has."""
    await page.evaluate("""() => {
      window.said = [];
      const voice = { lang: "zh-CN" };
      Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class {
        constructor(text) { this.text = text; }
      } });
      Object.defineProperty(window, "speechSynthesis", { value: {
        getVoices: () => [voice],
        cancel: () => {},
        speak: (one) => { window.said.push(one.text); queueMicrotask(() => { one.onstart(); one.onend(); }); },
      } });
    }""")
    await receive(page, play=item("a", None))
    assert await page.evaluate("window.said") == ["户政，零三一号，请到三十二号窗口"]
    assert await acks(page) == [("a", "started", ""), ("a", "ended", "own_voice")]


async def test_what_has_expired_is_not_played(page: Page) -> None:
    await receive(page, play=item("a", expires=0))
    assert await acks(page) == [("a", "failed", "expired")]
    assert await page.evaluate("window.playing") == []


async def test_two_never_sound_at_once(page: Page) -> None:
    await page.evaluate(
        "frame => { window.speaker.onFrame(frame); }", {"kind": "delta", "play": item("a", "long.wav")}
    )
    await page.wait_for_function("window.messages.some(one => one.what === 'started')")
    await receive(page, play=item("b"))
    assert await acks(page) == [("a", "started", ""), ("b", "started", ""), ("b", "ended", "")]
    assert await page.evaluate("window.playing") == ["a", None, "b", None]


@pytest.mark.parametrize("page", [item("a")], indirect=True)
async def test_a_browser_that_blocks_sound_says_so_until_it_is_touched(page: Page) -> None:
    assert await acks(page) == [("a", "muted", "")]
    assert await page.inner_text("#muted") == "无声"
    assert await page.is_visible("#tap")
    assert await page.evaluate("window.messages.filter(one => one.beat).at(-1).muted")
    await page.click("#tap")
    await page.wait_for_function("!window.speaker.muted")
    await receive(page, play=item("a"))
    assert (await acks(page))[1:] == [("a", "started", ""), ("a", "ended", "")]
    assert await page.inner_text("#muted") == ""
    assert await page.is_hidden("#tap")
    assert await page.evaluate("window.messages.filter(one => one.beat).at(-1).muted") is False


async def test_nothing_sounds_before_the_server_has_said_that_it_may(page: Page) -> None:
    await page.evaluate(
        "frame => { window.speaker.onFrame(frame); }", {"kind": "delta", "play": item("a") | {"ask": True}}
    )
    await page.wait_for_function("window.messages.some(one => one.ask === 'a')")
    assert await acks(page) == []
    await receive(page, begin={"id": "a", "n": 99, "now": True})
    assert await acks(page) == [], "the answer to another question"
    await page.wait_for_function("window.messages.filter(one => one.ask === 'a').at(-1).n === 2")
    await receive(page, begin={"id": "a", "n": 1, "now": True})
    assert await acks(page) == [], "the answer to an older question: it came too late to be believed"
    await receive(page, begin={"id": "a", "n": 2, "now": True})
    await page.wait_for_function("window.messages.some(one => one.what === 'ended')")
    assert await acks(page) == [("a", "started", ""), ("a", "ended", "")]


async def test_what_the_server_says_is_too_old_is_not_played_and_the_same_may_come_again(page: Page) -> None:
    play, last = item("a") | {"ask": True}, 0
    for answer, heard in ((False, []), (True, [("a", "started", ""), ("a", "ended", "")])):
        done = asyncio.create_task(receive(page, play=play))
        await page.wait_for_function("last => (window.messages.findLast(one => one.ask)?.n ?? 0) > last", arg=last)
        asked = await page.evaluate("window.messages.findLast(one => one.ask)")
        last = asked["n"]
        await receive(page, begin={"id": "a", "n": asked["n"], "now": answer})
        await done
        assert await acks(page) == heard


async def test_a_question_that_went_with_the_line_is_asked_again_on_the_next(page: Page) -> None:
    await page.evaluate(
        "frame => { window.speaker.onFrame(frame); }", {"kind": "delta", "play": item("a") | {"ask": True}}
    )
    await page.wait_for_function("window.messages.some(one => one.ask === 'a')")
    await receive(page, kind="snapshot", play=None, lease=True)
    await page.wait_for_function("window.messages.filter(one => one.ask === 'a').length === 2")
