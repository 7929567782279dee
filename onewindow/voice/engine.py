"""The engine (语音引擎接口): one small interface to whatever speaks, and the worker process behind it.

The server process itself never loads the speech library: `onewindow.voice.worker` does.
"""

import asyncio
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import Protocol

import msgspec

from onewindow.voice.wording import Utterance
from onewindow.voice.worker import Reply, Request
from onewindow.worker_process import WorkerDown, WorkerProcess

Sound = tuple[Reply, bytes]

_encode = msgspec.json.Encoder().encode
_reply = msgspec.json.Decoder(Reply)


class VoiceUnavailable(Exception):
    """Nothing can be rendered now (语音不可用); the message says what failed."""


class Engine(Protocol):
    """Whatever turns an utterance into sound (语音引擎)."""

    @property
    def name(self) -> str:
        """Engine and version; part of a rendered announcement's address: another sound, another name."""
        ...

    async def start(self) -> None:
        """Be ready before there is anything to say; raises VoiceUnavailable when that fails."""
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
        self._most_waiting = most_waiting
        self._waiting = 0
        self._worker = WorkerProcess[Sound](
            "The voice's worker",
            command,
            _read,
            lambda first: first[0].error,
            timeout=timeout,
            start_timeout=start_timeout,
            rest_seconds=rest_seconds,
        )

    @property
    def name(self) -> str:
        """Versions of both libraries, read without loading them."""
        return f"pyttsx3 {_version('pyttsx3')}, espeakng_loader {_version('espeakng_loader')}, levelled 1"

    @property
    def starts(self) -> int:
        """Workers started so far; more than one means that something died or hung."""
        return self._worker.starts

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._worker.pid

    async def start(self) -> None:
        """Have a worker that is ready: the first words then need not wait for one. Raises VoiceUnavailable."""
        try:
            await self._worker.start()
        except WorkerDown as down:
            raise VoiceUnavailable(str(down)) from down

    async def render(self, utterance: Utterance) -> bytes:
        """The utterance as WAV; raises VoiceUnavailable on a refusal, a time-out or too long a queue.

        A worker that dies under the request is replaced and asked once more; one that hangs is killed, and
        the next request finds a new one.
        """
        if self._waiting >= self._most_waiting:
            raise VoiceUnavailable(f"{self._waiting} utterances wait for the voice already; try again later")
        request = Request(
            text=utterance.text, voice=utterance.voice, rate=utterance.rate, level_db=utterance.level_db
        )
        self._waiting += 1
        try:
            reply, wav = await self._worker.ask(_encode(request) + b"\n", tries=2)
        except WorkerDown as down:
            raise VoiceUnavailable(str(down)) from down
        finally:
            self._waiting -= 1
        if reply.error:
            raise VoiceUnavailable(reply.error)
        return wav

    async def aclose(self) -> None:
        """End the worker; later renders are refused."""
        await self._worker.aclose()


async def _read(reader: asyncio.StreamReader) -> Sound:
    """One reply and its sound. Raises ConnectionError for what is none."""
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise ConnectionError("Not a reply of a voice worker: a line without an end") from error
    try:
        reply = _reply.decode(line)
    except msgspec.MsgspecError as error:
        raise ConnectionError(f"Not a reply of a voice worker: {line[:80]!r}") from error
    return reply, await reader.readexactly(reply.size)


@cache  # asked at every call, and each look-up reads the distribution's files
def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "none"
