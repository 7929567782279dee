"""The page of recordings and trials in Chromium: a microphone, a file, what is wrong with a take, what is heard."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from onewindow.access.guard import COOKIE
from onewindow.voice import audio
from onewindow.voice.clips.pack import read_manifest
from onewindow.voice.clips.script import Line
from onewindow.voice.engine import WorkerEngine
from tests.callers.browsers import address, chromium, signed_in
from tests.server import Server, served
from tests.voice.clips.sample_pack import lines, spoken
from tests.voice.test_voice_routes import SMALL

pytestmark = pytest.mark.browser
BASE = "/api/supervisor/voice"
PATIENT = 20_000


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """「请到」 as somebody might say it: a second of quiet before and after."""
    path = tmp_path_factory.mktemp("said") / "said.wav"
    path.write_bytes(asyncio.run(spoken_line("请到")))
    return path


async def spoken_line(text: str) -> bytes:
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    line: Line = next(one for one in lines() if one.text == text)
    try:
        samples = audio.decode_wav(await spoken(line, engine))
    finally:
        await engine.aclose()
    return audio.encode_wav(audio.join([audio.silence(1.0), samples, audio.silence(1.0)]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("data"), SMALL) as found:
        yield found


@pytest.fixture(scope="module")
def browser(said: Path) -> Iterator[Browser]:
    """Chromium with a microphone into which the same words are said over and over."""
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={said}",
    ]
    with chromium(*flags) as found:
        yield found


def opened(browser: Browser, server: Server, *, secure: bool) -> Page:
    context = signed_in(browser, server, "supervisor", (1440, 900))
    context.add_cookies([{"name": COOKIE, "value": server.token("supervisor"), "url": server.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto((server.url if secure else address(server)) + "/supervisor/voice")
    expect(page.locator("[data-line]").first).to_be_visible()
    return page


def view(server: Server) -> Any:
    return httpx.get(server.url + BASE, headers=server.bearer("supervisor"), trust_env=False, timeout=20).json()


def recorded(server: Server) -> list[str]:
    return [line["text"] for line in view(server)["lines"] if line["clip"]]


def state(page: Page) -> Any:
    return page.locator(".voice__booth [data-cell=state]")


def test_a_line_is_recorded_with_the_microphone_trimmed_levelled_and_played(browser: Browser, server: Server) -> None:
    page = opened(browser, server, secure=True)
    assert page.locator("[data-notice=insecure]").is_hidden()
    page.locator('[data-line="zh-号到"]').click()
    expect(page.locator("[data-part=line] [data-cell=text]")).to_have_text("号到")
    page.locator("[data-action=record]").click()
    expect(page.locator("[data-action=record]")).to_have_attribute("data-live", "")
    # The level moves when something is heard: then the take has sound in it.
    expect(state(page)).to_contain_text("|||")
    page.wait_for_timeout(2600)  # what is said comes round once more, its end too
    page.locator("[data-action=record]").click()
    expect(page.locator('[data-line="zh-号到"]')).to_have_attribute("data-done", "")
    clip = next(line["clip"] for line in view(server)["lines"] if line["id"] == "zh-号到")
    assert clip["loudness_db"] == pytest.approx(-20.0, abs=1.0)
    assert clip["peak_db"] <= -1.0 and clip["by"]
    stored = read_manifest(server.data / "voice-pack")
    assert [one.text for one in stored.clips] == ["号到"]
    page.context.close()


def test_without_a_secure_context_a_file_is_uploaded_and_the_page_says_why(
    browser: Browser, server: Server, said: Path
) -> None:
    page = opened(browser, server, secure=False)
    expect(page.locator("[data-notice=insecure]")).to_be_visible()
    expect(page.locator("[data-action=record]")).to_be_disabled()
    before = len(recorded(server))
    page.locator('[data-line="zh-再次请"]').click()
    page.locator("[data-part=file]").set_input_files(said)
    expect(page.locator('[data-line="zh-再次请"]')).to_have_attribute("data-done", "")
    expect(page.locator("[data-cell=count]")).to_have_text(f"{before + 1} / 20")
    line = next(line for line in view(server)["lines"] if line["id"] == "zh-再次请")
    assert line["clip"]["seconds"] < 1.2, "a second of silence before and after is gone"
    page.locator("[data-action=remove]").click()
    expect(page.locator("[data-cell=count]")).to_have_text(f"{before} / 20")
    page.context.close()


def test_a_take_without_sound_or_no_sound_at_all_is_refused_in_words(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    page = opened(browser, server, secure=False)
    page.locator('[data-line="zh-请"]').click()
    silent = tmp_path / "silent.wav"
    silent.write_bytes(audio.encode_wav(audio.silence(2.0)))
    page.locator("[data-part=file]").set_input_files(silent)
    expect(state(page)).to_contain_text("录音里没有声音")
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"no sound at all")
    page.locator("[data-part=file]").set_input_files(noise)
    expect(state(page)).to_contain_text("浏览器读不了这个文件")
    assert "请" not in recorded(server)
    page.context.close()


def test_a_text_is_heard_here_by_either_engine_with_its_loudness(browser: Browser, server: Server) -> None:
    page = opened(browser, server, secure=False)
    told = page.locator("[data-cell=trial]")
    form = page.locator("[data-part=trial]")
    form.locator("[name=text]").fill("请零三号到一号窗口")
    form.locator("button").click()
    expect(told).to_contain_text("合成语音")
    expect(told).to_contain_text("响度 -")
    form.locator("[name=engine]").select_option("clips")
    form.locator("button").click()
    expect(told).to_contain_text("录音里没有")
    form.locator("[name=engine]").select_option("browser")
    form.locator("button").click()
    expect(told).to_contain_text("没有这种语言的语音")
    form.locator("[name=engine]").select_option("auto")
    form.locator("[name=speaker]").select_option("speaker")
    form.locator("button").click()
    expect(told).to_contain_text("没有连上")
    page.context.close()


def test_the_volume_is_set_live_and_kept(browser: Browser, server: Server) -> None:
    listening = signed_in(browser, server, "speaker", (800, 480)).new_page()
    listening.goto(f"{address(server)}/speaker/service")
    expect(listening.locator(".speaker")).to_have_attribute("data-sound", "on")
    page = opened(browser, server, secure=False)
    slider = page.locator('[data-speaker="speaker"]')
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    expect(listening.locator("[data-cell=volume]")).to_have_text("音量 60%")
    form = page.locator("[data-part=trial]")
    form.locator("[name=text]").fill("试一试")
    form.locator("[name=speaker]").select_option("speaker")
    form.locator("button").click()
    expect(page.locator("[data-cell=trial]")).to_have_text("扬声器已播完", timeout=PATIENT)
    page.context.close()
    listening.context.close()
    server.kill()
    server.start()
    assert [one["volume"] for one in view(server)["speakers"]] == [60]


def test_the_calls_refuse_what_makes_no_sense(server: Server) -> None:
    with httpx.Client(
        base_url=server.url, headers=server.bearer("supervisor"), trust_env=False, timeout=20
    ) as client:

        def code(path: str, **body: Any) -> tuple[int, str]:
            answer = client.post(BASE + path, **body)
            return answer.status_code, answer.json()["code"]

        wav = {"Content-Type": "audio/wav"}
        chime = audio.encode_wav(audio.chime("short"))
        assert code("/lines/zh-没有/clip", content=chime, headers=wav) == (404, "not_found")
        assert code("/lines/zh-请/clip", content=b"RIFF", headers=wav) == (422, "voice_not_wav")
        assert code("/lines/zh-请/clip", json={}) == (415, "wrong_content_type")
        assert code("/lines/zh-请/clip", content=b"x" * 5_000_000, headers=wav) == (413, "body_too_large")
        assert code("/volume", json={"speaker": "speaker", "volume": 101}) == (422, "bad_body")
        assert code("/volume", json={"speaker": "nowhere", "volume": 10}) == (404, "not_found")
        assert code("/trial", json={"text": "  "}) == (422, "voice_text")
        assert code("/trial", json={"text": "请", "engine": "opera"}) == (422, "bad_body")
        assert client.get(f"{BASE}/lines/zh-请/clip.wav").status_code == 404
