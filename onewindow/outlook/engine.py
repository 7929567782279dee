"""The engine (预测引擎): the worker process seen from the server. Asks with a time-out, kills what hangs, restarts.

Loop-only. It never blocks the loop, and nothing waits for it but its own requests: a worker that starts, compiles or
has died only means that there is no new forecast for a while.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from onewindow.outlook.protocol import LONGEST, Answer, Failed, Ready, Request

THREADS: Final = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class EngineDown(Exception):
    """There is no answer now (引擎不可用); the message says why."""


class RequestFailed(Exception):
    """The worker couldn't serve this request; it goes on with others."""


def compiled_in(folder: Path) -> Path:
    """Where the compiled kernel lies, for an engine of this folder."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    return Path(named) if named else folder / "compiled"


class Engine:
    """One worker process, started when it is first asked. `folder` keeps the compiled kernel between starts.

    `timeout`: seconds for one answer; `start_timeout`: for a new worker, its compiling included. After two failures
    in a row nothing is tried for `rest_seconds`. `command`: how a worker is started (the tests' hook).
    """

    def __init__(
        self,
        folder: Path,
        *,
        timeout: float = 10.0,
        start_timeout: float = 600.0,
        rest_seconds: float = 30.0,
        command: Sequence[str] = (sys.executable, "-m", "onewindow.outlook.worker"),
    ) -> None:
        self._folder = folder.resolve()
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._rest_seconds = rest_seconds
        self._command = tuple(command)
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._failures = 0
        self._rests_until = 0.0
        self._closed = False
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Answer)
        self.kind = ""
        """`kernel` or `python` while a worker runs; `down` after it failed; empty before the first start."""
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def ready(self) -> bool:
        """Whether a worker is at work, so that an answer is a matter of milliseconds."""
        return self.kind in ("kernel", "python") and self.pid is not None

    async def start(self) -> None:
        """Have a worker that is ready: start one where there is none, compiling included. Raises EngineDown."""
        async with self._lock:
            await self._worker()

    async def ask(self, request: Request) -> Answer:
        """The worker's answer. Raises EngineDown, or RequestFailed when the request is at fault."""
        async with self._lock:
            answer = await self._asked(self._encoder.encode(request))
        if isinstance(answer, Failed):
            raise RequestFailed(answer.error)
        return answer

    async def aclose(self) -> None:
        """End the worker: by the end of its input, by force if it doesn't go. It is ended while it starts, too."""
        self._closed = True
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0 if self.ready else 0.1):
                    await process.wait()
        await self._discard()

    async def _asked(self, body: bytes) -> Answer:
        process = await self._worker()
        try:
            async with asyncio.timeout(self._timeout):
                assert process.stdin is not None
                process.stdin.write(len(body).to_bytes(4, "big") + body)
                await process.stdin.drain()
                answer = await self._answer(process)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            await self._discard()
            raise self._failure(f"The forecast's worker gave no answer ({type(error).__name__})") from error
        except asyncio.CancelledError:
            await self._discard()  # its answer is owed
            raise
        self._failures = 0
        return answer

    async def _worker(self) -> asyncio.subprocess.Process:
        """The running worker, or a new one that has said that it is ready."""
        if self._closed:
            raise EngineDown("The engine is closed")
        if self.pid is not None and self._process:
            return self._process
        await self._discard()
        if asyncio.get_running_loop().time() < self._rests_until:
            raise EngineDown("The forecast's worker failed repeatedly; it is tried again in a while")
        self.kind = self.kind and "down"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=self._environment(),
            )
        except OSError as error:
            raise self._failure(f"Cannot start the forecast's worker: {error}") from error
        self._process = process
        self.starts += 1
        try:
            async with asyncio.timeout(self._start_timeout):
                ready = await self._answer(process)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            await self._discard()
            raise self._failure("The forecast's worker did not start") from error
        except asyncio.CancelledError:
            await self._discard()
            raise
        if not isinstance(ready, Ready):
            await self._discard()
            raise self._failure("The forecast's worker did not say that it is ready")
        self.kind = ready.engine
        return process

    async def _answer(self, process: asyncio.subprocess.Process) -> Answer:
        assert process.stdout is not None
        size = int.from_bytes(await process.stdout.readexactly(4), "big")
        if size > LONGEST:
            raise ConnectionError(f"A frame of {size} bytes")
        body = await process.stdout.readexactly(size)
        try:
            answer: Answer = self._decoder.decode(body)
            return answer
        except msgspec.MsgspecError as error:
            raise ConnectionError(f"Not an answer of the worker: {error}") from error

    def _failure(self, message: str) -> EngineDown:
        """The worker itself failed; twice in a row is a reason to rest."""
        self.kind = "down"
        self._failures += 1
        if self._failures >= 2:
            self._rests_until = asyncio.get_running_loop().time() + self._rest_seconds
        return EngineDown(message)

    def _environment(self) -> dict[str, str]:
        """The worker's: one thread, its cache in the data folder, this package wherever the server was started."""
        root = str(Path(__file__).resolve().parents[2])
        inherited = os.environ.get("PYTHONPATH")
        return (
            os.environ
            | dict.fromkeys(THREADS, "1")
            | {
                "NUMBA_CACHE_DIR": str(compiled_in(self._folder)),
                "PYTHONPATH": f"{root}{os.pathsep}{inherited}" if inherited else root,
            }
        )

    async def _discard(self) -> None:
        """Kill the worker, if any, and wait until it is gone (SIGKILL also ends a stopped process)."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin:
            process.stdin.close()
        await _read_out(process)
        await process.wait()


async def _read_out(process: asyncio.subprocess.Process) -> None:
    """To the end of its output: with much of it unread `wait` would wait for ever. One who still reads does that."""
    assert process.stdout is not None
    with contextlib.suppress(RuntimeError):  # another task reads
        while await process.stdout.read(65_536):
            pass
