"""A worker process (子进程), seen from the server: asked one thing at a time, killed when it hangs, started anew.

It reads requests from its standard input and writes answers to its standard output, which are one end of a socket
pair; the first answer comes by itself and says whether it is ready. What it says on standard error stands with the
server's own lines. It ends at the end of its input.

It is started by `subprocess`, whose vfork copies nothing: 0.3 ms, however large the server. uvloop's own way forks,
and stops the loop while the memory's tables are copied: 10 to 20 ms in a server of 200 to 400 MiB.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

A = TypeVar("A")
"""What the worker answers."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

END_SECONDS: Final = 2.0
"""So long a worker that is ready may take to go by itself …"""
END_EARLY_SECONDS: Final = 0.1
"""… and one that still starts, which may not look at its input before it is ready."""
FAILURES: Final = 2
"""After so many in a row nothing is tried for a while."""


class WorkerDown(Exception):
    """There is no answer now (子进程不可用); the message says why."""


class WorkerProcess(Generic[A]):
    """One worker, started when it is first wanted. Loop-only; requests are served in the order in which they come."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        read: Callable[[asyncio.StreamReader], Awaitable[A]],
        fault: Callable[[A], str],
        *,
        timeout: float,
        start_timeout: float,
        rest_seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`name` stands in messages ("The voice's worker"); `environment` is added to the server's.

        `read`: one answer; raises ConnectionError for what is none, IncompleteReadError at the end. `fault`: why the
        first answer doesn't say that the worker is ready; empty when it does. `timeout`: seconds for an answer,
        `start_timeout` for the first. After two failures in a row nothing is tried for `rest_seconds`.
        """
        self.timeout = timeout
        self.starts = 0
        """Workers started so far; more than one means that something died or hung."""
        self._name = name
        self._command = tuple(command)
        self._read = read
        self._fault = fault
        self._start_timeout = start_timeout
        self._rest_seconds = rest_seconds
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._streams: Streams | None = None
        self._ready = False
        self._lock = asyncio.Lock()
        self._failures = 0
        self._rests_until = 0.0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The worker's process id while one runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def ready(self) -> bool:
        """Whether a worker is at work, so that an answer comes without a start."""
        return self._ready and self.pid is not None

    @property
    def failed(self) -> bool:
        """Whether it has failed since its last answer."""
        return self._failures > 0

    async def start(self) -> None:
        """Have a worker that is ready: start one where there is none. Raises WorkerDown."""
        async with self._lock:
            await self._running()

    async def ask(self, request: bytes, tries: int = 1) -> A:
        """The answer to a request; one over which a worker dies is asked of `tries` in all. Raises WorkerDown."""
        async with self._lock:
            for _ in range(tries):
                reader, writer = await self._running()
                try:
                    async with asyncio.timeout(self.timeout):
                        writer.write(request)
                        await writer.drain()
                        answer = await self._read(reader)
                except TimeoutError as error:
                    await self._end()
                    raise self._failure(
                        f"{self._name} gave no answer within {self.timeout} s and was ended"
                    ) from error
                except (ConnectionError, asyncio.IncompleteReadError):
                    await self._end()
                except BaseException:
                    await self._end()  # Its answer is owed: the next request would get it.
                    raise
                else:
                    self._failures = 0
                    return answer
            raise self._failure(f"{self._name} died over a request")

    async def aclose(self) -> None:
        """End the worker, also one that still starts: by the end of its input, by force if it doesn't go."""
        self._closed = True
        if self._process is not None and self._streams is not None:
            _, writer = self._streams
            if not writer.is_closing():
                writer.write_eof()
            patience = END_SECONDS if self._ready else END_EARLY_SECONDS
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, patience)
        await self._end()

    async def _running(self) -> Streams:
        """The link to the running worker, or to a new one that has said that it is ready."""
        if self._closed:
            raise WorkerDown(f"{self._name} is closed")
        if self._streams is not None and self.pid is not None:
            return self._streams
        await self._end()
        if asyncio.get_running_loop().time() < self._rests_until:
            raise WorkerDown(f"{self._name} failed repeatedly; it is tried again in a while")
        try:
            link = self._spawn()
        except OSError as error:
            raise self._failure(f"Cannot start {self._name}: {error}") from error
        try:
            self._streams = streams = await asyncio.open_unix_connection(sock=link)
            async with asyncio.timeout(self._start_timeout):
                first = await self._read(streams[0])
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            await self._end()
            raise self._failure(f"{self._name} did not start") from error
        except BaseException:
            await self._end()
            raise
        if fault := self._fault(first):
            await self._end()
            raise self._failure(fault)
        self._ready = True
        return streams

    def _spawn(self) -> socket.socket:
        """Start a process; the server's end of the link to it. Raises OSError."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                end = theirs.fileno()
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    self._command, stdin=end, stdout=end, env=environment() | self._environment
                )
        except OSError:
            ours.close()
            raise
        self.starts += 1
        return ours

    async def _end(self) -> None:
        """Kill the worker, if any, and wait until it is gone (SIGKILL also ends a stopped process)."""
        process, streams = self._process, self._streams
        self._process, self._streams, self._ready = None, None, False
        if streams is not None:
            streams[1].transport.abort()
        if process is not None:
            process.kill()
            await asyncio.to_thread(process.wait)

    def _failure(self, message: str) -> WorkerDown:
        """The worker itself failed; twice in a row is a reason to rest."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._rests_until = asyncio.get_running_loop().time() + self._rest_seconds
        return WorkerDown(message)


def environment() -> dict[str, str]:
    """That of a program of this package, which it finds wherever the server was started from."""
    root = str(Path(__file__).resolve().parents[1])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
