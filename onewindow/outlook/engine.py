"""The engine (预测引擎): the forecast's worker process seen from the server.

Loop-only. It never blocks the loop, and nothing waits for it but its own requests: a worker that starts, compiles or
has died only means that there is no new forecast for a while.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from onewindow.outlook.protocol import LONGEST, Answer, Failed, Ready, Request
from onewindow.worker_process import WorkerProcess

THREADS: Final = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_encode = msgspec.msgpack.Encoder().encode
_answer: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


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
        self._computes = ""
        self._worker = WorkerProcess[Answer](
            "The forecast's worker",
            command,
            _read,
            self._fault,
            timeout=timeout,
            start_timeout=start_timeout,
            rest_seconds=rest_seconds,
            # One thread, and the cache in the data folder.
            environment=dict.fromkeys(THREADS, "1") | {"NUMBA_CACHE_DIR": str(compiled_in(folder.resolve()))},
        )

    @property
    def kind(self) -> str:
        """`kernel` or `python`, as the worker computes; `down` from a failure to the next answer; empty before."""
        return "down" if self._worker.failed else self._computes

    @property
    def starts(self) -> int:
        """Workers started so far."""
        return self._worker.starts

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._worker.pid

    @property
    def ready(self) -> bool:
        """Whether a worker is at work, so that an answer is a matter of milliseconds."""
        return self._worker.ready

    async def start(self) -> None:
        """Have a worker that is ready: start one where there is none, compiling included. Raises WorkerDown."""
        await self._worker.start()

    async def ask(self, request: Request) -> Answer:
        """The worker's answer. Raises WorkerDown, or RequestFailed when the request is at fault."""
        body = _encode(request)
        answer = await self._worker.ask(len(body).to_bytes(4, "big") + body)
        if isinstance(answer, Failed):
            raise RequestFailed(answer.error)
        return answer

    async def aclose(self) -> None:
        """End the worker, also one that still starts."""
        await self._worker.aclose()

    def _fault(self, first: Answer) -> str:
        if not isinstance(first, Ready):
            return "The forecast's worker did not say that it is ready"
        self._computes = first.engine
        return ""


async def _read(reader: asyncio.StreamReader) -> Answer:
    """One frame. Raises ConnectionError for what is none."""
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > LONGEST:
        raise ConnectionError(f"A frame of {size} bytes")
    try:
        return _answer.decode(await reader.readexactly(size))
    except msgspec.MsgspecError as error:
        raise ConnectionError(f"Not an answer of the worker: {error}") from error
