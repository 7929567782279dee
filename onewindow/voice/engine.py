"""The engine (语音引擎接口): one small interface to whatever speaks, and the worker process behind it.

`WorkerEngine` is the parent of `onewindow.voice.worker`: it asks with a time-out, kills what hangs, starts
anew, and lets only so many wait. The server process itself never loads the speech library.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

import msgspec

from onewindow.voice.wording import Utterance
from onewindow.voice.worker import Reply, Request


class VoiceUnavailable(Exception):
    """Nothing can be rendered now (语音不可用); the message says what failed."""


class Engine(Protocol):
    """Whatever turns an utterance into sound (语音引擎)."""

    @property
    def name(self) -> str:
        """Engine and version; part of a rendered announcement's address: another sound, another name."""
        ...

    async def render(self, utterance: Utterance) -> bytes:
        """The utterance as WAV (16-bit mono, 22050 Hz), trimmed, at its `level_db`; or VoiceUnavailable."""
        ...

    async def aclose(self) -> None:
        """Release what it holds."""
        ...


class WorkerEngine:
    """The engine in a killable process of its own (子进程引擎). Loop-only; one utterance at a time.

    `timeout`: seconds for one utterance, `start_timeout` for a new worker. `most_waiting`: renders that may
    queue before another is refused. After two failures of the worker itself in a row everything is refused
    at once for `rest_seconds`, so that no announcement waits for a voice that is not there. `command`: how a
    worker is started (the tests' hook, and a hall's own).
    """

    def __init__(
        self,
        *,
        timeout: float = 5.0,
        start_timeout: float = 10.0,
        most_waiting: int = 64,
        rest_seconds: float = 30.0,
        command: Sequence[str] = (sys.executable, "-m", "onewindow.voice.worker"),
    ) -> None:
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._most_waiting = most_waiting
        self._rest_seconds = rest_seconds
        self._command = tuple(command)
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._failures = 0
        self._rests_until = 0.0
        self._closed = False
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Reply)
        self.starts = 0
        """Workers started so far; more than one means that something died or hung."""

    @property
    def name(self) -> str:
        """Versions of both libraries, read without loading them."""
        return f"pyttsx3 {_version('pyttsx3')}, espeakng_loader {_version('espeakng_loader')}, levelled 1"

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def render(self, utterance: Utterance) -> bytes:
        """The utterance as WAV; raises VoiceUnavailable on a refusal, a time-out or too long a queue.

        A worker that dies under the request is replaced and asked once more; one that hangs is killed, and
        the next request finds a new one.
        """
        if self._waiting >= self._most_waiting:
            raise VoiceUnavailable(f"{self._waiting} utterances wait for the voice already; try again later")
        self._waiting += 1
        try:
            async with self._lock:
                return await self._ask_twice(utterance)
        finally:
            self._waiting -= 1

    async def aclose(self) -> None:
        """End the worker: by end of file, by force if it does not go. Later renders are refused."""
        self._closed = True
        async with self._lock:
            process = self._process
            if process is None:
                return
            if process.stdin:
                process.stdin.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await process.wait()
            await self._discard()

    async def _ask_twice(self, utterance: Utterance) -> bytes:
        for _ in range(2):
            try:
                reply, wav = await self._ask(utterance)
            except (ConnectionError, asyncio.IncompleteReadError):
                await self._discard()
                continue
            self._failures = 0
            if reply.error:
                raise VoiceUnavailable(reply.error)
            return wav
        raise self._failure("The voice worker died twice over one utterance")

    def _failure(self, message: str) -> VoiceUnavailable:
        """The worker itself failed; twice in a row is a reason to rest."""
        self._failures += 1
        if self._failures >= 2:
            self._rests_until = asyncio.get_running_loop().time() + self._rest_seconds
        return VoiceUnavailable(message)

    async def _ask(self, utterance: Utterance) -> tuple[Reply, bytes]:
        """One request to a running worker. Whatever interrupts it costs the worker: its reply is owed."""
        process = await self._worker()
        request = Request(
            text=utterance.text, voice=utterance.voice, rate=utterance.rate, level_db=utterance.level_db
        )
        try:
            async with asyncio.timeout(self._timeout):
                assert process.stdin is not None
                process.stdin.write(self._encoder.encode(request) + b"\n")
                await process.stdin.drain()
                return await self._reply(process)
        except TimeoutError as error:
            await self._discard()
            message = f"The voice worker gave no answer within {self._timeout} s and was ended"
            raise self._failure(message) from error
        except asyncio.CancelledError:
            await self._discard()
            raise

    async def _worker(self) -> asyncio.subprocess.Process:
        """The running worker, or a new one that has said that it is ready."""
        if self._closed:
            raise VoiceUnavailable("The voice is closed")
        if self.pid is not None and self._process:
            return self._process
        await self._discard()
        if asyncio.get_running_loop().time() < self._rests_until:
            raise VoiceUnavailable("The voice worker failed repeatedly; it is tried again in a while")
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": _package_path()},
            )
        except OSError as error:
            raise self._failure(f"Cannot start the voice worker: {error}") from error
        self._process = process
        self.starts += 1
        try:
            async with asyncio.timeout(self._start_timeout):
                ready, _ = await self._reply(process)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            await self._discard()
            raise self._failure("The voice worker did not start") from error
        except asyncio.CancelledError:
            await self._discard()
            raise
        if ready.error:
            await self._discard()
            raise self._failure(ready.error)
        return process

    async def _reply(self, process: asyncio.subprocess.Process) -> tuple[Reply, bytes]:
        assert process.stdout is not None
        try:
            line = await process.stdout.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            raise ConnectionError("Not a reply of a voice worker: a line without an end") from error
        try:
            reply = self._decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise ConnectionError(f"Not a reply of a voice worker: {line[:80]!r}") from error
        return reply, await process.stdout.readexactly(reply.size)

    async def _discard(self) -> None:
        """Kill the worker, if any, and wait until it is gone (SIGKILL also ends a stopped process)."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin:
            process.stdin.close()
        # To the end of its output: with some unread `wait` would wait for ever.
        await process.communicate()


@cache  # asked at every call, and each look-up reads the distribution's files
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "none"


def _package_path() -> str:
    """PYTHONPATH for the worker: it finds this package wherever the server was started from."""
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    return f"{root}{os.pathsep}{inherited}" if inherited else root
