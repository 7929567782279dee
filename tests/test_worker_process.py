"""A worker process: asked, killed, hanging, starting, ended; on the loop that serves and on Python's own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from onewindow.worker_process import WorkerDown, WorkerProcess, environment
from tests.outlook.conftest import CACHE
from tests.outlook.patience import PATIENCE, until

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}
ECHO = """
import os, sys, time
print("ready", flush=True)
for line in sys.stdin:
    if line == "die\\n": os._exit(3)
    if line == "sleep\\n": time.sleep(600)
    print(os.getpid() if line == "pid\\n" else "x" * int(line), flush=True)
"""


async def line(reader: asyncio.StreamReader) -> str:
    found = await reader.readuntil(b"\n")
    return found.decode().strip()


@asynccontextmanager
async def worker(
    code: str = ECHO, *, patience: float = 30.0, rest: float = 30.0
) -> AsyncIterator[WorkerProcess[str]]:
    made = WorkerProcess[str](
        "The test's worker",
        (sys.executable, "-c", code),
        line,
        lambda first: "" if first == "ready" else f"It says {first}",
        timeout=patience,
        start_timeout=30.0,
        rest_seconds=rest,
        environment={"PYTHONUNBUFFERED": "1"},
    )
    yield made
    await made.aclose()
    assert made.pid is None


@pytest.fixture(params=LOOPS)
def on(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    def run(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            runner.run(asyncio.wait_for(work, 120))

    return run


On = Callable[[Coroutine[Any, Any, None]], None]


def test_it_is_asked_in_turn_and_answers_at_length(on: On) -> None:
    async def story() -> None:
        async with worker() as made:
            assert (made.pid, made.ready, made.starts) == (None, False, 0)
            answers = await asyncio.gather(*(made.ask(b"%d\n" % n) for n in (1, 50_000, 2)))
            assert [len(answer) for answer in answers] == [1, 50_000, 2]
            assert made.ready and made.starts == 1 and not made.failed

    on(story())


def test_one_that_was_started_before_it_is_wanted_is_the_one_that_is_asked(on: On) -> None:
    async def story() -> None:
        async with worker() as made:
            await asyncio.gather(made.start(), made.start())
            assert int(await made.ask(b"pid\n")) == made.pid and made.starts == 1

    on(story())


def test_one_that_dies_is_replaced_and_asked_again_as_often_as_is_wanted(on: On) -> None:
    async def story() -> None:
        async with worker() as made:
            first = int(await made.ask(b"pid\n"))
            os.kill(first, signal.SIGKILL)
            assert int(await made.ask(b"pid\n", tries=2)) != first
            with pytest.raises(WorkerDown, match="died over a request"):
                await made.ask(b"die\n", tries=2)
            assert made.failed and not made.ready
            assert await made.ask(b"1\n") == "x"
            assert not made.failed

    on(story())


def test_one_that_hangs_is_killed(on: On) -> None:
    async def story() -> None:
        async with worker(patience=0.5) as made:
            with pytest.raises(WorkerDown, match=r"no answer within 0\.5 s"):
                await made.ask(b"sleep\n")
            assert made.pid is None

    on(story())


def test_an_answer_that_is_owed_goes_to_nobody(on: On) -> None:
    async def story() -> None:
        async with worker() as made:
            await made.start()
            asking = asyncio.create_task(made.ask(b"sleep\n"))
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert made.pid is None
            assert len(await made.ask(b"3\n")) == 3

    on(story())


def test_what_fails_twice_is_given_a_rest(on: On) -> None:
    async def story() -> None:
        for code, says in (("raise SystemExit(3)", "did not start"), ("print('no')", "It says no")):
            async with worker(code, rest=3600.0) as made:
                for _ in range(2):
                    with pytest.raises(WorkerDown, match=says):
                        await made.start()
                with pytest.raises(WorkerDown, match="tried again in a while"):
                    await made.ask(b"1\n")
                assert made.starts == 2

    on(story())


def test_the_end_comes_by_the_end_of_its_input(on: On) -> None:
    async def story() -> None:
        async with worker() as made:
            await made.start()
            process = made._process
            await made.aclose()
            assert process is not None and process.returncode == 0
            with pytest.raises(WorkerDown, match="closed"):
                await made.ask(b"1\n")

    on(story())


@pytest.mark.parametrize("code", ["import time; time.sleep(600)", ECHO])
def test_the_end_comes_while_it_starts_or_is_asked_too(on: On, code: str) -> None:
    async def story() -> None:
        async with worker(code) as made:
            asking = asyncio.create_task(made.ask(b"sleep\n", tries=2))
            await until(lambda: made.ready if code == ECHO else made.pid is not None)
            await made.aclose()
            with pytest.raises(WorkerDown):
                await asking
            assert made.pid is None

    on(story())


def test_its_output_may_be_full_of_what_nobody_reads(on: On) -> None:
    async def story() -> None:
        async with worker("while True: print('x' * 1_000_000, end='')") as made:
            with pytest.raises(asyncio.LimitOverrunError):
                await made.start()
            assert made.pid is None

    on(story())


def test_only_the_servers_end_is_open_in_the_server(on: On) -> None:
    async def story() -> None:
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - numbers, not files
        for _ in range(3):
            async with worker() as made:
                await made.start()
        async with worker() as made:
            made._command = ("/nowhere/python",)
            with pytest.raises(WorkerDown, match="Cannot start"):
                await made.start()
        assert len(os.listdir("/proc/self/fd")) <= before + 1  # noqa: PTH208

    on(story())


@pytest.mark.parametrize(
    "command",
    [
        ("onewindow.voice.worker",),
        ("onewindow.voice.clips.worker", "no-pack"),
        ("onewindow.outlook.worker",),
    ],
)
def test_a_worker_whose_server_was_killed_ends_without_a_word(command: tuple[str, ...]) -> None:
    """Also when the server has not read its last answer: then reading fails, where it would only end with a pipe."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.PIPE,
            env=environment() | {"NUMBA_CACHE_DIR": str(CACHE)},
        )
        theirs.close()
        ours.settimeout(PATIENCE)
        assert ours.recv(1, socket.MSG_PEEK)
    with process:
        _, said = process.communicate(timeout=PATIENCE)
    assert (said, process.returncode) == (b"", 0)
