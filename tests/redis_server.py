"""A real redis-server for tests: on a free port, in a folder of its own, everything synced before it is answered."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server import free_port

START_SECONDS = 120.0
DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction")


class RedisServer:
    """`redis-server` as a process of its own; the same port and folder serve again after `kill` and `start`."""

    def __init__(self, folder: Path, *, settings: tuple[str, ...] = DURABLE) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RedisServer":
        """Start it and wait until it answers with its data loaded."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("redis-server", "--bind", "127.0.0.1", "--port", str(self.port)),
                    *("--dir", str(self.folder), *self._settings),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError((self.folder / "redis.log").read_text())
            if self._answers():
                return self
            try:
                self._process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        self.kill()
        raise AssertionError(f"redis-server doesn't answer:\n{(self.folder / 'redis.log').read_text()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def redis_served(folder: Path, *, settings: tuple[str, ...] = DURABLE) -> Iterator[RedisServer]:
    """A started server; it is killed at the end of the block, whatever happened in it."""
    server = RedisServer(folder, settings=settings)
    try:
        yield server.start()
    finally:
        server.kill()
