"""The real server as a process of its own, for tests that go through browsers, sockets or kill -9.

with served(tmp_path) as server:
    httpx.post(server.url + "/api/tickets", headers=server.bearer("guide"), json={"matter": "BIZ-001"})
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
ANQIU = ROOT / "halls" / "anqiu"
START_SECONDS = 120.0
"""Far more than it takes: a machine that does much else may need a minute."""
STOP_SECONDS = 20.0


def _to_the_morning() -> int:
    """From now to ten o'clock at the sample hall today, seconds; mostly negative."""
    now = datetime.now(timezone(timedelta(hours=8)))
    return round((now.replace(hour=10, minute=0, second=0, microsecond=0) - now).total_seconds())


MORNING = _to_the_morning()
"""By so much halls' clocks are ahead here. Towards closing, at lunch and at midnight a hall rightly does other things
than on a working morning, and what is tried must not depend on when it is tried."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taking_all_day(data: Path) -> Path:
    """The sample hall, whose groups don't stop by themselves when their queue would pass closing time.

    Else a test that fills a queue would fail in the afternoon.
    """
    return all_day_copy(data.parent / f"{data.name}-hall")


def all_day_copy(copy: Path) -> Path:
    """Such a one in this folder."""
    shutil.copytree(ANQIU, copy, dirs_exist_ok=True)
    text = (copy / "hall.toml").read_text(encoding="utf-8")
    assert "stop_intake_by_forecast = true" in text
    (copy / "hall.toml").write_text(
        text.replace("stop_intake_by_forecast = true", "stop_intake_by_forecast = false"), encoding="utf-8"
    )
    return copy


class Server:
    """`python run.py serve` on a free port. The same data directory and port serve again after `kill` and `start`."""

    def __init__(
        self,
        data: Path,
        hall: Path = ANQIU,
        *,
        port: int | None = None,
        options: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data
        self.hall = taking_all_day(data) if hall == ANQIU else hall
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self.log = data / "server.log"
        self.ahead = MORNING
        """Seconds by which its clock is ahead of the machine's, from its next start on."""
        self.clock: Path | None = None
        """A file that holds such seconds, looked at whenever the time is: its clocks can step while it runs."""
        self._options = options
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("ONEWINDOW_")}
        # The forecast's worker is left out where a test doesn't ask for it: compiling takes a core for a while.
        self._env |= {"PYTHONUNBUFFERED": "1", "ONEWINDOW_FORECAST": "off", **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[tuple[str, ...], str] = {}

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process is not None, "the server was not started"
        return self._process

    def start(self) -> "Server":
        """Start it and wait until it is ready; fails with its output when it ends or stays unready."""
        self.launch()
        self.wait_ready()
        return self

    def launch(self) -> None:
        """Start it, whether it becomes ready or not."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, *self._program(), "serve", "--host", "127.0.0.1", "--port", str(self.port)),
                    *("--hall", str(self.hall), "--data", str(self.data), *self._options),
                ],
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _program(self) -> tuple[str, ...]:
        ahead = self.clock or self.ahead
        return ("-m", "tests.later", str(ahead)) if ahead else ("run.py",)

    def wait_ready(self) -> None:
        """Wait until it is ready; fails as `start`."""
        deadline, said = time.monotonic() + START_SECONDS, ""
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as client:
            while time.monotonic() < deadline:
                if (code := self.process.poll()) is not None:
                    raise AssertionError(f"the server ended with {code}:\n{self.output()}")
                try:
                    ready = client.get("/readyz")
                    if ready.status_code == httpx.codes.OK:
                        return
                    said = ready.text
                except httpx.TransportError as error:
                    said = repr(error)
                # Not ready yet. Its own end wakes us early; else we look again a little later.
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
        self.kill()
        raise AssertionError(f"the server was not ready within {START_SECONDS:g} s: {said}\n{self.output()}")

    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def stop(self) -> int:
        """End it gracefully; the exit status. Does nothing to a server that has ended."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the server didn't stop within {STOP_SECONDS:g} s:\n{self.output()}") from None
        return self._process.returncode

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def run(self, *arguments: str) -> str:
        """The standard output of another command of `run.py` on the same data and hall; fails if it fails."""
        done = subprocess.run(
            [sys.executable, "run.py", *arguments, "--data", str(self.data)],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8").strip()

    def token(self, role: str, *, window: str | None = None, **options: str) -> str:
        """A bearer token by `run.py token`, remembered; options such as name="li", hours="1"."""
        given = options | ({"window": window} if window is not None else {})
        key = (role, *(f"{name}={value}" for name, value in sorted(given.items())))
        if key not in self._tokens:
            flags = [part for name, value in sorted(given.items()) for part in (f"--{name}", value)]
            self._tokens[key] = self.run("token", "--role", role, "--hall", str(self.hall), *flags)
        return self._tokens[key]

    def bearer(self, role: str, *, window: str | None = None, **options: str) -> dict[str, str]:
        """The Authorization header of such a token."""
        return {"Authorization": f"Bearer {self.token(role, window=window, **options)}"}


@contextmanager
def served(
    data: Path,
    hall: Path = ANQIU,
    *,
    port: int | None = None,
    options: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A started server; it is stopped at the end of the block, whatever happened in it."""
    server = Server(data, hall, port=port, options=options, env=env)
    try:
        yield server.start()
    finally:
        server.stop()
