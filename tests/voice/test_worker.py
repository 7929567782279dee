"""The real worker renders real sound, and dies and hangs without harm."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from onewindow.voice import audio
from onewindow.voice.engine import VoiceUnavailable, WorkerEngine
from onewindow.voice.wording import Language, SpokenCall, Style, Utterance, announce, estimate_seconds
from onewindow.voice.worker import TEXT_LIMIT

ROOT = Path(__file__).resolve().parents[2]


def utterance(text: str, language: Language = "zh", rate: int = 150) -> Utterance:
    return Utterance(language=language, text=text, voice=Style().voice(language), rate=rate)


SHORT = utterance("户政，零 三 一号")
LONG = utterance("户政，零 三 一号，请到三十二号窗口")


@pytest.fixture
async def engine() -> AsyncIterator[WorkerEngine]:
    worker = WorkerEngine(timeout=20.0, start_timeout=30.0)
    yield worker
    await worker.aclose()


async def seconds(engine: WorkerEngine, one: Utterance) -> float:
    return audio.duration(audio.decode_wav(await engine.render(one)))


async def test_different_words_last_differently_and_the_same_alike(engine: WorkerEngine) -> None:
    first = await seconds(engine, SHORT)
    assert first > 1.0
    assert await seconds(engine, LONG) > first + 1.0
    assert await seconds(engine, SHORT) == pytest.approx(first, abs=0.02)
    assert engine.starts == 1


async def test_both_languages_are_equally_loud_and_unclipped(engine: WorkerEngine) -> None:
    call = SpokenCall(group_spoken_zh="社保", group_en="Social insurance", number_digits="117", window_no="38")
    style = Style(repeats=1)
    sounds = [audio.decode_wav(await engine.render(one)) for one in announce(call, style)]
    loudness = [audio.loudness(sound) for sound in sounds]
    assert max(loudness) - min(loudness) < 0.5
    assert all(0.1 < audio.peak(sound) < 0.9 for sound in sounds)
    # The estimate is for the backlog: near, not exact.
    whole = sum(audio.duration(sound) for sound in sounds)
    bare = Style(chime="none", gap_chime=0.0, gap_language=0.0, gap_end=0.0, repeats=1)
    assert estimate_seconds(announce(call, bare), bare) == pytest.approx(whole, rel=0.2)


async def test_rate_and_voice_are_honoured_when_they_alternate(engine: WorkerEngine) -> None:
    """The library applies a new rate late, and loses it at times, unless it is waited for."""
    slow, fast = utterance(LONG.text, rate=120), utterance(LONG.text, rate=175)
    english = utterance("number zero three one", "en", rate=150)
    expected = {one: await seconds(engine, one) for one in (slow, fast, english)}
    assert expected[slow] > 1.3 * expected[fast]
    for _ in range(25):
        for one in (slow, fast, english):
            assert await seconds(engine, one) == pytest.approx(expected[one], abs=0.02)


async def test_a_bad_voice_is_a_clean_error_and_the_worker_lives_on(engine: WorkerEngine) -> None:
    with pytest.raises(VoiceUnavailable, match="voice 'zh-cmn'"):
        await engine.render(msgspec.structs.replace(SHORT, voice="zh-cmn"))
    assert await seconds(engine, SHORT) > 1.0
    assert engine.starts == 1


@pytest.mark.parametrize(
    ("text", "match"), [("", "1 to 400"), ("请" * (TEXT_LIMIT + 1), "1 to 400"), ("。", "Nothing audible")]
)
async def test_texts_that_cannot_be_spoken_are_refused(engine: WorkerEngine, text: str, match: str) -> None:
    with pytest.raises(VoiceUnavailable, match=match):
        await engine.render(utterance(text))
    assert await seconds(engine, SHORT) > 1.0
    assert engine.starts == 1


async def test_a_long_notice_is_spoken(engine: WorkerEngine) -> None:
    assert await seconds(engine, utterance("请到窗口办理，" * 28)) > 20.0


async def test_a_worker_killed_in_the_middle_is_replaced_and_the_words_are_rendered(
    engine: WorkerEngine,
) -> None:
    await engine.render(SHORT)
    victim = engine.pid
    assert victim is not None
    os.kill(victim, signal.SIGSTOP)
    rendering = asyncio.create_task(engine.render(LONG))
    await asyncio.sleep(0)
    os.kill(victim, signal.SIGKILL)
    async with asyncio.timeout(30):
        assert len(await rendering) > 50_000
    assert engine.starts == 2
    assert engine.pid not in (None, victim)


async def test_a_hung_worker_is_killed_after_the_time_out_and_the_next_render_finds_another() -> None:
    engine = WorkerEngine(timeout=0.3, start_timeout=30.0)
    # The first answer may need longer than the small time-out on a busy machine, hence the stop first.
    await engine.start()
    process = engine._worker._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(VoiceUnavailable, match=r"no answer within 0\.3 s"):
        await engine.render(SHORT)
    assert process.returncode == -signal.SIGKILL
    engine._worker.timeout = 20.0
    assert len(await engine.render(SHORT)) > 10_000
    assert engine.starts == 2
    await engine.aclose()


async def test_a_cancelled_render_does_not_answer_the_next_one(engine: WorkerEngine) -> None:
    expected = await seconds(engine, SHORT)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    rendering = asyncio.create_task(engine.render(LONG))
    await asyncio.sleep(0)
    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering
    assert await seconds(engine, SHORT) == pytest.approx(expected, abs=0.02)


async def test_many_at_once_are_rendered_one_after_another_and_too_many_refused() -> None:
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0, most_waiting=3)
    results = await asyncio.gather(*(engine.render(SHORT) for _ in range(5)), return_exceptions=True)
    assert [isinstance(result, bytes) for result in results] == [True, True, True, False, False]
    assert all(isinstance(result, bytes | VoiceUnavailable) for result in results)
    await engine.aclose()


async def test_a_worker_that_cannot_start_is_given_a_rest() -> None:
    engine = WorkerEngine(command=(sys.executable, "-c", "raise SystemExit(3)"), rest_seconds=3600.0)
    for _ in range(2):
        with pytest.raises(VoiceUnavailable, match="did not start"):
            await engine.render(SHORT)
    with pytest.raises(VoiceUnavailable, match="tried again in a while"):
        await engine.render(SHORT)
    assert engine.starts == 2
    await engine.aclose()


async def test_a_program_that_is_no_worker_is_found_out() -> None:
    endless = "print('hello' * 100_000, end='', flush=True); input()"
    python = sys.executable
    for command in ((python, "-c", "print('hello')"), (python, "-c", endless), ("/nowhere/python",)):
        engine = WorkerEngine(command=command)
        with pytest.raises(VoiceUnavailable, match=r"did not start|Cannot start"):
            await engine.render(SHORT)
        await engine.aclose()


async def test_a_closed_engine_ends_its_worker_and_refuses() -> None:
    engine = WorkerEngine(timeout=20.0, start_timeout=30.0)
    await engine.start()
    process = engine._worker._process
    await engine.aclose()
    assert process is not None and process.returncode == 0  # by end of file, not by force
    with pytest.raises(VoiceUnavailable, match="closed"):
        await engine.render(SHORT)


def run(code: str, *, path: str = str(ROOT)) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_worker_left_alone_while_it_hangs_ends_itself() -> None:
    done = run("from onewindow.voice.worker import guard\nwith guard(0.2):\n    while True: pass")
    assert done.returncode == -signal.SIGALRM


def test_without_the_speech_library_the_worker_says_so() -> None:
    code = (
        "import sys, importlib.machinery\n"
        "class Without(importlib.machinery.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'espeakng_loader' else super().find_spec(name, path, target)\n"
        "sys.meta_path = [f if f is not importlib.machinery.PathFinder else Without for f in sys.meta_path]\n"
        "from onewindow.voice.worker import main\n"
        "sys.exit(main())"
    )
    done = run(code)
    assert done.returncode == 1
    assert msgspec.json.decode(done.stdout)["error"].startswith("The voice is not installed")


def test_the_server_process_never_loads_the_speech_library() -> None:
    code = (
        "import sys, onewindow.voice.speakers, onewindow.voice.engine\n"
        "loaded = {'pyttsx3', 'espeakng_loader'} & set(sys.modules)\n"
        "sys.exit(1 if loaded or 'espeak' in open('/proc/self/maps').read() else 0)"
    )
    assert run(code).returncode == 0


def test_the_worker_keeps_to_its_protocol_whatever_it_is_sent() -> None:
    request = msgspec.json.encode({"text": "一号", "voice": "sit/cmn", "rate": 150, "level_db": -20.0})
    done = subprocess.run(
        [sys.executable, "-m", "onewindow.voice.worker"],
        input=b"nonsense\n{}\n" + request + b"\n",
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=60,
        check=False,
    )
    lines = done.stdout.split(b"\n", 4)
    replies = [msgspec.json.decode(line) for line in lines[:4]]
    assert [bool(reply["error"]) for reply in replies] == [False, True, True, False]
    assert len(lines[4]) == replies[3]["size"]
    assert audio.duration(audio.decode_wav(lines[4])) > 0.3
    assert done.returncode == 0


def test_a_worker_whose_server_was_killed_ends_without_a_word() -> None:
    # A request, so that something is still to be said when it finds nobody who reads.
    request = msgspec.json.encode({"text": "一号", "voice": "sit/cmn", "rate": 150, "level_db": -20.0})
    worker = subprocess.Popen(
        [sys.executable, "-m", "onewindow.voice.worker"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdin is not None and worker.stdout is not None and worker.stderr is not None
    worker.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.write(request + b"\n")
        worker.stdin.close()
    assert worker.stderr.read() == b""
    assert worker.wait(60) == 0
    worker.stderr.close()
